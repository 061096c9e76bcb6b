/* folder.c - captures as files in a folder: the first kind of capture source. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "org/snapshot.h"

struct folder {
    int fd;
};

static void close_folder(void *what)
{
    struct folder *f = what;
    if (f->fd >= 0)
        close(f->fd);
}

static fetch_result fetch_path(struct folder *f, arena *a, const char *path, struct fetched *out, error *e)
{
    source *s = NEW(a, source);
    size_t limit = strstr(path, ".yaml") ? YAML_LIMIT : FILE_LIMIT;
    switch (file_read(a, f->fd, path, str_from(path), limit, &s->text, &s->len, e)) {
    case READ_DONE:
        s->file = arena_str(a, str_from(path));
        *out = (struct fetched){.source = s};
        return FETCH_DONE;
    case READ_ABSENT: return FETCH_ABSENT;
    case READ_FAILED: break;
    }
    return FETCH_FAILED;
}

static fetch_result fetch_call(void *self, arena *a, const struct call *c, struct fetched *out, error *e)
{
    const char *path = arena_printf(a, "%.*s.json", STR_ARG(call_path(a, c))).ptr;
    return fetch_path(self, a, path, out, e);
}

static fetch_result fetch_named(void *self, arena *a, const char *name, struct fetched *out, error *e)
{
    return fetch_path(self, a, name, out, e);
}

static bool file_size(void *self, const char *path, uint64_t *bytes)
{
    const struct folder *f = self;
    struct stat st;
    if (fstatat(f->fd, path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode))
        return false;
    *bytes = (uint64_t)st.st_size;
    return true;
}

static fetch_result list_folder(void *self, arena *a, const char *path, str **names, size_t *count, error *e)
{
    const struct folder *f = self;
    *names = NULL;
    *count = 0;
    switch (file_list(a, f->fd, path, str_from(path), names, count, e)) {
    case READ_DONE: return FETCH_DONE;
    case READ_ABSENT: return FETCH_ABSENT;
    case READ_FAILED: break;
    }
    return FETCH_FAILED;
}

struct capture_source *folder_source_open(arena *a, const char *path, error *e)
{
    struct folder *f = NEW(a, struct folder);
    struct capture_source *s = NEW(a, struct capture_source);
    f->fd = -1;
    arena_defer(a, close_folder, f);
    f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->fd < 0) {
        error_set(e, ERR_INPUT,
                  errno == ENOTDIR  ? "is a file; expected the folder of a snapshot"
                  : errno == ENOENT ? "there is no such folder; expected a snapshot (orgexit collect DIR makes one)"
                                    : "cannot be opened: %s",
                  strerror(errno));
        error_in_file(e, str_from(path));
        return NULL;
    }
    *s = (struct capture_source){
        .self = f, .fetch = fetch_call, .fetch_named = fetch_named, .size = file_size, .list = list_folder};
    return s;
}
