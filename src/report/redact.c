/* redact.c - see redact.h. */
#include "report/redact.h"

#include <stdio.h>

#include "base/map.h"

typedef enum {
    HIDE_ACCOUNT,
    HIDE_ORGANIZATION,
    HIDE_ROOT,
    HIDE_OU,
    HIDE_POLICY,
    HIDE_ID,
    HIDE_MAIL,
    HIDE_NAME,
    HIDE_COUNT
} hide;

/* Each keeps the shape of what it stands for, so that a schema that held still holds. */
static const struct shape {
    const char *before;
    int digits;
    const char *behind;
} shapes[HIDE_COUNT] = {
    [HIDE_ACCOUNT] = {"",         12, ""                 },
    [HIDE_ORGANIZATION] = {"o-",       10, ""                 },
    [HIDE_ROOT] = {"r-",       4,  ""                 },
    [HIDE_OU] = {"ou-0000-", 8,  ""                 },
    [HIDE_POLICY] = {"p-",       8,  ""                 },
    [HIDE_ID] = {"id-",      1,  ""                 },
    [HIDE_MAIL] = {"mail-",    1,  "@redacted.invalid"},
    [HIDE_NAME] = {"name-",    1,  ""                 },
};

enum { HEAD = 2 }; /* bytes by which words are found; a shorter name would be hidden everywhere */

typedef VEC(str) word_list;

struct redaction {
    arena *arena;
    struct map names[HIDE_COUNT]; /* the text -> its pseudonym, a str */
    struct words {
        struct map by_head; /* their first HEAD bytes -> word_list */
        struct map known;   /* the words themselves */
    } of_run, of_account;
    str snapshot;
};

struct redaction *redact_open(arena *a)
{
    struct redaction *r = NEW(a, struct redaction);
    r->arena = a;
    return r;
}

static str pseudonym(struct redaction *r, hide kind, str text)
{
    str *made = map_get(&r->names[kind], text);
    if (!made) {
        const struct shape *s = &shapes[kind];
        made = NEW(r->arena, str);
        *made = arena_printf(r->arena, "%s%0*zu%s", s->before, s->digits, r->names[kind].count + 1, s->behind);
        *map_at(r->arena, &r->names[kind], arena_str(r->arena, text)) = made;
    }
    return *made;
}

/* ---- words that the captures call names ---- */

static void learn(arena *a, struct words *to, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (words[i].len < HEAD || map_get(&to->known, words[i]))
            continue;
        str word = arena_str(a, words[i]);
        void **slot = map_at(a, &to->by_head, str_head(word, HEAD));
        word_list *list = *slot;
        if (!list)
            *slot = list = NEW(a, word_list);
        *VEC_PUSH(a, list) = word;
        *map_at(a, &to->known, word) = list;
    }
}

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || ascii_is_digit(c) || (unsigned char)c >= 0x80;
}

static bool ends_word(str text, size_t end)
{
    return end >= text.len || !is_word_char(text.ptr[end]) || !is_word_char(text.ptr[end - 1]);
}

/* The longest name that stands at the beginning of `rest`; 0: none. */
static size_t name_at(const struct words *words, str rest)
{
    const word_list *list = rest.len < HEAD ? NULL : map_get(&words->by_head, str_head(rest, HEAD));
    size_t longest = 0;
    for (size_t i = 0; list && i < list->count; i++)
        if (list->items[i].len > longest && str_starts(rest, list->items[i]) && ends_word(rest, list->items[i].len))
            longest = list->items[i].len;
    return longest;
}

/* ---- shapes ---- */

static size_t run_of(str text, const char *also)
{
    size_t end = 0;
    while (end < text.len && ((is_word_char(text.ptr[end]) && (unsigned char)text.ptr[end] < 0x80) ||
                              (text.ptr[end] && strchr(also, text.ptr[end]))))
        end++;
    return end;
}

/* How many of `text`'s first bytes are among `set`. */
static size_t span(str text, const char *set)
{
    size_t n = 0;
    while (n < text.len && text.ptr[n] && strchr(set, text.ptr[n]))
        n++;
    return n;
}

