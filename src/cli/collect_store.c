/*
 * collect_store.c - the folder that collect fills. A capture appears whole or not at all; capture.json says after every
 * failure how far it got. It is rewritten before anything else changes: what it lists is always there as it lists it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/version.h"
#include "base/work.h"
#include "cli/collect.h"
#include "report/put.h"

static const char *const folders[] = {"accounts", "organizations"}; /* where captures stand */
#define TOOL "orgexit-collect "
#define PART ".part" /* behind the name of a file that is being written */

/* What is known of one call: a capture's digest, or how it failed. */
struct entry {
    str path; /* without ".json" */
    str digest, code, message;
    bool of_earlier_run;
};

struct store {
    arena *arena;
    str folder;
    int fd;
    const struct snapshot *before; /* capture.json as it was found; NULL: there was none */
    struct store_run run;
    int64_t captured_at, completed_at; /* completed_at 0: not yet */
    VEC(struct entry *) entries;
    struct map by_path;
    const struct digest *sha256;
    size_t unwritten;            /* entries that capture.json does not show yet */
    bool urgent;                 /* one of them is a failure */
    int64_t written_at, cost_ms; /* of capture.json, the last time */
};

static void close_store(void *what)
{
    struct store *s = what;
    if (s->fd >= 0)
        close(s->fd); /* also gives up the lock */
}

/* Does `fn` with an arena of its own. */
static bool with_scratch(work_fn *fn, void *arg, error *e)
{
    arena *a = arena_open(0);
    if (!a)
        return error_set(e, ERR_RESOURCE, "out of memory");
    bool ok = work_run(a, fn, arg, e);
    arena_close(a);
    return ok;
}

static bool output_error(error *e, str folder, const char *path, const char *what, int code)
{
    error_set(e, ERR_OUTPUT, "%s: %s", what, strerror(code));
    char shown[256];
    int n = snprintf(shown, sizeof shown, "%.*s%s%s", STR_ARG(folder), path ? "/" : "", path ? path : "");
    return error_in_file(e, (str){shown, n < 0 ? 0 : (size_t)n < sizeof shown ? (size_t)n : sizeof shown - 1});
}

/* ---- opening ---- */

static bool holds_captures(const struct store *s)
{
    struct stat st;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (fstatat(s->fd, folders[i], &st, AT_SYMLINK_NOFOLLOW) == 0)
            return true;
    return false;
}

/* A folder that another tool or person filled is not ours to clean up. */
static bool read_before(struct store *s, error *e)
{
    struct snapshot_options options = {0};
    const struct capture_source *from = folder_source_open(s->arena, s->folder.ptr, e);
    if (!from)
        return false;
    s->before = snapshot_open(s->arena, from, &options, e);
    if (!s->before) {
        error_in_file(e, s->folder);
        return false;
    }
    if (!s->before->capture_json)
        s->before = NULL;
    if (s->before ? str_starts(s->before->tool, STR(TOOL)) : !holds_captures(s))
        return true;
    error_set(e, ERR_INPUT, "holds captures that orgexit collect did not make: name an empty or a new folder");
    return error_in_file(e, s->folder);
}

struct store *store_open(arena *a, str folder, error *e)
{
    struct store *s = NEW(a, struct store);
    *s = (struct store){.arena = a, .folder = arena_str(a, folder), .fd = -1, .sha256 = digest_open(a)};
    arena_defer(a, close_store, s);
    if (mkdir(s->folder.ptr, 0700) != 0 && errno != EEXIST)
        return output_error(e, folder, NULL, "cannot be made", errno), NULL;
    s->fd = open(s->folder.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->fd < 0)
        return output_error(e, folder, NULL, errno == ENOTDIR ? "is a file; expected a folder" : "cannot be opened",
                            errno),
               NULL;
    if (faccessat(s->fd, ".", W_OK | X_OK, 0) != 0)
        return output_error(e, folder, NULL, "cannot be written to", errno), NULL;
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) { /* some file systems know no locks */
        error_set(e, ERR_OUTPUT, "another orgexit collect is writing to it");
        return error_in_file(e, folder), NULL;
    }
    return read_before(s, e) ? s : NULL;
}

