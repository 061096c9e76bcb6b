/* reference.c - see reference.h. */
#include "iam/reference.h"

#include "iam/match.h"

/* Keys that stand for the organization; `of_path`: of an OU path, several values. Sources: IAM User Guide, "AWS global
 * condition context keys"; Service Authorization Reference for backup, ssm and account. */
static const struct org_key {
    const char *name;
    bool of_path;
} org_keys[] = {
    {"aws:PrincipalOrgID",              false},
    {"aws:PrincipalOrgPaths",           true },
    {"aws:ResourceOrgID",               false},
    {"aws:ResourceOrgPaths",            true },
    {"aws:SourceOrgID",                 false},
    {"aws:SourceOrgPaths",              true },
    {"aws:VpceOrgID",                   false},
    {"aws:VpceOrgPaths",                true },
    {"backup:CopyTargetOrgPaths",       true },
    {"ssm:NodeOrgId",                   false},
    {"account:AccountResourceOrgPaths", true },
};
enum { ORG_KEY_COUNT = sizeof org_keys / sizeof *org_keys };

const char *org_change_name(org_change c)
{
    switch (c) {
    case CHANGE_UNKNOWN: return "not known";
    case CHANGE_ALLOW_ENDS: return "allow to none";
    case CHANGE_DENY_BEGINS: return "none to deny";
    case CHANGE_DENY_ENDS: return "deny to none";
    case CHANGE_ALLOW_BEGINS: return "none to allow";
    }
    return "not known";
}

static bool is_org_key(str key)
{
    for (size_t i = 0; i < ORG_KEY_COUNT; i++)
        if (str_eq_nocase(key, str_from(org_keys[i].name)))
            return true;
    return false;
}

/* "${aws:PrincipalOrgID}" and its like, in any case. */
static bool has_org_variable(const node *values)
{
    for (const node *v = values_first(values); v; v = values_next(values, v)) {
        str text = node_text(v);
        for (size_t at; (at = str_find(text, STR("${"))) != SIZE_MAX; text = str_from_index(text, at + 2)) {
            str rest = str_from_index(text, at + 2), name = str_cut(&rest, '}');
            if (is_org_key(str_cut(&name, ',')))
                return true;
        }
    }
    return false;
}

struct reading {
    struct eval today, alone; /* the request with the keys, and without */
};

/* The conditions that know of the organization, in one of the two requests; *key: the first of them. */
static tri org_conditions_hold(const struct eval *ev, const struct statement *s, str *key)
{
    tri all = TRI_YES;
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (!is_org_key(c->key) && !has_org_variable(c->node))
            continue;
        if (!key->ptr)
            *key = c->key;
        all = tri_and(all, condition_holds(ev, s->version, c));
    }
    return all;
}

/* Sets *out; false: nothing changes. */
static bool change_of(const struct reading *r, const struct statement *s, struct org_reference *out)
{
    str key = {0}, unused = {0};
    tri before = org_conditions_hold(&r->today, s, &key), after = org_conditions_hold(&r->alone, s, &unused);
    bool in_resource = has_org_variable(s->resource);
    if (!key.ptr && !in_resource)
        return false;
    *out = (struct org_reference){s, key.ptr ? key : STR("Resource"), CHANGE_UNKNOWN};
    if (in_resource || s->odd || before == TRI_UNKNOWN || after == TRI_UNKNOWN || s->effect == EFFECT_UNKNOWN)
        return true;
    if (s->effect == EFFECT_ALLOW)
        out->change = before == TRI_YES ? CHANGE_ALLOW_ENDS : CHANGE_ALLOW_BEGINS;
    else
        out->change = before == TRI_YES ? CHANGE_DENY_ENDS : CHANGE_DENY_BEGINS;
    return before != after;
}

static struct context_key key_today(const struct org_key *key, const struct org_place *today)
{
    const str *value = key->of_path ? &today->path : &today->id;
    return (struct context_key){.name = str_from(key->name),
                                .state = value->len ? KEY_PRESENT : KEY_UNKNOWN,
                                .multivalued = key->of_path,
                                .values = value,
                                .count = 1};
}

size_t org_references(arena *a, const struct policy *p, const struct org_place *today, const struct org_reference **out)
{
    const struct context nothing = {.rest = KEY_UNKNOWN};
    struct context_key with[ORG_KEY_COUNT], without[ORG_KEY_COUNT];
    struct reading r = {
        .today = {.arena = a, .context = &nothing, .overlay = with,    .overlay_count = ORG_KEY_COUNT},
        .alone = {.arena = a, .context = &nothing, .overlay = without, .overlay_count = ORG_KEY_COUNT}
    };
    VEC(struct org_reference) found = {0};
    for (size_t i = 0; i < ORG_KEY_COUNT; i++) {
        with[i] = key_today(&org_keys[i], today);
        without[i] =
            (struct context_key){.name = with[i].name, .state = KEY_ABSENT, .multivalued = with[i].multivalued};
    }
    for (size_t i = 0; i < p->count; i++) {
        struct org_reference reference;
        if (change_of(&r, &p->statements[i], &reference))
            *VEC_PUSH(a, &found) = reference;
    }
    *out = found.items;
    return found.count;
}
