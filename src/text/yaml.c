/*
 * yaml.c - the strict YAML reader: libyaml's events into the same nodes as JSON, YAML 1.2 core schema, one document.
 *
 * libyaml is lenient where leniency can turn a verdict: it passes duplicate keys, merge keys and second documents on,
 * takes U+0085, U+2028 and U+2029 for line ends (a comment can then carry a live key), and after its first error
 * reports success for ever. So the bytes are checked before it sees them, and every event while the tree is built.
 * Its document interface is not used: it stops at the first document and is quadratic in anchors.
 */
#include <float.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

#include "base/file.h"
#include "base/map.h"
#include "text/locate.h"

enum { EVENT_LIMIT = 1000000, ANCHOR_LIMIT = 1000, COPIES_FOR_A_NODE = 10 };

/* An open list or object. */
struct frame {
    node *parent, *last;
    bool wraps;   /* made of a short tag: closed with its only member */
    bool has_key; /* an object whose next event is a value */
    str key;
    uint32_t key_at;
    struct map keys; /* of an object: where each key stands, as offset + 1 */
};

struct reader {
    arena *arena;
    source *source;
    yaml_mode mode;
    error *error;
    yaml_parser_t parser;
    yaml_event_t event;
    const char *text;       /* what libyaml reads: behind a byte order mark */
    size_t seen_char, seen; /* a place in it, in characters (as libyaml counts) and in bytes */
    size_t events, documents, nodes, copies, anchor_count;
    struct map anchors; /* name to node */
    node *root;
    size_t depth;
    struct frame frames[DEPTH_LIMIT + 1]; /* from 1 */
};

static void close_reader(void *what)
{
    struct reader *r = what;
    yaml_event_delete(&r->event);
    yaml_parser_delete(&r->parser);
}

/* ---- places and errors ---- */

