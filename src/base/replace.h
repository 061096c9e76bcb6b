/*
 * replace.h - changes a file that others may change too: the new bytes take the place of the old ones whole, and only
 * while the file still holds what was read.
 */
#ifndef ORGEXIT_BASE_REPLACE_H
#define ORGEXIT_BASE_REPLACE_H

#include "base/arena.h"
#include "base/error.h"

typedef enum { REPLACE_FAILED, REPLACE_DONE, REPLACE_CHANGED } replace_result;

/*
 * Writes `bytes` beside the file `name` of the open folder and renames it; the mode stays. No symbolic link is
 * followed. old     what the file held when it was read; ptr NULL: it was not there REPLACE_CHANGED  it holds something
 * else by now: read again, change again REPLACE_FAILED   *e (ERR_OUTPUT, the file named `shown`); nothing was changed
 * Those who use this wait for each other (a POSIX lock); others are noticed up to the moment of the rename.
 */
replace_result file_replace(arena *a, int folder, const char *name, str shown, str old, str bytes, error *e);

#endif
