/*
 * html.h - the parts of the html writer (html.c): chunks that accounts share (html_finding.c), the accounts
 * (html_account.c), and the page around them (html_page.c, html_picture.c).
 *
 * How a page of 10,000 accounts stays small: what is the same for many accounts but for their id and the place in a
 * file (a finding, the routes, what was attested) is told once, as a chunk with a number, and an account holds links.
 * Accounts and chunks stand within <noscript>: a browser without script shows them as they are, one with script takes
 * them for one text, from which the page's script puts together what is asked for.
 */
#ifndef ORGEXIT_REPORT_HTML_H
#define ORGEXIT_REPORT_HTML_H

#include "base/map.h"
#include "report/put.h"
#include "report/report.h"

/* Foreign text, within an element or a quoted attribute. What is invisible or turns the direction of writing is shown
 * as put_terminal shows it. */
void put_html(struct file_out *f, str s);

/* Where a chunk says something that differs by account; never in what put_html writes. */
#define PLACE_MARK "\001"

typedef enum { CHUNK_FINDING, CHUNK_SET, CHUNK_ROUTES, CHUNK_ATTESTED } chunk_kind;
enum { CHUNK_KINDS = 4 };

struct place {
    uint32_t line, column; /* 0: none */
};

struct chunk {
    chunk_kind kind;
    str html;                  /* with place_count place marks */
    const struct place *first; /* the places with the account that was first to have it */
    size_t place_count;
    bool differs;    /* other accounts have other places */
    size_t accounts; /* that have it */
    size_t rule;     /* CHUNK_FINDING: index into rules */
    outcome outcome;
    severity severity;
};

/* What all findings of a rule have in common. */
struct rule_text {
    str id, html;
};

/* The places of one chunk in one account. */
struct placed {
    size_t chunk, place_count;
    const struct place *places;
};

struct html_account {
    str id, html; /* html: the account's element, open at its end: places follow */
    verdict verdict;
    bool counted;
    const struct placed *placed;
    size_t placed_count;
};

/* Accounts that stand directly in an OU. */
struct ou_count {
    str path;
    size_t by_verdict[3], accounts;
};

/* Who attested, on one day. */
struct signer {
    str by, date;
    size_t topics, accounts, last; /* last: the account that was counted last, from 1 */
};

/* A waiver in effect. */
struct waiver_use {
    str rule, by, reason, valid_until;
    size_t accounts, last;
};

struct html {
    struct report_writer *w;
    arena *keep;
    struct file_out *text; /* the chunk that is being put together */
    struct file_out *row;  /* the account */
    struct file_out *work; /* a part of it */
    str own;               /* id of the account at work */
    size_t number;         /* of the account at work, from 1 */
    VEC(struct chunk) chunks;
    VEC(struct rule_text) rules;
    VEC(struct html_account) accounts;
    VEC(struct ou_count) ous;
    VEC(struct signer) signers;
    VEC(struct waiver_use) waivers;
    struct map chunk_by_html, rule_by_id, ou_by_path, signer_by_words, waiver_by_words; /* -> index + 1 */
    VEC(struct place) places;                                                           /* of the chunk at work */
    VEC(struct placed) placed;                                                          /* of the account at work */
};

/* One entry of an index: its place, new or not; *is_new tells. `key` is copied. */
size_t html_index(struct html *h, struct map *m, str key, size_t count, bool *is_new);

/* Foreign text in which the id of the account at work may stand. */
void html_own(struct html *h, struct file_out *f, str s);
void html_prose(struct html *h, struct file_out *f, str s); /* the same, but a line end is a blank: texts of packs */
str html_routes_words(arena *a, unsigned routes);           /* "remove, leave/api" */
void html_time(struct html *h, struct file_out *f, int64_t seconds);
const char *html_sign(verdict v);   /* "✓" */
char html_letter(verdict v);        /* 'r', 'n', 'u': classes of the style sheet */
str html_day(arena *a, int64_t at); /* the day alone, if all of it counts */

/* Keeps what h->text holds and h->places as a chunk; its number, from 1. Empties both. */
size_t html_chunk(struct html *h, chunk_kind kind, const struct finding *f);
size_t html_finding(struct html *h, const struct finding *f);         /* the chunk of a finding */
const char *html_outcome(const struct finding *f, const char **sign); /* class and sign */

void html_account(struct html *h, const struct account_result *a);
void html_put_accounts(struct html *h); /* in their order, within <noscript> */
void html_put_chunks(struct html *h);

void html_picture(struct html *h); /* verdicts by OU */

/* Bars side by side, as wide as their share of `whole`: elements of an SVG. */
void html_bars(struct file_out *f, const size_t *by_verdict, size_t whole, size_t y, size_t height);
void html_page(struct html *h, const struct check_summary *s);

/* What stands before <body>, style included. `scripted`: the page ends with the script. */
void html_head(struct report_writer *w, str title, str version, bool scripted);

/* The line with its mark, to h->text. */
void html_excerpt(struct html *h, const struct evidence *ev);

#endif