static bool fail_at(struct reader *r, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fail_at(struct reader *r, size_t at, const char *format, ...)
{
    char message[sizeof r->error->message];
    uint32_t line, column;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    source_line_column(r->source, at, &line, &column);
    return error_at(r->error, r->source->file, line, column, "%s", message);
}

/* libyaml counts characters. The cursor goes with it, so that all places together cost one walk. */
static size_t byte_at(struct reader *r, yaml_mark_t mark)
{
    const char *end = r->source->text + r->source->len;
    while (r->seen_char < mark.index && r->text + r->seen < end) {
        r->seen += utf8_len((const unsigned char *)r->text + r->seen, (size_t)(end - r->text) - r->seen);
        r->seen_char++;
    }
    while (r->seen_char > mark.index) {
        do
            r->seen--;
        while ((r->text[r->seen] & 0xC0) == 0x80);
        r->seen_char--;
    }
    return (size_t)(r->text - r->source->text) + r->seen;
}

/* What libyaml says, and what it mostly means. */
static const struct {
    const char *problem, *meaning;
} meanings[] = {
    {"mapping values are not allowed in this context",
     "found ':' where no key can stand; a text that holds \": \" must be in quotation marks, and a key inside another "
     "begins on its own line, indented"                                                                                              },
    {"found character that cannot start any token",
     "no value can begin with this character; indent with spaces, never tabs, and put a text that begins so in "
     "quotation marks"                                                                                                               },
    {"could not find expected ':'",                    "found a line that is neither a key with ':' nor part of what stands above it"},
    {"did not find expected key",                      "this line fits no indentation above it; expected a key of an open object"    },
    {"did not find expected '-' indicator",            "this line fits no indentation above it; expected '-' or less indentation"    },
    {"found unexpected end of stream",                 "the file ends inside a text: it was cut off, or a quotation mark is missing" },
    {"did not find expected <document start>",         "found more text behind the end of the document; expected nothing"            },
    {"did not find expected node content",             "expected a key or a value"                                                   },
};

static bool library_error(struct reader *r)
{
    const yaml_parser_t *p = &r->parser;
    const char *problem = p->problem ? p->problem : "no more events";
    if (p->error == YAML_MEMORY_ERROR)
        return error_set(r->error, ERR_RESOURCE, "out of memory while reading YAML");
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (strcmp(problem, meanings[i].problem) == 0)
            problem = meanings[i].meaning;
    if (p->error == YAML_READER_ERROR)
        return fail_at(r, (size_t)(r->text - r->source->text) + p->problem_offset, "%s", problem);
    size_t at = byte_at(r, p->problem_mark);
    if (p->context && p->context_mark.line < p->problem_mark.line)
        return fail_at(r, at, "%s (%s that begins in line %zu)", problem, p->context, p->context_mark.line + 1);
    return fail_at(r, at, "%s", problem);
}

/* ---- the bytes, before libyaml sees them ---- */

/* Characters that YAML forbids, or that libyaml takes for line ends and an editor does not show as such. */
static const char *banned(const unsigned char *p, size_t n)
{
    if (n == 1)
        return p[0] == '\t' || p[0] == '\n' || (p[0] >= 0x20 && p[0] != 0x7F) ? NULL : "a control character";
    if (n == 2 && p[0] == 0xC2 && p[1] == 0x85)
        return "U+0085, which YAML takes for the end of a line and editors do not show";
    if (n == 2 && p[0] == 0xC2 && p[1] < 0xA0)
        return "a control character";
    if (n == 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9))
        return "U+2028 or U+2029, which YAML takes for the end of a line and many editors do not show";
    if (n == 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        return "a byte order mark (U+FEFF), which editors do not show and libyaml drops here and there";
    if (n == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE)
        return "a code point that is no character";
    return NULL;
}

static bool check_bytes(struct reader *r)
{
    const source *s = r->source;
    const unsigned char *text = (const unsigned char *)s->text;
    if (s->len >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return fail_at(r, 0, "this is UTF-16 (written by PowerShell's '>'?): write it as UTF-8");
    size_t n, i = (size_t)(r->text - s->text);
    for (; i < s->len; i += n) {
        n = utf8_len(text + i, s->len - i);
        if (!n)
            return fail_at(r, i, "found the byte 0x%02X, which is not UTF-8 (written in another encoding?)", text[i]);
        if (text[i] == '\r') {
            if (text[i + 1] != '\n')
                return fail_at(r, i,
                               "found a carriage return that no line feed follows: YAML takes it for the end of "
                               "a line and editors do not show it; remove it");
            continue;
        }
        const char *what = banned(text + i, n);
        if (what)
            return fail_at(r, i, "found %s; remove it, or write it as an escape in a text in quotation marks", what);
        if (text[i] == '%' && (i == 0 || text[i - 1] == '\n' || (char *)text + i == r->text) &&
            strncmp((const char *)text + i, "%TAG", 4) == 0)
            return fail_at(r, i, "found a %%TAG directive, which gives tags another meaning; remove it");
    }
    return true;
}

/* ---- scalars: the core schema (YAML 1.2.2, chapter 10.3) ---- */

static bool is_one_of(str s, const char *const *words)
{
    for (; *words; words++)
        if (str_is(s, *words))
            return true;
    return false;
}

static size_t digits_at(str s, size_t from, int base)
{
    size_t n = 0;
    for (; from + n < s.len; n++) {
        char c = ascii_lower(s.ptr[from + n]);
        if (base == 8 ? c < '0' || c > '7' : !ascii_is_digit(c) && (base == 10 || c < 'a' || c > 'f'))
            break;
    }
    return n;
}

/* [-+]? ( . digits | digits ( . digits? )? ) ( [eE] [-+]? digits )?, or 0o17, 0x1F */
static bool is_number(str s)
{
    if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] == 'o' || s.ptr[1] == 'x'))
        return digits_at(s, 2, s.ptr[1] == 'o' ? 8 : 16) == s.len - 2;
    size_t i = s.len && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0;
    size_t whole = digits_at(s, i, 10), part = 0;
    i += whole;
    if (i < s.len && s.ptr[i] == '.') {
        part = digits_at(s, i + 1, 10);
        i += 1 + part;
    }
    if (whole + part == 0)
        return false;
    if (i < s.len && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        i++;
        i += i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+') ? 1 : 0;
        size_t exponent = digits_at(s, i, 10);
        if (exponent == 0)
            return false;
        i += exponent;
    }
    return i == s.len;
}

