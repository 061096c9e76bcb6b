/* steps.c - from the YAML of a pack's steps and answers to their compiled form (steps.h), checked when they load. */
#include "rules/steps.h"

#include "base/work.h"
#include "rules/load.h"

/* {step.WORD}: what a template may name beside fields and params. */
static const char *const step_words[] = {
    "now",   "today",      "in_two_weeks", "in_a_year",  "ready_at",  "snapshot", "accounts",
    "item",  "capture",    "call",         "key",        "topic",     "policy",   "statement",
    "level", "level_arn",  "policy_arn",   "parent_arn", "others",    "ou",       "policy_name",
    "file",  "level_path", "ou_path",      "argument",   "condition", "content",  NULL};

static const char *const phase_words[] = {"before", "gate", "do", "after", NULL};
static const char *const actor_words[] = {"person", "management", "member", "root", "AWS Support", NULL};
static const char *const outcome_words[] = {"fail", "unknown", NULL};
static const struct {
    const char *name;
    step_each each;
} each_words[] = {
    {"capture",     EACH_CAPTURE    },
    {"attestation", EACH_ATTESTATION},
    {"key",         EACH_KEY        },
    {"wait",        EACH_WAIT       },
    {"detach",      EACH_DETACH     },
    {"attach",      EACH_ATTACH     },
    {"move",        EACH_MOVE       },
    {"exempt",      EACH_EXEMPT     },
    {"denial",      EACH_DENIAL     },
    {"grant",       EACH_GRANT      },
    {"fix",         EACH_FIX        },
};

/* ---- templates ---- */

static bool text_key(struct loader *l, const node *parent, const char *key, struct text_template *out)
{
    const node *n = node_get(parent, key);
    return !n || template_read(l, n, out, key);
}

static bool words_key(struct loader *l, const node *parent, const char *key, const struct text_template **out,
                      size_t *count)
{
    const node *n = node_get(parent, key);
    if (!n)
        return true;
    if (!list_check(l, n, key))
        return false;
    struct text_template *words = NEW_ARRAY(l->a, struct text_template, node_count(n));
    *out = words;
    for (NODE_EACH(item, n))
        if (!template_read(l, item, &words[(*count)++], "an argument of a command"))
            return false;
    return true;
}

/* Any value; texts in it are templates. Depth is bounded by the reader. */
static bool json_key(struct loader *l, const node *n, struct json_template *out)
{
    out->node = n;
    if (node_is_string(n) && node_text(n).len) {
        struct text_template *text = NEW(l->a, struct text_template);
        out->text = text;
        return template_read(l, n, text, "a text of a change");
    }
    struct json_template *parts = NEW_ARRAY(l->a, struct json_template, node_count(n) + 1);
    out->parts = parts;
    for (NODE_EACH(item, n))
        if (!json_key(l, item, &parts[out->count++]))
            return false;
    return true;
}

/* A path: texts, numbers, and objects of texts. */
static bool path_key(struct loader *l, const node *n, struct json_template *out)
{
    if (!node_is_list(n))
        return fault(l, n, (str){0}, "\"at\" must be a list: members, numbers and {MEMBER: TEXT} to select by");
    for (NODE_EACH(step, n)) {
        bool good = node_is_string(step) || node_is_number(step) || (node_is_object(step) && node_count(step));
        for (NODE_EACH(member, step))
            good = good && node_is_string(member);
        if (!good)
            return fault(l, step, (str){0}, "a step of \"at\" is a member, a number or {MEMBER: TEXT}");
    }
    return json_key(l, n, out);
}

static bool change_read(struct loader *l, const node *n, struct change_template *out)
{
    static const struct key keys[] = {
        {"file",         true },
        {"at",           true },
        {"to",           true },
        {"if_there",     false},
        {"unless_there", false},
        {"last",         false}
    };
    if (!keys_check(l, n, keys, 6, "a change"))
        return false;
    const node *to = node_get(n, "to");
    return text_key(l, n, "file", &out->file) && path_key(l, node_get(n, "at"), &out->at) &&
           (node_is_null(to) || json_key(l, to, &out->to)) && key_bool(l, n, "if_there", &out->if_there) &&
           key_bool(l, n, "unless_there", &out->unless_there) && key_bool(l, n, "last", &out->last);
}