/* ---- one file ---- */

/* Opens the folder of `path` below the store, following no link. *name is left with the last part. -1 with errno. */
static int open_folder(const struct store *s, arena *a, const char *path, bool make, const char **name)
{
    int at = fcntl(s->fd, F_DUPFD_CLOEXEC, 3);
    for (const char *slash; at >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
        const char *part = arena_cstr(a, (str){path, (size_t)(slash - path)});
        int next = make && mkdirat(at, part, 0700) != 0 && errno != EEXIST
                       ? -1
                       : openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        int code = errno;
        close(at);
        errno = code;
        at = next;
    }
    *name = path;
    return at;
}

static bool write_all(int fd, str bytes)
{
    while (bytes.len) {
        ssize_t n = write(fd, bytes.ptr, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes = str_from_index(bytes, (size_t)n);
    }
    return true;
}

/* In the open folder: beside its place, synced, then renamed. False with errno, and nothing is left. */
static bool write_file(arena *a, int folder, const char *name, str bytes)
{
    const char *part = arena_printf(a, "%s" PART, name).ptr;
    if (unlinkat(folder, part, 0) != 0 && errno != ENOENT)
        return false;
    int fd = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool ok = write_all(fd, bytes) && fsync(fd) == 0;
    int code = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        code = errno;
    }
    if (ok && renameat(folder, part, folder, name) != 0) {
        ok = false;
        code = errno;
    }
    if (!ok)
        unlinkat(folder, part, 0);
    errno = code;
    return ok;
}

/* ---- capture.json ---- */

static int by_path(const void *a, const void *b)
{
    return str_cmp((*(struct entry *const *)a)->path, (*(struct entry *const *)b)->path);
}

static void put_member(struct file_out *f, const char *name, str value)
{
    putf(f, "\"%s\": ", name);
    put_json(f, value);
}

static void put_errors(struct file_out *f, const struct store *s)
{
    bool first = true;
    put(f, STR("    \"errors\": ["));
    for (size_t i = 0; i < s->entries.count; i++) {
        const struct entry *n = s->entries.items[i];
        if (!n->code.len)
            continue;
        put(f, first ? STR("\n        {") : STR(",\n        {"));
        put_member(f, "call", n->path);
        put(f, STR(", "));
        put_member(f, "code", n->code);
        if (n->message.len) {
            put(f, STR(", "));
            put_member(f, "message", n->message);
        }
        put(f, STR("}"));
        first = false;
    }
    put(f, first ? STR("]") : STR("\n    ]"));
}

static void put_digests(struct file_out *f, arena *a, const struct store *s)
{
    bool first = true;
    put(f, STR("    \"digests\": {"));
    for (size_t i = 0; i < s->entries.count; i++) {
        const struct entry *n = s->entries.items[i];
        if (!n->digest.len)
            continue;
        put(f, first ? STR("\n        ") : STR(",\n        "));
        put_json(f, arena_printf(a, "%.*s.json", STR_ARG(n->path)));
        putf(f, ": \"sha256:%.*s\"", STR_ARG(n->digest));
        first = false;
    }
    put(f, first ? STR("}\n") : STR("\n    }\n"));
}

static void put_line(struct file_out *f, const char *name, str value)
{
    put(f, STR("    "));
    put_member(f, name, value);
    put(f, STR(",\n"));
}

static bool put_capture_json(arena *a, void *arg, error *e)
{
    struct store *s = arg;
    struct file_out *f = file_out_open(a, arena_printf(a, "%.*s/capture.json", STR_ARG(s->folder)).ptr, e);
    if (!f)
        return false;
    if (s->entries.count)
        qsort(s->entries.items, s->entries.count, sizeof *s->entries.items, by_path);
    put(f, STR("{\n    \"version\": 1,\n"));
    put_line(f, "captured_at", time_format(a, s->captured_at));
    if (s->completed_at)
        put_line(f, "completed_at", time_format(a, s->completed_at));
    put_line(f, "caller", s->run.caller);
    put_line(f, "partition", s->run.partition);
    put_line(f, "tool", arena_printf(a, TOOL "%s %.*s", ORGEXIT_VERSION, STR_ARG(s->run.tool)));
    put_errors(f, s);
    put(f, STR(",\n"));
    put_digests(f, a, s);
    put(f, STR("}\n"));
    return file_out_end(f, e);
}

