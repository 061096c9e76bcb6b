/*
 * attest_edit.c - edits attestations.yaml as text. The tree tells where things stand; what the tree cannot tell (where
 * an entry ends, what a comment says) is read off the lines, and whether that was right is shown by reading the new
 * text back and comparing it with what was to come out.
 */
#include "org/attest_edit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"

const char *const attest_field_names[ATTEST_FIELD_COUNT] = {
    [ATTEST_VALUE] = "value",         [ATTEST_BY] = "by",
    [ATTEST_DATE] = "date",           [ATTEST_VALID_UNTIL] = "valid_until",
    [ATTEST_EVIDENCE] = "evidence",   [ATTEST_KIND] = "kind",
    [ATTEST_SUPPORTED] = "supported",
};

static bool is_payment(const struct topic *topic)
{
    return strcmp(topic->name, "payment_method") == 0;
}

/* ---- texts ---- */

static bool is_letter(char c)
{
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* Whether every reader of YAML, 1.1 or 1.2, takes it for a text without quotation marks, inside { } too. */
static bool is_plain(str s)
{
    static const char *const taken[] = {"true", "false", "yes", "no", "on", "off", "y", "n", "null"};
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (str_eq_nocase(s, str_from(taken[i])))
            return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_letter(s.ptr[i]) && !ascii_is_digit(s.ptr[i]) && (s.ptr[i] == '\0' || !strchr(" -_./@+()", s.ptr[i])))
            return false;
    return s.len && is_letter(s.ptr[0]) && s.ptr[s.len - 1] != ' ';
}

static uint32_t code_point(const unsigned char *p, size_t n)
{
    uint32_t c = n == 1 ? p[0] : p[0] & (0xFFu >> (n + 1));
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3Fu);
    return c;
}

/* Forbidden raw in YAML, taken for the end of a line, or not to be seen in an editor. */
static bool is_hidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c & 0xFFFE) == 0xFFFE ||
           (c >= 0xFDD0 && c <= 0xFDEF);
}

static str quoted(arena *a, str s)
{
    size_t room = 10 * s.len + 3;
    char *out = arena_alloc(a, room), *to = out;
    *to++ = '"';
    for (size_t i = 0, n; i < s.len; i += n) {
        n = utf8_len((const unsigned char *)s.ptr + i, s.len - i);
        n += n == 0; /* the reader of the new text refuses it */
        uint32_t c = code_point((const unsigned char *)s.ptr + i, n);
        if (c == '\n' || c == '\t' || c == '"' || c == '\\') {
            *to++ = '\\';
            *to++ = (char)(c == '\n' ? 'n' : c == '\t' ? 't' : (char)c);
        } else if (is_hidden(c)) {
            to += snprintf(to, room - (size_t)(to - out), c > 0xFFFF ? "\\U%08x" : c > 0xFF ? "\\u%04x" : "\\x%02x", c);
        } else {
            memcpy(to, s.ptr + i, n);
            to += n;
        }
    }
    *to++ = '"';
    return (str){out, (size_t)(to - out)};
}

static str text_of(arena *a, str s)
{
    return is_plain(s) ? s : quoted(a, s);
}

static str trimmed(str s)
{
    while (s.len && s.ptr[0] == ' ')
        s = str_from_index(s, 1);
    while (s.len && s.ptr[s.len - 1] == ' ')
        s.len--;
    return s;
}

static str list_of(arena *a, str s)
{
    str out = STR("[");
    if (s.len > 1 && s.ptr[0] == '[' && s.ptr[s.len - 1] == ']')
        s = (str){s.ptr + 1, s.len - 2};
    for (s = trimmed(s); s.len;) {
        str item = trimmed(str_cut(&s, ','));
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), out.len > 1 ? ", " : "", STR_ARG(text_of(a, item)));
    }
    return arena_printf(a, "%.*s]", STR_ARG(out));
}

/* Left as it is where it is one plain word: the reader then says what is wrong with "yes", "1" or "null". */
static str bool_of(arena *a, str s)
{
    if (str_is(s, "True") || str_is(s, "TRUE"))
        return STR("true");
    if (str_is(s, "False") || str_is(s, "FALSE"))
        return STR("false");
    bool word = s.len > 0;
    for (size_t i = 0; i < s.len; i++)
        word = word && (is_letter(s.ptr[i]) || ascii_is_digit(s.ptr[i]));
    return word ? s : quoted(a, s);
}

static str date_of(arena *a, str s)
{
    instant t;
    return time_from_date(s, &t) ? s : quoted(a, s);
}

