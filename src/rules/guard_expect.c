/* guard_expect.c - reads the claims of an expect file, strictly: what is misspelt is never a claim that holds. */
#include <fcntl.h>

#include "base/file.h"
#include "catalog/catalog.h"
#include "policy/arn.h"
#include "rules/guard_run.h"

static const str leave = STR("organizations:LeaveOrganization");

/* ---- files of ours ---- */

str guard_near(arena *a, str word, const str *known, size_t count)
{
    size_t limit = word.len / 3 > 1 ? word.len / 3 : 1, best = limit + 1;
    str near = {0};
    for (size_t i = 0; i < count; i++) {
        size_t d = str_distance(word, known[i], limit);
        if (d < best) {
            best = d;
            near = known[i];
        }
    }
    return near.ptr ? arena_printf(a, "; did you mean \"%.*s\"?", STR_ARG(near)) : (str){0};
}

static str expected_keys(arena *a, str word, const char *const *known)
{
    VEC(str) all = {0};
    str list = {0};
    for (size_t i = 0; known[i]; i++) {
        *VEC_PUSH(a, &all) = str_from(known[i]);
        list = arena_printf(a, "%.*s%s%s", STR_ARG(list), i ? ", " : "", known[i]);
    }
    str near = guard_near(a, word, all.items, all.count);
    return near.len ? near : arena_printf(a, "; expected one of %.*s", STR_ARG(list));
}

bool guard_closed(arena *a, const source *s, const node *object, const char *what, const char *const *known, error *e)
{
    if (!node_is_object(object))
        return source_error(s, object, e, "%s is %s; expected a mapping", what, node_kind_name(object));
    for (NODE_EACH(m, object)) {
        size_t i = 0;
        while (known[i] && !str_is(node_key(m), known[i]))
            i++;
        if (!known[i])
            return source_error_key(s, m, e, "unknown key \"%.*s\" in %s%.*s", STR_ARG(node_key(m)), what,
                                    STR_ARG(expected_keys(a, node_key(m), known)));
        if (node_is_null(m))
            return source_error(s, m, e, "\"%s\" has no value", known[i]);
    }
    return true;
}

source *guard_read_yaml(arena *a, str path, const char *what, error *e)
{
    source *s = NEW(a, source);
    s->file = path;
    s->yaml = true;
    switch (file_read(a, AT_FDCWD, arena_cstr(a, path), path, YAML_LIMIT, &s->text, &s->len, e)) {
    case READ_ABSENT: (void)error_at(e, path, 0, 0, "there is no such file"); return NULL;
    case READ_FAILED: return NULL;
    case READ_DONE: break;
    }
    if (!yaml_read(a, s, YAML_OURS, e))
        return NULL;
    const node *version = node_get(s->root, "version");
    if (!node_is_object(s->root))
        (void)source_error(s, s->root, e, "%s is %s; expected a mapping that begins with version: 1", what,
                           node_kind_name(s->root));
    else if (!version)
        (void)source_error(s, s->root, e, "no \"version\": expected version: 1");
    else if (!node_is_number(version) || !str_is(node_text(version), "1"))
        (void)source_error(s, version, e, "\"version\" must be 1");
    else
        return s;
    return NULL;
}

/* ---- claims ---- */

struct reading_claims {
    arena *arena;
    const source *source;
    error *error;
    VEC(struct expected) claims;
};

/* A text, or a list of them: for (VALUE v in n). */
static const node *first_value(const node *n)
{
    return node_is_list(n) ? node_first(n) : n;
}
static const node *next_value(const node *list, const node *v)
{
    return node_is_list(list) ? node_next(v) : NULL;
}

/* Checks that it is a text, or a list of texts, and not empty; gives how many. */
static bool count_texts(struct reading_claims *r, const node *n, const char *key, const char *example, size_t *count)
{
    *count = 0;
    for (const node *v = first_value(n); v; v = next_value(n, v), ++*count) {
        if (!node_is_string(v) || str_is_blank(node_text(v)))
            return source_error(r->source, v, r->error, "\"%s\" holds %s; expected %s", key,
                                node_is_string(v) ? "a blank text" : node_kind_name(v), example);
        for (const node *before = first_value(n); before != v; before = next_value(n, before))
            if (str_eq(node_text(before), node_text(v)))
                return source_error(r->source, v, r->error, "\"%.*s\" stands in \"%s\" twice", STR_ARG(node_text(v)),
                                    key);
    }
    return *count || source_error(r->source, n, r->error, "\"%s\" is empty; expected %s", key, example);
}