/* Of a number. */
static bool is_int(str s)
{
    bool based = s.len > 2 && (s.ptr[1] == 'o' || s.ptr[1] == 'x');
    return based || (!memchr(s.ptr, '.', s.len) && !memchr(s.ptr, 'e', s.len) && !memchr(s.ptr, 'E', s.len));
}

/* To a few units in the last place, for cJSON's sake: comparisons use the text. Infinite when it is too large. */
static double number_value(str s)
{
    long double value = 0;
    long exponent = 0, given = 0;
    size_t i = 0;
    int base = 10;
    bool minus = false, small = false, behind_point = false;
    if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] == 'o' || s.ptr[1] == 'x')) {
        base = s.ptr[1] == 'o' ? 8 : 16;
        i = 2;
    } else if (s.ptr[0] == '-' || s.ptr[0] == '+') {
        minus = s.ptr[i++] == '-';
    }
    for (; i < s.len; i++) {
        char c = ascii_lower(s.ptr[i]);
        if (c == '.') {
            behind_point = true;
        } else if (c == 'e' && base == 10) {
            small = s.ptr[i + 1] == '-';
            for (i++; i < s.len; i++)
                if (ascii_is_digit(s.ptr[i]) && given < 1000000)
                    given = given * 10 + (s.ptr[i] - '0');
        } else {
            value = value * base + (ascii_is_digit(c) ? c - '0' : c - 'a' + 10);
            exponent -= behind_point;
        }
    }
    exponent += small ? -given : given;
    for (; exponent > 0 && value > 0 && value <= DBL_MAX; exponent--)
        value *= 10;
    for (; exponent < 0 && value > 0 && value <= LDBL_MAX; exponent++)
        value /= 10;
    return (double)(minus ? -value : value);
}

static int int_of(double d)
{
    return d >= INT_MAX ? INT_MAX : d <= INT_MIN ? INT_MIN : (int)d;
}

static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
static const char *const trues[] = {"true", "True", "TRUE", NULL};
static const char *const falses[] = {"false", "False", "FALSE", NULL};
static const char *const infinities[] = {".inf",  ".Inf",  ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
                                         "-.Inf", "-.INF", ".nan", ".NaN",  ".NAN",  NULL};

static int plain_type(str s)
{
    if (is_one_of(s, nulls))
        return cJSON_NULL;
    if (is_one_of(s, trues))
        return cJSON_True;
    if (is_one_of(s, falses))
        return cJSON_False;
    return is_number(s) ? cJSON_Number : cJSON_String;
}

/* ---- tags ---- */

typedef enum { TAG_NONE, TAG_STR, TAG_BOOL, TAG_INT, TAG_NULL, TAG_MAP, TAG_SEQ, TAG_SHORT } tag_kind;

struct tag {
    const char *name;
    tag_kind kind;
    const char *key; /* TAG_SHORT: of the long form */
};

