/*
 * plan_steps.c - from the step templates of the rule packs to the steps that one account needs on one route: which are
 * needed, how often, their words filled in. What a rule needs that no step frees comes from the rule's own fix.
 */
#include "base/clock.h"
#include "rules/plan_run.h"
#include "text/print.h"

enum { WORD_LIMIT = 24 };

/* One of the steps that a template is made into. */
struct variant {
    struct step_word words[WORD_LIMIT];
    size_t word_count;
    const str *rules; /* that it frees; NULL: those of the template that are open */
    size_t rule_count;
    const struct finding *finding; /* EACH_FIX */
    const struct lift_item *lift;
    const struct evidence *denial;
    const struct call *call; /* EACH_CAPTURE */
    str path;                /* its file */
    const struct topic *topic;
    bool has_not_before, last, chained;
    int64_t not_before;
};

str making_keep(const struct making *m, str s)
{
    return s.len ? arena_str(m->keep, s) : (str){0};
}

/* ---- what is open ---- */

bool finding_is_open(const struct finding *f, route on)
{
    return (f->routes & ROUTE_BIT(on)) && (f->outcome == OUTCOME_FAIL || f->outcome == OUTCOME_UNKNOWN);
}

/* Steps are for what the rules themselves find. What a rule asks for beside is told by its fix. */
const struct finding *making_open(const struct making *m, str rule)
{
    const struct account_result *r = m->v->result;
    for (size_t i = 0; i < r->finding_count; i++)
        if (str_eq(r->findings[i].rule, rule) && !r->findings[i].is_also && finding_is_open(&r->findings[i], m->on))
            return &r->findings[i];
    return NULL;
}

static bool is_kind(const struct need *n, const char *kind)
{
    return strcmp(n->kind, kind) == 0;
}

/* A capture of one call, which a step can have made. */
static bool is_capture(const struct making *m, const struct need *n)
{
    struct call call;
    return (is_kind(n, "capture") || is_kind(n, "policy")) && call_of_path(m->v->arena, n->name, &call);
}

static bool needs_capture(const struct making *m, const struct finding *f)
{
    for (size_t i = 0; i < f->need_count; i++)
        if (is_capture(m, &f->needs[i]))
            return true;
    return false;
}

/* A blocker that a capture would settle is looked at again once that capture is there. */
static bool waits_for_capture(const struct making *m, const struct finding *f)
{
    return f->severity == SEVERITY_BLOCKER && f->outcome == OUTCOME_UNKNOWN && needs_capture(m, f);
}

static bool frees(const struct making *m, const struct step_template *t, const struct finding *f)
{
    return f && !waits_for_capture(m, f) && (f->outcome == OUTCOME_FAIL ? t->on_fail : t->on_unknown);
}

/* ---- which are needed ---- */

static bool is_needed(struct making *m, size_t index);

static bool any_needed(struct making *m, const struct step_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        if (is_needed(m, set->items[i]))
            return true;
    return false;
}

static bool is_triggered(struct making *m, const struct step_template *t)
{
    for (size_t i = 0; i < t->free_count; i++)
        if (frees(m, t, making_open(m, t->frees[i])))
            return true;
    if (any_needed(m, &t->with))
        return true;
    return t->free_count == 0 && t->with.count == 0;
}

/* What each of the kinds is made for: without any of it the step does not come to be. */
static bool has_variants(struct making *m, const struct step_template *t)
{
    const struct lift *l;
    switch (t->each) {
    case EACH_DETACH:
    case EACH_ATTACH:
    case EACH_MOVE:
    case EACH_EXEMPT:
        l = making_lift(m);
        for (size_t i = 0; i < l->items.count; i++)
            if (l->items.items[i].each == t->each)
                return true;
        return false;
    case EACH_ONCE:
    case EACH_FIELD:
    case EACH_CAPTURE:
    case EACH_ATTESTATION:
    case EACH_KEY:
    case EACH_WAIT:
    case EACH_DENIAL:
    case EACH_GRANT:
    case EACH_FIX: break;
    }
    return true;
}

