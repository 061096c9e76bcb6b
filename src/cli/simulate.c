/* simulate.c - orgexit simulate --cases: streams cases, decides them in parallel, answers in the order of the input. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/work.h"
#include "cli/cli.h"
#include "iam/cases.h"

enum { BATCH = 128 * 1024, BATCHES = 64, WINDOW = 4, MOST_JOBS = 16 }; /* bytes of a batch; batches of a wave */

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

struct answers {
    VEC(str) lines;
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

static str answer_line(arena *a, const struct stream *s, str line, uint64_t number, struct answers *out)
{
    struct case_line c = {0};
    error e = {0};
    source *src = NEW(a, source);
    src->file = s->shown;
    src->text = arena_alloc(a, line.len + FILE_TAIL);
    src->len = line.len;
    memcpy(src->text, line.ptr, line.len);
    memset(src->text + line.len, 0, FILE_TAIL);
    out->cases++;
    if (!json_read(a, src, &e) || !case_read(a, src, &c, &e)) {
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

static void decide_batch(arena *a, size_t item, void *slot, void *arg, error *e)
{
    const struct stream *s = arg;
    const struct batch *b = &s->batches[item];
    struct answers *out = slot;
    str rest = {b->text, b->len};
    (void)e;
    for (uint64_t number = b->first_line; rest.len; number++) {
        str line = str_cut(&rest, '\n');
        if (line.len && line.ptr[line.len - 1] == '\r')
            line.len--;
        *VEC_PUSH(a, &out->lines) = answer_line(a, s, line, number, out);
    }
}

static bool write_batch(size_t item, void *slot, const error *failed, void *arg, error *e)
{
    struct stream *s = arg;
    const struct answers *b = slot;
    (void)item;
    if (failed)
        return error_set(e, ERR_RESOURCE, "%s", failed->message);
    for (size_t i = 0; i < b->lines.count; i++) {
        file_out_put(s->out, b->lines.items[i].ptr, b->lines.items[i].len);
        file_out_put(s->out, "\n", 1);
    }
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

static void close_wave(void *wave)
{
    arena_close(wave);
}

static bool read_jobs(const struct arguments *args, size_t *jobs, error *e)
{
    str text = option_text(args, OPTION_JOBS);
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *jobs = processors < 1 ? 1 : processors > MOST_JOBS ? MOST_JOBS : (size_t)processors;
    if (text.len)
        *jobs = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!ascii_is_digit(text.ptr[i]) || *jobs > 256)
            return error_set(e, ERR_USAGE, "--jobs is no number of threads; expected 1 to 256");
        *jobs = *jobs * 10 + (size_t)(text.ptr[i] - '0');
    }
    return (*jobs >= 1 && *jobs <= 256) || error_set(e, ERR_USAGE, "--jobs is out of range; expected 1 to 256");
}

static bool run_cases(arena *a, struct stream *s, size_t jobs, error *e)
{
    arena *wave = arena_open(0);
    if (!wave)
        return error_set(e, ERR_RESOURCE, "out of memory");
    arena_defer(a, close_wave, wave);
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

int run_simulate(arena *a, const struct arguments *args, error *e)
{
    struct stream s = {.shown = option_text(args, OPTION_CASES)};
    size_t jobs;
    if (!s.shown.len || args->operand_count)
        return error_set(e, ERR_USAGE, "simulate takes --cases FILE (-: standard input)"), -1;
    if (!read_jobs(args, &jobs, e))
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