#define DIGITS "0123456789"
#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* "o-", "r-", "p-" and at least `least` more; "ou-ROOT-ID". 0: it is none. */
static size_t id_at(str text, const char *prefix, const char *set, size_t least)
{
    if (!str_starts(text, str_from(prefix)))
        return 0;
    size_t at = strlen(prefix), n = span(str_from_index(text, at), set);
    return n >= least && ends_word(text, at + n) ? at + n : 0;
}

/* What AWS gives everybody. */
static bool is_of_aws(str text)
{
    return str_is(text, "p-FullAWSAccess") || str_is(text, "p-RCPFullAWSAccess") ||
           str_starts(text, STR("AWSServiceRole")) || str_ends(text, STR(".amazonaws.com"));
}

/* The length of an id at the beginning of `text`, and its kind; 0: none. */
static size_t shape_at(str text, hide *kind)
{
    size_t n = span(text, DIGITS);
    *kind = HIDE_ACCOUNT;
    if (n)
        return n == 12 && ends_word(text, n) ? n : 0;
    *kind = HIDE_ORGANIZATION;
    if ((n = id_at(text, "o-", LOWER DIGITS, 10)))
        return n;
    *kind = HIDE_OU;
    if ((n = id_at(text, "ou-", LOWER DIGITS "-", 8)))
        return n;
    *kind = HIDE_ROOT;
    if ((n = id_at(text, "r-", LOWER DIGITS, 4)))
        return n;
    *kind = HIDE_POLICY;
    if ((n = id_at(text, "p-", LOWER UPPER DIGITS "_", 8)))
        return is_of_aws(str_head(text, n)) ? 0 : n;
    *kind = HIDE_ID; /* AROA..., vpce-0a1b2c3d */
    n = span(text, UPPER DIGITS);
    if (n >= 16 && ends_word(text, n))
        return n;
    size_t letters = span(text, LOWER);
    if (letters && letters < text.len && text.ptr[letters] == '-') {
        n = span(str_from_index(text, letters + 1), "abcdef" DIGITS);
        if (n >= 8 && ends_word(text, letters + 1 + n))
            return letters + 1 + n;
    }
    return 0;
}

/* "jo@example.com"; 0: none. */
static size_t mail_at(str text)
{
    size_t local = run_of(text, "._%+-'");
    if (!local || local >= text.len || text.ptr[local] != '@')
        return 0;
    str domain = str_from_index(text, local + 1);
    size_t n = run_of(domain, ".-");
    while (n && domain.ptr[n - 1] == '.')
        n--;
    return n ? local + 1 + n : 0;
}

/* ---- texts ---- */

struct out {
    arena *arena;
    VEC(char) bytes;
};

static void add(struct out *o, str s)
{
    for (size_t i = 0; i < s.len; i++)
        *VEC_PUSH(o->arena, &o->bytes) = s.ptr[i];
}

/* One part of an ARN's resource. `type`: the first of several, "role". */
static void add_part(struct redaction *r, struct out *o, str part, bool type)
{
    hide kind;
    bool plain = type || !part.len || span(part, "*") == part.len || is_of_aws(part) ||
                 str_is(part, "aws-service-role") || str_is(part, "aws-reserved");
    if (!plain && shape_at(part, &kind) == part.len)
        add(o, pseudonym(r, kind, part));
    else
        add(o, plain ? part : pseudonym(r, HIDE_NAME, part));
}

static void add_resource(struct redaction *r, struct out *o, str service, str resource)
{
    bool one = run_of(resource, "-_.*+=,@") == resource.len, first = !one && !str_is(service, "s3");
    if (one && (str_is(resource, "root") || str_is(service, "sts"))) {
        add(o, resource);
        return;
    }
    while (resource.len) {
        size_t n = 0;
        while (n < resource.len && resource.ptr[n] != '/' && resource.ptr[n] != ':')
            n++;
        add_part(r, o, str_head(resource, n), first);
        first = false;
        add(o, str_head(str_from_index(resource, n), n < resource.len));
        resource = str_from_index(resource, n < resource.len ? n + 1 : n);
    }
}