static bool find_needed(struct making *m, const struct step_template *t)
{
    if (!(t->routes & ROUTE_BIT(m->on)) || !is_triggered(m, t) || !has_variants(m, t))
        return false;
    if (t->when && judge_test(m->v->arena, m->v->judge, t->when, m->on) == TRI_NO)
        return false;
    return (t->only_with.count == 0 || any_needed(m, &t->only_with)) && !any_needed(m, &t->not_with);
}

static bool is_needed(struct making *m, size_t index)
{
    if (!m->needed[index])
        m->needed[index] = find_needed(m, &m->templates[index]) ? 1 : -1;
    return m->needed[index] > 0;
}

/* ---- filling in ---- */

static void add_word(struct variant *v, const char *name, str text)
{
    v->words[v->word_count++] = (struct step_word){name, text};
}

static str filled(const struct making *m, const struct judge *j, const struct text_template *t, bool command)
{
    return t->count ? making_keep(m, judge_text(m->v->arena, j, t, m->on, command)) : (str){0};
}

static const str *filled_words(const struct making *m, const struct judge *j, const struct text_template *t,
                               size_t count)
{
    str *words = NEW_ARRAY(m->keep, str, count + 1);
    for (size_t i = 0; i < count; i++)
        words[i] = filled(m, j, &t[i], true);
    return words;
}

static str json_filled(const struct making *m, const struct judge *j, const struct json_template *t)
{
    if (!t->node)
        return STR("null");
    if (t->text)
        return json_quote(m->keep, judge_text(m->v->arena, j, t->text, m->on, true));
    if (!t->count)
        return node_print(m->keep, t->node);
    bool list = node_is_list(t->node);
    str out = list ? STR("[") : STR("{");
    for (size_t i = 0; i < t->count; i++) {
        str key = list ? (str){0} : json_quote(m->keep, node_key(t->parts[i].node));
        out = arena_printf(m->keep, "%.*s%s%.*s%s%.*s", STR_ARG(out), i ? ", " : "", STR_ARG(key), list ? "" : ": ",
                           STR_ARG(json_filled(m, j, &t->parts[i])));
    }
    return arena_printf(m->keep, "%.*s%s", STR_ARG(out), list ? "]" : "}");
}

struct changes {
    VEC(struct plan_change) items;
};

static void add_change(const struct making *m, struct changes *to, str file, str at, str value)
{
    *VEC_PUSH(m->keep, &to->items) = (struct plan_change){.file = making_keep(m, file), .at = at, .to = value};
}

static void fill_changes(const struct making *m, const struct judge *j, const struct change_template *t, size_t count,
                         bool last, struct changes *to)
{
    for (size_t i = 0; i < count; i++) {
        if (t[i].last && !last)
            continue;
        add_change(m, to, judge_text(m->v->arena, j, &t[i].file, m->on, true), json_filled(m, j, &t[i].at),
                   json_filled(m, j, &t[i].to));
        to->items.items[to->items.count - 1].if_there = t[i].if_there;
        to->items.items[to->items.count - 1].unless_there = t[i].unless_there;
    }
}

/* ---- changes that no template could say ---- */

static void attest_change(const struct making *m, const struct topic *topic, struct changes *to)
{
    str at = arena_printf(m->keep, "[\"accounts\", \"%.*s\", \"%s\"]", STR_ARG(m->v->account->id), topic->name);
    str value = topic->kind == TOPIC_BOOL   ? STR("true")
                : topic->kind == TOPIC_WORD ? json_quote(m->keep, str_from(topic->words[0]))
                                            : (str){0};
    str day = time_format_date(m->keep, m->now);
    if (value.len)
        add_change(m, to, STR("attestations.yaml"), at,
                   arena_printf(m->keep, "{\"value\": %.*s, \"by\": \"who did it\", \"date\": \"%.*s\"}",
                                STR_ARG(value), STR_ARG(day)));
}

static void fix_changes(const struct making *m, const struct finding *f, struct changes *to)
{
    const struct rule *r = ruleset_find(m->v->check->rules, f->rule);
    for (size_t i = 0; r && i < r->read_count; i++)
        if (r->reads[i]->topic && r->reads[i]->part == PART_VALUE)
            attest_change(m, r->reads[i]->topic, to);
}