static bool changes_read(struct loader *l, const node *n, const struct change_template **out, size_t *count)
{
    if (!n)
        return true;
    if (!list_check(l, n, "the list of changes"))
        return false;
    struct change_template *changes = NEW_ARRAY(l->a, struct change_template, node_count(n));
    *out = changes;
    for (NODE_EACH(item, n))
        if (!change_read(l, item, &changes[(*count)++]))
            return false;
    return true;
}

static bool form_read(struct loader *l, const node *n, struct step_template *out)
{
    if (!n)
        return true;
    if (!node_is_object(n) || !node_count(n))
        return fault(l, n, (str){0}, "\"form\" must be a mapping from its fields to what to write there");
    struct field_template *form = NEW_ARRAY(l->a, struct field_template, node_count(n));
    out->form = form;
    for (NODE_EACH(item, n)) {
        form[out->form_count].name = node_key(item);
        if (!template_read(l, item, &form[out->form_count++].value, "a field of a form"))
            return false;
    }
    return true;
}

static bool permissions_read(struct loader *l, const node *n, struct step_template *out)
{
    static const struct key keys[] = {
        {"action",   true},
        {"resource", true}
    };
    if (!n)
        return true;
    if (!list_check(l, n, "the list of permissions"))
        return false;
    struct permission_template *all = NEW_ARRAY(l->a, struct permission_template, node_count(n));
    out->permissions = all;
    for (NODE_EACH(item, n)) {
        struct permission_template *p = &all[out->permission_count++];
        if (!keys_check(l, item, keys, 2, "a permission") ||
            !action_read(l, node_get(item, "action"), "action", &p->action) ||
            !text_key(l, item, "resource", &p->resource))
            return false;
    }
    return true;
}

/* ---- what refers to others ---- */

static bool frees_read(struct loader *l, const node *n, struct step_template *out)
{
    if (!texts_read(l, n, "frees", &out->frees, &out->free_count))
        return false;
    size_t i = 0;
    for (NODE_EACH(item, node_get(n, "frees"))) {
        struct guess g = guess_begin(out->frees[i]);
        for (size_t r = 0; r < l->rs->rules.count; r++)
            guess_offer(&g, l->rs->rules.items[r].id);
        if (!ruleset_find(l->rs, out->frees[i++]))
            return fault(l, item, guess_help(l->a, &g), "unknown rule \"%.*s\"", STR_ARG(node_text(item)));
    }
    return true;
}

static bool step_set_read(struct loader *l, const node *parent, const char *key, struct step_set *out)
{
    const str *ids = NULL;
    size_t count = 0, i = 0;
    if (!texts_read(l, parent, key, &ids, &count))
        return false;
    size_t *items = NEW_ARRAY(l->a, size_t, count + 1);
    out->items = items;
    for (NODE_EACH(item, node_get(parent, key))) {
        struct guess g = guess_begin(ids[i]);
        size_t found = SIZE_MAX;
        for (size_t k = 0; k < l->rs->steps.count; k++) {
            guess_offer(&g, l->rs->steps.items[k].id);
            if (str_eq(l->rs->steps.items[k].id, ids[i]))
                found = k;
        }
        if (found == SIZE_MAX)
            return fault(l, item, guess_help(l->a, &g), "unknown step \"%.*s\"", STR_ARG(ids[i]));
        items[out->count++] = found;
        i++;
    }
    return true;
}

static bool test_key(struct loader *l, const node *parent, const char *key, const struct test **out)
{
    const node *n = node_get(parent, key);
    if (!n)
        return true;
    *out = test_compile(l, n);
    return *out != NULL;
}

