/* attest_table.c - orgexit attest export and import: the attestations as a table that the accounts' owners fill in. */
#include <fcntl.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/attest.h"
#include "text/csv.h"

/* Of the table. */
enum {
    COLUMN_ACCOUNT,
    COLUMN_NAME,
    COLUMN_TOPIC,
    COLUMN_FIELD, /* the fields of an entry follow, in the order of attest_field */
    COLUMN_LOOK_AT = COLUMN_FIELD + ATTEST_FIELD_COUNT,
    COLUMN_COUNT
};

static const char *column_name(size_t i)
{
    static const char *const names[] = {[COLUMN_ACCOUNT] = "account", [COLUMN_NAME] = "name", [COLUMN_TOPIC] = "topic"};
    if (i == COLUMN_LOOK_AT)
        return "look_at";
    return i >= COLUMN_FIELD ? attest_field_names[i - COLUMN_FIELD] : names[i];
}

/* ---- export ---- */

static void put_row(struct file_out *f, arena *a, const str *cells)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        str field = csv_field(a, cells[i]);
        file_out_put(f, ",", i > 0);
        file_out_put(f, field.ptr, field.len);
    }
    file_out_put(f, "\r\n", 2);
}

static str look_at(struct attest_run *r, const struct attestations *old, const struct attest_account *account,
                   const struct topic *topic, bool needed)
{
    str words = {0}, trouble = needed ? attest_trouble(r, old, account->id, topic) : (str){0};
    if (topic->kind == TOPIC_WORD)
        for (size_t i = 0; topic->words[i]; i++)
            words = arena_printf(r->arena, "%.*s%s%s", STR_ARG(words), i ? ", " : "", topic->words[i]);
    else
        words = topic->kind == TOPIC_BOOL   ? STR("true or false")
                : topic->kind == TOPIC_LIST ? STR("one,another")
                                            : STR("a text");
    if (trouble.len)
        trouble = arena_printf(r->arena, "the entry %.*s, look again; ", STR_ARG(trouble));
    return arena_printf(r->arena, "%.*s%.*s: %s", STR_ARG(trouble), STR_ARG(words), topic->doc);
}

static void put_topic(struct attest_run *r, struct file_out *f, const struct attestations *old,
                      const struct attest_account *account, size_t k)
{
    const struct topic *topic = attest_topic(r, k);
    const struct attestation *was = attestation_of(old, account->id, topic);
    struct attest_words words = {0};
    str cells[COLUMN_COUNT] = {
        [COLUMN_ACCOUNT] = account->id, [COLUMN_NAME] = account->name, [COLUMN_TOPIC] = str_from(topic->name)};
    if (was)
        words = attest_entry_words(r->arena, old, was);
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++)
        cells[COLUMN_FIELD + i] = words.field[i];
    cells[COLUMN_LOOK_AT] = look_at(r, old, account, topic, account->needs[k]);
    put_row(f, r->arena, cells);
}

static const char *output_path(struct attest_run *r)
{
    str path = option_text(r->args, OPTION_OUTPUT);
    if (!path.len || r->prints)
        return "-";
    if (!str_starts(path, STR("csv:")) || path.len == 4)
        return error_set(r->error, ERR_USAGE, "attest export writes csv alone; expected --output csv:PATH"), NULL;
    return arena_cstr(r->arena, str_from_index(path, 4));
}

int attest_export(struct attest_run *r)
{
    struct attest_accounts accounts = {0};
    const char *path = output_path(r);
    if (!path || !attest_judge(r, &accounts))
        return -1;
    const struct attestations *old = attest_read_file(r);
    struct file_out *f = old ? file_out_open(r->arena, path, r->error) : NULL;
    if (!f)
        return -1;
    str names[COLUMN_COUNT];
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        names[i] = str_from(column_name(i));
    put_row(f, r->arena, names);
    for (size_t i = 0; i < accounts.count; i++)
        for (size_t k = 0; k < attest_topic_count(r); k++)
            if (accounts.asked[k] || accounts.items[i].needs[k] ||
                attestation_of(old, accounts.items[i].id, attest_topic(r, k)))
                put_topic(r, f, old, &accounts.items[i], k);
    return file_out_end(f, r->error) ? EXIT_READY : -1;
}

/* ---- import ---- */

enum { ERRORS_SHOWN = 100 };

struct import {
    source *source;
    struct csv table;
    size_t at[COLUMN_COUNT]; /* where a column stands in a row; SIZE_MAX: the table has none of the name */
    size_t added, replaced, removed, unchanged, errors;
};