static bool read_places(struct reading_claims *r, const node *n, struct expected *out)
{
    if (!count_texts(r, n, "in", "OUs and accounts: /Root/Prod, ou-ab12-cdefghij, \"111122223333\"", &out->in_count))
        return false;
    struct claim_place *in = NEW_ARRAY(r->arena, struct claim_place, out->in_count);
    out->in = in;
    for (const node *v = first_value(n); v; v = next_value(n, v)) {
        str text = node_text(v);
        bool known = str_is_account_id(text) || str_starts(text, STR("ou-")) || str_starts(text, STR("r-")) ||
                     (text.len > 1 && text.ptr[0] == '/' && text.ptr[text.len - 1] != '/');
        if (!known)
            return source_error(r->source, v, r->error,
                                "\"%.*s\" is neither the path nor the id of an OU, nor an account: expected such as "
                                "/Root/Prod, ou-ab12-cdefghij or \"111122223333\"",
                                STR_ARG(text));
        *in++ = (struct claim_place){text, v};
    }
    return true;
}

/* Whether some aws:PrincipalArn could be like it. */
static bool is_principal_pattern(str text)
{
    struct arn_parts p;
    if (!arn_split(text, &p) || !str_is(p.at[ARN_PREFIX], "arn") || p.at[ARN_REGION].len)
        return false;
    static const char *const heads[] = {"user/", "role/", "federated-user/", "*"};
    str resource = p.at[ARN_RESOURCE];
    bool known = str_is(resource, "root");
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        known |= str_starts(resource, str_from(heads[i])) && (resource.len > strlen(heads[i]) || heads[i][0] == '*');
    return known && (str_is(p.at[ARN_SERVICE], "iam") || str_is(p.at[ARN_SERVICE], "sts"));
}

/* "root", "role/Exit", "user/jo", or an ARN, all with wildcards as ArnLike has them: as an ARN pattern. */
static bool read_pattern(struct reading_claims *r, const node *n, str *out)
{
    str text = node_text(n);
    bool named = str_is(text, "root") || str_starts(text, STR("role/")) || str_starts(text, STR("user/"));
    *out = named ? arena_printf(r->arena, "arn:*:iam::*:%.*s", STR_ARG(text)) : text;
    if (str_find(text, STR(":assumed-role/")) != SIZE_MAX)
        return source_error(r->source, n, r->error,
                            "\"%.*s\" is a session; aws:PrincipalArn is the ARN of its role: role/NAME", STR_ARG(text));
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '$')
            return source_error(r->source, n, r->error, "\"%.*s\" holds a character that stands in no principal's ARN",
                                STR_ARG(text));
    return is_principal_pattern(*out) ||
           source_error(r->source, n, r->error,
                        "\"%.*s\" names no principal; expected root, role/NAME, user/NAME or an ARN such as "
                        "arn:aws:iam::*:role/NAME",
                        STR_ARG(text));
}

static bool read_but(struct reading_claims *r, const node *n, struct expected *out)
{
    if (!count_texts(r, n, "but", "principals: role/BreakGlass, root, arn:aws:iam::*:role/aws-reserved/*",
                     &out->but_count))
        return false;
    str *but = NEW_ARRAY(r->arena, str, out->but_count), *words = NEW_ARRAY(r->arena, str, out->but_count);
    out->but = but;
    out->but_words = words;
    for (const node *v = first_value(n); v; v = next_value(n, v)) {
        if (!read_pattern(r, v, but++))
            return false;
        *words++ = node_text(v);
    }
    return true;
}

