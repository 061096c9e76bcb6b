/* cases.c - see cases.h. */
#include "iam/cases.h"

#include "policy/arn.h"

/* ---- reading ---- */

struct reader {
    arena *arena;
    const source *source;
    error *error;
};

/* A member that may be missing (or null); a name that differs in case only is a mistake. */
static bool member(struct reader *r, const node *object, const char *name, const node **out)
{
    const node *near;
    *out = node_get(object, name);
    if (!*out && (near = node_get_near(object, name)))
        return source_error(r->source, near, r->error, "found \"%.*s\"; expected \"%s\"", STR_ARG(node_key(near)),
                            name);
    if (node_is_null(*out))
        *out = NULL;
    return true;
}

static bool wrong(struct reader *r, const node *n, const node *parent, const char *name, const char *expected)
{
    return source_error(r->source, n ? n : parent, r->error, "\"%s\": expected %s, found %s", name, expected,
                        node_kind_name(n));
}

static bool text(struct reader *r, const node *object, const char *name, bool needed, str *out)
{
    const node *n;
    if (!member(r, object, name, &n))
        return false;
    if (n ? !node_is_string(n) : needed)
        return wrong(r, n, object, name, "a text");
    if (n)
        *out = node_text(n);
    return true;
}

static bool list(struct reader *r, const node *object, const char *name, const node **out)
{
    return member(r, object, name, out) && (!*out || node_is_list(*out) || wrong(r, *out, object, name, "a list"));
}

static bool is_scalar(const node *n)
{
    return node_is_string(n) || node_is_number(n) || node_is_bool(n);
}

static bool read_key(struct reader *r, const node *n, struct context_key *k)
{
    size_t room = node_is_list(n) ? node_count(n) : 1;
    str *values = arena_alloc(r->arena, room * sizeof *values);
    *k = (struct context_key){
        .name = node_key(n), .state = KEY_PRESENT, .multivalued = node_is_list(n), .values = values};
    for (const node *v = values_first(n); v; v = values_next(n, v)) {
        if (!is_scalar(v))
            return source_error(r->source, v, r->error, "expected a text, a number or a Boolean, found %s",
                                node_kind_name(v));
        values[k->count++] = value_text(v);
    }
    return true;
}

static bool read_context(struct reader *r, const node *request, struct context *c)
{
    const node *known, *unknown;
    if (!member(r, request, "context", &known) || !list(r, request, "unknownContext", &unknown))
        return false;
    if (known && !node_is_object(known))
        return wrong(r, known, request, "context", "an object");
    struct context_key *keys = arena_alloc(r->arena, (node_count(known) + node_count(unknown)) * sizeof *keys);
    for (NODE_EACH(n, unknown)) {
        if (!node_is_string(n))
            return source_error(r->source, n, r->error, "expected the name of a context key, found %s",
                                node_kind_name(n));
        keys[c->count++] = (struct context_key){.name = node_text(n)};
    }
    for (NODE_EACH(n, known)) {
        const struct context_key *twin = context_find(&(struct context){.keys = keys, .count = c->count}, node_key(n));
        if (twin)
            return source_error(r->source, n, r->error, "the key \"%.*s\" is there twice", STR_ARG(node_key(n)));
        if (!read_key(r, n, &keys[c->count++]))
            return false;
    }
    c->keys = keys;
    c->rest = KEY_ABSENT;
    return true;
}

static bool names_action(str action)
{
    str name = action, service = str_cut(&name, ':');
    return service.len && name.len && !glob_has_wildcard(GLOB(action));
}

/* An ARN of IAM or STS that names nobody who calls, such as a group's, is a slip: no policy would apply to it. */
static bool names_caller(str principal)
{
    struct principal_name p = principal_name_of(principal);
    if (p.kind != NAMES_OTHER || !p.resource.len)
        return principal.len > 0;
    return str_starts(p.resource, STR("saml-provider/")) || str_starts(p.resource, STR("oidc-provider/"));
}

static bool read_request(struct reader *r, const node *line, struct case_line *out)
{
    const node *request;
    if (!member(r, line, "request", &request))
        return false;
    if (!node_is_object(request))
        return wrong(r, request, line, "request", "an object");
    struct request *q = &out->request;
    q->context = &out->context;
    if (!text(r, request, "principal", true, &q->principal) || !text(r, request, "action", true, &q->action) ||
        !text(r, request, "resource", true, &q->resource) ||
        !text(r, request, "resourceAccount", false, &q->resource_account))
        return false;
    if (!names_action(q->action))
        return source_error(r->source, node_get(request, "action"), r->error,
                            "expected one action such as s3:GetObject");
    if (!q->resource.len)
        return source_error(r->source, node_get(request, "resource"), r->error,
                            "expected an ARN, or * for an action without resource types");
    if (!names_caller(q->principal))
        return source_error(r->source, node_get(request, "principal"), r->error,
                            "expected the ARN of a user, a role, a session (assumed-role/ROLE/SESSION), a federated "
                            "user, the root user or an identity provider");
    if (q->resource_account.ptr && !str_is_account_id(q->resource_account))
        return source_error(r->source, node_get(request, "resourceAccount"), r->error,
                            "expected the 12 digits of an account");
    return read_context(r, request, &out->context);
}