static str cell(const struct import *im, const struct csv_row *row, size_t column)
{
    return im->at[column] == SIZE_MAX ? (str){0} : row->cells[im->at[column]].text;
}

static str trimmed(str s)
{
    while (s.len && strchr(" \t", s.ptr[0]))
        s = str_from_index(s, 1);
    while (s.len && strchr(" \t", s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* Tells an error of a line and goes on to the next: an owner wants to hear of all of them at once. */
static bool tell(struct attest_run *r, struct import *im, const struct csv_row *row, size_t column, str message)
{
    error e = {0};
    uint32_t line, at;
    const struct csv_cell *c = &row->cells[im->at[column] == SIZE_MAX ? 0 : im->at[column]];
    source_line_column(im->source, c->at, &line, &at);
    error_at(&e, im->source->file, line, at, "%.*s", STR_ARG(visible(r->arena, message)));
    if (im->errors++ < ERRORS_SHOWN)
        print_error(&e, (str){0});
    return false;
}

static bool read_header(struct attest_run *r, struct import *im)
{
    static const size_t required[] = {COLUMN_ACCOUNT, COLUMN_TOPIC, COLUMN_FIELD + ATTEST_VALUE};
    const char *names[COLUMN_COUNT];
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        names[i] = column_name(i);
        im->at[i] = SIZE_MAX;
    }
    if (!im->table.count)
        return error_at(r->error, im->source->file, 0, 0,
                        "the table is empty; expected the columns account, topic, value");
    for (size_t k = 0; k < im->table.rows[0].count; k++) {
        const struct csv_cell *c = &im->table.rows[0].cells[k];
        str name = trimmed(c->text);
        uint32_t line, at;
        size_t i = 0;
        while (i < COLUMN_COUNT && !str_is(name, names[i]))
            i++;
        source_line_column(im->source, c->at, &line, &at);
        if (i == COLUMN_COUNT)
            return error_at(r->error, im->source->file, line, at, "unknown column \"%.*s\"%.*s",
                            STR_ARG(visible(r->arena, name)),
                            STR_ARG(did_you_mean(r->arena, name, names, COLUMN_COUNT)));
        if (im->at[i] != SIZE_MAX)
            return error_at(r->error, im->source->file, line, at, "the column \"%s\" stands there twice", names[i]);
        im->at[i] = k;
    }
    for (size_t i = 0; i < sizeof required / sizeof *required; i++)
        if (im->at[required[i]] == SIZE_MAX)
            return error_at(r->error, im->source->file, 1, 1, "the table has no column \"%s\"", names[required[i]]);
    return true;
}

/* What a line says. Who says so and when comes from the line or the options, never from the entry that was there; what
 * the table has no column for stays where it could only speak against an account. */
static struct attest_words words_of(struct attest_run *r, const struct import *im, const struct csv_row *row,
                                    const struct attest_words *was)
{
    struct attest_words out;
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++)
        out.field[i] = trimmed(cell(im, row, COLUMN_FIELD + i));
    if (!out.field[ATTEST_BY].len)
        out.field[ATTEST_BY] = option_text(r->args, OPTION_BY);
    if (!out.field[ATTEST_DATE].len)
        out.field[ATTEST_DATE] =
            has_option(r->args, OPTION_DATE) ? option_text(r->args, OPTION_DATE) : time_format_date(r->arena, r->as_of);
    for (size_t i = ATTEST_KIND; i <= ATTEST_SUPPORTED; i++)
        if (im->at[COLUMN_FIELD + i] == SIZE_MAX)
            out.field[i] = was->field[i];
    return out;
}

/* Somebody wrote another value and left the signature of the old one. */
static bool is_signed_by_another(const struct attestation *was, const struct attestation *is)
{
    struct attestation same = *is;
    same.evidence = was->evidence;
    same.has_valid_until = was->has_valid_until;
    same.valid_until = was->valid_until;
    same.kind = was->kind;
    same.supported = was->supported;
    return !attest_same(was, &same) && was->date == is->date && str_eq(was->by, is->by);
}

static bool is_unchanged(const struct import *im, const struct csv_row *row, const struct attest_words *was)
{
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++)
        if (im->at[COLUMN_FIELD + i] != SIZE_MAX && !str_eq(cell(im, row, COLUMN_FIELD + i), was->field[i]))
            return false;
    return true;
}

