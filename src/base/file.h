/*
 * file.h - files on plain read and write: read whole and strictly, listed in order, written beside their place and
 * renamed. Bytes are read, not mapped: what was judged must be what was validated.
 */
#ifndef ORGEXIT_BASE_FILE_H
#define ORGEXIT_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum { FILE_LIMIT = 256 * 1024 * 1024, YAML_LIMIT = 8 * 1024 * 1024 }; /* bytes */

typedef enum { READ_FAILED, READ_DONE, READ_ABSENT } read_result;

/*
 * Reads the regular file `path` below the open folder `folder` (AT_FDCWD: the working directory; then any file that
 * can be read, a pipe too). Below a folder no symbolic link is followed, not even for a part of the path.
 *   out    the bytes in `a`, with FILE_TAIL writable zero bytes behind the end
 *   READ_ABSENT  there is no such file (ENOENT, ENOTDIR); READ_FAILED fills *e (file named `shown`)
 *   limit  bytes; above it is an ERR_INPUT that names the limit
 * A file that changes while it is read is an error.
 */
enum { FILE_TAIL = 16 };
read_result file_read(arena *a, int folder, const char *path, str shown, size_t limit, char **out, size_t *len,
                      error *e);

/* Names in a folder (no "." and ".."), sorted by bytes. READ_ABSENT: no such folder. */
read_result file_list(arena *a, int folder, const char *path, str shown, str **names, size_t *count, error *e);

/* A file being written: a regular file appears whole at its place on file_out_end or not at all, for its owner alone to
 * read (mode 0600: reports name people, policies and what is weak in them); anything else (a pipe, a device) is written
 * to directly. The first failure is remembered and told by file_out_end (ERR_OUTPUT). */
struct file_out;
struct file_out *file_out_open(arena *a, const char *path, error *e); /* "-": standard output */
void file_out_put(struct file_out *f, const char *bytes, size_t len);

/* One that keeps what is put in `a`. file_out_take gives it, and begins anew; good until the next file_out_put. */
struct file_out *file_out_memory(arena *a);
str file_out_take(struct file_out *f);
bool file_out_end(struct file_out *f, error *e); /* flushes, renames */
bool file_out_failed(const struct file_out *f);

#endif