static bool read_policy(struct reader *r, const node *n, struct policy_ref *out)
{
    const node *document;
    if (!node_is_object(n))
        return source_error(r->source, n, r->error, "expected {\"name\", \"document\"}, found %s", node_kind_name(n));
    if (!text(r, n, "name", false, &out->id) || !member(r, n, "document", &document))
        return false;
    if (!document)
        return wrong(r, NULL, n, "document", "a policy document");
    out->policy = policy_parse(r->arena, r->source, document, r->error);
    return out->policy != NULL;
}

static bool read_set(struct reader *r, const node *policies, struct policy_set *out)
{
    struct policy_ref *items = NEW_ARRAY(r->arena, struct policy_ref, node_count(policies));
    *out = (struct policy_set){.items = items, .complete = true};
    for (NODE_EACH(n, policies))
        if (!read_policy(r, n, &items[out->count++]))
            return false;
    return true;
}

/* NULL when the member is missing: there is no such layer. */
static bool read_layer(struct reader *r, const node *policies, const char *name, const struct policy_set **out)
{
    const node *n;
    if (!list(r, policies, name, &n))
        return false;
    if (!n)
        return true;
    struct policy_set *set = NEW(r->arena, struct policy_set);
    *out = set;
    return read_set(r, n, set);
}

static bool read_levels(struct reader *r, const node *policies, const char *name, const struct level **out,
                        size_t *count)
{
    const node *n, *inner;
    if (!list(r, policies, name, &n))
        return false;
    struct level *levels = NEW_ARRAY(r->arena, struct level, node_count(n));
    for (NODE_EACH(item, n)) {
        struct level *level = &levels[(*count)++];
        if (!node_is_object(item))
            return source_error(r->source, item, r->error, "expected {\"level\", \"policies\"}, found %s",
                                node_kind_name(item));
        if (!text(r, item, "level", true, &level->id) || !list(r, item, "policies", &inner))
            return false;
        if (!inner)
            return wrong(r, NULL, item, "policies", "a list");
        if (!read_set(r, inner, &level->set))
            return false;
    }
    *out = levels;
    return true;
}

static bool read_layers(struct reader *r, const node *line, struct layers *l)
{
    const node *policies, *resource;
    if (!member(r, line, "policies", &policies))
        return false;
    if (!node_is_object(policies))
        return wrong(r, policies, line, "policies", "an object");
    if (!read_layer(r, policies, "identity", &l->identity) ||
        !read_levels(r, policies, "scps", &l->scps, &l->scp_count) ||
        !read_levels(r, policies, "rcps", &l->rcps, &l->rcp_count) ||
        !read_layer(r, policies, "boundary", &l->boundary) || !read_layer(r, policies, "session", &l->session) ||
        !member(r, policies, "resource", &resource))
        return false;
    l->scps_apply = tri_of(l->scp_count > 0);
    l->rcps_apply = tri_of(l->rcp_count > 0);
    if (!resource)
        return true;
    struct policy_ref *ref = NEW(r->arena, struct policy_ref);
    l->resource = ref;
    return read_policy(r, resource, ref);
}

bool decision_from_name(str name, decision *out)
{
    static const decision all[] = {DECISION_UNKNOWN, DECISION_ALLOWED, DECISION_EXPLICITLY_DENIED,
                                   DECISION_IMPLICITLY_DENIED};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (str_is(name, decision_name(all[i]))) {
            *out = all[i];
            return true;
        }
    return false;
}

bool case_read(arena *a, const source *s, struct case_line *out, error *e)
{
    struct reader r = {a, s, e};
    const node *expect;
    *out = (struct case_line){0};
    if (!node_is_object(s->root))
        return source_error(s, s->root, e, "expected a case (an object), found %s", node_kind_name(s->root));
    if (!text(&r, s->root, "name", false, &out->name) || !member(&r, s->root, "expect", &expect) ||
        !read_request(&r, s->root, out) || !read_layers(&r, s->root, &out->layers))
        return false;
    out->expects = expect != NULL;
    if (expect && (!node_is_string(expect) || !decision_from_name(node_text(expect), &out->expected)))
        return source_error(s, expect, e,
                            "\"expect\": expected Allowed, ExplicitlyDenied, ImplicitlyDenied or Unknown");
    return true;
}

/* ---- answering ---- */

struct line {
    arena *arena;
    char *ptr;
    size_t len, room;
};

