/*
 * text.h - the parts of the text writer (text.c): sections (text_section.c) with their findings (text_finding.c), the
 * table of accounts (text_table.c), and what follows them (text_end.c).
 */
#ifndef ORGEXIT_REPORT_TEXT_H
#define ORGEXIT_REPORT_TEXT_H

#include "base/map.h"
#include "report/flow.h"
#include "report/put.h"
#include "report/report.h"

/* A state in signs and colour; the word always stands beside them. */
struct look {
    const char *sign, *ascii;
    paint paint;
};
const struct look *verdict_look(verdict v);
const struct look *finding_look(const struct finding *f);
extern const struct look error_look, note_look;

/* What the table keeps of an account. */
struct row {
    str id, name, path;
    verdict verdict;
    verdict families[3]; /* in the order of `families` */
    bool counted, waived;
    str blockers;         /* rule ids with blanks between; '?' behind those that are not known to fail */
    str note, short_note; /* what else the last column says */
};

/* Routes that are shown as one column: READY if one of them is. */
struct family {
    const char *name;
    unsigned routes;
};
extern const struct family families[3];

struct text {
    struct report_writer *w;
    struct map explained; /* rules whose "why" has been told */
    VEC(struct row) rows;
    bool wants_attestation, wants_capture; /* what unknown blockers of counted accounts need */
    size_t hidden;                         /* accounts left out by --only-problems */
};

size_t sign_columns(const struct text *t); /* of a sign and the blank behind it */
void put_sign(struct text *t, const struct look *look);
str text_count(struct text *t, size_t n, const char *one, const char *many); /* "1 account", "2 accounts" */
str text_until(struct text *t, int64_t at);                                  /* the day alone, if all of it counts */
void text_place(struct flow *f, str file, uint32_t line, uint32_t column, str after); /* file:line:column */
bool stands_in_the_way(const struct finding *f); /* a blocker that failed or is not known */
verdict family_verdict(const struct account_result *a, unsigned routes);

const struct cause **causes_sorted(arena *a, const struct check_summary *s); /* first what alone would free most */

void text_head(struct text *t);
void text_section(struct text *t, const struct account_result *a);
void text_error(struct text *t, size_t indent, const struct input_error *e);
void text_finding_full(struct text *t, const struct finding *f);
void text_finding_short(struct text *t, const struct finding *f);

void table_add(struct text *t, const struct account_result *a);
void table_put(struct text *t);     /* for people */
void table_put_tsv(struct text *t); /* for programs */

void text_end_for_people(struct text *t, const struct check_summary *s);
void text_end_for_programs(struct text *t, const struct check_summary *s);
void text_snapshot_remark(struct text *t);
void text_last(struct text *t, const struct check_total *total, bool for_programs);

#endif