/* An action that AWS has and that is called on no resource: of others the answer would turn on the resource. */
static bool check_action(struct reading_claims *r, const node *n)
{
    str action = node_text(n);
    uint32_t known = catalog_action_find(action);
    if (known == CATALOG_NONE) {
        str near = catalog_action_near(r->arena, action);
        return source_error(r->source, n, r->error, "AWS had no action \"%.*s\" on %.*s%s%.*s%s", STR_ARG(action),
                            STR_ARG(catalog_date()), near.len ? "; did you mean \"" : "", STR_ARG(near),
                            near.len ? "\"?" : "");
    }
    str types = catalog_action_types(known);
    return !types.len || source_error(r->source, n, r->error,
                                      "%.*s is called on a resource (%.*s); guard decides actions that are called on "
                                      "none, such as organizations:LeaveOrganization",
                                      STR_ARG(action), STR_ARG(types));
}

static bool read_actions(struct reading_claims *r, const node *n, const char *key, struct expected *out)
{
    if (!n) {
        out->actions = &leave;
        out->action_count = 1;
        return true;
    }
    if (!count_texts(r, n, key, "actions: organizations:LeaveOrganization", &out->action_count))
        return false;
    str *actions = NEW_ARRAY(r->arena, str, out->action_count);
    out->actions = actions;
    for (const node *v = first_value(n); v; v = next_value(n, v)) {
        if (!check_action(r, v))
            return false;
        *actions++ = node_text(v);
    }
    return true;
}

static bool read_with(struct reading_claims *r, const node *n, struct expected *out)
{
    if (!node_is_object(n) || !node_count(n))
        return source_error(r->source, n, r->error,
                            "\"with\" is %s; expected condition keys: {aws:MultiFactorAuthPresent: \"true\"}",
                            node_is_object(n) ? "empty" : node_kind_name(n));
    struct context_key *keys = NEW_ARRAY(r->arena, struct context_key, node_count(n));
    out->with = keys;
    for (NODE_EACH(m, n)) {
        size_t count = 0;
        struct catalog_key known;
        struct context_key *k = &keys[out->with_count++];
        if (!catalog_key_find(node_key(m), &known)) {
            str near = catalog_key_near(r->arena, node_key(m));
            return source_error_key(r->source, m, r->error, "AWS had no condition key \"%.*s\" on %.*s%s%.*s%s",
                                    STR_ARG(node_key(m)), STR_ARG(catalog_date()), near.len ? "; did you mean \"" : "",
                                    STR_ARG(near), near.len ? "\"?" : "");
        }
        str *values = NEW_ARRAY(r->arena, str, node_is_list(m) ? node_count(m) : 1);
        for (const node *v = first_value(m); v; v = next_value(m, v)) {
            bool text = node_is_string(v) || node_is_number(v) || node_is_bool(v);
            if (!text)
                return source_error(r->source, v, r->error, "the value of a condition key is %s; expected a text",
                                    node_kind_name(v));
            values[count++] = node_is_bool(v) ? node_is_true(v) ? STR("true") : STR("false") : node_text(v);
        }
        *k = (struct context_key){.name = node_key(m),
                                  .state = KEY_PRESENT,
                                  .multivalued = node_is_list(m) || known.values == KEY_HAS_SET,
                                  .values = values,
                                  .count = count};
    }
    return true;
}

static bool refuse(struct reading_claims *r, const node *claim, const char *key, const char *why)
{
    const node *m = node_get(claim, key);
    return !m || source_error_key(r->source, m, r->error, "\"%s\" %s", key, why);
}

static bool read_nobody(struct reading_claims *r, const node *claim, struct expected *out)
{
    const node *n = node_get(claim, "no_principal"), *but = node_get(claim, "but");
    static const char goes_with[] = "goes with \"principal\"; with \"no_principal\" say \"may\"";
    out->kind = CLAIM_NOBODY_MAY;
    if (!node_is_bool(n) || !node_is_true(n))
        return source_error(r->source, n, r->error, "\"no_principal\" must be true");
    return refuse(r, claim, "can", goes_with) && refuse(r, claim, "cannot", goes_with) &&
           refuse(r, claim, "with", "goes with \"can\": nobody may, however the call is made") &&
           (!but || read_but(r, but, out)) && read_actions(r, node_get(claim, "may"), "may", out);
}

