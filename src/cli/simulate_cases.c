/* simulate_cases.c - orgexit simulate --cases: streams cases, decides them in parallel, answers in the order of the
 * input. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/work.h"
#include "cli/simulate.h"
#include "iam/cases.h"

enum { BATCH = 64 * 1024, BATCHES = 64, WINDOW = 4 }; /* bytes of a batch; batches of a wave */

/* Whole lines, in a buffer that has FILE_TAIL bytes behind its end. */
struct batch {
    char *text;
    size_t len;
    uint64_t first_line; /* its number, from 1 */
};

struct stream {
    int fd;
    str shown;
    char *rest; /* what was read behind the last whole line */
    size_t rest_len, rest_room;
    uint64_t lines;
    bool end;
    struct batch batches[BATCHES];
    size_t count;
    struct file_out *out;
    uint64_t cases, matched, mismatched, errors;
};

/* What is answered to a batch: `len` bytes of lines. */
struct answers {
    char *text;
    size_t len, room;
    uint64_t cases, matched, mismatched, errors;
};

/* ---- reading ---- */

static ssize_t read_some(int fd, char *to, size_t room)
{
    ssize_t n;
    do
        n = read(fd, to, room);
    while (n < 0 && errno == EINTR);
    return n;
}

/* Fills s->rest until it holds a whole line and at least a batch, or the end is reached. */
static bool fill(arena *a, struct stream *s, error *e)
{
    while (!s->end && (s->rest_len < BATCH || !memchr(s->rest, '\n', s->rest_len))) {
        if (s->rest_len > FILE_LIMIT)
            return error_at(e, s->shown, 0, 0, "a line is longer than the limit of 256 MiB");
        if (s->rest_room - s->rest_len < BATCH) {
            size_t room = s->rest_room * 2 + 2 * BATCH;
            s->rest = arena_grow(a, s->rest, s->rest_room, room);
            s->rest_room = room;
        }
        ssize_t n = read_some(s->fd, s->rest + s->rest_len, s->rest_room - s->rest_len);
        if (n < 0)
            return error_at(e, s->shown, 0, 0, "could not be read: %s", strerror(errno));
        s->end = n == 0;
        s->rest_len += (size_t)n;
    }
    return true;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t n = 0;
    for (const char *p = text, *end = text + len; (p = memchr(p, '\n', (size_t)(end - p))); p++)
        n++;
    return n + (len && text[len - 1] != '\n');
}

/* Takes whole lines out of s->rest, about BATCH bytes of them. */
static void take_batch(arena *wave, struct stream *s)
{
    size_t len = s->rest_len;
    while (len > 0 && s->rest[len - 1] != '\n')
        len--;
    if (s->end)
        len = s->rest_len;
    if (len > BATCH) {
        const char *next = memchr(s->rest + BATCH, '\n', len - BATCH);
        len = next ? (size_t)(next - s->rest) + 1 : len;
    }
    struct batch *b = &s->batches[s->count++];
    *b = (struct batch){.text = arena_alloc(wave, len + FILE_TAIL), .len = len, .first_line = s->lines + 1};
    memcpy(b->text, s->rest, len);
    memset(b->text + len, 0, FILE_TAIL);
    s->lines += count_lines(s->rest, len);
    s->rest_len -= len;
    memmove(s->rest, s->rest + len, s->rest_len);
}

/* ---- deciding ---- */

/* `line` has a zero byte behind its end, and is changed. */
static str answer_line(arena *a, const struct stream *s, char *line, size_t len, uint64_t number, struct answers *out)
{
    struct case_line c = {0};
    error e = {0};
    source src = {.file = s->shown, .text = line, .len = len};
    out->cases++;
    if (!json_read(a, &src, &e) || !case_read(a, &src, &c, &e)) {
        if (e.line)
            e.line += (uint32_t)number - 1; /* the place in the file, not in the line */
        out->errors++;
        return case_error(a, c.name, &e);
    }
    struct verdict_trace t;
    evaluate(a, &c.request, &c.layers, &t);
    if (c.expects)
        *(t.decision == c.expected ? &out->matched : &out->mismatched) += 1;
    return case_answer(a, &c, &t);
}