static bool each_read(struct loader *l, const node *n, struct step_template *out)
{
    if (!n)
        return true;
    struct guess g = guess_begin(node_text(n));
    for (size_t i = 0; i < sizeof each_words / sizeof *each_words; i++) {
        guess_offer(&g, str_from(each_words[i].name));
        if (node_is_string(n) && str_is(node_text(n), each_words[i].name))
            return out->each = each_words[i].each, true;
    }
    out->each = EACH_FIELD;
    out->each_field = node_is_string(n) ? field_resolve(l, node_text(n)) : NULL;
    if (!out->each_field)
        return fault(l, n, guess_help(l->a, &g), "\"each\" is neither a field nor one of its words");
    if (out->each_field->type != TYPE_LIST || out->each_field->item != TYPE_STRING)
        return fault(l, n, (str){0}, "\"each\" goes through a list of texts; %s is none", out->each_field->name);
    return true;
}

static bool outcome_read(struct loader *l, const node *n, struct step_template *out)
{
    int word = 0;
    if (n && !word_read(l, n, "outcome", outcome_words, &word))
        return false;
    out->on_fail = !n || word == 0;
    out->on_unknown = !n || word == 1;
    return true;
}

static bool step_routes(struct loader *l, const node *n, struct step_template *out)
{
    unsigned taken = 0;
    if (n)
        return routes_read(l, n, &out->routes, &taken);
    out->routes = ROUTES_REMOVE | ROUTES_LEAVE;
    return true;
}

static bool step_read(struct loader *l, const node *n, struct step_template *out)
{
    static const struct key keys[] = {
        {"id",          true },
        {"phase",       true },
        {"actor",       true },
        {"routes",      false},
        {"frees",       false},
        {"outcome",     false},
        {"with",        false},
        {"only_with",   false},
        {"not_with",    false},
        {"when",        false},
        {"each",        false},
        {"waits_for",   false},
        {"no_way",      false},
        {"alone",       false},
        {"text",        false},
        {"console",     false},
        {"expect",      false},
        {"command",     false},
        {"verify",      false},
        {"form",        false},
        {"permissions", false},
        {"reversible",  false},
        {"changes",     false},
        {"holds",       false},
    };
    int phase = 0, actor = 0;
    out->reversible = true;
    if (!keys_check(l, n, keys, sizeof keys / sizeof *keys, "a step") ||
        !word_read(l, node_get(n, "phase"), "phase", phase_words, &phase) ||
        !word_read(l, node_get(n, "actor"), "actor", actor_words, &actor))
        return false;
    out->phase = (plan_phase)phase;
    out->actor = (plan_actor)actor;
    return step_routes(l, node_get(n, "routes"), out) && frees_read(l, n, out) &&
           outcome_read(l, node_get(n, "outcome"), out) && step_set_read(l, n, "with", &out->with) &&
           step_set_read(l, n, "only_with", &out->only_with) && step_set_read(l, n, "not_with", &out->not_with) &&
           step_set_read(l, n, "waits_for", &out->waits_for) && test_key(l, n, "when", &out->when) &&
           test_key(l, n, "holds", &out->holds) && each_read(l, node_get(n, "each"), out) &&
           text_key(l, n, "text", &out->text) && text_key(l, n, "console", &out->console) &&
           text_key(l, n, "expect", &out->expect) && words_key(l, n, "command", &out->command, &out->command_len) &&
           words_key(l, n, "verify", &out->verify, &out->verify_len) && form_read(l, node_get(n, "form"), out) &&
           permissions_read(l, node_get(n, "permissions"), out) && key_bool(l, n, "reversible", &out->reversible) &&
           key_bool(l, n, "no_way", &out->no_way) && key_bool(l, n, "alone", &out->alone) &&
           changes_read(l, node_get(n, "changes"), &out->changes, &out->change_count);
}

