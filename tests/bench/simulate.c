/*
 * simulate.c - two yardsticks for `simulate --cases FILE`, each printing a count and CPU seconds.
 *
 *   simulate cjson FILE            stock cJSON parses and frees every line
 *   simulate evaluate FILE COUNT   reads all cases into memory, then decides them over and over, COUNT decisions: what
 *                                  one costs once the policies are loaded
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/work.h"
#include "iam/cases.h"

enum { RESET = 1024 };

struct what {
    const char *file;
    size_t evaluations;
};

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool parse_lines(arena *a, void *arg, error *e)
{
    const struct what *what = arg;
    char *text;
    size_t len, count = 0;
    if (file_read(a, AT_FDCWD, what->file, str_from(what->file), FILE_LIMIT, &text, &len, e) != READ_DONE)
        return error_set(e, ERR_INPUT, "cannot be read");
    double begin = cpu_seconds();
    for (str rest = {text, len}; rest.len; count++) {
        str line = str_cut(&rest, '\n');
        cJSON *tree = cJSON_ParseWithLength(line.ptr, line.len);
        if (!tree)
            return error_set(e, ERR_INPUT, "cJSON does not parse a line");
        cJSON_Delete(tree);
    }
    printf("%zu %.6f\n", count, cpu_seconds() - begin);
    return true;
}

static bool evaluate_cases(arena *a, void *arg, error *e)
{
    const struct what *what = arg;
    char *text;
    size_t len, done = 0, allowed = 0;
    VEC(struct case_line *) cases = {0};
    if (file_read(a, AT_FDCWD, what->file, str_from(what->file), FILE_LIMIT, &text, &len, e) != READ_DONE)
        return error_set(e, ERR_INPUT, "cannot be read");
    for (str rest = {text, len}; rest.len;) {
        str line = str_cut(&rest, '\n');
        source *s = NEW(a, source);
        struct case_line *c = NEW(a, struct case_line);
        s->text = arena_alloc(a, line.len + FILE_TAIL);
        s->len = line.len;
        memcpy(s->text, line.ptr, line.len);
        memset(s->text + line.len, 0, FILE_TAIL);
        if (!json_read(a, s, e) || !case_read(a, s, c, e))
            return false;
        *VEC_PUSH(a, &cases) = c;
    }
    arena *scratch = arena_open(0);
    if (!scratch || !cases.count)
        return error_set(e, ERR_INPUT, "no case, or no memory");
    arena_set_exit(scratch, arena_exit(a));
    double begin = cpu_seconds();
    for (; done < what->evaluations; done++) {
        struct verdict_trace t;
        const struct case_line *c = cases.items[done % cases.count];
        evaluate(scratch, &c->request, &c->layers, &t);
        allowed += t.decision == DECISION_ALLOWED;
        if (done % RESET == 0)
            arena_reset(scratch);
    }
    printf("%zu %.6f %zu\n", done, cpu_seconds() - begin, allowed);
    arena_close(scratch);
    return true;
}

int main(int argc, char **argv)
{
    error e = {0};
    arena *a = arena_open(0);
    if (argc < 3 || !a)
        return fputs("usage: simulate cjson FILE | simulate evaluate FILE COUNT\n", stderr), 2;
    struct what what = {argv[2], argc > 3 ? strtoul(argv[3], NULL, 10) : 0};
    (void)work_run(a, strcmp(argv[1], "cjson") == 0 ? parse_lines : evaluate_cases, &what, &e);
    if (e.code)
        fprintf(stderr, "%s: %s\n", argv[2], e.message);
    arena_close(a);
    return e.code ? 2 : 0;
}
