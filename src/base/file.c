/* file.c - reading, listing and writing files so that nothing half done is taken for whole. */
#define _DEFAULT_SOURCE /* syscall: glibc has no openat2 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

static void close_fd(int fd)
{
    while (close(fd) != 0 && errno == EINTR)
        continue;
}

static int open_retry(int folder, const char *path, int flags)
{
    int fd;
    do
        fd = openat(folder, path, flags | O_CLOEXEC);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* The same as open_below in one call, where the kernel has it (Linux 5.6). -1: it was not opened so. */
static int open_below_at_once(int folder, const char *path, int flags)
{
#ifdef SYS_openat2
    struct open_how how = {.flags = (unsigned)flags | O_NOFOLLOW | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
#else
    (void)folder, (void)path, (void)flags;
    errno = ENOSYS;
    return -1;
#endif
}

/* Opens `path` below `folder` part by part, following no link. -1 with errno. */
static int open_below(int folder, const char *path, int flags)
{
    int whole = open_below_at_once(folder, path, flags);
    if (whole >= 0 || errno == ENOENT)
        return whole; /* any other failure is told as it ever was */
    char part[NAME_MAX + 1];
    int at = folder;
    for (;;) {
        size_t len = strcspn(path, "/");
        int fd;
        if (len == 0 || len > NAME_MAX) {
            fd = -1;
            errno = ENAMETOOLONG;
        } else {
            memcpy(part, path, len);
            part[len] = '\0';
            fd = open_retry(at, part, (path[len] ? O_RDONLY | O_DIRECTORY : flags) | O_NOFOLLOW);
        }
        int saved = errno;
        struct stat st; /* a link to a folder is "not a directory" to openat, and would pass for an absent file */
        if (fd < 0 && saved == ENOTDIR && fstatat(at, part, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode))
            saved = ELOOP;
        if (at != folder)
            close_fd(at);
        errno = saved;
        if (fd < 0 || !path[len])
            return fd;
        at = fd;
        path += len + 1;
    }
}

static bool absent(int code)
{
    return code == ENOENT || code == ENOTDIR;
}

static read_result read_error(error *e, str shown, int code)
{
    if (code == ELOOP)
        error_set(e, ERR_INPUT,
                  "is, or lies behind, a symbolic link: a snapshot must hold its own files; copy them there");
    else
        error_set(e, ERR_INPUT, "could not be read: %s", strerror(code));
    error_in_file(e, shown);
    return READ_FAILED;
}

struct growing {
    char *bytes;
    size_t len, room;
};

static ssize_t read_retry(int fd, char *to, size_t room)
{
    ssize_t got;
    do
        got = read(fd, to, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Up to the end or one byte past the limit. -1 with errno. */
static int read_all(arena *a, int fd, size_t expected, size_t limit, struct growing *g)
{
    g->room = expected + 1 + FILE_TAIL;
    g->bytes = arena_alloc(a, g->room);
    for (;;) {
        if (g->room - g->len <= 1 + FILE_TAIL) {
            g->bytes = arena_grow(a, g->bytes, g->room, g->room * 2 + 4096);
            g->room = g->room * 2 + 4096;
        }
        ssize_t got = read_retry(fd, g->bytes + g->len, g->room - FILE_TAIL - g->len);
        if (got < 0)
            return -1;
        g->len += (size_t)got;
        if (got == 0 || g->len > limit)
            break;
    }
    memset(g->bytes + g->len, 0, FILE_TAIL);
    return 0;
}

static read_result read_open(arena *a, int fd, bool only_regular, str shown, size_t limit, struct growing *g, error *e)
{
    struct stat before, after;
    if (fstat(fd, &before) != 0)
        return read_error(e, shown, errno);
    bool regular = S_ISREG(before.st_mode);
    if (S_ISDIR(before.st_mode) || (only_regular && !regular)) {
        error_set(e, ERR_INPUT, "is %s, not a file", S_ISDIR(before.st_mode) ? "a folder" : "a pipe or device");
        error_in_file(e, shown);
        return READ_FAILED;
    }
    if (regular && (uintmax_t)before.st_size > limit) {
        error_set(e, ERR_INPUT, "has %jd bytes, more than the limit of %zu MiB", (intmax_t)before.st_size, limit >> 20);
        error_in_file(e, shown);
        return READ_FAILED;
    }
    if (read_all(a, fd, regular ? (size_t)before.st_size : 64 * 1024, limit, g) != 0 || fstat(fd, &after) != 0)
        return read_error(e, shown, errno);
    if (g->len > limit)
        error_set(e, ERR_INPUT, "is larger than the limit of %zu MiB", limit >> 20);
    else if (regular &&
             (g->len != (size_t)before.st_size || after.st_size != before.st_size ||
              after.st_mtim.tv_sec != before.st_mtim.tv_sec || after.st_mtim.tv_nsec != before.st_mtim.tv_nsec))
        error_set(e, ERR_INPUT, "changed while it was read: run again when nothing writes to it");
    else
        return READ_DONE;
    error_in_file(e, shown);
    return READ_FAILED;
}

struct open_fd {
    int fd;
};

static void close_held(void *what)
{
    struct open_fd *held = what;
    if (held->fd >= 0)
        close_fd(held->fd);
}

read_result file_read(arena *a, int folder, const char *path, str shown, size_t limit, char **out, size_t *len,
                      error *e)
{
    struct open_fd *held = NEW(a, struct open_fd);
    held->fd = -1;
    arena_defer(a, close_held, held); /* running out of memory leaves early: the descriptor must not stay open */
    bool below = folder != AT_FDCWD;
    int fd = below ? open_below(folder, path, O_RDONLY | O_NONBLOCK) : open_retry(folder, path, O_RDONLY);
    if (fd < 0)
        return absent(errno) ? READ_ABSENT : read_error(e, shown, errno);
    struct growing g = {0};
    held->fd = fd;
    read_result r = read_open(a, fd, below, shown, limit, &g, e);
    held->fd = -1;
    close_fd(fd);
    *out = g.bytes;
    *len = g.len;
    return r;
}

static int by_name(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

read_result file_list(arena *a, int folder, const char *path, str shown, str **names, size_t *count, error *e)
{
    bool below = folder != AT_FDCWD;
    int flags = O_RDONLY | O_DIRECTORY;
    int fd = below ? open_below(folder, path, flags) : open_retry(folder, path, flags);
    if (fd < 0)
        return absent(errno) ? READ_ABSENT : read_error(e, shown, errno);
    DIR *dir = fdopendir(fd);
    if (!dir) {
        close_fd(fd);
        return read_error(e, shown, errno);
    }
    VEC(str) found = {0};
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(dir);
        if (!entry)
            break;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        str *name = VEC_PUSH(a, &found);
        *name = arena_str(a, str_from(entry->d_name));
    }
    int code = errno;
    closedir(dir);
    if (code)
        return read_error(e, shown, code);
    if (found.count)
        qsort(found.items, found.count, sizeof *found.items, by_name);
    *names = found.items;
    *count = found.count;
    return READ_DONE;
}

enum { OUT_BUFFER = 64 * 1024 };

struct file_out {
    int fd;
    int failed; /* errno of the first failure */
    bool rename, ended;
    char *path, *temporary;
    arena *memory; /* not NULL: kept there */
    VEC(char) kept;
    size_t used;
    char buffer[OUT_BUFFER];
};

static void discard(void *what)
{
    struct file_out *f = what;
    if (f->ended)
        return;
    if (f->fd > STDERR_FILENO)
        close_fd(f->fd);
    if (f->rename)
        unlink(f->temporary);
}

struct file_out *file_out_open(arena *a, const char *path, error *e)
{
    struct file_out *f = NEW(a, struct file_out);
    struct stat st;
    f->path = arena_cstr(a, str_from(path));
    if (strcmp(path, "-") == 0) {
        f->fd = STDOUT_FILENO;
    } else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
        f->fd = open_retry(AT_FDCWD, path, O_WRONLY);
    } else {
        f->temporary = arena_cstr(a, arena_printf(a, "%s.XXXXXX", path));
        f->fd = mkstemp(f->temporary);
        f->rename = f->fd >= 0;
    }
    if (f->fd < 0) {
        error_set(e, ERR_OUTPUT, "cannot be written: %s", strerror(errno));
        error_in_file(e, str_from(path));
        return NULL;
    }
    arena_defer(a, discard, f);
    return f;
}

struct file_out *file_out_memory(arena *a)
{
    struct file_out *f = NEW(a, struct file_out);
    f->memory = a;
    return f;
}

static void keep(struct file_out *f)
{
    while (f->kept.room - f->kept.count < f->used)
        vec_grow(f->memory, (void **)&f->kept.items, &f->kept.room, 1);
    memcpy(f->kept.items + f->kept.count, f->buffer, f->used);
    f->kept.count += f->used;
    f->used = 0;
}

str file_out_take(struct file_out *f)
{
    str all = {f->buffer, f->used};
    if (f->kept.count) {
        keep(f);
        all = (str){f->kept.items, f->kept.count};
    }
    f->used = f->kept.count = 0;
    return all;
}

static void flush(struct file_out *f)
{
    size_t done = 0;
    if (f->memory) {
        keep(f);
        return;
    }
    while (!f->failed && done < f->used) {
        ssize_t n = write(f->fd, f->buffer + done, f->used - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            f->failed = errno;
    }
    f->used = 0;
}

void file_out_put(struct file_out *f, const char *bytes, size_t len)
{
    if (len < OUT_BUFFER - f->used && !f->failed) { /* most pieces are a few bytes */
        memcpy(f->buffer + f->used, bytes, len);
        f->used += len;
        return;
    }
    while (len && !f->failed) {
        size_t n = OUT_BUFFER - f->used < len ? OUT_BUFFER - f->used : len;
        memcpy(f->buffer + f->used, bytes, n);
        f->used += n;
        bytes += n;
        len -= n;
        if (f->used == OUT_BUFFER)
            flush(f);
    }
}

bool file_out_failed(const struct file_out *f)
{
    return f->failed != 0;
}

bool file_out_end(struct file_out *f, error *e)
{
    flush(f);
    f->ended = true;
    if (f->rename && !f->failed && fsync(f->fd) != 0)
        f->failed = errno;
    /* Standard output is closed too: a full disk may show only then. */
    if (close(f->fd) != 0 && !f->failed && errno != EINTR)
        f->failed = errno;
    if (f->rename && !f->failed && rename(f->temporary, f->path) != 0)
        f->failed = errno;
    if (!f->failed)
        return true;
    if (f->rename)
        unlink(f->temporary);
    if (f->failed == EPIPE)
        return error_set(e, ERR_OUTPUT, "%s", ""); /* a closed pipe ends quietly */
    error_set(e, ERR_OUTPUT, "could not be written: %s", strerror(f->failed));
    return error_in_file(e, strcmp(f->path, "-") == 0 ? STR("standard output") : str_from(f->path));
}
