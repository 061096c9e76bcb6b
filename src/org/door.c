/* door.c - which kind of source a path is. */
#include <sys/stat.h>

#include "org/snapshot.h"

struct capture_source *capture_source_open(arena *a, const char *path, error *e)
{
    struct stat st;
    bool is_file = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    return is_file ? document_source_open(a, path, e) : folder_source_open(a, path, e);
}