/* get-account-summary counts what the other call lists; without that nothing shows that the lists are whole. */
static void count_changes(const struct making *m, struct changes *to)
{
    const struct account *account = m->v->account;
    str file = arena_printf(m->keep, "accounts/%.*s/iam/get-account-summary.json", STR_ARG(account->id));
    add_change(m, to, file, STR("[\"SummaryMap\", \"Users\"]"), arena_printf(m->keep, "%zu", account->user_count));
    add_change(m, to, file, STR("[\"SummaryMap\", \"Roles\"]"), arena_printf(m->keep, "%zu", account->role_count));
}

/* What a call leaves in its file when it answers whole: no error in capture.json, no sign of a cut, and what the packs
 * take it to answer; without that, the member that every answer has, empty. */
static void capture_changes(const struct making *m, const struct judge *j, const struct variant *v, struct changes *to)
{
    static const char *const cuts[] = {"NextToken", "nextToken", "NextPageToken", "Marker", "IsTruncated"};
    static const char *const empty[] = {
        [NODE_LIST] = "[]", [NODE_OBJECT] = "{}", [NODE_STRING] = "\"\"", [NODE_NUMBER] = "0"};
    const struct capture *row = &captures[v->call->kind];
    const struct capture_source *from = m->v->check->org->snapshot->from;
    str call = str_head(v->path, v->path.len - 5);
    uint64_t bytes = 0;
    const struct answer_template *answer =
        ruleset_answer(m->v->check->rules, arena_printf(m->v->arena, "%s/%s", row->service, row->operation));
    if (map_get(&m->v->check->org->snapshot->errors, call))
        add_change(m, to, STR("capture.json"),
                   arena_printf(m->keep, "[\"errors\", {\"call\": %.*s}]", STR_ARG(json_quote(m->keep, call))),
                   STR("null"));
    if (from->size(from->self, arena_cstr(m->v->arena, v->path), &bytes) && bytes > 0)
        for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
            add_change(m, to, v->path, arena_printf(m->keep, "[\"%s\"]", cuts[i]), STR("null"));
    if (answer)
        fill_changes(m, j, answer->changes, answer->count, true, to);
    else if (!bytes)
        add_change(m, to, v->path, STR("[]"), arena_printf(m->keep, "{\"%s\": %s}", row->member, empty[row->kind]));
    if (v->call->kind == CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS || v->call->kind == CAPTURE_GET_ACCOUNT_SUMMARY)
        count_changes(m, to);
}

/* "/RoleDetailList/2/RolePolicyList/0/PolicyDocument/Statement/1/Effect" to the statement, as a path of a change. */
static str statement_path(const struct making *m, const struct evidence *ev, bool *listed)
{
    str rest = arena_printf(m->v->arena, "%.*s%.*s", STR_ARG(ev->pointer), STR_ARG(ev->inner_pointer)), out = {0};
    bool statement = false;
    *listed = false;
    (void)str_cut(&rest, '/');
    while (rest.ptr && !*listed) {
        str token = str_cut(&rest, '/');
        bool number = token.len > 0;
        for (size_t i = 0; i < token.len; i++)
            number = number && ascii_is_digit(token.ptr[i]);
        if (statement && !number)
            break;
        *listed = statement;
        statement = str_is(token, "Statement");
        out = arena_printf(m->keep, "%.*s%s%.*s", STR_ARG(out), out.len ? ", " : "",
                           STR_ARG(number ? token : json_quote(m->keep, token)));
    }
    return arena_printf(m->keep, "[%.*s]", STR_ARG(out));
}

str making_statement_path(const struct making *m, const struct evidence *ev)
{
    bool listed;
    return statement_path(m, ev, &listed);
}

static void denial_changes(const struct making *m, const struct evidence *ev, struct changes *to)
{
    bool listed;
    str at = statement_path(m, ev, &listed);
    add_change(m, to, ev->file, at, listed ? STR("null") : STR("[]"));
}

/* ---- one step ---- */