static str value_of(arena *a, const struct topic *topic, str s)
{
    switch (topic->kind) {
    case TOPIC_BOOL: return bool_of(a, s);
    case TOPIC_LIST: return list_of(a, s);
    case TOPIC_WORD:
    case TOPIC_TEXT: return text_of(a, s);
    }
    return s;
}

static str field_of(arena *a, const struct topic *topic, attest_field f, str s)
{
    switch (f) {
    case ATTEST_VALUE: return value_of(a, topic, s);
    case ATTEST_DATE:
    case ATTEST_VALID_UNTIL: return date_of(a, s);
    case ATTEST_SUPPORTED: return bool_of(a, s);
    case ATTEST_BY:
    case ATTEST_EVIDENCE:
    case ATTEST_KIND:
    case ATTEST_FIELD_COUNT: break;
    }
    return text_of(a, s);
}

/* ---- one entry ---- */

static const attest_field in_order[ATTEST_FIELD_COUNT] = {ATTEST_VALUE, ATTEST_KIND,        ATTEST_SUPPORTED, ATTEST_BY,
                                                          ATTEST_DATE,  ATTEST_VALID_UNTIL, ATTEST_EVIDENCE};

static source *source_of(arena *a, str file, str text)
{
    source *s = NEW(a, source);
    s->file = file;
    s->text = arena_alloc_zero(a, text.len + FILE_TAIL);
    if (text.len)
        memcpy(s->text, text.ptr, text.len);
    s->len = text.len;
    return s;
}

/* Reads the words as the file would be read, a line for each, so that the line of an error tells the field. */
static bool read_entry(arena *a, const struct topic *topic, const struct attest_words *words, int64_t as_of,
                       struct attest_entry *out, attest_field *fault, str *why)
{
    enum { FIRST_LINE = 5 };
    static const str account = {"000000000000", 12};
    struct extra_topics only = {topic, 1};
    attest_field lines[ATTEST_FIELD_COUNT] = {ATTEST_VALUE};
    uint32_t count = 0;
    error e = {0};
    str text = arena_printf(a, "version: 1\naccounts:\n  \"%.*s\":\n    %s:\n", STR_ARG(account), topic->name);
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++) {
        attest_field f = in_order[i];
        if (!words->field[f].len)
            continue;
        text = arena_printf(a, "%.*s      %s: %.*s\n", STR_ARG(text), attest_field_names[f],
                            STR_ARG(field_of(a, topic, f, words->field[f])));
        lines[count++] = f;
    }
    struct attestations *read = attestations_read(a, source_of(a, STR(""), text), NULL, &only, as_of, &e);
    if (!read) {
        *fault = e.line >= FIRST_LINE && e.line - FIRST_LINE < count ? lines[e.line - FIRST_LINE] : ATTEST_VALUE;
        *why = arena_str(a, str_from(e.message));
        return false;
    }
    out->read = attestation_of(read, account, topic);
    return true;
}

static bool blame(attest_field f, const char *text, attest_field *fault, str *why)
{
    *fault = f;
    *why = str_from(text);
    return false;
}

bool attest_entry_make(arena *a, const struct topic *topic, const struct attest_words *words, int64_t as_of,
                       struct attest_entry *out, attest_field *fault, str *why)
{
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++)
        if (!utf8_valid(words->field[i]))
            return blame((attest_field)i, "is not UTF-8", fault, why);
    if (!words->field[ATTEST_VALUE].len)
        return blame(ATTEST_VALUE, "there is no value", fault, why);
    if (str_is_blank(words->field[ATTEST_BY]))
        return blame(ATTEST_BY, "nobody signed for it", fault, why);
    if (!words->field[ATTEST_DATE].len)
        return blame(ATTEST_DATE, "there is no date", fault, why);
    if (!read_entry(a, topic, words, as_of, out, fault, why))
        return false;
    if (is_payment(topic) && out->read->yes && !out->read->has_valid_until)
        return blame(ATTEST_VALID_UNTIL,
                     "payment_method needs a valid_until: the last day on which the method is valid", fault, why);
    if (out->read->has_valid_until && out->read->valid_until < as_of)
        return blame(ATTEST_VALID_UNTIL, "valid_until lies in the past: the entry would say nothing", fault, why);
    out->text = STR("{");
    for (size_t i = 0; i < ATTEST_FIELD_COUNT; i++)
        if (words->field[in_order[i]].len)
            out->text =
                arena_printf(a, "%.*s%s%s: %.*s", STR_ARG(out->text), i ? ", " : "", attest_field_names[in_order[i]],
                             STR_ARG(field_of(a, topic, in_order[i], words->field[in_order[i]])));
    out->text = arena_printf(a, "%.*s}", STR_ARG(out->text));
    return true;
}

