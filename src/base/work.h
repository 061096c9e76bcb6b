/*
 * work.h - a unit of work (an account, a file, a batch of cases): the one place where running out of memory ends up,
 * and the pool of threads that does many of them and hands the results out in order.
 */
#ifndef ORGEXIT_BASE_WORK_H
#define ORGEXIT_BASE_WORK_H

#include <setjmp.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"

struct work_exit {
    jmp_buf jump;
};

typedef bool work_fn(arena *a, void *arg, error *e);

/* Runs fn(a, arg, e). When memory or the arena's limit runs out inside, gives false with ERR_RESOURCE. May nest. */
bool work_run(arena *a, work_fn *fn, void *arg, error *e);

/* An arena for what is soon forgotten: it is closed with `a`, and runs out of memory to where `a` does. */
arena *work_scratch(arena *a);

/* Leaves to the work_run that set `exit`; without one there is nobody to tell: aborts. */
_Noreturn void work_leave(struct work_exit *exit);

/*
 * Does items 0 .. count-1 on `jobs` threads (1: on the caller's own), each with an arena of its own, and calls `emit`
 * on the caller's thread for each item in order. At most `window` items for each thread lie between done and emitted.
 *   make   fills the slot (`slot_size` bytes, cleared) of item i; what the slot points to lives in `a` until emitted.
 *          `worker` (0 .. jobs-1) tells the threads apart: no two calls at a time have the same
 *   take   where the number of items is not known beforehand (NULL else): puts the next one into its slot, one call at
 *          a time, in order; false: there are no more, or *e, which ends the run. `count` is not read then
 *   emit   reads the slot; false stops the run
 * Errors of `make` are in its own hands (kept in the slot) except ERR_RESOURCE, handed to emit as `failed`.
 */
struct pool {
    size_t jobs, window, count, slot_size; /* jobs: 256 at most */
    size_t arena_limit;                    /* bytes for one item, 0: no limit */
    void *arg;
    bool (*take)(arena *a, size_t item, void *slot, void *arg, error *e);
    void (*make)(arena *a, size_t worker, size_t item, void *slot, void *arg, error *e);
    bool (*emit)(size_t item, void *slot, const error *failed, void *arg, error *e);
};
bool pool_run(const struct pool *p, error *e);

#endif