static void fill_form(const struct making *m, const struct judge *j, const struct step_template *t, struct plan_step *s)
{
    struct plan_field *form = NEW_ARRAY(m->keep, struct plan_field, t->form_count + 1);
    struct plan_permission *permissions = NEW_ARRAY(m->keep, struct plan_permission, t->permission_count + 1);
    for (size_t i = 0; i < t->form_count; i++)
        form[i] = (struct plan_field){making_keep(m, t->form[i].name), filled(m, j, &t->form[i].value, false)};
    for (size_t i = 0; i < t->permission_count; i++)
        permissions[i] = (struct plan_permission){making_keep(m, t->permissions[i].action),
                                                  filled(m, j, &t->permissions[i].resource, true)};
    s->form = form;
    s->form_count = t->form_count;
    s->permissions = permissions;
    s->permission_count = t->permission_count;
}

/* Rules that the step frees, what they say of its state, and whether READY rests on it. */
static void fill_rules(const struct making *m, const struct step_template *t, const struct variant *v,
                       struct made_step *made)
{
    struct plan_step *s = &made->step;
    size_t count = v->rules ? v->rule_count : t->free_count;
    const str *from = v->rules ? v->rules : t->frees;
    str *rules = NEW_ARRAY(m->keep, str, count + 1);
    bool failed = false, unknown = false;
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = v->finding ? v->finding : making_open(m, from[i]);
        if (!f || (!v->rules && !frees(m, t, f)))
            continue;
        rules[s->rule_count++] = making_keep(m, from[i]);
        failed |= f->outcome == OUTCOME_FAIL;
        unknown |= f->outcome == OUTCOME_UNKNOWN;
        made->blocks |= f->severity == SEVERITY_BLOCKER;
    }
    s->rules = rules;
    s->state = unknown && !failed ? STEP_CHECK : STEP_TO_DO;
}

static plan_actor actor_of_command(const struct fix *f)
{
    if (f->command_len < 2 || !str_is(f->command[0], "aws"))
        return ACTOR_PERSON;
    return str_is(f->command[1], "organizations") ? ACTOR_MANAGEMENT : ACTOR_MEMBER;
}

static const str *keep_words(const struct making *m, const str *words, size_t count)
{
    str *kept = NEW_ARRAY(m->keep, str, count + 1);
    for (size_t i = 0; i < count; i++)
        kept[i] = making_keep(m, words[i]);
    return kept;
}

/* The fixes of a rule: the first, with what leads to its command, is the step; the others follow. */
static void fill_from_fix(const struct making *m, const struct finding *f, struct plan_step *s)
{
    struct fix *more = NEW_ARRAY(m->keep, struct fix, f->fix_count + 1);
    s->text = f->outcome == OUTCOME_FAIL ? arena_printf(m->keep, "%.*s.", STR_ARG(f->message)) : (str){0};
    s->expect = arena_printf(m->keep, "%.*s.", STR_ARG(f->title));
    for (size_t i = 0; i < f->fix_count; i++) {
        const struct fix *x = &f->fixes[i];
        struct fix kept = {making_keep(m, x->text), (str *)keep_words(m, x->command, x->command_len), x->command_len};
        if (i && (s->command_len || str_starts(x->text, STR("Or ")))) {
            more[s->more_count++] = kept;
            continue;
        }
        s->text = s->text.len ? arena_printf(m->keep, "%.*s %.*s", STR_ARG(s->text), STR_ARG(kept.text)) : kept.text;
        s->command = kept.command_len ? kept.command : NULL;
        s->command_len = kept.command_len;
        if (i == 0 || kept.command_len)
            s->actor = actor_of_command(x);
    }
    s->more = more;
}

static void fill_capture(const struct making *m, const struct variant *v, struct plan_step *s)
{
    size_t count;
    const str *words = call_words(m->v->arena, v->call, &count);
    str *command = NEW_ARRAY(m->keep, str, count + 1);
    command[0] = STR("aws");
    for (size_t i = 0; i < count; i++)
        command[i + 1] = making_keep(m, words[i]);
    s->command = command;
    s->command_len = count + 1;
    s->actor = captures[v->call->kind].of_account && captures[v->call->kind].side != SIDE_MANAGEMENT &&
                       !str_eq(v->call->account, m->v->check->org->management_account)
                   ? ACTOR_MEMBER
                   : ACTOR_MANAGEMENT;
    if (captures[v->call->kind].action) {
        struct plan_permission *p = NEW(m->keep, struct plan_permission);
        *p = (struct plan_permission){str_from(captures[v->call->kind].action), STR("*")};
        s->permissions = p;
        s->permission_count = 1;
    }
}

