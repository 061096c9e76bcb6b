/* junit_put.c - see junit_put.h. */
#include "report/junit_put.h"

#include "base/clock.h"
#include "report/put.h"

void junit_count(struct junit_counts *n, const char *element)
{
    n->tests++;
    n->failures += element && strcmp(element, "failure") == 0;
    n->errors += element && strcmp(element, "error") == 0;
    n->skipped += element && strcmp(element, "skipped") == 0;
}

void junit_attribute(struct report_writer *w, const char *name, str value)
{
    putf(w->out, " %s=\"", name);
    put_xml(w->out, value);
    put(w->out, STR("\""));
}

void junit_property(struct report_writer *w, const char *name, str value)
{
    if (!value.len)
        return;
    put(w->out, STR("      <property"));
    junit_attribute(w, "name", str_from(name));
    junit_attribute(w, "value", value);
    put(w->out, STR("/>\n"));
}

void junit_open(struct report_writer *w, const char *name)
{
    putf(w->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"%s\">\n", name);
}

void junit_suite(struct report_writer *w, str name, const struct junit_counts *n, int64_t at)
{
    str now = time_format(w->scratch, at);
    put(w->out, STR("  <testsuite"));
    junit_attribute(w, "name", name);
    putf(w->out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"0\"", n->tests, n->failures,
         n->errors, n->skipped);
    junit_attribute(w, "timestamp", str_head(now, now.len - 1)); /* without the Z: the schema of Jenkins has no zone */
    put(w->out, STR(" hostname=\"\">\n    <properties>\n"));
}

void junit_cases(struct report_writer *w)
{
    put(w->out, STR("    </properties>\n"));
}

void junit_suite_end(struct report_writer *w)
{
    put(w->out, STR("  </testsuite>\n"));
}

void junit_close(struct report_writer *w)
{
    put(w->out, STR("</testsuites>\n"));
}

void junit_case(struct report_writer *w, str of, str name, const struct place *p)
{
    put(w->out, STR("    <testcase"));
    junit_attribute(w, "classname", arena_printf(w->scratch, "orgexit.%.*s", STR_ARG(of)));
    junit_attribute(w, "name", name);
    if (p) {
        junit_attribute(w, "file", p->file);
        putf(w->out, " line=\"%u\"", p->line);
    }
    put(w->out, STR(" time=\"0\""));
}

void junit_result(struct report_writer *w, const char *element, str message, str type)
{
    putf(w->out, ">\n      <%s", element);
    junit_attribute(w, "message", message);
    junit_attribute(w, "type", type);
    put(w->out, STR("/>\n    </testcase>\n"));
}

const char *junit_exit_element(int exit_code)
{
    return exit_code == 0 ? NULL : exit_code == 1 ? "failure" : "error";
}

void junit_exit_case(struct report_writer *w, str of, int exit_code, str sums)
{
    const char *element = junit_exit_element(exit_code);
    junit_case(w, of, STR("exit code"), NULL);
    if (element)
        junit_result(w, element, sums, STR("exit"));
    else
        put(w->out, STR("/>\n"));
}