static str value_words(arena *a, const struct attestation *entry)
{
    switch (entry->topic->kind) {
    case TOPIC_BOOL: return entry->yes ? STR("true") : STR("false");
    case TOPIC_WORD:
    case TOPIC_TEXT: return entry->text;
    case TOPIC_LIST: break;
    }
    str out = {0};
    for (size_t i = 0; i < entry->item_count; i++)
        out = arena_printf(a, "%.*s%s%.*s", STR_ARG(out), i ? "," : "", STR_ARG(entry->items[i]));
    return entry->item_count ? out : STR("[]"); /* nothing at all would be no entry */
}

struct attest_words attest_entry_words(arena *a, const struct attestations *all, const struct attestation *entry)
{
    const node *date = node_get(entry->node, "date");
    if (!date)
        date = node_get(node_get(all->source->root, "defaults"), "date");
    return (struct attest_words){
        {
         [ATTEST_VALUE] = value_words(a, entry),
         [ATTEST_BY] = entry->by,
         [ATTEST_DATE] = node_text(date),
         [ATTEST_VALID_UNTIL] = entry->valid_until_text,
         [ATTEST_EVIDENCE] = entry->evidence,
         [ATTEST_KIND] = entry->kind,
         [ATTEST_SUPPORTED] = entry->supported == TRI_UNKNOWN ? (str){0}
                                 : entry->supported == TRI_YES   ? STR("true")
                                                                 : STR("false"),
         }
    };
}

bool attest_same(const struct attestation *a, const struct attestation *b)
{
    bool same = strcmp(a->topic->name, b->topic->name) == 0 && a->yes == b->yes && str_eq(a->text, b->text) &&
                a->item_count == b->item_count && str_eq(a->by, b->by) && str_eq(a->evidence, b->evidence) &&
                a->date == b->date && a->has_valid_until == b->has_valid_until &&
                (!a->has_valid_until || a->valid_until == b->valid_until) && str_eq(a->kind, b->kind) &&
                a->supported == b->supported;
    for (size_t i = 0; same && i < a->item_count; i++)
        same = str_eq(a->items[i], b->items[i]);
    return same;
}

/* ---- the text as lines ---- */

/* Of what goes in at one place, the lower rank comes first. */
enum { RANK_LINE_END, RANK_OWN, RANK_ACCOUNT, RANK_NEXT }; /* an account's own lines; accounts behind it */

/* Bytes taken away and put in. */
struct splice {
    size_t at, len;
    str text;
    int rank;
    size_t order;
};

struct page {
    arena *arena;
    const struct attestations *old;
    str text, eol;
    size_t begin; /* behind a byte order mark */
    VEC(struct splice) splices;
    error *error;
};

static void splice(struct page *p, size_t at, size_t len, str text, int rank)
{
    size_t order = p->splices.count;
    *VEC_PUSH(p->arena, &p->splices) = (struct splice){at, len, text, rank, order};
}

static size_t line_begin(const struct page *p, size_t at)
{
    while (at > p->begin && p->text.ptr[at - 1] != '\n')
        at--;
    return at;
}

/* Behind the end of its line. */
static size_t line_end(const struct page *p, size_t at)
{
    while (at < p->text.len && p->text.ptr[at] != '\n')
        at++;
    return at < p->text.len ? at + 1 : at;
}

static size_t skip_spaces(const struct page *p, size_t at)
{
    while (at < p->text.len && p->text.ptr[at] == ' ')
        at++;
    return at;
}

/* Nothing but blanks and a comment up to the end of the line. */
static bool rest_is_blank(const struct page *p, size_t at)
{
    size_t next = at;
    while (next < p->text.len && (p->text.ptr[next] == ' ' || p->text.ptr[next] == '\t' || p->text.ptr[next] == '\r'))
        next++;
    return next == p->text.len || p->text.ptr[next] == '\n' || (p->text.ptr[next] == '#' && next > at);
}

/* How far a key is indented. False: something else stands before it. */
static bool key_column(const struct page *p, const node *n, size_t *out)
{
    size_t begin = line_begin(p, n->key_at);
    *out = n->key_at - begin;
    return skip_spaces(p, begin) == n->key_at;
}