/* What no key says of itself. */
static bool step_check(struct loader *l, const struct step_template *s)
{
    if (!s->text.count && s->each != EACH_FIX)
        return fault(l, s->node, (str){0}, "step \"%.*s\" lacks \"text\"", STR_ARG(s->id));
    if (s->holds && s->phase != PHASE_AFTER)
        return fault(l, s->node, (str){0}, "\"holds\" is for steps of phase after");
    bool before = s->phase == PHASE_BEFORE && !s->no_way;
    bool free_of_rules = s->each == EACH_CAPTURE || s->each == EACH_ATTESTATION || s->each == EACH_KEY ||
                         s->each == EACH_FIX || s->each == EACH_DETACH || s->each == EACH_ATTACH ||
                         s->each == EACH_MOVE || s->each == EACH_EXEMPT;
    if (before && !s->free_count && !s->with.count && !free_of_rules)
        return fault(l, s->node, STR("frees: [RULE...], or with: [STEP...]"),
                     "nothing makes step \"%.*s\" needed: it would stand in every plan", STR_ARG(s->id));
    return true;
}

void pack_step_names(struct loader *l, const struct pack_input *p)
{
    pack_begin(l, p);
    const node *steps = node_get(p->source->root, "steps");
    if (!steps || !list_check(l, steps, "steps"))
        return;
    for (NODE_EACH(item, steps)) {
        const node *id = node_get(item, "id");
        if (!node_is_string(id) || !is_rule_id(node_text(id))) {
            fault(l, id ? id : item, STR("lower case letters, digits, _ and -, with a dot: signup.phone"),
                  "this is no id for a step");
            continue;
        }
        for (size_t i = 0; i < l->rs->steps.count; i++)
            if (str_eq(l->rs->steps.items[i].id, node_text(id)))
                fault(l, id, (str){0}, "step \"%.*s\" is there already: %.*s", STR_ARG(node_text(id)),
                      STR_ARG(rule_place(l, l->rs->steps.items[i].source, l->rs->steps.items[i].node)));
        *VEC_PUSH(l->a, &l->rs->steps) = (struct step_template){.id = node_text(id), .source = l->source, .node = item};
    }
}

static void answers_read(struct loader *l, const node *n)
{
    if (n && (!node_is_object(n) || !node_count(n))) {
        fault(l, n, (str){0}, "\"answers\" must be a mapping from calls (iam/get-account-summary) to changes");
        return;
    }
    for (NODE_EACH(item, n)) {
        struct answer_template *answer = VEC_PUSH(l->a, &l->rs->answers);
        answer->call = node_key(item);
        changes_read(l, item, &answer->changes, &answer->count);
    }
}

void pack_steps(struct loader *l, const struct pack_input *p)
{
    pack_begin(l, p);
    l->words = step_words;
    for (size_t i = 0; i < l->rs->steps.count; i++) {
        struct step_template *s = &l->rs->steps.items[i];
        if (s->source == p->source && step_read(l, s->node, s))
            step_check(l, s);
    }
    answers_read(l, node_get(p->source->root, "answers"));
    l->words = NULL;
}

/* ---- rings ---- */

struct ring {
    struct loader *l;
    unsigned char *state; /* 1: being looked at, 2: done */
    bool waiting;
};

static bool has_ring(struct ring *r, size_t i)
{
    const struct step_template *s = &r->l->rs->steps.items[i];
    const struct step_set none = {0};
    const struct step_set sets[] = {r->waiting ? s->waits_for : s->with, r->waiting ? none : s->only_with,
                                    r->waiting ? none : s->not_with};
    if (r->state[i])
        return r->state[i] == 1;
    r->state[i] = 1;
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
        for (size_t m = 0; m < sets[k].count; m++)
            if (has_ring(r, sets[k].items[m]))
                return true;
    r->state[i] = 2;
    return false;
}

/* Steps that are needed, or wait, because of themselves. */
void steps_finish(struct loader *l)
{
    size_t count = l->rs->steps.count;
    for (int waiting = 0; waiting < 2 && l->errors->count == 0; waiting++) {
        struct ring r = {l, NEW_ARRAY(l->a, unsigned char, count + 1), waiting != 0};
        for (size_t i = 0; i < count; i++)
            if (has_ring(&r, i)) {
                l->source = l->rs->steps.items[i].source;
                fault(l, l->rs->steps.items[i].node, (str){0}, "step \"%.*s\" %s itself in the end",
                      STR_ARG(l->rs->steps.items[i].id), waiting ? "waits for" : "is needed because of");
                break;
            }
    }
    l->source = NULL;
}