static bool write_capture_json(struct store *s, error *e)
{
    int64_t began = clock_ms();
    bool ok = with_scratch(put_capture_json, s, e);
    s->written_at = clock_ms();
    s->cost_ms = s->written_at - began;
    s->unwritten = 0;
    s->urgent = false;
    return ok;
}

bool store_sync(struct store *s, error *e)
{
    return !s->unwritten || write_capture_json(s, e);
}

/* A failure is written at once, a digest within a second; but never is more than a fifth of the time spent on it. */
static bool sync_in_time(struct store *s, error *e)
{
    int64_t pause = s->urgent || s->cost_ms > 200 ? 5 * s->cost_ms : 1000;
    if (s->urgent && s->cost_ms < 20)
        pause = 0;
    return clock_ms() - s->written_at < pause || store_sync(s, e);
}

static struct entry *entry_at(struct store *s, str path)
{
    struct entry *n = map_get(&s->by_path, path);
    if (n)
        return n;
    n = NEW(s->arena, struct entry);
    n->path = arena_str(s->arena, path);
    *map_at(s->arena, &s->by_path, n->path) = n;
    *VEC_PUSH(s->arena, &s->entries) = n;
    return n;
}

bool store_keep(arena *scratch, struct store *s, str path, str bytes, error *e)
{
    const char *full = arena_printf(scratch, "%.*s.json", STR_ARG(path)).ptr, *name;
    int folder = open_folder(s, scratch, full, true, &name);
    bool ok = folder >= 0 && write_file(scratch, folder, name, bytes);
    int code = errno;
    if (folder >= 0)
        close(folder);
    if (!ok)
        return output_error(e, s->folder, full, "could not be written", code);
    struct entry *n = entry_at(s, path);
    n->digest = arena_str(s->arena, sha256_hex(scratch, s->sha256, bytes.ptr, bytes.len));
    n->code = n->message = (str){0};
    n->of_earlier_run = false;
    s->unwritten++;
    return sync_in_time(s, e);
}

/* A file of an earlier run that could not be used must not stand where a failed call has none. */
static void remove_capture(const struct store *s, str path)
{
    char full[512];
    int n = snprintf(full, sizeof full, "%.*s.json", STR_ARG(path));
    if (n > 0 && (size_t)n < sizeof full)
        unlinkat(s->fd, full, 0);
}

bool store_fail(struct store *s, str path, str code, str message, error *e)
{
    struct entry *n = entry_at(s, path);
    if (n->of_earlier_run)
        remove_capture(s, path);
    n->of_earlier_run = false;
    n->digest = (str){0};
    n->code = arena_str(s->arena, code);
    n->message = arena_str(s->arena, message);
    s->unwritten++;
    s->urgent = true;
    return sync_in_time(s, e);
}

bool store_finish(struct store *s, int64_t completed_at, error *e)
{
    s->completed_at = completed_at;
    return write_capture_json(s, e);
}

int64_t store_captured_at(const struct store *s)
{
    return s->captured_at;
}

/* ---- an earlier run ---- */

bool store_holds(const struct store *s, str path)
{
    const struct entry *n = map_get(&s->by_path, path);
    return n && n->of_earlier_run;
}

read_result store_read(arena *a, const struct store *s, str path, char **bytes, size_t *len, error *e)
{
    str file = arena_printf(a, "%.*s.json", STR_ARG(path));
    return file_read(a, s->fd, file.ptr, file, FILE_LIMIT, bytes, len, e);
}

/* The same principal: of a role's session the role counts, for the CLI names sessions anew when it renews them. */
static str principal_of(str arn)
{
    size_t slashes = 0;
    if (str_find(arn, STR(":assumed-role/")) == SIZE_MAX)
        return arn;
    for (size_t i = 0; i < arn.len; i++)
        if (arn.ptr[i] == '/' && ++slashes == 2)
            return str_head(arn, i);
    return arn;
}