static void make_one(struct making *m, size_t index, struct variant *v)
{
    const struct step_template *t = &m->templates[index];
    struct judge j = *m->v->judge;
    struct made_step *made = VEC_PUSH(m->keep, &m->made.items);
    struct plan_step *s = &made->step;
    struct changes changes = {0};
    str now = time_format(m->v->arena, m->now);
    add_word(v, "now", now);
    add_word(v, "ready_at", now);
    add_word(v, "today", time_format_date(m->v->arena, m->now));
    add_word(v, "in_two_weeks", time_format(m->v->arena, m->now + 14 * (int64_t)DAY));
    add_word(v, "in_a_year", time_format_date(m->v->arena, m->now + 365 * (int64_t)DAY));
    add_word(v, "snapshot", m->v->check->options.snapshot);
    add_word(v, "accounts", STR(ACCOUNTS_MARK));
    j.words = v->words;
    j.word_count = v->word_count;
    *made = (struct made_step){.template = index, .chained = v->chained};
    *s = (struct plan_step){.id = making_keep(m, t->id),
                            .phase = t->phase,
                            .actor = t->actor,
                            .reversible = t->reversible,
                            .text = filled(m, &j, &t->text, false),
                            .console = filled(m, &j, &t->console, false),
                            .expect = filled(m, &j, &t->expect, false),
                            .command = t->command_len ? filled_words(m, &j, t->command, t->command_len) : NULL,
                            .command_len = t->command_len,
                            .verify = t->verify_len ? filled_words(m, &j, t->verify, t->verify_len) : NULL,
                            .verify_len = t->verify_len,
                            .has_not_before = v->has_not_before,
                            .not_before = v->not_before};
    fill_form(m, &j, t, s);
    fill_rules(m, t, v, made);
    fill_changes(m, &j, t->changes, t->change_count, v->last, &changes);
    if (v->finding)
        fill_from_fix(m, v->finding, s);
    if (v->finding)
        fix_changes(m, v->finding, &changes);
    if (v->topic)
        attest_change(m, v->topic, &changes);
    if (v->denial)
        denial_changes(m, v->denial, &changes);
    if (v->call) {
        fill_capture(m, v, s);
        capture_changes(m, &j, v, &changes);
    }
    if (v->lift) {
        struct plan_lift *lift = NEW(m->keep, struct plan_lift);
        *lift = v->lift->lift;
        s->lift = lift;
        for (size_t i = 0; i < v->lift->change_count; i++)
            *VEC_PUSH(m->keep, &changes.items) = v->lift->changes[i];
    }
    s->changes = changes.items.items;
    s->change_count = changes.items.count;
}

/* ---- how often ---- */

static void each_text(struct making *m, size_t index)
{
    const struct step_template *t = &m->templates[index];
    const struct value *list = m->v->judge->facts->field(m->v->judge->facts->self, t->each_field, m->on);
    size_t count = list->state == VALUE_KNOWN ? list->as.list.count : 0;
    for (size_t i = 0; i < count; i++) {
        struct variant v = {.last = i + 1 == count, .chained = i > 0};
        add_word(&v, "item", list->as.list.items[i].text);
        make_one(m, index, &v);
    }
    if (!count) { /* which they are is not known: once, with a blank to fill in */
        struct variant v = {.last = true};
        make_one(m, index, &v);
    }
}

/* Names of what open blockers need of a kind, each once, with the rules that need it. */
struct wanted {
    VEC(struct wanted_item {
        str name;
        VEC(str) rules;
    })
    items;
};

static void want(struct making *m, struct wanted *w, str name, str rule)
{
    for (size_t i = 0; i < w->items.count; i++)
        if (str_eq(w->items.items[i].name, name)) {
            *VEC_PUSH(m->v->arena, &w->items.items[i].rules) = rule;
            return;
        }
    struct wanted_item *item = VEC_PUSH(m->v->arena, &w->items);
    item->name = name;
    *VEC_PUSH(m->v->arena, &item->rules) = rule;
}