/* CloudFormation User Guide, "Intrinsic function reference" and "Rule functions": short forms. */
static const struct tag tags[] = {
    {"tag:yaml.org,2002:str",  TAG_STR,   NULL                  },
    {"tag:yaml.org,2002:bool", TAG_BOOL,  NULL                  },
    {"tag:yaml.org,2002:int",  TAG_INT,   NULL                  },
    {"tag:yaml.org,2002:null", TAG_NULL,  NULL                  },
    {"tag:yaml.org,2002:map",  TAG_MAP,   NULL                  },
    {"tag:yaml.org,2002:seq",  TAG_SEQ,   NULL                  },
    {"!And",                   TAG_SHORT, "Fn::And"             },
    {"!Base64",                TAG_SHORT, "Fn::Base64"          },
    {"!Cidr",                  TAG_SHORT, "Fn::Cidr"            },
    {"!Condition",             TAG_SHORT, "Condition"           },
    {"!Contains",              TAG_SHORT, "Fn::Contains"        },
    {"!EachMemberEquals",      TAG_SHORT, "Fn::EachMemberEquals"},
    {"!EachMemberIn",          TAG_SHORT, "Fn::EachMemberIn"    },
    {"!Equals",                TAG_SHORT, "Fn::Equals"          },
    {"!FindInMap",             TAG_SHORT, "Fn::FindInMap"       },
    {"!GetAZs",                TAG_SHORT, "Fn::GetAZs"          },
    {"!GetAtt",                TAG_SHORT, "Fn::GetAtt"          },
    {"!If",                    TAG_SHORT, "Fn::If"              },
    {"!ImportValue",           TAG_SHORT, "Fn::ImportValue"     },
    {"!Join",                  TAG_SHORT, "Fn::Join"            },
    {"!Length",                TAG_SHORT, "Fn::Length"          },
    {"!Not",                   TAG_SHORT, "Fn::Not"             },
    {"!Or",                    TAG_SHORT, "Fn::Or"              },
    {"!Ref",                   TAG_SHORT, "Ref"                 },
    {"!RefAll",                TAG_SHORT, "Fn::RefAll"          },
    {"!Select",                TAG_SHORT, "Fn::Select"          },
    {"!Split",                 TAG_SHORT, "Fn::Split"           },
    {"!Sub",                   TAG_SHORT, "Fn::Sub"             },
    {"!ToJsonString",          TAG_SHORT, "Fn::ToJsonString"    },
    {"!Transform",             TAG_SHORT, "Fn::Transform"       },
    {"!ValueOf",               TAG_SHORT, "Fn::ValueOf"         },
    {"!ValueOfAll",            TAG_SHORT, "Fn::ValueOfAll"      },
};

/* What stands before a value: its anchor and tag. */
struct properties {
    const char *anchor, *tag; /* NULL: none */
    const struct tag *means;
    size_t at, value_at;
};

/* Blanks, line ends and comments: no value begins with '#'. */
static const char *skip_blank(const char *p, const char *end)
{
    bool comment = false;
    for (; p < end && (comment || strchr(" \t\r\n#", *p)); p++)
        comment = *p != '\n' && (comment || *p == '#');
    return p;
}

/* As libyaml has it. What follows an anchor need not be a blank: "&a:b" is the text ":b" with the anchor "a". */
static bool is_anchor_char(char c)
{
    return ascii_is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z') || c == '_' || c == '-';
}

/* The event's anchor and tag, checked against what the mode allows. */
static bool read_properties(struct reader *r, const char *anchor, const char *tag, struct properties *out)
{
    static const struct tag none = {NULL, TAG_NONE, NULL};
    size_t at = byte_at(r, r->event.start_mark);
    const char *p = r->source->text + at, *end = r->source->text + byte_at(r, r->event.end_mark);
    bool tagged = tag != NULL;
    *out = (struct properties){.anchor = anchor, .tag = tag, .means = &none, .at = at};
    while (p < end && (*p == '&' || *p == '!')) {
        bool is_anchor = *p == '&';
        tagged |= !is_anchor; /* libyaml hides the tag "!", which would make a text of true */
        p++;
        while (p < end && (is_anchor ? is_anchor_char(*p) : !strchr(" \t\r\n,[]{}", *p)))
            p++;
        p = skip_blank(p, end);
    }
    out->value_at = (size_t)(p - r->source->text);
    if (r->mode == YAML_OURS && anchor)
        return fail_at(r, at, "found the anchor &%s; anchors and aliases are not taken here: write the value out",
                       anchor);
    if (r->mode == YAML_OURS && tagged)
        return fail_at(r, at, "found the tag %s; tags are not taken here: remove it", tag ? tag : "!");
    if (!tagged)
        return true;
    for (size_t i = 0; tag && i < sizeof tags / sizeof *tags; i++)
        if (strcmp(tag, tags[i].name) == 0) {
            out->means = &tags[i];
            return true;
        }
    return fail_at(r, at,
                   "found the tag %s; expected no tag, !!str, !!bool, !!int, !!null, !!map, !!seq, or a short "
                   "form of CloudFormation (!Ref, !Sub, ...)",
                   tag ? tag : "!");
}

/* ---- nodes ---- */

static node *new_node(struct reader *r, size_t at)
{
    node *n = NEW(r->arena, node);
    n->at = (uint32_t)at;
    r->nodes++;
    return n;
}