/* Bytes of the ARN at the beginning of `text`, written anew; 0: it is none. */
static size_t add_arn(struct redaction *r, struct out *o, str text)
{
    size_t len = 0, colons = 0;
    while (len < text.len && (unsigned char)text.ptr[len] > ' ' && !strchr("\"'`,;()<>[]|", text.ptr[len]))
        colons += text.ptr[len++] == ':';
    while (len && strchr(".:", text.ptr[len - 1]))
        colons -= text.ptr[--len] == ':';
    if (!str_starts(text, STR("arn:")) || colons < 5)
        return 0;
    str rest = str_head(text, len), parts[5];
    for (size_t i = 0; i < 5; i++)
        parts[i] = str_cut(&rest, ':');
    if (str_is(parts[4], "aws")) { /* AWS's own */
        add(o, str_head(text, len));
        return len;
    }
    for (size_t i = 0; i < 4; i++) {
        add(o, parts[i]);
        add(o, STR(":"));
    }
    add(o, str_is_account_id(parts[4]) ? pseudonym(r, HIDE_ACCOUNT, parts[4]) : parts[4]);
    add(o, STR(":"));
    add_resource(r, o, parts[2], rest);
    return len;
}

/* What stands at the beginning of `rest`, at the beginning of a word, if it is to be hidden. Bytes of it; 0: nothing.
 */
static size_t add_hidden(struct redaction *r, struct out *o, str rest)
{
    size_t n = add_arn(r, o, rest);
    hide kind = HIDE_MAIL;
    if (n)
        return n;
    if (r->snapshot.len > 1 && str_starts(rest, r->snapshot) && ends_word(rest, r->snapshot.len)) {
        add(o, STR("SNAPSHOT"));
        return r->snapshot.len;
    }
    if (!(n = mail_at(rest)) && !(n = shape_at(rest, &kind))) {
        kind = HIDE_NAME;
        size_t of_run = name_at(&r->of_run, rest), of_account = name_at(&r->of_account, rest);
        n = of_run > of_account ? of_run : of_account;
    }
    if (n)
        add(o, pseudonym(r, kind, str_head(rest, n)));
    return n;
}

str redact_text(struct redaction *r, arena *a, str text)
{
    struct out o = {.arena = a};
    if (!text.len)
        return text;
    for (size_t i = 0; i < text.len;) {
        bool begins = i == 0 || !is_word_char(text.ptr[i - 1]) || !is_word_char(text.ptr[i]);
        size_t n = begins ? add_hidden(r, &o, str_from_index(text, i)) : 0;
        if (!n) {
            add(&o, (str){text.ptr + i, 1});
            n = 1;
        }
        i += n;
    }
    *VEC_PUSH(a, &o.bytes) = '\0';
    return (str){o.bytes.items, o.bytes.count - 1};
}

/* "/Root/Prod/Payments": every part but the root's is a name, however short. */
static str redact_path(struct redaction *r, arena *a, str path)
{
    struct out o = {.arena = a};
    bool first = true;
    while (path.len) {
        str part = str_cut(&path, '/');
        if (part.len)
            add(&o, STR("/"));
        if (part.len && first && str_is(part, "Root"))
            add(&o, part);
        else if (part.len)
            add_part(r, &o, part, false);
        first = first && !part.len;
    }
    return (str){o.bytes.items, o.bytes.count};
}

/* What a call was made for: "s3api/get-bucket-policy/NAME.json" names a bucket; SELF and BILLING name nobody. */
static str redact_argument(struct redaction *r, arena *a, str argument)
{
    struct out o = {.arena = a};
    for (bool more = true; more; add(&o, more ? STR(",") : (str){0})) {
        more = str_find_char(argument, ',') != SIZE_MAX;
        str part = str_cut(&argument, ','), text = redact_text(r, a, part);
        bool said = str_eq(part, text) && span(part, UPPER DIGITS "_-") != part.len && !is_of_aws(part);
        add(&o, said ? pseudonym(r, HIDE_NAME, part) : text);
    }
    return (str){o.bytes.items, o.bytes.count};
}