static bool is_covered(const struct making *m, str rule)
{
    for (size_t i = 0; i < m->made.items.count; i++)
        for (size_t k = 0; k < m->made.items.items[i].step.rule_count; k++)
            if (str_eq(m->made.items.items[i].step.rules[k], rule))
                return true;
    return false;
}

static struct wanted wanted_of(struct making *m, step_each each)
{
    struct wanted w = {0};
    const struct account_result *r = m->v->result;
    for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++) {
        if (!finding_is_open(f, m->on) || f->severity != SEVERITY_BLOCKER)
            continue;
        if (each != EACH_CAPTURE && (waits_for_capture(m, f) || is_covered(m, f->rule)))
            continue;
        for (size_t i = 0; i < f->need_count; i++) {
            const struct need *n = &f->needs[i];
            bool is = each == EACH_CAPTURE       ? is_capture(m, n)
                      : each == EACH_ATTESTATION ? is_kind(n, "attestation")
                                                 : is_kind(n, "context-key");
            if (is && f->outcome == OUTCOME_UNKNOWN)
                want(m, &w, n->name, f->rule);
        }
    }
    return w;
}

static void each_need(struct making *m, size_t index, step_each each)
{
    struct wanted w = wanted_of(m, each);
    for (size_t i = 0; i < w.items.count; i++) {
        const struct wanted_item *item = &w.items.items[i];
        struct variant v = {.rules = item->rules.items, .rule_count = item->rules.count, .last = true};
        struct call *call = NEW(m->v->arena, struct call);
        if (each == EACH_CAPTURE) {
            if (!call_of_path(m->v->arena, item->name, call))
                continue;
            v.call = call;
            v.path = item->name;
            add_word(&v, "capture", item->name);
            add_word(&v, "call", call_command(m->v->arena, call));
            add_word(&v, "argument", call->argument);
        } else if (each == EACH_ATTESTATION) {
            v.topic = ruleset_topic(m->v->check->rules, item->name);
            add_word(&v, "topic", item->name);
        } else {
            add_word(&v, "key", item->name);
        }
        make_one(m, index, &v);
    }
}

/* Service Authorization Reference, resource types of AWS Organizations. */
static str target_arn(struct making *m, str id)
{
    const struct organization *o = m->v->check->org;
    const char *type = str_starts(id, STR("r-")) ? "root" : str_starts(id, STR("ou-")) ? "ou" : "account";
    return arena_printf(m->v->arena, "arn:%.*s:organizations::%.*s:%s/%.*s/%.*s",
                        STR_ARG(o->partition.len ? o->partition : STR("aws")), STR_ARG(o->management_account), type,
                        STR_ARG(o->id), STR_ARG(id));
}

static str policy_arn(struct making *m, str id)
{
    const struct organization *o = m->v->check->org;
    str partition = o->partition.len ? o->partition : STR("aws");
    const struct org_policy *p = map_get(&o->policies_by_id, id);
    if (str_is(id, "p-FullAWSAccess") || (p && p->aws_managed == TRI_YES))
        return arena_printf(m->v->arena, "arn:%.*s:organizations::aws:policy/service_control_policy/%.*s",
                            STR_ARG(partition), STR_ARG(id));
    return arena_printf(m->v->arena, "arn:%.*s:organizations::%.*s:policy/%.*s/service_control_policy/%.*s",
                        STR_ARG(partition), STR_ARG(o->management_account), STR_ARG(o->id), STR_ARG(id));
}

