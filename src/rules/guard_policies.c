/*
 * guard_policies.c - claims decided with policy files alone: a map says which SCPs stand at the root, the OUs and the
 * accounts. What principals may by their own policies is not known then, only what the SCPs leave open to them.
 */
#include "base/work.h"
#include "policy/file.h"
#include "rules/guard.h"
#include "rules/guard_run.h"

/* A root, OU or account of the map. */
struct mapped {
    const node *node;            /* its member */
    str path, account;           /* account: 12 digits, the path's last part; empty: an OU */
    const struct mapped *parent; /* NULL: the root */
    size_t depth;
    struct level level;
};

struct guarding_files {
    struct guarding sums;
    struct expectations expect;
    const struct guard_files *files;
    const source *map;
    str partition, organization;
    str stranger;         /* an account that the map does not name, for examples */
    struct mapped *items; /* in the order of the file */
    size_t count;
    arena *scratch; /* of one case */
};

/* ---- the map ---- */

static str parent_path(str path)
{
    size_t end = path.len;
    while (end > 0 && path.ptr[end - 1] != '/')
        end--;
    return str_head(path, end ? end - 1 : 0);
}

static struct mapped *find_mapped(const struct guarding_files *g, str path)
{
    for (size_t i = 0; i < g->count; i++)
        if (str_eq(g->items[i].path, path))
            return &g->items[i];
    return NULL;
}

/* FullAWSAccess is AWS's own. */
static bool read_scp(struct guarding_files *g, const node *n, struct policy_ref *out, error *e)
{
    static const char all[] = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": "
                              "\"*\", \"Resource\": \"*\"}]}";
    arena *a = g->sums.arena;
    str text = node_text(n);
    if (!node_is_string(n) || str_is_blank(text))
        return source_error(g->map, n, e, "an SCP is %s; expected a file below %.*s, or FullAWSAccess",
                            node_is_string(n) ? "blank" : node_kind_name(n), STR_ARG(g->files->policies));
    if (str_is(text, "FullAWSAccess")) {
        *out = (struct policy_ref){policy_read_text(a, STR("(FullAWSAccess)"), str_from(all)), STR("p-FullAWSAccess"),
                                   text};
        return out->policy != NULL;
    }
    str path =
        str_starts(text, STR("/")) ? text : arena_printf(a, "%.*s/%.*s", STR_ARG(g->files->policies), STR_ARG(text));
    error own = {0};
    *out = (struct policy_ref){policy_read_file(a, path, &own), text, {0}};
    if (out->policy)
        return true;
    if (!own.line && str_is(str_from(own.message), "there is no such file"))
        return source_error(g->map, n, e, "there is no file %.*s", STR_ARG(path));
    *e = own;
    return false;
}

static bool read_level(struct guarding_files *g, struct mapped *at, error *e)
{
    const node *list = at->node;
    if (!node_is_list(list))
        return source_error(g->map, list, e, "\"%.*s\" is %s; expected a list of SCPs: [FullAWSAccess, scp/keep.json]",
                            STR_ARG(at->path), node_kind_name(list));
    struct policy_ref *refs = NEW_ARRAY(g->sums.arena, struct policy_ref, node_count(list));
    at->level = (struct level){
        at->path, at->path, {refs, node_count(list), true}
    };
    for (NODE_EACH(item, list)) {
        for (const node *before = node_first(list); before != item; before = node_next(before))
            if (str_eq(node_text(before), node_text(item)))
                return source_error(g->map, item, e, "%.*s stands at %.*s twice", STR_ARG(node_text(item)),
                                    STR_ARG(at->path));
        if (!read_scp(g, item, refs++, e))
            return false;
    }
    return true;
}

static bool is_path(str path)
{
    return path.len > 1 && path.ptr[0] == '/' && path.ptr[path.len - 1] != '/' && str_find(path, STR("//")) == SIZE_MAX;
}

