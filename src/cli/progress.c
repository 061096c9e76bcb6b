/* progress.c - see progress.h. */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { AFTER = 500, BETWEEN = 100, CELLS = 12 }; /* milliseconds; characters of the bar */

int64_t clock_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct progress progress_begin(const struct arguments *args)
{
    struct progress p = {.terminal = terminal_of(args, STDERR_FILENO), .began = clock_ms()};
    p.terminal.is_terminal &= !has_option(args, OPTION_QUIET);
    return p;
}

static void print_bar(const struct progress *p, size_t done, size_t expected)
{
    size_t full = expected ? done * CELLS / expected : 0;
    for (size_t i = 0; i < CELLS; i++)
        fputs(p->terminal.ascii ? (i < full ? "#" : ".") : (i < full ? "█" : "░"), stderr);
}

bool progress_line(struct progress *p, const char *verb, size_t done, size_t expected)
{
    int64_t now = clock_ms();
    if (!p->terminal.is_terminal || now - p->began < AFTER || (p->shown && now - p->last < BETWEEN))
        return false;
    fprintf(stderr, "\r\033[K%s  %zu/%zu  ", verb, done, expected);
    print_bar(p, done, expected);
    p->last = now;
    p->shown = true;
    return true;
}

void progress_end(void)
{
    fflush(stderr);
}

void progress_clear(struct progress *p)
{
    if (p->shown)
        fprintf(stderr, "\r\033[K");
    p->shown = false;
}
