/* door.c - which kind of source a path is. */
#include <sys/stat.h>

#include "org/snapshot.h"

struct capture_source *capture_source_open(arena *a, const char *path, error *e)
{
    struct stat st;
    bool is_file = stat(path, &st) == 0 && S_ISREG(st.st_mode);
    if (is_file)
        return document_source_open(a, path, e);
    switch (iam_collect_recognise(a, path, e)) {
    case DOOR_FAILED: return NULL;
    case DOOR_OURS: return iam_collect_source_open(a, path, e);
    case DOOR_OTHER: break;
    }
    return folder_source_open(a, path, e);
}