/* Behind the ':' of a key that is written as it is read, with or without quotation marks. 0: it is not. */
static size_t behind_colon(const struct page *p, const node *n)
{
    size_t at = n->key_at;
    char mark = p->text.ptr[at] == '"' || p->text.ptr[at] == '\'' ? p->text.ptr[at] : '\0';
    at += mark != '\0';
    if (!str_starts(str_from_index(p->text, at), node_key(n)))
        return 0;
    at += n->key_len;
    if (mark && (at >= p->text.len || p->text.ptr[at++] != mark))
        return 0;
    at = skip_spaces(p, at);
    return at < p->text.len && p->text.ptr[at] == ':' ? at + 1 : 0;
}

/*
 * Behind the '}' that closes the flow mapping at `at`; 0: it is none, or does not end on its line. A quotation mark
 * counts only where a text begins: "it's" is a plain one.
 */
static size_t flow_end(const struct page *p, size_t at)
{
    int depth = 0;
    bool begins = true;
    for (char quote = 0; at < p->text.len && p->text.ptr[at] != '\n'; at++) {
        char c = p->text.ptr[at];
        if (quote) {
            if (c == '\\' && quote == '"')
                at++;
            else if (c == quote)
                quote = 0;
            continue;
        }
        if (begins && depth && (c == '"' || c == '\'')) {
            quote = c; /* `begins` stays: '' in one is a second text at once */
            continue;
        }
        if (c == '{' || c == '[')
            depth++;
        else if ((c == '}' || c == ']') && --depth == 0)
            return at + 1;
        if (depth == 0)
            return 0;
        begins = strchr("{[,:", c) || (begins && c == ' ');
    }
    return 0;
}

/* The lines of a block mapping behind the line of its key. */
struct block {
    size_t begin, end, bound; /* new lines go in at `end`; what follows begins at `bound` */
    size_t indent;
    size_t braces; /* of {}, which must go when lines come; 0: none */
};

/* Behind the last line with content, and the comments right behind that are indented like the content. */
static size_t content_end(const struct page *p, size_t begin, size_t bound, size_t indent)
{
    size_t end = begin;
    for (size_t at = begin; at < bound; at = line_end(p, at))
        if (!rest_is_blank(p, at) && p->text.ptr[skip_spaces(p, at)] != '#')
            end = line_end(p, at);
    while (end < bound) {
        size_t first = skip_spaces(p, end);
        if (first >= p->text.len || p->text.ptr[first] != '#' || first - end < indent)
            break;
        end = line_end(p, end);
    }
    return end;
}

static const node *root_member(const struct page *p, const char *name)
{
    return node_get(p->old->source->root, name);
}

static size_t bound_of(const struct page *p, const node *n, size_t without)
{
    return node_next(n) ? line_begin(p, node_next(n)->key_at) : without;
}

/* The block below the key of `n`; an empty one has nothing, or {}, on the line of the key. False: it is written in
 * another way. */
static bool find_block(const struct page *p, const node *n, size_t bound, struct block *out)
{
    size_t column, colon = behind_colon(p, n);
    if (!colon || !key_column(p, n, &column))
        return false;
    bool plain = rest_is_blank(p, colon);
    *out = (struct block){.begin = line_end(p, n->key_at), .bound = bound, .indent = column + 2};
    if (node_count(n)) {
        if (!plain || !key_column(p, node_first(n), &out->indent) ||
            line_begin(p, node_first(n)->key_at) < out->begin || out->indent <= column)
            return false;
    } else if (!plain) {
        size_t braces = skip_spaces(p, colon);
        if (!str_starts(str_from_index(p->text, braces), STR("{}")) || !rest_is_blank(p, braces + 2))
            return false;
        out->braces = braces;
    }
    out->end = content_end(p, out->begin, bound, out->indent);
    return true;
}

/* ---- lines to be filled in ---- */

/* "{value: }": the reader refuses it, so a line whose '#' was taken away too early is an error and never a yes. */
static const char *blank_entry(const struct topic *topic)
{
    return is_payment(topic) ? "{value: , valid_until: }" : "{value: }";
}

struct offer {
    size_t begin, end;  /* of its line; equal: there is none */
    size_t mark;        /* the '#' */
    size_t braces, len; /* of a blank entry; len 0: somebody has begun to fill it in */
};

/* Whether a comment at `at` is "#topic: ...". */
static bool offers(const struct page *p, size_t at, const struct topic *topic, size_t *behind)
{
    at = skip_spaces(p, at + 1);
    if (!str_starts(str_from_index(p->text, at), str_from(topic->name)))
        return false;
    at = skip_spaces(p, at + strlen(topic->name));
    *behind = at + 1;
    return at < p->text.len && p->text.ptr[at] == ':';
}

