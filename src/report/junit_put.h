/* junit_put.h - suites and cases of JUnit XML, as Jenkins and GitLab read it. */
#ifndef ORGEXIT_REPORT_JUNIT_PUT_H
#define ORGEXIT_REPORT_JUNIT_PUT_H

#include "report/problem.h"

struct junit_counts {
    size_t tests, failures, errors, skipped;
};

/* `element`: "failure", "error", "skipped"; "" or NULL: it passed. */
void junit_count(struct junit_counts *n, const char *element);

void junit_attribute(struct report_writer *w, const char *name, str value);
void junit_property(struct report_writer *w, const char *name, str value); /* empty: none */
void junit_open(struct report_writer *w, const char *name);                /* the document */
void junit_suite(struct report_writer *w, str name, const struct junit_counts *n,
                 int64_t at);              /* up to its properties */
void junit_cases(struct report_writer *w); /* behind them */
void junit_suite_end(struct report_writer *w);
void junit_close(struct report_writer *w);

/* "<testcase ..." without its end. `of` names the class: "orgexit.111122223333". `p`: may be NULL. */
void junit_case(struct report_writer *w, str of, str name, const struct place *p);

/* The rest of a case whose element has a message and no text. */
void junit_result(struct report_writer *w, const char *element, str message, str type);

/* The last case of a run: green where the exit code is 0 alone. */
const char *junit_exit_element(int exit_code); /* NULL: it passed */
void junit_exit_case(struct report_writer *w, str of, int exit_code, str sums);

#endif