static void link_node(node *parent, node *last, node *n)
{
    if (last) {
        last->json.next = &n->json;
        n->json.prev = &last->json;
    } else {
        parent->json.child = &n->json;
    }
    parent->json.child->prev = &n->json; /* the first child's `prev` leads to the last one, as cJSON has it */
    parent->count++;
}

static void append(struct reader *r, node *n)
{
    if (r->depth == 0) {
        r->root = n;
        return;
    }
    struct frame *f = &r->frames[r->depth];
    if (f->has_key) {
        n->json.string = (char *)f->key.ptr;
        n->key_len = (uint32_t)f->key.len;
        n->key_at = f->key_at;
        f->has_key = false;
    }
    link_node(f->parent, f->last, n);
    f->last = n;
}

static bool open_frame(struct reader *r, node *n, int type)
{
    if (r->depth == DEPTH_LIMIT)
        return fail_at(r, n->at, "lists and objects are nested more than %d deep", DEPTH_LIMIT);
    n->json.type = type;
    append(r, n);
    r->frames[++r->depth] = (struct frame){.parent = n};
    return true;
}

static void close_wrappers(struct reader *r)
{
    while (r->depth && r->frames[r->depth].wraps)
        r->depth--;
}

/* {"Fn::Sub": ...} around the value that follows. */
static bool open_wrapper(struct reader *r, const struct properties *p, node **outermost)
{
    node *n = *outermost = new_node(r, p->at);
    if (!open_frame(r, n, cJSON_Object))
        return false;
    struct frame *f = &r->frames[r->depth];
    f->wraps = f->has_key = true;
    f->key = str_from(p->means->key);
    return true;
}

/* ---- keys ---- */

static bool is_key_next(const struct reader *r)
{
    const struct frame *f = &r->frames[r->depth];
    return r->depth && f->parent->json.type == cJSON_Object && !f->has_key;
}

/* U+0000 would cut a text short for a C reader, other control characters have no business in it. */
static bool check_text(struct reader *r, str s, size_t at)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return fail_at(r, at, "this text holds the control character U+%04X by an escape; remove it", c);
    }
    return true;
}

static bool take_key(struct reader *r)
{
    const yaml_event_t *ev = &r->event;
    struct frame *f = &r->frames[r->depth];
    size_t at = byte_at(r, ev->start_mark);
    if (ev->type != YAML_SCALAR_EVENT)
        return fail_at(r, at, "found a list, an object or an alias as a key; expected a text");
    bool plain = ev->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    str key = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
    char first = r->source->text[at];
    if (first == '&' || first == '!') /* no plain text begins so */
        return fail_at(r, at, "found an anchor or a tag before a key; remove it");
    if (plain && key.len == 0)
        return fail_at(r, at, "found a value without a key; expected a key before ':'");
    if (plain && str_is(key, "<<"))
        return fail_at(r, at, "found the merge key <<, which YAML 1.2 does not have: write its members out");
    if (!check_text(r, key, at))
        return false;
    if (f->parent->count >= MEMBER_LIMIT)
        return fail_at(r, at, "an object has more than %d members", MEMBER_LIMIT);
    f->key = arena_str(r->arena, key);
    f->key_at = (uint32_t)at;
    f->has_key = true;
    void **seen = map_at(r->arena, &f->keys, f->key);
    if (*seen) {
        uint32_t line, column;
        source_line_column(r->source, (size_t)(uintptr_t)*seen - 1, &line, &column);
        return fail_at(r, at,
                       "the key \"%.*s\" stands twice in one object, first in line %u, column %u; expected each "
                       "key once",
                       STR_ARG(utf8_head(key, 80)), line, column);
    }
    *seen = (void *)(uintptr_t)(at + 1);
    return true;
}

/* ---- anchors and aliases ---- */

static bool keep_anchor(struct reader *r, const struct properties *p, node *n)
{
    if (!p->anchor)
        return true;
    *map_at(r->arena, &r->anchors, arena_str(r->arena, str_from(p->anchor))) = n; /* the latest of a name holds */
    return ++r->anchor_count <= ANCHOR_LIMIT || fail_at(r, p->at, "found more than %d anchors", ANCHOR_LIMIT);
}