static struct offer find_offer(const struct page *p, const struct block *b, const struct topic *topic)
{
    struct offer o = {0};
    for (size_t at = b->begin, behind; at < b->bound; at = line_end(p, at)) {
        size_t mark = skip_spaces(p, at);
        if (mark >= p->text.len || p->text.ptr[mark] != '#' || !offers(p, mark, topic, &behind))
            continue;
        o = (struct offer){.begin = at, .end = line_end(p, at), .mark = mark, .braces = skip_spaces(p, behind)};
        str blank = str_from(blank_entry(topic));
        bool untouched = mark - at == b->indent && p->text.ptr[mark + 1] != ' ' &&
                         str_starts(str_from_index(p->text, o.braces), blank) && rest_is_blank(p, o.braces + blank.len);
        o.len = untouched ? blank.len : 0;
        break;
    }
    return o;
}

static str how_to(arena *a, const struct attest_change *c)
{
    str words = {0};
    if (c->topic->kind == TOPIC_WORD)
        for (size_t i = 0; c->topic->words[i]; i++)
            words = arena_printf(a, "%.*s%s%s", STR_ARG(words), i ? ", " : "", c->topic->words[i]);
    else if (c->topic->kind == TOPIC_LIST)
        words = STR("[one, another]");
    return arena_printf(a, "%.*s%s%.*s%s%s", STR_ARG(c->remark), c->remark.len ? "; " : "", STR_ARG(words),
                        words.len ? ": " : "", c->topic->doc);
}

/* ---- the changes of one account ---- */

struct group {
    str account;
    const struct attest_change *name_from;
    VEC(const struct attest_change *) changes;
};

struct widths {
    int name, entry;
};

static struct widths widths_of(const struct group *g)
{
    struct widths w = {0};
    for (size_t i = 0; i < g->changes.count; i++) {
        const struct attest_change *c = g->changes.items[i];
        int name = (int)strlen(c->topic->name), entry = (int)strlen(blank_entry(c->topic));
        if (c->deed == ATTEST_OFFER && name > w.name)
            w.name = name;
        if (c->deed == ATTEST_OFFER && entry > w.entry)
            w.entry = entry;
    }
    return w;
}

/* A topic's new line, with its end. */
static str line_of(struct page *p, const struct attest_change *c, size_t indent, struct widths w)
{
    arena *a = p->arena;
    if (c->deed == ATTEST_SET)
        return arena_printf(a, "%*s%s: %.*s%.*s", (int)indent, "", c->topic->name, STR_ARG(c->entry->text),
                            STR_ARG(p->eol));
    int pad = w.name - (int)strlen(c->topic->name);
    return arena_printf(a, "%*s#%s:%*s %-*s  # %.*s%.*s", (int)indent, "", c->topic->name, pad, "", w.entry,
                        blank_entry(c->topic), STR_ARG(how_to(a, c)), STR_ARG(p->eol));
}

static bool is_odd(struct page *p, const node *n, const char *what)
{
    return source_error(p->old->source, n, p->error, "%s is not written on a line of its own as {…}; change it by hand",
                        what);
}

static bool set_old(struct page *p, const struct attest_change *c, const struct attestation *was, const struct offer *o)
{
    if (attest_same(was, c->entry->read))
        return true;
    size_t end = flow_end(p, was->node->at);
    if (!end)
        return is_odd(p, was->node, c->topic->name);
    splice(p, was->node->at, end - was->node->at, c->entry->text, RANK_OWN);
    if (o->len)
        splice(p, o->begin, o->end - o->begin, (str){0}, RANK_OWN);
    return true;
}

static bool remove_old(struct page *p, const struct attest_change *c, const struct attestation *was,
                       const struct offer *o)
{
    size_t end = flow_end(p, was->node->at), column;
    if (!end || !rest_is_blank(p, end) || !key_column(p, was->node, &column))
        return is_odd(p, was->node, c->topic->name);
    size_t begin = line_begin(p, was->node->key_at);
    splice(p, begin, line_end(p, end) - begin, (str){0}, RANK_OWN);
    if (o->len)
        splice(p, o->begin, o->end - o->begin, (str){0}, RANK_OWN);
    return true;
}

/* Below the entry that has ended: the two are to be compared. */
static void offer_again(struct page *p, const struct attest_change *c, const struct attestation *was,
                        const struct block *b, str *tail)
{
    size_t end = flow_end(p, was->node->at);
    struct widths own = {.name = (int)strlen(c->topic->name), .entry = (int)strlen(blank_entry(c->topic))};
    str line = line_of(p, c, b->indent, own);
    if (end && rest_is_blank(p, end) && line_end(p, end) < p->text.len)
        splice(p, line_end(p, end), 0, line, RANK_OWN);
    else
        *tail = arena_printf(p->arena, "%.*s%.*s", STR_ARG(*tail), STR_ARG(line));
}

