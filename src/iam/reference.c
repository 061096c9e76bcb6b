/* reference.c - see reference.h. */
#include "iam/reference.h"

#include "iam/match.h"

/* Keys that stand for the organization; `of_path`: of an OU path, several values. Sources: IAM User Guide, "AWS global
 * condition context keys"; Service Authorization Reference for backup, ssm and account. */
static const struct org_key {
    const char *name;
    org_party party;
    bool of_path;
} org_keys[] = {
    {"aws:PrincipalOrgID",              PARTY_PRINCIPAL, false},
    {"aws:PrincipalOrgPaths",           PARTY_PRINCIPAL, true },
    {"aws:ResourceOrgID",               PARTY_RESOURCE,  false},
    {"aws:ResourceOrgPaths",            PARTY_RESOURCE,  true },
    {"aws:SourceOrgID",                 PARTY_SOURCE,    false},
    {"aws:SourceOrgPaths",              PARTY_SOURCE,    true },
    {"aws:VpceOrgID",                   PARTY_VPCE,      false},
    {"aws:VpceOrgPaths",                PARTY_VPCE,      true },
    {"backup:CopyTargetOrgPaths",       PARTY_RESOURCE,  true },
    {"ssm:NodeOrgId",                   PARTY_RESOURCE,  false},
    {"account:AccountResourceOrgPaths", PARTY_RESOURCE,  true },
};
enum { ORG_KEY_COUNT = sizeof org_keys / sizeof *org_keys };

/* The tags of the account's entry in the organization, which go with it. Their values are not known here. */
static const str org_tag_family = STR("account:AccountResourceOrgTags/");

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

static bool is_org_tag(str key)
{
    return key.len > org_tag_family.len && str_eq_nocase(str_head(key, org_tag_family.len), org_tag_family);
}

/* The parties that a key of the organization is about, as bits; 0: it is none. */
static unsigned parties_of_key(str key)
{
    for (size_t i = 0; i < ORG_KEY_COUNT; i++)
        if (str_eq_nocase(key, str_from(org_keys[i].name)))
            return 1u << org_keys[i].party;
    return is_org_tag(key) ? 1u << PARTY_RESOURCE : 0;
}

static unsigned parties_of_text(str text)
{
    unsigned all = 0;
    for (size_t at; (at = str_find(text, STR("${"))) != SIZE_MAX; text = str_from_index(text, at + 2)) {
        str rest = str_from_index(text, at + 2), name = str_cut(&rest, '}');
        all |= parties_of_key(str_cut(&name, ','));
    }
    return all;
}

static unsigned parties_of_values(const node *values)
{
    unsigned all = 0;
    for (const node *v = values_first(values); v; v = values_next(values, v))
        all |= parties_of_text(node_text(v));
    return all;
}

struct reading {
    struct eval today, later; /* the request before, and after */
    unsigned moved;           /* the parties whose keys change */
};

/* What the statement's conditions say, those on keys that change apart from the others. */
struct answers {
    str key; /* the first condition key that changes, or is compared with one that does; ptr NULL: none */
    tri before, after, rest;
};

static struct answers answers_of(const struct reading *r, const struct statement *s)
{
    struct answers out = {.before = TRI_YES, .after = TRI_YES, .rest = TRI_YES};
    for (size_t i = 0; i < s->condition_count; i++) {
        const struct condition *c = &s->conditions[i];
        if (!((parties_of_key(c->key) | parties_of_values(c->node)) & r->moved)) {
            out.rest = tri_and(out.rest, condition_holds(&r->today, s->version, c));
            continue;
        }
        if (!out.key.ptr)
            out.key = c->key;
        out.before = tri_and(out.before, condition_holds(&r->today, s->version, c));
        out.after = tri_and(out.after, condition_holds(&r->later, s->version, c));
    }
    return out;
}

/* An entry of Resource with a variable that has no value matches nothing, and with another value something else; of
 * NotResource AWS does not say (IAM User Guide, "Variables and tags"). */
