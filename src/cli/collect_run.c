/* collect_run.c - child processes: started with an argument vector, read through pipes, bounded in number, time, size.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/work.h"
#include "cli/collect.h"

enum { ERROR_LIMIT = 256 * 1024, CHUNK = 64 * 1024 }; /* bytes */
enum { TICK = 100, MOMENT = 2, GRACE = 1000 };        /* milliseconds */

void signals_hold(struct held_signals *s)
{
    static const int wanted[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&s->held);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        struct sigaction now;
        /* What the parent had ignored (nohup, a shell's background) stays ignored. */
        if (sigaction(wanted[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
            sigaddset(&s->held, wanted[i]);
    }
    signal(SIGCHLD, SIG_DFL); /* where it was ignored nobody could wait for a child */
    signal(SIGXFSZ, SIG_IGN); /* a file past the limit (ulimit -f) is a failed write */
    sigprocmask(SIG_BLOCK, &s->held, &s->before);
}

static bool is_stopped(const struct held_signals *s)
{
    static const int wanted[] = {SIGINT, SIGTERM, SIGHUP};
    sigset_t pending;
    if (sigpending(&pending) != 0)
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (sigismember(&s->held, wanted[i]) == 1 && sigismember(&pending, wanted[i]) == 1)
            return true;
    return false;
}

struct stream {
    int fd; /* -1: at its end */
    char *bytes;
    size_t len, room, limit;
};

struct slot {
    arena *arena; /* of one child at a time */
    pid_t pid;    /* 0: free */
    struct child_job job;
    struct stream out, err;
    child_end end;    /* CHILD_FAILED until something else is known */
    int status;       /* of waitpid */
    int64_t deadline; /* SIGTERM, or after it SIGKILL, at this time */
    bool told, reaped;
};

struct running {
    const struct runner *runner;
    struct slot *slots;
    struct pollfd *fds;
    size_t busy;
    error *error;
};

static void close_stream(struct stream *s)
{
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

static void wipe(char *bytes, size_t len)
{
    volatile char *p = bytes; /* else the compiler leaves out what nobody reads again */
    while (len--)
        *p++ = 0;
}

static void free_slot(struct running *r, struct slot *s)
{
    close_stream(&s->out);
    close_stream(&s->err);
    if (s->job.secret && s->out.bytes)
        wipe(s->out.bytes, s->out.room);
    arena_reset(s->arena);
    *s = (struct slot){.arena = s->arena, .out.fd = -1, .err.fd = -1};
    r->busy--;
}

/* Ends every child: politely, then after a moment not. Their output is dropped. */
static void end_children(struct running *r)
{
    for (size_t i = 0; i < r->runner->jobs; i++)
        if (r->slots[i].pid && !r->slots[i].reaped)
            kill(r->slots[i].pid, SIGTERM);
    for (int64_t until = clock_ms() + GRACE; r->busy;) {
        bool last = clock_ms() >= until;
        for (size_t i = 0; i < r->runner->jobs; i++) {
            struct slot *s = &r->slots[i];
            if (s->pid && !s->reaped && last)
                kill(s->pid, SIGKILL);
            if (s->pid && (s->reaped || waitpid(s->pid, &s->status, last ? 0 : WNOHANG) != 0))
                free_slot(r, s);
        }
        if (r->busy)
            poll(NULL, 0, MOMENT);
    }
}

static void close_running(void *what)
{
    struct running *r = what;
    end_children(r);
    for (size_t i = 0; i < r->runner->jobs; i++)
        arena_close(r->slots[i].arena);
}

/* ---- starting ---- */

static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

/* Signals as they were before us; those that we ignore as a program expects them. The process group stays ours, so that
 * a CLI that asks for an MFA code can read the terminal. */
static int spawn(const struct running *r, const struct child_job *job, int out, int err, pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    sigaddset(&defaults, SIGXFSZ);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &r->runner->signals->before);
    posix_spawnattr_setsigdefault(&how, &defaults);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int code = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!code)
        code = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!code)
        code = posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    if (!code)
        code = posix_spawnp(pid, job->argv[0], &files, &how, job->argv, job->envp);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

static bool start_child(struct running *r, struct slot *s, const struct child_job *job)
{
    int out[2], err[2], code;
    if (!make_pipe(out))
        return error_set(r->error, ERR_RESOURCE, "no pipe can be made: %s", strerror(errno));
    if (!make_pipe(err)) {
        code = errno;
        close(out[0]);
        close(out[1]);
        return error_set(r->error, ERR_RESOURCE, "no pipe can be made: %s", strerror(code));
    }
    code = spawn(r, job, out[1], err[1], &s->pid);
    close(out[1]);
    close(err[1]);
    if (code) {
        s->pid = 0;
        close(out[0]);
        close(err[0]);
        if (code == EAGAIN || code == ENOMEM)
            return error_set(r->error, ERR_RESOURCE, "no process can be started: %s", strerror(code));
        return error_set(r->error, ERR_USAGE,
                         "%s could not be started: %s (install the AWS CLI, or name it with --aws PATH)", job->argv[0],
                         strerror(code));
    }
    s->job = *job;
    s->out = (struct stream){.fd = out[0], .limit = FILE_LIMIT};
    s->err = (struct stream){.fd = err[0], .limit = ERROR_LIMIT};
    s->deadline = clock_ms() + (int64_t)r->runner->timeout * 1000;
    r->busy++;
    return true;
}

/* Fills the free slots. *more: there may be something to start later. */
static bool start_children(struct running *r, bool *more)
{
    for (size_t i = 0; i < r->runner->jobs; i++) {
        struct child_job job = {0};
        if (r->slots[i].pid)
            continue;
        next_child next = r->runner->next(r->runner->arg, &job, clock_ms(), r->error);
        *more = next == NEXT_WAIT || next == NEXT_RUN;
        switch (next) {
        case NEXT_FAILED: return false;
        case NEXT_DONE:
        case NEXT_WAIT: return true;
        case NEXT_RUN: break;
        }
        if (!start_child(r, &r->slots[i], &job))
            return false;
    }
    *more = true;
    return true;
}

/* ---- reading ---- */

/* What is past the limit is read and dropped, so that the child need not wait. */
static bool read_stream(arena *a, void *arg, error *e)
{
    struct stream *s = arg;
    char dropped[4096];
    bool full = s->len >= s->limit;
    (void)e;
    if (!full && s->room - s->len < CHUNK + FILE_TAIL) {
        size_t room = s->room * 2 + CHUNK + FILE_TAIL;
        s->bytes = arena_grow(a, s->bytes, s->room, room);
        s->room = room;
    }
    ssize_t got = full ? read(s->fd, dropped, sizeof dropped) : read(s->fd, s->bytes + s->len, CHUNK);
    if (got < 0 && errno == EINTR)
        return true;
    if (got <= 0)
        close_stream(s);
    else if (!full)
        s->len += (size_t)got;
    return true;
}

static void tell_to_end(struct slot *s, child_end why, int64_t now)
{
    kill(s->pid, s->told ? SIGKILL : SIGTERM);
    if (!s->told)
        s->end = why;
    s->told = true;
    s->deadline = now + GRACE;
}

static bool read_ready(struct running *r, int64_t now)
{
    for (size_t i = 0; i < 2 * r->runner->jobs; i++) {
        struct slot *s = &r->slots[i / 2];
        struct stream *from = i % 2 ? &s->err : &s->out;
        if (r->fds[i].fd < 0 || !r->fds[i].revents)
            continue;
        if (!work_run(s->arena, read_stream, from, r->error))
            return false;
        if (s->out.len >= s->out.limit && !s->told)
            tell_to_end(s, CHILD_TOO_LARGE, now);
    }
    return true;
}

/* ---- ending ---- */

struct ending {
    struct running *run;
    struct slot *slot;
};

static bool hand_over(arena *a, void *arg, error *e)
{
    const struct ending *d = arg;
    struct slot *s = d->slot;
    struct child_result result = {
        .item = s->job.item, .end = s->end, .err = {s->err.bytes, s->err.len}
    };
    if (!s->out.bytes)
        s->out.bytes = arena_alloc_zero(a, FILE_TAIL);
    memset(s->out.bytes + s->out.len, 0, FILE_TAIL);
    result.out = (str){s->out.bytes, s->out.len};
    if (s->end == CHILD_FAILED && WIFEXITED(s->status))
        result.end = CHILD_ENDED;
    result.code = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : WIFSIGNALED(s->status) ? WTERMSIG(s->status) : 0;
    return d->run->runner->done(d->run->runner->arg, a, &result, e);
}

/* A child has ended when both streams are at their end and it was waited for. One that was told to end may have left
 * its streams to a child of its own: those are not waited for. */
static bool finish_children(struct running *r, int64_t now, bool *moment)
{
    for (size_t i = 0; i < r->runner->jobs; i++) {
        struct slot *s = &r->slots[i];
        if (!s->pid)
            continue;
        bool silent = s->out.fd < 0 && s->err.fd < 0;
        if (!s->reaped && (silent || s->told))
            s->reaped = waitpid(s->pid, &s->status, WNOHANG) != 0;
        if (s->reaped && (silent || s->told)) {
            struct ending d = {r, s};
            bool ok = work_run(s->arena, hand_over, &d, r->error);
            free_slot(r, s);
            if (!ok)
                return false;
            *moment = true;
            continue;
        }
        if (now >= s->deadline && !s->reaped)
            tell_to_end(s, CHILD_TIMED_OUT, now);
        *moment |= silent || s->told;
    }
    return true;
}

static void wait_a_moment(struct running *r, bool moment)
{
    for (size_t i = 0; i < r->runner->jobs; i++) {
        struct slot *s = &r->slots[i];
        r->fds[2 * i] = (struct pollfd){.fd = s->pid ? s->out.fd : -1, .events = POLLIN};
        r->fds[2 * i + 1] = (struct pollfd){.fd = s->pid ? s->err.fd : -1, .events = POLLIN};
    }
    if (poll(r->fds, 2 * r->runner->jobs, moment ? MOMENT : TICK) <= 0)
        for (size_t i = 0; i < 2 * r->runner->jobs; i++)
            r->fds[i].revents = 0;
}

static run_result run(struct running *r)
{
    int64_t ticked = 0;
    for (bool moment = true;;) {
        bool more = false;
        if (is_stopped(r->runner->signals))
            return RUN_STOPPED;
        if (!start_children(r, &more))
            return RUN_FAILED;
        if (!more && !r->busy)
            return RUN_DONE;
        wait_a_moment(r, moment && r->busy);
        int64_t now = clock_ms();
        moment = false;
        /* Ctrl-C reaches the children too: what they leave then is no answer. */
        if (is_stopped(r->runner->signals))
            return RUN_STOPPED;
        if (!read_ready(r, now) || !finish_children(r, now, &moment))
            return RUN_FAILED;
        if (now - ticked >= TICK) {
            r->runner->tick(r->runner->arg, now);
            ticked = now;
        }
    }
}

run_result children_run(arena *a, const struct runner *runner, error *e)
{
    struct running *r = NEW(a, struct running);
    struct runner *kept = NEW(a, struct runner);
    *kept = *runner;
    *r = (struct running){.runner = kept, .error = e};
    r->slots = NEW_ARRAY(a, struct slot, runner->jobs);
    r->fds = NEW_ARRAY(a, struct pollfd, 2 * runner->jobs);
    for (size_t i = 0; i < runner->jobs; i++)
        r->slots[i].out.fd = r->slots[i].err.fd = -1;
    arena_defer(a, close_running, r); /* leaving early must leave no child behind */
    for (size_t i = 0; i < runner->jobs; i++)
        if (!(r->slots[i].arena = arena_open(0)))
            work_leave(arena_exit(a));
    run_result result = run(r);
    end_children(r);
    return result;
}