static bool change_topic(struct page *p, const struct attest_change *c, const struct block *b, struct widths w,
                         str *tail)
{
    const struct attestation *was = attestation_of(p->old, c->account, c->topic);
    struct offer o = find_offer(p, b, c->topic);
    switch (c->deed) {
    case ATTEST_REMOVE: return !was || remove_old(p, c, was, &o);
    case ATTEST_OFFER:
        if (o.end > o.begin)
            return true;
        if (was) {
            offer_again(p, c, was, b, tail);
            return true;
        }
        break;
    case ATTEST_SET:
        if (was)
            return set_old(p, c, was, &o);
        if (o.len) { /* the line comes to life; the comment behind it stays */
            size_t behind = skip_spaces(p, o.braces + o.len);
            bool comment = behind < p->text.len && p->text.ptr[behind] == '#';
            splice(p, o.mark, 1, (str){0}, RANK_OWN);
            splice(p, o.braces, behind - o.braces,
                   comment ? arena_printf(p->arena, "%.*s  ", STR_ARG(c->entry->text)) : c->entry->text, RANK_OWN);
            return true;
        }
        break;
    }
    *tail = arena_printf(p->arena, "%.*s%.*s", STR_ARG(*tail), STR_ARG(line_of(p, c, b->indent, w)));
    return true;
}

static void put_lines(struct page *p, const struct block *b, str lines, int rank)
{
    if (!lines.len)
        return;
    if (b->braces && rank < RANK_NEXT)
        splice(p, b->braces, 2, (str){0}, RANK_OWN);
    splice(p, b->end, 0, lines, rank);
}

static bool wants_flow_change(struct page *p, const struct group *g)
{
    for (size_t i = 0; i < g->changes.count; i++) {
        const struct attest_change *c = g->changes.items[i];
        const struct attestation *was = attestation_of(p->old, c->account, c->topic);
        if (c->deed == ATTEST_SET ? !was || !attest_same(was, c->entry->read) : c->deed == ATTEST_OFFER || was)
            return true;
    }
    return false;
}

static bool change_account(struct page *p, const struct group *g, const node *own, size_t bound)
{
    struct block b;
    str tail = {0};
    struct widths w = widths_of(g);
    if (!wants_flow_change(p, g))
        return true;
    if (!find_block(p, own, bound, &b))
        return source_error(
            p->old->source, own, p->error,
            "account %.*s is not written with each topic on a line of its own below it; bring it into that form first",
            STR_ARG(g->account));
    for (size_t i = 0; i < g->changes.count; i++)
        if (!change_topic(p, g->changes.items[i], &b, w, &tail))
            return false;
    put_lines(p, &b, tail, RANK_OWN);
    return true;
}

/* A comment that is one whatever the name holds. */
static str comment_of(arena *a, str name)
{
    char *out = arena_alloc(a, name.len + 1), *to = out;
    for (size_t i = 0, n; i < name.len; i += n) {
        n = utf8_len((const unsigned char *)name.ptr + i, name.len - i);
        n += n == 0;
        bool shown = n > 1 || !((unsigned char)name.ptr[i] & 0x80);
        if (!shown || is_hidden(code_point((const unsigned char *)name.ptr + i, n))) {
            *to++ = '?';
            continue;
        }
        memcpy(to, name.ptr + i, n);
        to += n;
    }
    return (str){out, (size_t)(to - out)};
}

static str new_account(struct page *p, const struct group *g, size_t indent, bool apart)
{
    arena *a = p->arena;
    str out = {0}, name = comment_of(a, g->name_from->name);
    struct widths w = widths_of(g);
    for (size_t i = 0; i < g->changes.count; i++)
        if (g->changes.items[i]->deed != ATTEST_REMOVE)
            out = arena_printf(a, "%.*s%.*s", STR_ARG(out), STR_ARG(line_of(p, g->changes.items[i], indent + 2, w)));
    if (!out.len)
        return out;
    return arena_printf(a, "%.*s%*s\"%.*s\":%s%.*s%.*s%.*s", apart ? (int)p->eol.len : 0, p->eol.ptr, (int)indent, "",
                        STR_ARG(g->account), name.len ? "  # " : "", STR_ARG(name), STR_ARG(p->eol), STR_ARG(out));
}