static bool read_somebody(struct reading_claims *r, const node *claim, struct expected *out)
{
    const node *n = node_get(claim, "principal"), *can = node_get(claim, "can"), *cannot = node_get(claim, "cannot");
    const node *with = node_get(claim, "with");
    if (!node_is_string(n))
        return source_error(r->source, n, r->error,
                            "\"principal\" is %s; expected root, role/NAME, user/NAME or an ARN", node_kind_name(n));
    if (!can == !cannot)
        return source_error(r->source, n, r->error, "%s: say \"can\" or \"cannot\", and the action",
                            can ? "\"can\" and \"cannot\" of one principal" : "nothing is claimed of this principal");
    out->kind = can ? CLAIM_CAN : CLAIM_CANNOT;
    out->principal = node_text(n);
    out->principal_node = n;
    if (cannot && !refuse(r, claim, "with", "goes with \"can\": who cannot, cannot however the call is made"))
        return false;
    if (!refuse(r, claim, "may", "goes with \"no_principal\"; with \"principal\" say \"can\" or \"cannot\"") ||
        !refuse(r, claim, "but", "goes with \"no_principal\"") || !read_pattern(r, n, &out->pattern))
        return false;
    str resource = arn_part(out->pattern, ARN_RESOURCE);
    out->wild = str_find_char(resource, '*') != SIZE_MAX || str_find_char(resource, '?') != SIZE_MAX;
    out->is_root = str_is(resource, "root");
    if (str_is(arn_part(out->pattern, ARN_SERVICE), "sts"))
        return source_error(r->source, n, r->error,
                            "a federated user is no principal that captures show; name the user");
    return read_actions(r, can ? can : cannot, can ? "can" : "cannot", out) && (!with || read_with(r, with, out));
}

static bool read_name(struct reading_claims *r, const node *claim, struct expected *out)
{
    const node *name = node_get(claim, "name");
    if (!name)
        return source_error(r->source, claim, r->error, "a claim without \"name\": say in words what is expected");
    if (!node_is_string(name) || str_is_blank(node_text(name)))
        return source_error(r->source, name, r->error, "\"name\" is %s; expected what is claimed, in words",
                            node_is_string(name) ? "blank" : node_kind_name(name));
    for (size_t i = 0; i < r->claims.count; i++)
        if (str_eq(r->claims.items[i].name, node_text(name)))
            return source_error(r->source, name, r->error, "two claims have the name \"%.*s\"",
                                STR_ARG(node_text(name)));
    out->name = node_text(name);
    return true;
}

static bool read_claim(struct reading_claims *r, const node *claim)
{
    static const char *const keys[] = {"name",      "in",  "no_principal", "but",  "may",
                                       "principal", "can", "cannot",       "with", NULL};
    struct expected out = {.node = claim};
    const node *in = node_get(claim, "in");
    bool nobody = node_get(claim, "no_principal") != NULL, somebody = node_get(claim, "principal") != NULL;
    if (!guard_closed(r->arena, r->source, claim, "a claim", keys, r->error) || !read_name(r, claim, &out))
        return false;
    if (!in)
        return source_error(r->source, claim, r->error, "a claim without \"in\": name the OUs and accounts, %s",
                            "such as in: [/Root/Prod]");
    if (nobody == somebody)
        return source_error(r->source, claim, r->error,
                            "%s: say no_principal: true, or principal: root, role/NAME, ...",
                            nobody ? "\"no_principal\" and \"principal\" in one claim" : "a claim on nobody");
    if (!read_places(r, in, &out) || !(nobody ? read_nobody(r, claim, &out) : read_somebody(r, claim, &out)))
        return false;
    *VEC_PUSH(r->arena, &r->claims) = out;
    return true;
}

bool expectations_read(arena *a, str path, struct expectations *out, error *e)
{
    static const char *const keys[] = {"version", "claims", NULL};
    source *s = guard_read_yaml(a, path, "the expect file", e);
    struct reading_claims r = {.arena = a, .source = s, .error = e};
    if (!s || !guard_closed(a, s, s->root, "the expect file", keys, e))
        return false;
    const node *claims = node_get(s->root, "claims");
    if (!node_is_list(claims) || !node_count(claims))
        return source_error(s, claims ? claims : s->root, e, "%s; expected a list of claims",
                            node_is_list(claims) ? "\"claims\" is empty"
                            : claims             ? "\"claims\" is no list"
                                                 : "no \"claims\"");
    for (NODE_EACH(claim, claims))
        if (!read_claim(&r, claim))
            return false;
    *out = (struct expectations){s, r.claims.items, r.claims.count};
    return true;
}
