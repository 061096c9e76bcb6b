/* quality.c - see quality.h. */
#include "report/quality.h"

void quality_begin(struct json *j, struct report_writer *w)
{
    *j = (struct json){.w = w, .first = true};
    json_open(j, NULL, '[', STACKED);
}

void quality_put(struct json *j, const struct problem *p, str fingerprint)
{
    json_open(j, NULL, '{', STACKED);
    json_str(j, "description", p->message);
    json_str(j, "check_name", p->rule);
    json_str(j, "fingerprint", fingerprint);
    json_str(j, "severity", str_from(problem_quality(p->kind)));
    json_open(j, "location", '{', INLINE);
    json_str(j, "path", p->place.file);
    json_open(j, "lines", '{', INLINE);
    json_number(j, "begin", p->place.line);
    json_close(j, '}');
    json_close(j, '}');
    json_close(j, '}');
}

void quality_end(struct json *j)
{
    json_close(j, ']');
    put(j->w->out, STR("\n"));
}