static bool is_comment(const struct page *p, size_t line)
{
    size_t at = skip_spaces(p, line);
    return at < p->text.len && p->text.ptr[at] == '#';
}

/* Whether the last of several accounts has a blank line before it, or before the comment above it. */
static bool stand_apart(const struct page *p, const node *accounts)
{
    const node *last = NULL;
    if (node_count(accounts) < 2)
        return true;
    for (NODE_EACH(n, accounts))
        last = n;
    size_t above = line_begin(p, line_begin(p, last->key_at) - 1);
    while (above > p->begin && is_comment(p, above))
        above = line_begin(p, above - 1);
    return !is_comment(p, above) && rest_is_blank(p, above);
}

/* ---- all accounts ---- */

struct groups {
    struct group **items;
    size_t count;
};

static struct groups group_changes(arena *a, const struct attest_change *changes, size_t count)
{
    struct groups out = {NEW_ARRAY(a, struct group *, count), 0};
    struct map by_account = {0};
    for (size_t i = 0; i < count; i++) {
        void **slot = map_at(a, &by_account, changes[i].account);
        struct group *g = *slot;
        if (!g) {
            *slot = g = out.items[out.count++] = NEW(a, struct group);
            g->account = changes[i].account;
            g->name_from = &changes[i];
        }
        *VEC_PUSH(a, &g->changes) = &changes[i];
    }
    return out;
}

static bool change_accounts(struct page *p, const struct groups *groups)
{
    const node *accounts = root_member(p, "accounts");
    size_t bound = accounts ? bound_of(p, accounts, p->text.len) : p->text.len;
    struct block b = {.indent = 2, .end = p->text.len};
    bool in_blocks = !accounts || find_block(p, accounts, bound, &b), some = node_count(accounts) > 0;
    bool apart = in_blocks && stand_apart(p, accounts);
    str title = accounts ? (str){0} : arena_printf(p->arena, "accounts:%.*s", STR_ARG(p->eol));
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *g = groups->items[i];
        const struct account_attestations *of = map_get(&p->old->by_account, g->account);
        if (of) {
            if (!change_account(p, g, of->node, bound_of(p, of->node, bound)))
                return false;
            continue;
        }
        str lines = new_account(p, g, b.indent, apart && some);
        if (!lines.len)
            continue;
        if (!in_blocks)
            return source_error(p->old->source, accounts, p->error,
                                "\"accounts\" is not written with each account on lines of its own below it; bring it "
                                "into that form first");
        put_lines(p, &b, title, RANK_ACCOUNT);
        put_lines(p, &b, lines, some || title.len ? RANK_NEXT : RANK_ACCOUNT);
        title = (str){0};
        some = true;
    }
    return true;
}

/* New lines may come behind a last line that has no end. */
static void end_last_line(struct page *p)
{
    bool behind = false;
    for (size_t i = 0; i < p->splices.count; i++)
        behind |= p->splices.items[i].at == p->text.len;
    if (behind && p->text.len > p->begin && p->text.ptr[p->text.len - 1] != '\n')
        splice(p, p->text.len, 0, p->eol, RANK_LINE_END);
}