static void each_lift(struct making *m, size_t index)
{
    const struct lift *l = making_lift(m);
    for (size_t i = 0; i < l->items.count; i++) {
        const struct lift_item *item = &l->items.items[i];
        if (item->each != m->templates[index].each)
            continue;
        struct variant v = {.rules = l->rules, .rule_count = l->rule_count, .lift = item, .last = true};
        add_word(&v, "policy", item->lift.policy);
        add_word(&v, "policy_name", item->lift.policy_name);
        add_word(&v, "statement", item->lift.statement.len ? item->lift.statement : STR("(without a Sid)"));
        add_word(&v, "level", item->lift.level);
        add_word(&v, "level_path", item->lift.level_path);
        const struct org_account *listed = m->v->account->listed;
        add_word(&v, "level_arn", target_arn(m, item->lift.level));
        add_word(&v, "policy_arn", policy_arn(m, item->lift.policy));
        add_word(&v, "parent_arn", listed && listed->parent ? target_arn(m, listed->parent->id) : STR("*"));
        add_word(&v, "ou", item->lift.level);
        add_word(&v, "ou_path", item->lift.level_path);
        add_word(&v, "condition", item->condition);
        add_word(&v, "content", item->content);
        add_word(&v, "others", arena_printf(m->v->arena, "%zu", item->lift.other_accounts));
        make_one(m, index, &v);
        struct plan_step *s = &m->made.items.items[m->made.items.count - 1].step;
        if (l->instead.len && i == 0) {
            struct fix *other = NEW(m->keep, struct fix);
            *other = (struct fix){.text = l->instead};
            s->more = other;
            s->more_count = 1;
        }
    }
}

static void each_wait(struct making *m, size_t index)
{
    const struct step_template *t = &m->templates[index];
    for (size_t i = 0; i < t->free_count; i++) {
        const struct finding *f = making_open(m, t->frees[i]);
        struct judgement j = {0};
        if (f)
            judge(m->v->arena, m->v->judge, ruleset_find(m->v->check->rules, f->rule), m->on, &j);
        if (!f || !j.has_passes_at)
            continue;
        struct variant v = {
            .rules = &t->frees[i], .rule_count = 1, .has_not_before = true, .not_before = j.passes_at, .last = true};
        make_one(m, index, &v);
    }
}

/* Identity policies and boundaries: evidence of a statement at no level. */
static bool is_denial(const struct evidence *ev)
{
    return !ev->level.len && (ev->sid.ptr || ev->statement >= 0) && ev->pointer.len;
}

/* Statements later in their list first: taking one away moves those behind it. */
static void each_denial(struct making *m, size_t index, bool grant)
{
    const struct step_template *t = &m->templates[index];
    for (size_t i = 0; i < t->free_count; i++) {
        const struct finding *f = making_open(m, t->frees[i]);
        size_t denials = 0;
        bool of_scps = false;
        for (size_t k = f ? f->evidence_count : 0; k-- > 0;) {
            const struct evidence *ev = &f->evidence[k];
            of_scps |= ev->level.len > 0;
            if (!is_denial(ev))
                continue;
            denials++;
            struct variant v = {.rules = &t->frees[i], .rule_count = 1, .denial = ev, .last = true};
            add_word(&v, "policy", ev->policy);
            add_word(&v, "statement", ev->sid.ptr ? ev->sid : arena_printf(m->v->arena, "%d", ev->statement));
            add_word(&v, "file", ev->file);
            if (!grant && frees(m, t, f))
                make_one(m, index, &v);
        }
        struct variant v = {.rules = &t->frees[i], .rule_count = 1, .last = true};
        if (grant && f && frees(m, t, f) && !denials && !of_scps)
            make_one(m, index, &v);
    }
}

/* A warning that some step is for is not told by its fix as well, needed or not. */
static bool has_template(const struct making *m, str rule)
{
    for (size_t i = 0; i < m->template_count; i++)
        for (size_t k = 0; k < m->templates[i].free_count; k++)
            if (str_eq(m->templates[i].frees[k], rule))
                return true;
    return false;
}

static bool makes_progress(const struct making *m)
{
    for (size_t i = 0; i < m->made.items.count; i++)
        if (m->made.items.items[i].blocks && m->made.items.items[i].step.phase == PHASE_BEFORE)
            return true;
    return false;
}

