/* stream.c - see stream.h. */
#include "text/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { CHUNK = 64 * 1024 };

struct line_reader {
    str name;
    int fd;
    bool ended;
    char *bytes; /* what was read and not given yet: from `begin` to `end` */
    size_t begin, end, room;
    uint32_t lines; /* given */
};

static void close_reader(void *what)
{
    struct line_reader *r = what;
    if (r->fd > STDERR_FILENO)
        close(r->fd);
    free(r->bytes);
}

struct line_reader *lines_open(arena *a, const char *path, error *e)
{
    struct line_reader *r = NEW(a, struct line_reader);
    bool standard = strcmp(path, "-") == 0;
    r->name = standard ? STR("(standard input)") : arena_str(a, str_from(path));
    r->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    arena_defer(a, close_reader, r);
    if (r->fd < 0) {
        error_at(e, r->name, 0, 0, errno == ENOENT ? "there is no such file" : "could not be opened: %s",
                 strerror(errno));
        return NULL;
    }
    return r;
}

/* Reads on. False: *e. */
static bool fill(struct line_reader *r, error *e)
{
    if (r->begin && r->begin == r->end)
        r->begin = r->end = 0;
    if (r->room - r->end < CHUNK && r->begin) {
        memmove(r->bytes, r->bytes + r->begin, r->end - r->begin);
        r->end -= r->begin;
        r->begin = 0;
    }
    if (r->room - r->end < CHUNK) {
        char *bytes = realloc(r->bytes, 2 * r->room + CHUNK);
        if (!bytes)
            return error_set(e, ERR_RESOURCE, "out of memory: line %u is too long", r->lines + 1);
        r->bytes = bytes;
        r->room = 2 * r->room + CHUNK;
    }
    ssize_t got;
    do
        got = read(r->fd, r->bytes + r->end, r->room - r->end);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_at(e, r->name, 0, 0, "could not be read: %s", strerror(errno));
    r->ended = got == 0;
    r->end += (size_t)got;
    return true;
}

source *lines_next(struct line_reader *r, arena *a, error *e)
{
    size_t looked = 0;
    const char *newline = NULL;
    while (!newline) {
        size_t left = r->end - r->begin;
        newline = left > looked ? memchr(r->bytes + r->begin + looked, '\n', left - looked) : NULL;
        looked = left;
        if (newline || (r->ended && !left))
            break;
        if (r->ended)
            break; /* the last line without its end */
        if (left > FILE_LIMIT)
            return error_at(e, r->name, r->lines + 1, 1, "a line is longer than %d MiB", FILE_LIMIT >> 20), NULL;
        if (!fill(r, e))
            return NULL;
    }
    size_t len = newline ? (size_t)(newline - (r->bytes + r->begin)) : r->end - r->begin;
    if (!newline && !len)
        return NULL;
    source *s = NEW(a, source);
    s->file = r->name;
    s->text = arena_alloc_zero(a, len + FILE_TAIL);
    s->len = len;
    memcpy(s->text, r->bytes + r->begin, len);
    s->lines_above = r->lines++;
    r->begin += len + (newline != NULL);
    return s;
}