static int by_place(const void *a, const void *b)
{
    const struct splice *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* False: two of them touch the same bytes. */
static bool apply(struct page *p, str *out)
{
    size_t len = p->text.len, done = 0;
    if (p->splices.count)
        qsort(p->splices.items, p->splices.count, sizeof *p->splices.items, by_place);
    for (size_t i = 0; i < p->splices.count; i++)
        len += p->splices.items[i].text.len;
    char *text = arena_alloc(p->arena, len + 1), *to = text;
    for (size_t i = 0; i < p->splices.count; i++) {
        const struct splice *s = &p->splices.items[i];
        if (s->at < done)
            return false;
        memcpy(to, p->text.ptr + done, s->at - done);
        to += s->at - done;
        if (s->text.len)
            memcpy(to, s->text.ptr, s->text.len);
        to += s->text.len;
        done = s->at + s->len;
    }
    memcpy(to, p->text.ptr + done, p->text.len - done);
    to += p->text.len - done;
    *out = (str){text, (size_t)(to - text)};
    return true;
}

/* ---- the proof: the new text says what the old one said, and the changes ---- */

static bool same_node(const node *a, const node *b)
{
    if (!a || !b)
        return !a && !b;
    if (node_kind_of(a) != node_kind_of(b) || node_is_true(a) != node_is_true(b) ||
        !str_eq(node_text(a), node_text(b)) || node_count(a) != node_count(b))
        return false;
    const node *x = node_first(a), *y = node_first(b);
    for (; x && y; x = node_next(x), y = node_next(y))
        if (!str_eq(node_key(x), node_key(y)) || !same_node(x, y))
            return false;
    return !x && !y;
}

/* Every entry of `in` stands in `out` too, but for those that a change is about. */
static bool same_entries(arena *a, const struct attestations *in, const struct attestations *out,
                         const struct map *changed)
{
    for (NODE_EACH(account, node_get(in->source->root, "accounts"))) {
        const struct account_attestations *of = map_get(&in->by_account, node_key(account));
        for (size_t i = 0; of && i < of->count; i++) {
            const struct topic *topic = of->items[i].topic;
            if (map_get(changed, arena_printf(a, "%.*s %s", STR_ARG(node_key(account)), topic->name)))
                continue;
            const struct attestation *there = attestation_of(out, node_key(account), topic);
            if (!there || !attest_same(&of->items[i], there) || !same_node(of->items[i].node, there->node))
                return false;
        }
    }
    return true;
}

static bool proves(arena *a, const struct attestations *old, const struct attestations *new,
                   const struct attest_change *changes, size_t count)
{
    struct map changed = {0};
    for (size_t i = 0; i < count; i++) {
        const struct attest_change *c = &changes[i];
        const struct attestation *is = attestation_of(new, c->account, c->topic);
        if (c->deed == ATTEST_OFFER)
            continue;
        if (c->deed == ATTEST_SET ? !is || !attest_same(is, c->entry->read) : is != NULL)
            return false;
        *map_at(a, &changed, arena_printf(a, "%.*s %s", STR_ARG(c->account), c->topic->name)) = &changed;
    }
    static const char *const others[] = {"version", "defaults", "waivers"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!same_node(node_get(old->source->root, others[i]), node_get(new->source->root, others[i])))
            return false;
    return same_entries(a, old, new, &changed) && same_entries(a, new, old, &changed);
}

/* ---- the whole ---- */

static str head(arena *a, int64_t as_of)
{
    return arena_printf(
        a,
        "# yaml-language-server: $schema=attestations.schema.json\n"
        "# What no API tells about the accounts, said by the people who looked it up.\n"
        "# A line that begins with '#' says nothing. To attest it, look at what stands behind it, fill in the\n"
        "# value and take the '#' away:\n"
        "#   value        true or false, or one of the words named\n"
        "#   by, date     who looked, and when: in the entry, or under defaults for all entries without their own\n"
        "#   valid_until  the last day on which it holds; payment_method must have one, without one the others\n"
        "#                hold for 90 days\n"
        "#   evidence     a ticket, the last digits of a card\n"
        "# So it may look: {value: true, by: jo@example.com, date: %.*s, evidence: T-12}\n"
        "version: 1\n"
        "#defaults: {by: , date: %.*s}\n"
        "\n"
        "accounts:\n",
        STR_ARG(time_format_date(a, as_of)), STR_ARG(time_format_date(a, as_of)));
}

bool attest_edit(arena *a, const struct attestations *old, const struct extra_topics *extra, int64_t as_of,
                 const struct attest_change *changes, size_t count, str *out, error *e)
{
    str file = old->file;
    if (!old->source) {
        old = attestations_read(a, source_of(a, STR(""), head(a, as_of)), NULL, extra, as_of, e);
        if (!old)
            return false;
    }
    struct page p = {
        .arena = a, .old = old, .text = {old->source->text, old->source->len},
                .error = e
    };
    struct groups groups = group_changes(a, changes, count);
    size_t first = line_end(&p, 0);
    p.begin = str_starts(p.text, STR("\xEF\xBB\xBF")) ? 3 : 0;
    p.eol = first > 1 && p.text.ptr[first - 2] == '\r' ? STR("\r\n") : STR("\n");
    if (p.text.ptr[old->source->root->at] == '{')
        return source_error(
            old->source, old->source->root, e,
            "the file is written in braces; bring it into lines, as `orgexit attest init` writes them, first");
    if (!change_accounts(&p, &groups))
        return false;
    *out = p.text;
    if (!p.splices.count)
        return true;
    end_last_line(&p);
    error why = {0};
    const struct attestations *new =
        apply(&p, out) ? attestations_read(a, source_of(a, file, *out), NULL, extra, as_of, &why) : NULL;
    if (!new || !proves(a, old, new, changes, count))
        return error_at(e, file, why.line, why.column,
                        "this file cannot be edited safely (%s); nothing was changed: change it by hand",
                        why.code ? why.message : "the new text would say something else");
    return true;
}
