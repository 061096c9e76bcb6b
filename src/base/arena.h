/*
 * arena.h - memory that goes with a unit of work: nothing in it is freed alone.
 * arena_alloc never gives NULL: when memory or the arena's limit runs out it leaves through the setjmp of work_run
 * (base/work.h), which makes an ERR_RESOURCE of it. An arena belongs to one thread at a time.
 */
#ifndef ORGEXIT_BASE_ARENA_H
#define ORGEXIT_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "base/str.h"

typedef struct arena arena;

/* `limit` in bytes, 0: none but the machine's. NULL when there is no memory for the arena itself. */
arena *arena_open(size_t limit);
void arena_close(arena *a); /* runs what was deferred, last first, then frees all. NULL does nothing */
void arena_reset(arena *a); /* the same, but keeps the arena and one block for the next unit of work */

void *arena_alloc(arena *a, size_t size);               /* aligned for any type, not cleared */
void *arena_alloc_zero(arena *a, size_t size);          /* cleared */
void *arena_array(arena *a, size_t size, size_t count); /* cleared; checks size * count */
#define NEW(a, type)              ((type *)arena_alloc_zero((a), sizeof(type)))
#define NEW_ARRAY(a, type, count) ((type *)arena_array((a), sizeof(type), (count)))

/* Grows the last allocation in place when it can, else copies. `old` of `old_size` bytes came from this arena. */
void *arena_grow(arena *a, void *old, size_t old_size, size_t new_size);

str arena_str(arena *a, str s);    /* a copy, NUL-terminated behind its end */
char *arena_cstr(arena *a, str s); /* the same as a C text */
str arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
str arena_vprintf(arena *a, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* One word of a POSIX shell command: as it is where that is safe, else in single quotes. For hints that people copy. */
str arena_shell_word(arena *a, str word);

/* `undo(what)` runs when the arena is closed or reset, early leaving included. */
void arena_defer(arena *a, void (*undo)(void *), void *what);

size_t arena_used(const arena *a); /* bytes handed out since open or reset */
size_t arena_peak(const arena *a); /* bytes taken from the system, at most, since open */

/* Where arena_alloc goes when there is no memory; set by work_run alone. */
struct work_exit;
struct work_exit *arena_exit(const arena *a);
void arena_set_exit(arena *a, struct work_exit *exit);

/* A growing array in an arena: struct { T *items; size_t count, room; }. VEC_PUSH gives the address of the new,
 * cleared item. */
#define VEC(type)                                                                                                      \
    struct {                                                                                                           \
        type *items;                                                                                                   \
        size_t count, room;                                                                                            \
    }
#define VEC_PUSH(a, vec)                                                                                               \
    ((vec)->count == (vec)->room ? vec_grow((a), (void **)&(vec)->items, &(vec)->room, sizeof *(vec)->items)           \
                                 : (void)0,                                                                            \
     memset(&(vec)->items[(vec)->count], 0, sizeof *(vec)->items), &(vec)->items[(vec)->count++])
void vec_grow(arena *a, void **items, size_t *room, size_t item_size);

#endif