static bool plan_line(struct attest_run *r, struct import *im, const struct attestations *old,
                      const struct csv_row *row, const struct topic *topic, struct attest_changes *out)
{
    struct attest_change change = {
        .account = trimmed(cell(im, row, COLUMN_ACCOUNT)), .name = cell(im, row, COLUMN_NAME), .topic = topic};
    const struct attestation *was = attestation_of(old, change.account, topic);
    struct attest_words before = {0};
    attest_field fault;
    str why;
    if (was)
        before = attest_entry_words(r->arena, old, was);
    if (str_is_blank(cell(im, row, COLUMN_FIELD + ATTEST_VALUE))) {
        if (!was)
            return true;
        change.deed = ATTEST_REMOVE;
        im->removed++;
    } else if (was && is_unchanged(im, row, &before)) {
        im->unchanged++;
        return true;
    } else {
        struct attest_entry *entry = NEW(r->arena, struct attest_entry);
        struct attest_words words = words_of(r, im, row, &before);
        if (!attest_entry_make(r->arena, topic, &words, r->as_of, entry, &fault, &why))
            return tell(r, im, row, COLUMN_FIELD + (size_t)fault, why);
        if (was && is_signed_by_another(was, entry->read))
            return tell(r, im, row, COLUMN_FIELD + ATTEST_VALUE,
                        STR("another value, and the by and date of the old one: who says so, and when?"));
        change.deed = ATTEST_SET;
        change.entry = entry;
        bool same = was && attest_same(was, entry->read);
        im->unchanged += same;
        im->replaced += was && !same;
        im->added += !was;
    }
    *VEC_PUSH(r->arena, out) = change;
    return true;
}

static bool plan_row(struct attest_run *r, struct import *im, const struct attestations *old, const struct csv_row *row,
                     struct map *seen, struct attest_changes *out)
{
    str account = trimmed(cell(im, row, COLUMN_ACCOUNT)), name = trimmed(cell(im, row, COLUMN_TOPIC)), why;
    if (!str_is_account_id(account))
        return tell(r, im, row, COLUMN_ACCOUNT,
                    arena_printf(r->arena,
                                 "\"%.*s\" is no account id; expected 12 digits (spreadsheets drop zeros at the front)",
                                 STR_ARG(account)));
    if (!attest_has_account(r, account, &why))
        return tell(r, im, row, COLUMN_ACCOUNT, why);
    const struct topic *topic = attest_find_topic(r, name, &why);
    if (!topic)
        return tell(r, im, row, COLUMN_TOPIC, why);
    void **first = map_at(r->arena, seen, arena_printf(r->arena, "%.*s %s", STR_ARG(account), topic->name));
    if (*first) {
        uint32_t line, at;
        source_line_column(im->source, ((const struct csv_row *)*first)->cells[0].at, &line, &at);
        return tell(r, im, row, COLUMN_TOPIC,
                    arena_printf(r->arena, "%s of %.*s stands in line %u too", topic->name, STR_ARG(account), line));
    }
    *first = (void *)(uintptr_t)row;
    return plan_line(r, im, old, row, topic, out);
}

static bool plan_import(struct attest_run *r, const struct attestations *old, void *arg, struct attest_changes *out)
{
    struct import *im = arg;
    struct map seen = {0};
    im->added = im->replaced = im->removed = im->unchanged = 0;
    for (size_t i = 1; i < im->table.count; i++)
        (void)plan_row(r, im, old, &im->table.rows[i], &seen, out);
    if (im->errors > ERRORS_SHOWN)
        return error_at(r->error, im->source->file, 0, 0,
                        "%zu lines are wrong, the first %d are shown; nothing was changed", im->errors, ERRORS_SHOWN);
    return !im->errors || error_at(r->error, im->source->file, 0, 0, "nothing was changed");
}

static bool read_table(struct attest_run *r, struct import *im, str file)
{
    bool standard = str_is(file, "-");
    source *s = im->source = NEW(r->arena, source);
    s->file = standard ? STR("standard input") : file;
    switch (file_read(r->arena, AT_FDCWD, standard ? "/dev/stdin" : arena_cstr(r->arena, file), s->file, YAML_LIMIT,
                      &s->text, &s->len, r->error)) {
    case READ_FAILED: return false;
    case READ_ABSENT: return error_at(r->error, s->file, 0, 0, "there is no such file");
    case READ_DONE: break;
    }
    return csv_read(r->arena, s, &im->table, r->error) && read_header(r, im);
}

int attest_import(struct attest_run *r, str file)
{
    struct import im = {0};
    if (!read_table(r, &im, file) || !attest_change_file(r, plan_import, &im))
        return -1;
    if (!r->prints)
        printf("%.*s: %zu added, %zu replaced, %zu removed, %zu unchanged.\n", STR_ARG(visible(r->arena, r->path)),
               im.added, im.replaced, im.removed, im.unchanged);
    return EXIT_READY;
}