/* A blocker that is unknown is told by its fix only when nothing else can be done: the other steps may settle it. */
static bool wants_fix(const struct making *m, const struct finding *f, bool progress)
{
    bool attested = false;
    for (size_t i = 0; i < f->need_count; i++)
        attested |= is_kind(&f->needs[i], "attestation");
    if (!finding_is_open(f, m->on) || !f->fix_count || waits_for_capture(m, f) || is_covered(m, f->rule))
        return false;
    return (f->severity == SEVERITY_BLOCKER && (f->outcome == OUTCOME_FAIL || !progress)) ||
           (f->severity == SEVERITY_WARNING && (f->outcome == OUTCOME_FAIL || attested) &&
            (f->is_also || !has_template(m, f->rule)));
}

static void each_fix(struct making *m, size_t index)
{
    const struct account_result *r = m->v->result;
    bool progress = makes_progress(m);
    for (const struct finding *f = r->findings; f < r->findings + r->finding_count; f++) {
        if (!wants_fix(m, f, progress))
            continue;
        struct variant v = {.rules = &f->rule, .rule_count = 1, .finding = f, .last = true};
        make_one(m, index, &v);
    }
}

static void make(struct making *m, size_t index)
{
    const struct step_template *t = &m->templates[index];
    struct variant once = {.last = true};
    switch (t->each) {
    case EACH_ONCE: make_one(m, index, &once); break;
    case EACH_FIELD: each_text(m, index); break;
    case EACH_CAPTURE:
    case EACH_ATTESTATION:
    case EACH_KEY: each_need(m, index, t->each); break;
    case EACH_WAIT: each_wait(m, index); break;
    case EACH_DETACH:
    case EACH_ATTACH:
    case EACH_MOVE:
    case EACH_EXEMPT: each_lift(m, index); break;
    case EACH_DENIAL: each_denial(m, index, false); break;
    case EACH_GRANT: each_denial(m, index, true); break;
    case EACH_FIX: each_fix(m, index); break;
    }
}

/* Those that take what the others leave come last, however they stand in the packs. */
static bool takes_the_rest(const struct step_template *t)
{
    return t->each == EACH_ATTESTATION || t->each == EACH_KEY || t->each == EACH_FIX;
}

/* A step whose rules have all passed: told when everything is wanted. */
static bool is_done(struct making *m, const struct step_template *t)
{
    if (!m->full || !(t->routes & ROUTE_BIT(m->on)) || !t->free_count || t->each != EACH_ONCE || t->no_way ||
        t->phase != PHASE_BEFORE || !t->on_fail)
        return false;
    for (size_t i = 0; i < t->free_count; i++) {
        const struct rule *r = ruleset_find(m->v->check->rules, t->frees[i]);
        if (!r || r->disabled || !rule_applies(r, m->on) || making_open(m, t->frees[i]))
            return false;
    }
    return true;
}

static void make_done(struct making *m, size_t index)
{
    struct variant once = {.last = true};
    make_one(m, index, &once);
    struct plan_step *s = &m->made.items.items[m->made.items.count - 1].step;
    s->state = STEP_DONE;
    s->rules = keep_words(m, m->templates[index].frees, m->templates[index].free_count);
    s->rule_count = m->templates[index].free_count;
    s->changes = NULL;
    s->change_count = 0;
}

void making_steps(struct making *m)
{
    m->needed = NEW_ARRAY(m->v->arena, signed char, m->template_count + 1);
    for (size_t i = 0; i < m->template_count; i++) {
        const struct step_template *t = &m->templates[i];
        if (!t->no_way || !is_needed(m, i))
            continue;
        m->no_way = filled(m, m->v->judge, &t->text, false);
        for (size_t k = 0; k < t->free_count && !m->no_way_rule.len; k++)
            if (making_open(m, t->frees[k]))
                m->no_way_rule = making_keep(m, t->frees[k]);
        return;
    }
    for (size_t i = 0; i < m->template_count; i++)
        if (m->templates[i].alone && is_needed(m, i)) {
            make(m, i);
            m->alone = true;
        }
    for (int rest = 0; rest < 2 && !m->alone; rest++)
        for (size_t i = 0; i < m->template_count; i++) {
            const struct step_template *t = &m->templates[i];
            if (t->no_way || takes_the_rest(t) != (rest > 0))
                continue;
            if (is_needed(m, i))
                make(m, i);
            else if (!rest && is_done(m, t))
                make_done(m, i);
        }
}