static void add_resource(const struct reading *r, const struct statement *s, struct answers *to)
{
    if (!s->resource || s->version == VERSION_2008 || !(parties_of_values(s->resource) & r->moved))
        return;
    if (!to->key.ptr)
        to->key = s->not_resource ? STR("NotResource") : STR("Resource");
    to->after = s->not_resource || s->version == VERSION_UNKNOWN ? tri_and(to->after, TRI_UNKNOWN) : TRI_NO;
}

/* Sets *out; false: nothing changes. */
static bool change_of(const struct reading *r, const struct statement *s, struct org_reference *out)
{
    struct answers is = answers_of(r, s);
    add_resource(r, s, &is);
    if (!is.key.ptr || is.rest == TRI_NO || (is.before == TRI_NO && is.after == TRI_NO))
        return false;
    *out = (struct org_reference){s, is.key, CHANGE_UNKNOWN};
    if (s->odd || is.before == TRI_UNKNOWN || is.after == TRI_UNKNOWN || s->effect == EFFECT_UNKNOWN)
        return true;
    if (s->effect == EFFECT_ALLOW)
        out->change = is.before == TRI_YES ? CHANGE_ALLOW_ENDS : CHANGE_ALLOW_BEGINS;
    else
        out->change = is.before == TRI_YES ? CHANGE_DENY_ENDS : CHANGE_DENY_BEGINS;
    return is.before != is.after;
}

static struct context_key key_of(const struct org_key *key, const struct org_standing *party)
{
    const str *value = key->of_path ? &party->path : &party->id;
    bool known = party->in == TRI_YES && value->len;
    return (struct context_key){.name = str_from(key->name),
                                .state = party->in == TRI_NO ? KEY_ABSENT
                                         : known             ? KEY_PRESENT
                                                             : KEY_UNKNOWN,
                                .multivalued = key->of_path,
                                .values = value,
                                .count = known};
}

size_t org_context(arena *a, const struct org_standing *parties, const struct context_key **out)
{
    struct context_key *keys = NEW_ARRAY(a, struct context_key, ORG_KEY_COUNT);
    for (size_t i = 0; i < ORG_KEY_COUNT; i++)
        keys[i] = key_of(&org_keys[i], &parties[org_keys[i].party]);
    *out = keys;
    return ORG_KEY_COUNT;
}

static bool has_moved(const struct org_standing *from, const struct org_standing *to)
{
    return from->in != to->in || !str_eq(from->id, to->id) || !str_eq(from->path, to->path);
}

size_t org_changes(arena *a, const struct policy *p, const struct org_scene *scene, const struct org_reference **out)
{
    static const struct context nothing = {.rest = KEY_UNKNOWN};
    struct reading r = {
        .today = {.arena = a, .context = &nothing},
          .later = {.arena = a, .context = &nothing}
    };
    VEC(struct org_reference) found = {0};
    r.today.overlay_count = org_context(a, scene->before, &r.today.overlay);
    r.later.overlay_count = org_context(a, scene->after, &r.later.overlay);
    for (unsigned i = 0; i < PARTY_COUNT; i++)
        if (has_moved(&scene->before[i], &scene->after[i]))
            r.moved |= 1u << i;
    for (size_t i = 0; i < p->count; i++) {
        struct org_reference reference;
        if (change_of(&r, &p->statements[i], &reference))
            *VEC_PUSH(a, &found) = reference;
    }
    *out = found.items;
    return found.count;
}

size_t org_references(arena *a, const struct policy *p, const struct org_place *today, const struct org_reference **out)
{
    struct org_scene scene;
    for (size_t i = 0; i < PARTY_COUNT; i++) {
        scene.before[i] = (struct org_standing){TRI_YES, today->id, today->path};
        scene.after[i] = (struct org_standing){.in = TRI_NO};
    }
    return org_changes(a, p, &scene, out);
}