static void keep_answer(arena *a, struct answers *out, str line)
{
    if (out->room - out->len <= line.len) {
        size_t room = 2 * out->room + line.len + BATCH / 4;
        out->text = arena_grow(a, out->text, out->room, room);
        out->room = room;
    }
    memcpy(out->text + out->len, line.ptr, line.len);
    out->len += line.len;
    out->text[out->len++] = '\n';
}

static void close_scratch(void *scratch)
{
    arena_close(scratch);
}

/* What a line needs is gone before the next one: it stays in the processor's caches. */
static void decide_batch(arena *a, size_t worker, size_t item, void *slot, void *arg, error *e)
{
    (void)worker;
    const struct stream *s = arg;
    const struct batch *b = &s->batches[item];
    arena *scratch = arena_open(0);
    if (!scratch) {
        (void)error_set(e, ERR_RESOURCE, "out of memory");
        return;
    }
    arena_defer(a, close_scratch, scratch);
    arena_set_exit(scratch, arena_exit(a));
    char *line = b->text, *end = b->text + b->len;
    for (uint64_t number = b->first_line; line < end; number++) {
        char *stop = memchr(line, '\n', (size_t)(end - line));
        char *next = stop ? stop + 1 : end;
        stop = stop ? stop : end;
        if (stop > line && stop[-1] == '\r')
            stop--;
        *stop = '\0';
        keep_answer(a, slot, answer_line(scratch, s, line, (size_t)(stop - line), number, slot));
        arena_reset(scratch);
        line = next;
    }
}

static bool write_batch(size_t item, void *slot, const error *failed, void *arg, error *e)
{
    struct stream *s = arg;
    const struct answers *b = slot;
    (void)item;
    if (failed)
        return error_set(e, ERR_RESOURCE, "%s", failed->message);
    file_out_put(s->out, b->text, b->len);
    s->cases += b->cases;
    s->matched += b->matched;
    s->mismatched += b->mismatched;
    s->errors += b->errors;
    return !file_out_failed(s->out);
}

static bool run_wave(arena *a, struct stream *s, arena *wave, size_t jobs, error *e)
{
    s->count = 0;
    while (s->count < BATCHES) {
        if (!fill(a, s, e))
            return false;
        if (s->rest_len == 0)
            break;
        take_batch(wave, s);
    }
    struct pool pool = {.jobs = jobs,
                        .window = WINDOW,
                        .count = s->count,
                        .slot_size = sizeof(struct answers),
                        .arg = s,
                        .make = decide_batch,
                        .emit = write_batch};
    bool ok = s->count == 0 || pool_run(&pool, e);
    arena_reset(wave);
    return ok;
}

static bool run_cases(arena *a, struct stream *s, size_t jobs, error *e)
{
    arena *wave = arena_open(0);
    if (!wave)
        return error_set(e, ERR_RESOURCE, "out of memory");
    arena_defer(a, close_scratch, wave);
    arena_set_exit(wave, arena_exit(a));
    do
        if (!run_wave(a, s, wave, jobs, e))
            return false;
    while (!s->end || s->rest_len);
    str summary = arena_printf(a, "{\"type\":\"summary\",\"cases\":%llu,\"matched\":%llu}\n",
                               (unsigned long long)s->cases, (unsigned long long)s->matched);
    file_out_put(s->out, summary.ptr, summary.len);
    return true;
}

int simulate_cases(arena *a, const struct arguments *args, error *e)
{
    struct stream s = {.shown = option_text(args, OPTION_CASES)};
    size_t jobs;
    if (args->operand_count)
        return error_set(e, ERR_USAGE, "simulate --cases takes no operand: everything is in the cases"), -1;
    if (!jobs_read(args, &jobs, e))
        return -1;
    s.fd = str_is(s.shown, "-") ? STDIN_FILENO : open(arena_cstr(a, s.shown), O_RDONLY | O_CLOEXEC);
    if (s.fd < 0)
        return error_at(e, s.shown, 0, 0, "cannot be opened: %s", strerror(errno)), -1;
    s.out = file_out_open(a, "-", e);
    if (s.out)
        (void)run_cases(a, &s, jobs, e);
    if (s.fd != STDIN_FILENO)
        close(s.fd);
    if (!s.out || (e->code != ERR_NONE && e->code != ERR_OUTPUT) || !file_out_end(s.out, e))
        return -1;
    return s.errors ? EXIT_INPUT : s.mismatched ? EXIT_NOT_READY : EXIT_READY;
}