static char *room_for(struct line *l, size_t n)
{
    if (l->len + n > l->room) {
        size_t room = 2 * l->room + n + 256;
        l->ptr = arena_grow(l->arena, l->ptr, l->room, room);
        l->room = room;
    }
    return l->ptr + l->len;
}

static void put(struct line *l, str s)
{
    char *to = room_for(l, s.len);
    if (s.len)
        memcpy(to, s.ptr, s.len);
    l->len += s.len;
}

/* The one way out for foreign text. */
static void put_text(struct line *l, str s)
{
    static const char hex[] = "0123456789abcdef";
    char *to = room_for(l, 6 * s.len + 2), *p = to;
    *p++ = '"';
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c == 0x7F) {
            for (const char *escape = "\\u00"; *escape; escape++)
                *p++ = *escape;
            *p++ = hex[c >> 4];
            *p++ = hex[c & 15];
            continue;
        }
        if (c == '"' || c == '\\')
            *p++ = '\\';
        *p++ = (char)c;
    }
    *p++ = '"';
    l->len += (size_t)(p - to);
}

static void put_name(struct line *l, str name)
{
    put(l, STR("{\"name\":"));
    if (name.ptr)
        put_text(l, name);
    else
        put(l, STR("null"));
}

static void put_member(struct line *l, str before, str value)
{
    put(l, before);
    put_text(l, value);
}

static void put_statement(struct line *l, const struct statement *s)
{
    str sid = statement_sid(s);
    put(l, STR(",\"statement\":"));
    if (sid.len)
        put_text(l, sid);
    else
        put(l, arena_printf(l->arena, "%d", statement_index(s)));
}

static void put_layer(struct line *l, const struct verdict_trace *t)
{
    const struct match *m = t->decision == DECISION_EXPLICITLY_DENIED ? t->decided_by : NULL;
    if (t->layer == LAYER_NONE) {
        put(l, STR(",\"layer\":null"));
        return;
    }
    put_member(l, STR(",\"layer\":"), str_from(layer_name(t->layer)));
    if (t->level)
        put_member(l, STR(",\"level\":"), t->level->id);
    if (m && m->policy)
        put_member(l, STR(",\"policy\":"), m->policy->id);
    if (m && m->statement)
        put_statement(l, m->statement);
}

/* A value as `context` would hold it; null: the key is absent. */
static void put_value(struct line *l, const struct context_key *k)
{
    bool list = k->multivalued || k->count != 1;
    if (k->state != KEY_PRESENT) {
        put(l, STR("null"));
        return;
    }
    if (list)
        put(l, STR("["));
    for (size_t i = 0; i < k->count; i++) {
        if (i)
            put(l, STR(","));
        put_text(l, k->values[i]);
    }
    if (list)
        put(l, STR("]"));
}

static void put_witness(struct line *l, str before, const struct context_key *keys, size_t count)
{
    if (!keys)
        return;
    put(l, before);
    for (size_t i = 0; i < count; i++) {
        put(l, i ? STR(",") : STR("{"));
        put_text(l, keys[i].name);
        put(l, STR(":"));
        put_value(l, &keys[i]);
    }
    put(l, count ? STR("}") : STR("{}"));
}

static void put_open(struct line *l, const struct verdict_trace *t)
{
    if (t->residual.len)
        put_member(l, STR(",\"residual\":"), t->residual);
    put_witness(l, STR(",\"allowed_when\":"), t->allowed_when, t->allowed_when_count);
    put_witness(l, STR(",\"denied_when\":"), t->denied_when, t->denied_when_count);
}

static void put_keys(struct line *l, const str *keys, size_t count)
{
    put(l, STR(",\"depends_on\":["));
    for (size_t i = 0; i < count; i++) {
        if (i)
            put(l, STR(","));
        put_text(l, keys[i]);
    }
    put(l, STR("]"));
}

str case_answer(arena *a, const struct case_line *c, const struct verdict_trace *t)
{
    struct line l = {.arena = a};
    put_name(&l, c->name);
    put_member(&l, STR(",\"decision\":"), str_from(decision_name(t->decision)));
    if (c->expects)
        put(&l, c->expected == t->decision ? STR(",\"match\":true") : STR(",\"match\":false"));
    put_layer(&l, t);
    if (t->decision == DECISION_UNKNOWN) {
        put_keys(&l, t->depends_on, t->depends_on_count);
        put_open(&l, t);
    }
    put(&l, STR("}"));
    return (str){l.ptr, l.len};
}

str case_error(arena *a, str name, const error *e)
{
    struct line l = {.arena = a};
    str where = {0};
    if (e->column)
        where = arena_printf(a, "column %u: ", e->column);
    put_name(&l, name);
    put_member(&l, STR(",\"error\":"), arena_printf(a, "%.*s%s", STR_ARG(where), e->message));
    put(&l, STR("}"));
    return (str){l.ptr, l.len};
}