/* A path below the snapshot. */
static str redact_file(struct redaction *r, arena *a, str file)
{
    size_t depth = str_starts(file, STR("organizations/"))        ? 2
                   : str_find(file, STR("/regions/")) != SIZE_MAX ? 6
                                                                  : 4,
           slash = 0;
    for (size_t i = 0; i < file.len && depth; i++)
        if (file.ptr[i] == '/' && --depth == 0)
            slash = i + 1;
    if (!slash || !str_ends(file, STR(".json")) || file.len < slash + 5)
        return redact_text(r, a, file);
    str argument = redact_argument(r, a, str_head(str_from_index(file, slash), file.len - slash - 5));
    return arena_printf(a, "%.*s%.*s.json", STR_ARG(redact_text(r, a, str_head(file, slash))), STR_ARG(argument));
}

/* ---- results ---- */

static const str *redact_list(struct redaction *r, arena *a, const str *items, size_t count)
{
    str *out = NEW_ARRAY(a, str, count);
    for (size_t i = 0; i < count; i++)
        out[i] = redact_text(r, a, items[i]);
    return out;
}

const struct check_run *redact_run(struct redaction *r, arena *a, const struct check_run *run)
{
    struct check_run *out = NEW(a, struct check_run);
    struct input_file *inputs = NEW_ARRAY(a, struct input_file, run->input_count);
    *out = *run;
    r->snapshot = arena_str(r->arena, run->snapshot);
    r->of_run = r->of_account = (struct words){0};
    learn(r->arena, &r->of_run, run->private_words, run->private_count);
    for (size_t i = 0; i < run->input_count; i++)
        inputs[i] = (struct input_file){.file = redact_file(r, a, run->inputs[i].file), .bytes = run->inputs[i].bytes};
    out->inputs = inputs;
    out->snapshot = STR("SNAPSHOT");
    out->folder = run->folder.len ? STR("SNAPSHOT") : run->folder;
    out->disabled = redact_list(r, a, run->disabled, run->disabled_count);
    out->assumed = redact_list(r, a, run->assumed, run->assumed_count);
    out->notes = redact_list(r, a, run->notes, run->note_count);
    out->org_id = redact_text(r, a, run->org_id);
    out->management_account = redact_text(r, a, run->management_account);
    return out;
}

static const struct evidence *redact_evidence(struct redaction *r, arena *a, const struct finding *f)
{
    struct evidence *out = NEW_ARRAY(a, struct evidence, f->evidence_count);
    for (size_t i = 0; i < f->evidence_count; i++) {
        const struct evidence *e = &f->evidence[i];
        out[i] = *e;
        out[i].file = redact_file(r, a, e->file);
        out[i].pointer = redact_text(r, a, e->pointer);
        out[i].inner_pointer = redact_text(r, a, e->inner_pointer);
        out[i].level = redact_text(r, a, e->level);
        out[i].level_path = redact_path(r, a, e->level_path);
        out[i].policy = redact_text(r, a, e->policy);
        out[i].policy_name = redact_text(r, a, e->policy_name);
        out[i].sid = redact_text(r, a, e->sid);
        out[i].text = redact_text(r, a, e->text);
        out[i].excerpt = (str){0};
    }
    return out;
}

static const struct need *redact_needs(struct redaction *r, arena *a, const struct finding *f)
{
    struct need *out = NEW_ARRAY(a, struct need, f->need_count);
    for (size_t i = 0; i < f->need_count; i++)
        out[i] =
            (struct need){f->needs[i].kind, redact_text(r, a, f->needs[i].name), redact_text(r, a, f->needs[i].how)};
    return out;
}

static const struct fix *redact_fixes(struct redaction *r, arena *a, const struct finding *f)
{
    struct fix *out = NEW_ARRAY(a, struct fix, f->fix_count);
    for (size_t i = 0; i < f->fix_count; i++) {
        const struct fix *x = &f->fixes[i];
        out[i] = (struct fix){.text = redact_text(r, a, x->text), .command_len = x->command_len};
        out[i].command = x->command ? NEW_ARRAY(a, str, x->command_len) : NULL;
        for (size_t k = 0; x->command && k < x->command_len; k++)
            out[i].command[k] = redact_text(r, a, x->command[k]);
    }
    return out;
}

