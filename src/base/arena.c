/* arena.c - blocks of growing size, handed out from front to back. */
#include "base/arena.h"

#include <setjmp.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/work.h"

enum { FIRST_BLOCK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024, ALIGN = alignof(max_align_t) };

struct block {
    struct block *before;
    size_t size, used; /* bytes behind this header */
};

struct undo {
    struct undo *before;
    void (*run)(void *);
    void *what;
};

struct arena {
    struct block *last;
    struct undo *undos;
    size_t limit, used, taken, peak;
    struct work_exit *exit;
};

static size_t round_up(size_t n)
{
    return (n + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
}

enum { HEADER = (sizeof(struct block) + ALIGN - 1) / ALIGN * ALIGN };

static char *block_bytes(struct block *b)
{
    return (char *)b + HEADER;
}

static struct block *block_open(arena *a, size_t size)
{
    if (size > SIZE_MAX - HEADER || (a->limit && (size > a->limit || a->taken > a->limit - size)))
        return NULL;
    struct block *b = malloc(HEADER + size);
    if (!b)
        return NULL;
    *b = (struct block){.before = a->last, .size = size};
    a->last = b;
    a->taken += size;
    if (a->taken > a->peak)
        a->peak = a->taken;
    return b;
}

arena *arena_open(size_t limit)
{
    arena *a = calloc(1, sizeof *a);
    if (a)
        a->limit = limit;
    return a;
}

static void run_undos(arena *a)
{
    while (a->undos) {
        struct undo *u = a->undos;
        a->undos = u->before;
        u->run(u->what);
    }
}

/* Frees every block but `keep`. */
static void free_blocks(arena *a, struct block *keep)
{
    struct block *b = a->last;
    while (b) {
        struct block *before = b->before;
        if (b != keep)
            free(b);
        b = before;
    }
    a->last = keep;
    a->taken = keep ? keep->size : 0;
    a->used = 0;
    if (keep) {
        keep->before = NULL;
        keep->used = 0;
    }
}

void arena_close(arena *a)
{
    if (!a)
        return;
    run_undos(a);
    free_blocks(a, NULL);
    free(a);
}

void arena_reset(arena *a)
{
    run_undos(a);
    struct block *largest = a->last;
    for (struct block *b = a->last; b; b = b->before)
        if (b->size > largest->size)
            largest = b;
    free_blocks(a, largest);
}

void *arena_alloc(arena *a, size_t size)
{
    size_t need = round_up(size ? size : 1);
    struct block *b = a->last;
    if (!b || need < size || b->size - b->used < need) {
        size_t step = b ? b->size * 2 : FIRST_BLOCK;
        step = step > LARGEST_STEP ? LARGEST_STEP : step;
        b = need < size ? NULL : block_open(a, need > step ? need : step);
        if (!b && need >= size)
            b = block_open(a, need); /* near the limit: only what is asked for */
        if (!b)
            work_leave(a->exit);
    }
    void *p = block_bytes(b) + b->used;
    b->used += need;
    a->used += need;
    return p;
}

void *arena_alloc_zero(arena *a, size_t size)
{
    return memset(arena_alloc(a, size), 0, size);
}

void *arena_array(arena *a, size_t size, size_t count)
{
    if (size && count > SIZE_MAX / size)
        work_leave(a->exit);
    return arena_alloc_zero(a, size * count);
}

void *arena_grow(arena *a, void *old, size_t old_size, size_t new_size)
{
    struct block *b = a->last;
    size_t had = round_up(old_size ? old_size : 1), need = round_up(new_size);
    if (old && b && (char *)old + had == block_bytes(b) + b->used && need >= had && b->size - b->used >= need - had) {
        b->used += need - had;
        a->used += need - had;
        return old;
    }
    void *fresh = arena_alloc(a, new_size);
    if (old && old_size)
        memcpy(fresh, old, old_size);
    return fresh;
}

str arena_str(arena *a, str s)
{
    return (str){arena_cstr(a, s), s.len};
}

char *arena_cstr(arena *a, str s)
{
    char *copy = arena_alloc(a, s.len + 1);
    if (s.len)
        memcpy(copy, s.ptr, s.len);
    copy[s.len] = '\0';
    return copy;
}

/* Formats into what is left of the block; only what does not fit is measured first and formatted again. */
str arena_vprintf(arena *a, const char *format, va_list args)
{
    struct block *b = a->last;
    size_t room = b ? b->size - b->used : 0;
    char *text = room ? block_bytes(b) + b->used : NULL;
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(text, room, format, again);
    va_end(again);
    if (len < 0)
        return (str){0};
    char *kept = arena_alloc(a, (size_t)len + 1);
    if (kept != text)
        (void)vsnprintf(kept, (size_t)len + 1, format, args);
    return (str){kept, (size_t)len};
}

str arena_printf(arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str s = arena_vprintf(a, format, args);
    va_end(args);
    return s;
}

/* What no shell reads as anything but itself. */
static bool is_shell_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c && strchr("-./0123456789_@%+=:,", c));
}

str arena_shell_word(arena *a, str word)
{
    size_t quotes = 0, plain = 0;
    while (plain < word.len && is_shell_safe(word.ptr[plain]))
        plain++;
    if (word.len && plain == word.len)
        return word;
    for (size_t i = plain; i < word.len; i++)
        quotes += word.ptr[i] == '\'';
    char *out = arena_alloc(a, word.len + 3 * quotes + 3), *to = out;
    *to++ = '\'';
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] == '\'') {
            memcpy(to, "'\\'", 3);
            to += 3;
        }
        *to++ = word.ptr[i];
    }
    *to++ = '\'';
    *to = '\0';
    return (str){out, (size_t)(to - out)};
}

void arena_defer(arena *a, void (*undo)(void *), void *what)
{
    struct undo *u = NEW(a, struct undo);
    *u = (struct undo){.before = a->undos, .run = undo, .what = what};
    a->undos = u;
}

size_t arena_used(const arena *a)
{
    return a->used;
}

size_t arena_peak(const arena *a)
{
    return a->peak;
}

struct work_exit *arena_exit(const arena *a)
{
    return a->exit;
}

void arena_set_exit(arena *a, struct work_exit *exit)
{
    a->exit = exit;
}

void vec_grow(arena *a, void **items, size_t *room, size_t item_size)
{
    size_t wanted = *room ? *room * 2 : 8;
    if (wanted < *room || wanted > SIZE_MAX / item_size)
        work_leave(a->exit);
    *items = arena_grow(a, *items, *room * item_size, wanted * item_size);
    *room = wanted;
}