/* An OU whose parent is not named might stand anywhere: then SCPs from above would be missing. */
static bool place_mapped(struct guarding_files *g, struct mapped *at, error *e)
{
    str above = parent_path(at->path);
    if (!is_path(at->path))
        return source_error_key(g->map, at->node, e, "\"%.*s\" is no path; expected such as /Root or /Root/Prod",
                                STR_ARG(at->path));
    at->parent = above.len ? find_mapped(g, above) : NULL;
    if (above.len && !at->parent)
        return source_error_key(g->map, at->node, e,
                                "%.*s stands in %.*s, which the map does not name (with no SCPs "
                                "of its own: [FullAWSAccess])",
                                STR_ARG(at->path), STR_ARG(above));
    for (const struct mapped *before = g->items; before < at && !above.len; before++)
        if (!parent_path(before->path).len)
            return source_error_key(g->map, at->node, e, "an organization has one root: %.*s or %.*s",
                                    STR_ARG(before->path), STR_ARG(at->path));
    str last = str_from_index(at->path, above.len + 1);
    at->account = str_is_account_id(last) ? last : (str){0};
    for (const struct mapped *up = at->parent; up; up = up->parent) {
        at->depth++;
        if (str_is_account_id(str_from_index(up->path, parent_path(up->path).len + 1)))
            return source_error_key(g->map, at->node, e, "%.*s is an account: nothing stands in it", STR_ARG(up->path));
        if (at->depth > DEPTH_LIMIT)
            return source_error_key(g->map, at->node, e, "more than %d OUs above each other", DEPTH_LIMIT);
    }
    return !at->account.len || above.len ||
           source_error_key(g->map, at->node, e, "an account stands in a root or an OU: /Root/%.*s", STR_ARG(last));
}

/* What is known of every account beside its place; both may be missing. */
static bool read_facts(struct guarding_files *g, error *e)
{
    const node *partition = node_get(g->map->root, "partition"), *id = node_get(g->map->root, "organization");
    g->partition = partition ? node_text(partition) : STR("aws");
    g->organization = node_text(id);
    if (!organizations_region(g->partition).len)
        return source_error(g->map, partition, e,
                            "\"partition\" is none that orgexit knows; expected aws, aws-cn or aws-us-gov");
    return !id || (node_is_string(id) && str_starts(g->organization, STR("o-"))) ||
           source_error(g->map, id, e, "\"organization\" is no organization's id; expected such as o-a1b2c3d4e5");
}

static bool read_map(struct guarding_files *g, error *e)
{
    static const char *const keys[] = {"version", "partition", "organization", "scps", NULL};
    arena *a = g->sums.arena;
    g->map = guard_read_yaml(a, g->files->map, "the map", e);
    if (!g->map || !guard_closed(a, g->map, g->map->root, "the map", keys, e) || !read_facts(g, e))
        return false;
    const node *scps = node_get(g->map->root, "scps");
    if (!node_is_object(scps) || !node_count(scps))
        return source_error(g->map, scps ? scps : g->map->root, e,
                            "%s; expected which SCPs stand where: scps: {/Root: [FullAWSAccess], ...}",
                            !scps                  ? "no \"scps\""
                            : node_is_object(scps) ? "\"scps\" is empty"
                                                   : "\"scps\" is no mapping");
    g->items = NEW_ARRAY(a, struct mapped, node_count(scps));
    for (NODE_EACH(m, scps))
        g->items[g->count++] = (struct mapped){.node = m, .path = node_key(m)};
    for (size_t i = 0; i < g->count; i++)
        if (!place_mapped(g, &g->items[i], e) || !read_level(g, &g->items[i], e))
            return false;
    return true;
}

/* ---- which of them ---- */

/* Account ids as AWS's documentation has them in its examples. */
static str pick_stranger(const struct guarding_files *g)
{
    static const str ids[] = {STR("111122223333"), STR("444455556666"), STR("777788889999"), STR("123456789012")};
    size_t i = 0;
    for (bool named = true; named && i + 1 < sizeof ids / sizeof *ids; i += named) {
        named = false;
        for (size_t k = 0; k < g->count; k++)
            named |= str_eq(g->items[k].account, ids[i]);
    }
    return ids[i];
}

static bool stands_in(const struct mapped *at, str place)
{
    if (at->account.len && str_eq(at->account, place))
        return true;
    for (; at; at = at->parent)
        if (str_eq(at->path, place))
            return true;
    return false;
}

static bool is_meant(const struct expected *c, const struct mapped *at)
{
    for (size_t i = 0; i < c->in_count; i++)
        if (stands_in(at, c->in[i].text))
            return true;
    return false;
}

static bool check_places(struct guarding_files *g, error *e)
{
    VEC(str) known = {0};
    for (size_t i = 0; i < g->count; i++) {
        *VEC_PUSH(g->sums.arena, &known) = g->items[i].path;
    }
    for (size_t c = 0; c < g->expect.count; c++)
        for (size_t i = 0; i < g->expect.claims[c].in_count; i++) {
            const struct claim_place *place = &g->expect.claims[c].in[i];
            bool found = false;
            for (size_t k = 0; k < g->count && !found; k++)
                found = stands_in(&g->items[k], place->text);
            if (!found && place->text.ptr[0] != '/' && !str_is_account_id(place->text))
                return source_error(g->expect.source, place->node, e,
                                    "the map knows no ids: name the OU %.*s by its path", STR_ARG(place->text));
            if (!found)
                return source_error(g->expect.source, place->node, e, "the map %.*s does not name %.*s%.*s",
                                    STR_ARG(g->files->map), STR_ARG(place->text),
                                    STR_ARG(guard_near(g->sums.arena, place->text, known.items, known.count)));
        }
    return true;
}