bool same_principal(str a, str b)
{
    return str_eq(principal_of(a), principal_of(b));
}

struct taking {
    struct store *store;
    const struct map_entry *listed; /* "path.json" -> its digest */
};

static bool take_one(arena *a, void *arg, error *e)
{
    const struct taking *t = arg;
    struct store *s = t->store;
    str path = str_head(t->listed->key, t->listed->key.len - 5), digest = *(const str *)t->listed->value;
    error unreadable = {0}; /* is captured again */
    char *bytes;
    size_t len;
    (void)e;
    if (store_read(a, s, path, &bytes, &len, &unreadable) != READ_DONE ||
        !str_eq(digest, sha256_hex(a, s->sha256, bytes, len)))
        return true;
    struct entry *n = entry_at(s, path);
    n->digest = digest;
    n->of_earlier_run = true;
    s->run.kept++;
    return true;
}

/* Takes over what is whole of a run that began less than KEEP_FOR ago. A file is as old as its run: the times of files
 * are no evidence. */
static bool take_over(struct store *s, error *e)
{
    const struct snapshot *old = s->before;
    int64_t age = old ? s->run.now - old->captured_at : 0;
    if (!old || age < 0 || age >= KEEP_FOR)
        return true;
    if (!same_principal(old->caller, s->run.caller)) {
        error_set(e, ERR_INPUT, "was begun %.*s ago by %.*s, and now you are %.*s: name another folder",
                  STR_ARG(duration_format(s->arena, age)), STR_ARG(old->caller), STR_ARG(s->run.caller));
        return error_in_file(e, s->folder);
    }
    s->captured_at = old->captured_at;
    for (size_t i = 0; i < old->digests.room; i++) {
        struct taking t = {s, &old->digests.entries[i]};
        if (t.listed->value && str_ends(t.listed->key, STR(".json")) && !with_scratch(take_one, &t, e))
            return false;
    }
    return true;
}

enum { DEEPEST = 8 }; /* accounts/ID/regions/REGION/SERVICE/OPERATION/A/B.json */

/* Removes every file below `path` that is no capture of this run. Links are removed, never followed. */
static bool prune(struct store *s, arena *a, str path, int depth, error *e)
{
    str *names;
    size_t count;
    switch (file_list(a, s->fd, path.ptr, path, &names, &count, e)) {
    case READ_FAILED: return false;
    case READ_ABSENT: return true;
    case READ_DONE: break;
    }
    for (size_t i = 0; i < count; i++) {
        str full = arena_printf(a, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i]));
        struct stat st;
        if (fstatat(s->fd, full.ptr, &st, AT_SYMLINK_NOFOLLOW) != 0)
            return output_error(e, s->folder, full.ptr, "cannot be looked at", errno);
        if (S_ISDIR(st.st_mode)) {
            if (depth < DEEPEST && !prune(s, a, full, depth + 1, e))
                return false;
            continue;
        }
        if (str_ends(full, STR(".json")) && store_holds(s, str_head(full, full.len - 5)))
            continue;
        if (unlinkat(s->fd, full.ptr, 0) != 0)
            return output_error(e, s->folder, full.ptr, "cannot be removed", errno);
    }
    return true;
}

/* What a killed run left of capture.json beside it. */
static bool prune_parts(struct store *s, arena *a, error *e)
{
    str *names;
    size_t count;
    if (file_list(a, s->fd, ".", STR("."), &names, &count, e) != READ_DONE)
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_starts(names[i], STR("capture.json.")))
            unlinkat(s->fd, names[i].ptr, 0);
    return true;
}

static bool prune_all(arena *a, void *arg, error *e)
{
    struct store *s = arg;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (!prune(s, a, str_from(folders[i]), 0, e))
            return false;
    return prune_parts(s, a, e);
}

bool store_begin(struct store *s, struct store_run *run, error *e)
{
    s->run = *run;
    s->run.kept = 0;
    s->captured_at = run->now;
    if (!take_over(s, e) || !write_capture_json(s, e))
        return false;
    run->kept = s->run.kept;
    return with_scratch(prune_all, s, e);
}