/* A copy of the tree below `n`, at `depth` open lists and objects. The copy stands where the original stands. */
static node *copy_node(struct reader *r, const node *n, size_t depth, size_t alias_at)
{
    if (++r->copies > COPIES_FOR_A_NODE * r->nodes)
        return fail_at(r, alias_at, "the aliases make more than %d times as many values as are written",
                       COPIES_FOR_A_NODE),
               NULL;
    if ((node_is_list(n) || node_is_object(n)) && depth == DEPTH_LIMIT)
        return fail_at(r, alias_at, "lists and objects are nested more than %d deep", DEPTH_LIMIT), NULL;
    node *copy = NEW(r->arena, node), *last = NULL;
    *copy = *n;
    if (node_is_list(n) || node_is_object(n))
        copy->count = 0; /* grows with the copies of its members */
    copy->json.next = copy->json.prev = copy->json.child = NULL;
    for (NODE_EACH(child, n)) {
        node *below = copy_node(r, child, depth + 1, alias_at);
        if (!below)
            return NULL;
        link_node(copy, last, below);
        last = below;
    }
    return copy;
}

static bool take_alias(struct reader *r)
{
    const char *name = (const char *)r->event.data.alias.anchor;
    size_t at = byte_at(r, r->event.start_mark);
    if (r->mode == YAML_OURS)
        return fail_at(r, at, "found the alias *%s; anchors and aliases are not taken here: write the value out", name);
    const node *n = map_get(&r->anchors, str_from(name));
    if (!n)
        return fail_at(r, at, "found the alias *%s; expected an anchor &%s before it", name, name);
    for (size_t i = 1; i <= r->depth; i++)
        if (r->frames[i].parent == n)
            return fail_at(r, at, "the alias *%s stands inside the value that it names", name);
    node *copy = copy_node(r, n, r->depth, at);
    if (!copy)
        return false;
    copy->json.string = NULL;
    copy->key_len = 0;
    append(r, copy);
    return true;
}

/* ---- values ---- */

static bool set_scalar(struct reader *r, node *n, const struct properties *p, str text)
{
    bool plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    int type = plain && p->means->kind != TAG_STR && p->means->kind != TAG_SHORT ? plain_type(text) : cJSON_String;
    bool fits = true;
    switch (p->means->kind) {
    case TAG_NONE:
    case TAG_STR:
    case TAG_SHORT: break;
    case TAG_BOOL: fits = type == cJSON_True || type == cJSON_False; break;
    case TAG_INT: fits = type == cJSON_Number && is_int(text); break;
    case TAG_NULL: fits = type == cJSON_NULL; break;
    case TAG_MAP:
    case TAG_SEQ: fits = false; break;
    }
    if (!fits)
        return fail_at(r, p->at, "the value does not fit its tag");
    if (plain && type == cJSON_String && p->means->kind == TAG_NONE && is_one_of(text, infinities))
        return fail_at(r, n->at, "found %s, which is no number that can be compared; a text needs quotation marks",
                       text.ptr);
    n->json.type = type;
    n->json.valueint = type == cJSON_True;
    if (type != cJSON_String && type != cJSON_Number)
        return true;
    n->json.valuestring = (char *)arena_str(r->arena, text).ptr;
    n->len = (uint32_t)text.len;
    if (type == cJSON_Number) {
        n->json.valuedouble = number_value(text);
        n->json.valueint = int_of(n->json.valuedouble);
        if (n->json.valuedouble > DBL_MAX || n->json.valuedouble < -DBL_MAX)
            return fail_at(r, n->at, "this number is too large");
    }
    return true;
}

static bool take_scalar(struct reader *r)
{
    const yaml_event_t *ev = &r->event;
    struct properties p;
    node *outermost = NULL;
    str text = {(const char *)ev->data.scalar.value, ev->data.scalar.length};
    if (!read_properties(r, (const char *)ev->data.scalar.anchor, (const char *)ev->data.scalar.tag, &p) ||
        !check_text(r, text, p.value_at) || (p.means->kind == TAG_SHORT && !open_wrapper(r, &p, &outermost)))
        return false;
    node *n = new_node(r, p.value_at);
    append(r, n);
    if (!set_scalar(r, n, &p, text))
        return false;
    close_wrappers(r);
    return keep_anchor(r, &p, outermost ? outermost : n);
}