/* The fingerprint is a digest of ids, which could be found by trying all: another one, of what is shown. */
static void make_fingerprint(struct finding *f, str account)
{
    uint64_t print = str_hash(account) * 31 + str_hash(f->rule);
    print = (print * 31 + str_hash(f->message)) * 31 + (uint64_t)f->outcome * ROUTES_ALL + f->routes;
    for (size_t i = 0; i < f->evidence_count; i++)
        print = (print * 31 + str_hash(f->evidence[i].file)) * 31 + str_hash(f->evidence[i].policy);
    (void)snprintf(f->fingerprint, sizeof f->fingerprint, "%016llx", (unsigned long long)print);
}

static struct finding redact_finding(struct redaction *r, arena *a, const struct finding *f, str account)
{
    struct finding out = *f;
    out.message = redact_text(r, a, f->message);
    out.evidence = redact_evidence(r, a, f);
    out.depends_on = redact_list(r, a, f->depends_on, f->depends_on_count);
    out.needs = redact_needs(r, a, f);
    out.fixes = redact_fixes(r, a, f);
    if (f->waiver) {
        struct waiver_note *note = NEW(a, struct waiver_note);
        *note = (struct waiver_note){STR("(redacted)"), STR("(redacted)"), f->waiver->valid_until};
        out.waiver = note;
    }
    make_fingerprint(&out, account);
    return out;
}

static const struct input_error *redact_errors(struct redaction *r, arena *a, const struct input_error *errors,
                                               size_t count)
{
    struct input_error *out = NEW_ARRAY(a, struct input_error, count);
    for (size_t i = 0; i < count; i++) {
        out[i] = errors[i];
        out[i].file = redact_file(r, a, errors[i].file);
        out[i].message = redact_text(r, a, errors[i].message);
    }
    return out;
}

const struct account_result *redact_account(struct redaction *r, arena *a, const struct account_result *account)
{
    struct account_result *out = NEW(a, struct account_result);
    struct finding *findings = NEW_ARRAY(a, struct finding, account->finding_count);
    *out = *account;
    r->of_account = (struct words){0};
    learn(a, &r->of_account, account->private_words, account->private_count);
    out->id = redact_text(r, a, account->id);
    out->name = account->name.len ? pseudonym(r, HIDE_NAME, account->name) : account->name;
    out->path = redact_path(r, a, account->path);
    for (int i = 0; i < ROUTE_COUNT; i++)
        out->actors[i] = redact_text(r, a, account->actors[i]);
    for (size_t i = 0; i < account->finding_count; i++)
        findings[i] = redact_finding(r, a, &account->findings[i], out->id);
    out->findings = findings;
    out->errors = redact_errors(r, a, account->errors, account->error_count);
    struct attested *attested = NEW_ARRAY(a, struct attested, account->attested_count);
    for (size_t i = 0; i < account->attested_count; i++) {
        attested[i] = account->attested[i];
        attested[i].value = redact_text(r, a, attested[i].value);
        attested[i].by = STR("(redacted)");
        attested[i].evidence = (str){0};
    }
    out->attested = attested;
    return out;
}

const struct check_summary *redact_summary(struct redaction *r, arena *a, const struct check_summary *summary)
{
    r->of_account = (struct words){0}; /* of the last one, and gone with it */
    struct check_summary *out = NEW(a, struct check_summary);
    struct cause *causes = NEW_ARRAY(a, struct cause, summary->cause_count);
    *out = *summary;
    for (size_t i = 0; i < summary->cause_count; i++) {
        causes[i] = summary->causes[i];
        causes[i].text = redact_text(r, a, summary->causes[i].text);
    }
    out->causes = causes;
    out->errors = redact_errors(r, a, summary->errors, summary->error_count);
    return out;
}
