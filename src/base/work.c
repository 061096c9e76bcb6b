/* work.c - units of work, one after the other or on several threads, their results in order. */
#include "base/work.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

_Noreturn void work_leave(struct work_exit *exit)
{
    if (!exit)
        abort(); /* an arena used outside a unit of work: our own mistake */
    longjmp(exit->jump, 1);
}

bool work_run(arena *a, work_fn *fn, void *arg, error *e)
{
    struct work_exit here, *outer = arena_exit(a);
    if (setjmp(here.jump)) {
        arena_set_exit(a, outer);
        return error_set(e, ERR_RESOURCE, "out of memory: the input needs more than the machine or the limit allows");
    }
    arena_set_exit(a, &here);
    bool ok = fn(a, arg, e);
    arena_set_exit(a, outer);
    return ok;
}

static void close_scratch(void *scratch)
{
    arena_close(scratch);
}

arena *work_scratch(arena *a)
{
    arena *scratch = arena_open(0);
    if (!scratch)
        work_leave(arena_exit(a));
    arena_set_exit(scratch, arena_exit(a));
    arena_defer(a, close_scratch, scratch);
    return scratch;
}

struct item_slot {
    arena *arena;
    void *slot;
    error failed;
    bool done;
};

struct pool_state {
    const struct pool *pool;
    pthread_mutex_t lock;
    pthread_cond_t moved;
    struct item_slot *ring;
    size_t ring_size;
    pthread_mutex_t taking; /* before `lock`, never inside it */
    size_t count;           /* SIZE_MAX until it is known */
    error taken;            /* why no more could be taken */
    size_t next, emitted;   /* next item to take; items already emitted */
    size_t workers;         /* threads that have begun */
    bool stop;
};

struct make_arg {
    const struct pool *pool;
    size_t worker, item;
    void *slot;
};

static bool make_item(arena *a, void *arg, error *e)
{
    const struct make_arg *m = arg;
    m->pool->make(a, m->worker, m->item, m->slot, m->pool->arg, e);
    return e->code == ERR_NONE;
}

static bool take_next(arena *a, void *arg, error *e)
{
    const struct make_arg *m = arg;
    return m->pool->take(a, m->item, m->slot, m->pool->arg, e);
}

/* False: there is no such item. */
static bool take_item(const struct pool *p, size_t item, struct item_slot *s, error *e)
{
    struct make_arg m = {.pool = p, .item = item, .slot = s->slot};
    memset(s->slot, 0, p->slot_size);
    s->failed = (error){0};
    return p->take ? work_run(s->arena, take_next, &m, e) : item < p->count;
}

static void do_item(const struct pool *p, size_t worker, size_t item, struct item_slot *s)
{
    struct make_arg m = {.pool = p, .worker = worker, .item = item, .slot = s->slot};
    (void)work_run(s->arena, make_item, &m, &s->failed);
}

/* The next item, in its slot; waits until the window has room. NULL: there are no more. */
static struct item_slot *next_item(struct pool_state *st, size_t *item)
{
    struct item_slot *s = NULL;
    error e = {0};
    pthread_mutex_lock(&st->taking);
    pthread_mutex_lock(&st->lock);
    while (!st->stop && st->next < st->count && st->next >= st->emitted + st->ring_size)
        pthread_cond_wait(&st->moved, &st->lock);
    if (!st->stop && st->next < st->count) {
        *item = st->next++;
        s = &st->ring[*item % st->ring_size];
    }
    pthread_mutex_unlock(&st->lock);
    if (s && !take_item(st->pool, *item, s, &e)) {
        s = NULL;
        pthread_mutex_lock(&st->lock);
        st->count = *item;
        st->taken = e;
        pthread_cond_broadcast(&st->moved);
        pthread_mutex_unlock(&st->lock);
    }
    pthread_mutex_unlock(&st->taking);
    return s;
}

