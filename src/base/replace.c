/* replace.c - puts new bytes in the place of a file, under a lock and after a look at what it holds. */
#include "base/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_TRIED = 1000 };

struct replacing {
    int folder, old_fd, new_fd;
    char *name, *temporary; /* temporary NULL: there is none */
    mode_t mode;
};

/* Also when memory runs out half way: no descriptor (and with it no lock) and no temporary file stays behind. */
static void clean_up(void *what)
{
    struct replacing *r = what;
    if (r->new_fd >= 0)
        close(r->new_fd);
    if (r->temporary)
        unlinkat(r->folder, r->temporary, 0);
    if (r->old_fd >= 0)
        close(r->old_fd);
    r->new_fd = r->old_fd = -1;
    r->temporary = NULL;
}

static replace_result failed(struct replacing *r, str shown, error *e, int code)
{
    clean_up(r);
    if (code == ELOOP)
        error_set(e, ERR_OUTPUT, "is a symbolic link: name the file that it leads to");
    else
        error_set(e, ERR_OUTPUT, "could not be written: %s", strerror(code));
    error_in_file(e, shown);
    return REPLACE_FAILED;
}

static int open_retry(int folder, const char *name, int flags, mode_t mode)
{
    int fd;
    do
        fd = openat(folder, name, flags | O_NOFOLLOW | O_CLOEXEC, mode);
    while (fd < 0 && errno == EINTR);
    return fd;
}

/* Waits for whoever holds it. A file system without locks is no reason to fail: the look at the bytes remains. */
static void lock(int fd)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (fcntl(fd, F_SETLKW, &whole) != 0 && errno == EINTR)
        continue;
}

static ssize_t read_some(int fd, char *to, size_t room)
{
    ssize_t got;
    do
        got = read(fd, to, room);
    while (got < 0 && errno == EINTR);
    return got;
}

/* 1: the open file holds exactly `old`; 0: it does not; -1 with errno. */
static int still_holds(int fd, str old)
{
    char part[16 * 1024];
    size_t seen = 0;
    for (;;) {
        ssize_t got = read_some(fd, part, sizeof part);
        if (got <= 0)
            return got < 0 ? -1 : seen == old.len;
        if ((size_t)got > old.len - seen || memcmp(part, old.ptr + seen, (size_t)got) != 0)
            return 0;
        seen += (size_t)got;
    }
}

/* The same three answers, for the file at the name. */
static int take_old(struct replacing *r, str old)
{
    struct stat open, there;
    r->old_fd = open_retry(r->folder, r->name, O_RDWR | O_NONBLOCK, 0);
    if (r->old_fd < 0)
        return errno == ENOENT ? 0 : -1;
    lock(r->old_fd);
    if (fstat(r->old_fd, &open) != 0)
        return -1;
    if (fstatat(r->folder, r->name, &there, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : -1;
    if (open.st_dev != there.st_dev || open.st_ino != there.st_ino)
        return 0; /* somebody renamed another file over it while this one waited */
    r->mode = open.st_mode & 07777;
    return still_holds(r->old_fd, old);
}

static bool open_temporary(arena *a, struct replacing *r, mode_t mode)
{
    for (int i = 0; i < NAMES_TRIED; i++) {
        char *name = arena_cstr(a, arena_printf(a, "%s.%ld.%d", r->name, (long)getpid(), i));
        r->new_fd = open_retry(r->folder, name, O_WRONLY | O_CREAT | O_EXCL, mode);
        if (r->new_fd >= 0)
            r->temporary = name;
        if (r->new_fd >= 0 || errno != EEXIST)
            break;
    }
    return r->new_fd >= 0;
}

static bool write_all(int fd, str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0)
            bytes = (str){bytes.ptr + n, bytes.len - (size_t)n};
    }
    return true;
}

static bool write_temporary(arena *a, struct replacing *r, bool was_there, str bytes)
{
    if (!open_temporary(a, r, was_there ? 0600 : 0666) || !write_all(r->new_fd, bytes) ||
        (was_there && fchmod(r->new_fd, r->mode) != 0) || fsync(r->new_fd) != 0)
        return false;
    int fd = r->new_fd;
    r->new_fd = -1;
    return close(fd) == 0 || errno == EINTR;
}

/* A file that was not there must not replace one that somebody made meanwhile: link refuses, rename would not. */
static bool put_in_place(struct replacing *r, bool was_there)
{
    bool linked = false;
    if (!was_there) {
        linked = linkat(r->folder, r->temporary, r->folder, r->name, 0) == 0;
        if (!linked && errno == EEXIST)
            return false;
    }
    if (!linked) { /* also where the file system knows no links */
        if (renameat(r->folder, r->temporary, r->folder, r->name) != 0)
            return false;
        r->temporary = NULL;
    }
    (void)fsync(r->folder);
    return true;
}

replace_result file_replace(arena *a, int folder, const char *name, str shown, str old, str bytes, error *e)
{
    struct replacing *r = NEW(a, struct replacing);
    *r = (struct replacing){.folder = folder, .old_fd = -1, .new_fd = -1, .name = arena_cstr(a, str_from(name))};
    arena_defer(a, clean_up, r);
    bool was_there = old.ptr != NULL;
    int same = was_there ? take_old(r, old) : 1;
    if (same < 0)
        return failed(r, shown, e, errno);
    if (same && !write_temporary(a, r, was_there, bytes))
        return failed(r, shown, e, errno);
    if (same && !put_in_place(r, was_there)) {
        if (errno != EEXIST)
            return failed(r, shown, e, errno);
        same = 0;
    }
    clean_up(r);
    return same ? REPLACE_DONE : REPLACE_CHANGED;
}