/* ---- deciding ---- */

/* From the root down. An account that the map does not name has FullAWSAccess alone, as every account is given it. */
static const struct level *levels_of(struct guarding_files *g, const struct mapped *at, size_t *count)
{
    *count = at->depth + 1;
    struct level *levels = NEW_ARRAY(g->scratch, struct level, *count);
    for (size_t i = *count; at; at = at->parent)
        levels[--i] = at->level;
    return levels;
}

static struct anyone_asked ask_files(struct guarding_files *g, const struct expected *c, const struct mapped *at,
                                     str action)
{
    struct anyone_asked q = {.action = action,
                             .scps_apply = TRI_YES,
                             .partition = g->partition,
                             .account = at->account,
                             .example = g->stranger,
                             .org_id = g->organization,
                             .as_of = g->files->as_of,
                             .given = c->with,
                             .given_count = c->with_count,
                             .but = c->but,
                             .but_count = c->but_count};
    q.scps = levels_of(g, at, &q.scp_count);
    q.only = &c->pattern;
    q.only_count = c->pattern.len > 0;
    return q;
}

typedef VEC(struct guard_person) person_list;

/* What the SCPs say to the principals that the claim means; policies of their own are not known. */
static tri judge(const struct expected *c, const struct guard_answers *could, tri may, person_list *people, arena *a,
                 str *why)
{
    for (size_t i = 0; i < could->count; i++)
        if (could->items[i].may == may &&
            (may != TRI_NO || (c->is_root && strcmp(could->items[i].kind, "root user") == 0)))
            *VEC_PUSH(a, people) = could->items[i];
    if (c->kind == CLAIM_NOBODY_MAY)
        return tri_not(may);
    if (!c->is_root && may != TRI_NO) {
        *why = STR("the SCPs do not deny it to each of that name, and the policies of users and roles are not known");
        people->count = 0;
        return TRI_UNKNOWN;
    }
    if (c->kind == CLAIM_CANNOT)
        return tri_not(may);
    if (may == TRI_NO) {
        if (!people->count)
            *why = STR("the SCPs deny it");
        return TRI_NO;
    }
    bool needs_keys = people->count && people->items[0].key_count; /* the call must be made in some way: see "with" */
    return needs_keys ? TRI_UNKNOWN : may;
}

static void decide_claim(struct guarding_files *g, size_t claim, const struct mapped *at)
{
    const struct expected *c = &g->expect.claims[claim];
    arena *a = g->scratch;
    arena_reset(a);
    struct guard_case out = {
        .id = at->account, .path = at->account.len ? at->parent->path : at->path, .holds = TRI_YES};
    person_list people = {0};
    for (size_t i = 0; i < c->action_count; i++) {
        struct anyone_asked q = ask_files(g, c, at, c->actions[i]);
        struct guard_answers could;
        tri may;
        anyone_could(a, &q, &could, &may);
        person_list some = {0};
        tri so = judge(c, &could, may, &some, a, &out.why);
        for (size_t k = 0; k < some.count && so != TRI_YES; k++)
            *VEC_PUSH(a, &people) = some.items[k];
        out.holds = tri_and(out.holds, so);
    }
    out.people = (struct guard_answers){people.items, people.count};
    guarding_add(&g->sums, claim, &out);
}

bool guard_policies(arena *a, const struct guard_files *files, struct guard_result *out, error *e)
{
    struct guarding_files g = {.files = files, .scratch = work_scratch(a)};
    *out = (struct guard_result){
        .policies = files->policies, .map = files->map, .expect = files->expect, .as_of = files->as_of};
    if (!expectations_read(a, files->expect, &g.expect, e))
        return false;
    guarding_open(&g.sums, a, &g.expect);
    if (!read_map(&g, e) || !check_places(&g, e))
        return false;
    g.stranger = pick_stranger(&g);
    *VEC_PUSH(a, &g.sums.notes) =
        STR("decided with SCPs alone: accounts that the map does not name are taken to have FullAWSAccess and no more");
    for (size_t c = 0; c < g.expect.count; c++)
        for (size_t i = 0; i < g.count; i++)
            if (is_meant(&g.expect.claims[c], &g.items[i]))
                decide_claim(&g, c, &g.items[i]);
    guarding_close(&g.sums, out);
    return true;
}