static void *pool_thread(void *arg)
{
    struct pool_state *st = arg;
    size_t item;
    pthread_mutex_lock(&st->lock);
    size_t worker = st->workers++;
    pthread_mutex_unlock(&st->lock);
    for (struct item_slot *s; (s = next_item(st, &item));) {
        do_item(st->pool, worker, item, s);
        pthread_mutex_lock(&st->lock);
        s->done = true;
        pthread_cond_broadcast(&st->moved);
        pthread_mutex_unlock(&st->lock);
    }
    return NULL;
}

static bool emit_item(const struct pool *p, size_t item, struct item_slot *s, error *e)
{
    bool ok = p->emit(item, s->slot, s->failed.code ? &s->failed : NULL, p->arg, e);
    arena_reset(s->arena);
    s->done = false;
    return ok;
}

static bool emit_in_order(struct pool_state *st, error *e)
{
    bool ok = true;
    for (size_t i = 0; ok; i++) {
        struct item_slot *s = &st->ring[i % st->ring_size];
        pthread_mutex_lock(&st->lock);
        while (i < st->count && !s->done)
            pthread_cond_wait(&st->moved, &st->lock);
        bool more = i < st->count;
        pthread_mutex_unlock(&st->lock);
        if (!more)
            break;
        ok = emit_item(st->pool, i, s, e);
        pthread_mutex_lock(&st->lock);
        st->emitted = i + 1;
        st->stop = !ok;
        pthread_cond_broadcast(&st->moved);
        pthread_mutex_unlock(&st->lock);
    }
    return ok;
}

static bool run_alone(struct pool_state *st, error *e)
{
    for (size_t i = 0; take_item(st->pool, i, &st->ring[0], &st->taken); i++) {
        do_item(st->pool, 0, i, &st->ring[0]);
        if (!emit_item(st->pool, i, &st->ring[0], e))
            return false;
    }
    return true;
}

static bool run_threads(struct pool_state *st, error *e)
{
    enum { MOST = 256 };
    pthread_t threads[MOST];
    size_t started = 0, wanted = st->pool->jobs < MOST ? st->pool->jobs : MOST;
    for (; started < wanted; started++)
        if (pthread_create(&threads[started], NULL, pool_thread, st))
            break;
    bool ok = started ? emit_in_order(st, e) : error_set(e, ERR_RESOURCE, "no thread could be started");
    pthread_mutex_lock(&st->lock);
    st->stop = true;
    pthread_cond_broadcast(&st->moved);
    pthread_mutex_unlock(&st->lock);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return ok;
}

bool pool_run(const struct pool *p, error *e)
{
    struct pool_state st = {.pool = p,
                            .lock = PTHREAD_MUTEX_INITIALIZER,
                            .moved = PTHREAD_COND_INITIALIZER,
                            .taking = PTHREAD_MUTEX_INITIALIZER,
                            .count = p->take ? SIZE_MAX : p->count};
    bool alone = p->jobs <= 1 || st.count <= 1;
    st.ring_size = alone ? 1 : p->jobs * (p->window ? p->window : 1);
    if (st.ring_size > st.count && st.count)
        st.ring_size = st.count;
    st.ring = calloc(st.ring_size, sizeof *st.ring);
    bool ok = st.ring != NULL;
    for (size_t i = 0; ok && i < st.ring_size; i++) {
        st.ring[i].arena = arena_open(p->arena_limit);
        st.ring[i].slot = calloc(1, p->slot_size);
        ok = st.ring[i].arena && st.ring[i].slot;
    }
    if (!ok)
        error_set(e, ERR_RESOURCE, "out of memory before the work began");
    else
        ok = alone ? run_alone(&st, e) : run_threads(&st, e);
    if (ok && st.taken.code != ERR_NONE) {
        *e = st.taken;
        ok = false;
    }
    for (size_t i = 0; st.ring && i < st.ring_size; i++) {
        arena_close(st.ring[i].arena);
        free(st.ring[i].slot);
    }
    free(st.ring);
    return ok;
}
