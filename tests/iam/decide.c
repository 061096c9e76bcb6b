/* decide.c - cases on standard input, one a line, to answers on standard output: what tests/iam/compare.py compares. */
#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "base/work.h"
#include "iam/cases.h"

static bool answer(arena *a, void *arg, error *e)
{
    const str *line = arg;
    source *s = NEW(a, source);
    struct case_line c = {0};
    struct verdict_trace t;
    s->file = STR("case");
    s->text = arena_alloc_zero(a, line->len + FILE_TAIL);
    memcpy(s->text, line->ptr, line->len);
    s->len = line->len;
    str out;
    if (!json_read(a, s, e) || !case_read(a, s, &c, e)) {
        out = case_error(a, c.name, e);
    } else {
        evaluate(a, &c.request, &c.layers, &t);
        out = case_answer(a, &c, &t);
    }
    return fwrite(out.ptr, 1, out.len, stdout) == out.len && putchar('\n') != EOF;
}

int main(void)
{
    arena *all = arena_open(0), *one = arena_open(0);
    error e = {0};
    char *text;
    size_t len;
    if (file_read(all, AT_FDCWD, "/dev/stdin", STR("standard input"), FILE_LIMIT, &text, &len, &e) != READ_DONE) {
        (void)fprintf(stderr, "%s\n", e.message);
        return 2;
    }
    str rest = {text, len};
    while (rest.len) {
        error inner = {0};
        str line = str_cut(&rest, '\n');
        (void)work_run(one, answer, &line, &inner);
        arena_reset(one);
    }
    arena_close(one);
    arena_close(all);
    return 0;
}