static bool take_start(struct reader *r, int type, tag_kind own, const yaml_char_t *anchor, const yaml_char_t *tag)
{
    struct properties p;
    node *outermost = NULL;
    if (!read_properties(r, (const char *)anchor, (const char *)tag, &p))
        return false;
    if (p.means->kind != TAG_NONE && p.means->kind != TAG_SHORT && p.means->kind != own)
        return fail_at(r, p.at, "the value does not fit its tag");
    if (p.means->kind == TAG_SHORT && !open_wrapper(r, &p, &outermost))
        return false;
    node *n = new_node(r, p.value_at);
    return open_frame(r, n, type) && keep_anchor(r, &p, outermost ? outermost : n);
}

static void take_end(struct reader *r)
{
    r->depth--;
    close_wrappers(r);
}

/* ---- the stream ---- */

static bool take_event(struct reader *r)
{
    const yaml_event_t *ev = &r->event;
    switch (ev->type) {
    case YAML_NO_EVENT: return library_error(r);
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT: return true;
    case YAML_DOCUMENT_START_EVENT:
        return ++r->documents == 1 || fail_at(r, byte_at(r, ev->start_mark),
                                              "found a second document; expected one (remove this \"---\" or "
                                              "split the file)");
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: take_end(r); return true;
    case YAML_ALIAS_EVENT: return is_key_next(r) ? take_key(r) : take_alias(r);
    case YAML_SCALAR_EVENT: return is_key_next(r) ? take_key(r) : take_scalar(r);
    case YAML_SEQUENCE_START_EVENT:
        return is_key_next(r)
                   ? take_key(r)
                   : take_start(r, cJSON_Array, TAG_SEQ, ev->data.sequence_start.anchor, ev->data.sequence_start.tag);
    case YAML_MAPPING_START_EVENT:
        return is_key_next(r)
                   ? take_key(r)
                   : take_start(r, cJSON_Object, TAG_MAP, ev->data.mapping_start.anchor, ev->data.mapping_start.tag);
    }
    return library_error(r);
}

static bool read_stream(struct reader *r)
{
    for (bool end = false; !end;) {
        if (!yaml_parser_parse(&r->parser, &r->event))
            return library_error(r);
        if (++r->events > EVENT_LIMIT)
            return fail_at(r, byte_at(r, r->event.start_mark), "the file has more than %d YAML events", EVENT_LIMIT);
        if (!take_event(r))
            return false;
        end = r->event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&r->event);
    }
    if (r->documents == 0 || node_is_null(r->root))
        return fail_at(r, r->source->len, "the file holds no document (nothing, only comments, or null)");
    return true;
}

bool yaml_read(arena *a, source *s, yaml_mode mode, error *e)
{
    struct reader *r = NEW(a, struct reader);
    *r = (struct reader){.arena = a, .source = s, .mode = mode, .error = e, .text = s->text};
    s->yaml = true;
    if (s->len > YAML_LIMIT)
        return fail_at(r, 0, "the file is larger than the limit of %d MiB for YAML", YAML_LIMIT / 1024 / 1024);
    if (s->len >= 3 && memcmp(s->text, "\xEF\xBB\xBF", 3) == 0)
        r->text += 3;
    if (!check_bytes(r))
        return false;
    arena_defer(a, close_reader, r); /* memory may run out anywhere below: libyaml's must not be left behind */
    if (!yaml_parser_initialize(&r->parser))
        return error_set(e, ERR_RESOURCE, "out of memory while reading YAML");
    yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->parser, (const unsigned char *)r->text, s->len - (size_t)(r->text - s->text));
    bool ok = read_stream(r);
    close_reader(r); /* again when the arena closes: both calls leave nothing behind to free twice */
    if (!ok)
        return false;
    s->root = r->root;
    source_index_lines(a, s);
    return true;
}
