/* check_account.c - judges one account by every rule on every route, and keeps the findings with their places. */
#include <stdlib.h>

#include "base/clock.h"
#include "org/attest_edit.h"
#include "rules/check_run.h"

struct work {
    struct check *check;
    arena *arena;
    struct account *account;
    struct facts facts;
    struct judge judge;
    VEC(struct finding) findings;
    VEC(struct obstacle) obstacles;
    struct verdict_record *records[ROUTE_COUNT];
    size_t record_count[ROUTE_COUNT];
    bool has_end[ROUTE_COUNT]; /* what first ends a READY of the route */
    int64_t end[ROUTE_COUNT];
    str end_because[ROUTE_COUNT];
    size_t open[ROUTE_COUNT];      /* blockers that neither passed nor were waived */
    int64_t opens_at[ROUTE_COUNT]; /* when waiting settles the one that is left */
    bool waits[ROUTE_COUNT];
    unsigned waived[ROUTE_COUNT];
    outcome *by_rule;
    bool *has_rule;
    struct told { /* what a rule said, where it says the same on every route */
        bool judged, has_end;
        struct judgement judgement;
        int64_t end;
        const char *end_topic;
    } * told;
};

/* ---- evidence ---- */

struct evidence check_locate(arena *a, const struct mark *m, bool look_up)
{
    struct evidence e = {.file = m->file,
                         .level = m->level,
                         .level_path = m->level_path,
                         .policy = m->policy,
                         .policy_name = m->policy_name,
                         .sid = m->sid,
                         .statement = m->source ? m->statement : -1,
                         .text = m->text};
    if (!m->source)
        return e;
    e.file = source_file_of(m->source, m->node);
    if (!m->node || !look_up)
        return e;
    struct position at = {0};
    source_locate(a, m->source, m->node, &at);
    e.pointer = at.pointer;
    e.inner_pointer = at.inner_pointer;
    e.line = at.line;
    e.column = at.column;
    e.end_column = at.end_column;
    e.excerpt = at.excerpt;
    e.excerpt_line = at.excerpt_line;
    e.excerpt_column = at.excerpt_column;
    e.excerpt_end = at.excerpt_end;
    return e;
}

/* NUL between the parts, which stands in none of them: "%s" would end there. */
struct print {
    arena *arena;
    VEC(char) bytes;
};

static void print_add(struct print *p, str part)
{
    for (size_t i = 0; i < part.len; i++)
        *VEC_PUSH(p->arena, &p->bytes) = part.ptr[i];
    (void)VEC_PUSH(p->arena, &p->bytes);
}

static void fingerprint(struct work *w, struct finding *f)
{
    struct print p = {.arena = w->arena};
    print_add(&p, f->rule);
    print_add(&p, w->account->id);
    print_add(&p, str_from(outcome_name(f->unwaived)));
    print_add(&p, arena_printf(w->arena, "%u", f->routes));
    for (const struct evidence *ev = f->evidence; ev < f->evidence + f->evidence_count; ev++) {
        print_add(&p, ev->file);
        print_add(&p, ev->policy);
        print_add(&p, ev->sid.ptr ? ev->sid : arena_printf(w->arena, "%d", ev->statement));
    }
    str hex = sha256_hex(w->arena, w->check->digest, p.bytes.items, p.bytes.count);
    memcpy(f->fingerprint, hex.ptr, 16);
    f->fingerprint[16] = '\0';
}

/* ---- waivers ---- */

static const struct waiver *waiver_of(const struct work *w, str rule)
{
    const struct check *c = w->check;
    if (c->options.no_waivers)
        return NULL;
    for (size_t i = 0; i < c->attestations->waivers.count; i++) {
        const struct waiver *waiver = &c->attestations->waivers.items[i];
        if (!str_eq(waiver->rule, rule) || waiver->valid_until < c->options.as_of)
            continue;
        for (size_t k = 0; k < waiver->account_count; k++)
            if (str_eq(waiver->accounts[k], w->account->id))
                return waiver;
    }
    return NULL;
}

static void ends(struct work *w, route r, int64_t end, str because)
{
    if (w->has_end[r] && w->end[r] <= end)
        return;
    w->has_end[r] = true;
    w->end[r] = end;
    w->end_because[r] = because;
}

/* ---- findings ---- */

static struct finding *same_finding(struct work *w, const struct finding *f)
{
    for (size_t i = 0; i < w->findings.count; i++) {
        struct finding *g = &w->findings.items[i];
        if (str_eq(g->rule, f->rule) && g->severity == f->severity && g->outcome == f->outcome &&
            str_eq(g->message, f->message))
            return g;
    }
    return NULL;
}

static void keep_marks(struct work *w, struct finding *f, const struct judgement *j)
{
    bool look_up = f->outcome != OUTCOME_PASS || w->check->options.pass_evidence;
    struct evidence *evidence = NEW_ARRAY(w->arena, struct evidence, j->mark_count);
    for (size_t i = 0; i < j->mark_count; i++)
        evidence[i] = check_locate(w->arena, &j->marks[i], look_up);
    f->evidence = evidence;
    f->evidence_count = j->mark_count;
}

/* Words of a command that the pack cannot know: where the snapshot is, which policy at which level denies. */
static str fill_word(const struct work *w, const struct finding *f, str word)
{
    if (str_is(word, "SNAPSHOT"))
        return w->check->options.snapshot;
    for (size_t i = 0; i < f->evidence_count; i++) {
        if (str_is(word, "POLICY-ID") && f->evidence[i].level.len && f->evidence[i].policy.len)
            return f->evidence[i].policy;
        if (str_is(word, "LEVEL-ID") && f->evidence[i].level.len)
            return f->evidence[i].level;
    }
    return word;
}

static void fill_commands(const struct work *w, struct finding *f)
{
    for (size_t i = 0; i < f->fix_count; i++)
        for (size_t k = 0; k < f->fixes[i].command_len; k++)
            f->fixes[i].command[k] = fill_word(w, f, f->fixes[i].command[k]);
}

static void keep_finding(struct work *w, const struct rule *r, route on, const struct judgement *j,
                         const struct waiver *waiver)
{
    struct finding f = {.rule = r->id,
                        .title = r->title,
                        .severity = j->severity,
                        .outcome = waiver ? OUTCOME_WAIVED : j->outcome,
                        .unwaived = j->outcome,
                        .is_also = j->is_also,
                        .routes = ROUTE_BIT(on),
                        .message = j->message};
    struct finding *known = same_finding(w, &f);
    if (known) {
        known->routes |= f.routes;
        return;
    }
    f.why = r->why;
    f.predicts = r->predict_count ? r->predicts[0] : (str){0};
    f.depends_on = j->depends_on;
    f.depends_on_count = j->depends_on_count;
    f.needs = j->needs;
    f.need_count = j->need_count;
    f.references = r->references;
    f.reference_count = r->reference_count;
    keep_marks(w, &f, j);
    if (j->outcome != OUTCOME_PASS)
        f.fixes = judge_fixes(w->arena, &w->judge, j->by, on, &f.fix_count);
    fill_commands(w, &f);
    if (waiver) {
        struct waiver_note *note = NEW(w->arena, struct waiver_note);
        *note = (struct waiver_note){waiver->by, waiver->reason, waiver->valid_until_text};
        f.waiver = note;
    }
    *VEC_PUSH(w->arena, &w->findings) = f;
}

/* ---- obstacles: what stands in the way, in words that are the same for other accounts ---- */

static str obstacle_text(struct work *w, const struct rule *r, const struct judgement *j)
{
    const struct mark *m = NULL;
    for (size_t i = 0; i < j->mark_count && !m; i++)
        if (j->marks[i].level.len)
            m = &j->marks[i];
    if (m && m->policy.len) {
        str name = m->policy_name.len ? m->policy_name : m->policy;
        return arena_printf(w->arena, "SCP %.*s (%.*s) at %.*s", STR_ARG(name), STR_ARG(m->policy),
                            STR_ARG(m->level_path.len ? m->level_path : m->level));
    }
    if (m)
        return arena_printf(w->arena, "SCPs at %.*s", STR_ARG(m->level_path.len ? m->level_path : m->level));
    for (size_t i = 0; i < j->need_count; i++)
        if (strcmp(j->needs[i].kind, "attestation") == 0)
            return arena_printf(w->arena, "%.*s is not attested, or no longer", STR_ARG(j->needs[i].name));
    return arena_printf(w->arena, "%.*s (%.*s)", STR_ARG(r->id), STR_ARG(r->title));
}

static void keep_obstacle(struct work *w, const struct rule *r, route on, const struct judgement *j)
{
    struct obstacle o = {obstacle_text(w, r, j), r->id, j->outcome, ROUTE_BIT(on)};
    for (size_t i = 0; i < w->obstacles.count; i++) {
        struct obstacle *k = &w->obstacles.items[i];
        if (str_eq(k->text, o.text)) {
            k->routes |= o.routes;
            if (o.outcome == OUTCOME_FAIL)
                k->outcome = OUTCOME_FAIL;
            return;
        }
    }
    *VEC_PUSH(w->arena, &w->obstacles) = o;
}

/* ---- judging ---- */

static void count_rule(struct work *w, size_t index, outcome o)
{
    static const int rank[] = {[OUTCOME_FAIL] = 4,
                               [OUTCOME_UNKNOWN] = 3,
                               [OUTCOME_WAIVED] = 2,
                               [OUTCOME_PASS] = 1,
                               [OUTCOME_NOT_APPLICABLE] = 0};
    if (!w->has_rule[index] || rank[o] > rank[w->by_rule[index]])
        w->by_rule[index] = o;
    w->has_rule[index] = true;
}

static void note_blocker(struct work *w, const struct rule *r, route on, const struct judgement *j,
                         const struct waiver *waiver)
{
    outcome o = waiver ? OUTCOME_WAIVED : j->outcome;
    w->records[on][w->record_count[on]++] = (struct verdict_record){r->id, o};
    if (waiver) {
        w->waived[on]++;
        ends(w, on, waiver->valid_until, arena_printf(w->arena, "waiver of %.*s", STR_ARG(r->id)));
    }
    if (o == OUTCOME_PASS && w->facts.has_end)
        ends(w, on, w->facts.end, str_from(w->facts.end_topic));
    if (o != OUTCOME_FAIL && o != OUTCOME_UNKNOWN)
        return;
    w->open[on]++;
    w->waits[on] = j->has_passes_at;
    w->opens_at[on] = j->passes_at;
    keep_obstacle(w, r, on, j);
}

/* Judges the rule, or tells again what it said on another route. */
static struct judgement say(struct work *w, size_t index, const struct rule *r, route on)
{
    struct told *t = &w->told[index];
    if (!t->judged) {
        facts_forget_ends(&w->facts);
        judge(w->arena, &w->judge, r, on, &t->judgement);
        t->judged = !w->check->varies[index];
        t->has_end = w->facts.has_end;
        t->end = w->facts.end;
        t->end_topic = w->facts.end_topic;
    }
    w->facts.has_end = t->has_end;
    w->facts.end = t->end;
    w->facts.end_topic = t->end_topic;
    t->judgement.severity = rule_severity(t->judgement.is_also ? r->also : r, on);
    return t->judgement;
}

static void judge_rule(struct work *w, size_t index, const struct rule *r, route on)
{
    struct judgement j = say(w, index, r, on);
    const struct waiver *waiver = NULL;
    bool blocker = rule_severity(r, on) == SEVERITY_BLOCKER;
    if ((j.outcome == OUTCOME_FAIL || j.outcome == OUTCOME_UNKNOWN) &&
        (j.severity != SEVERITY_BLOCKER || r->waivable)) {
        waiver = waiver_of(w, r->id);
        if (waiver && j.outcome == OUTCOME_UNKNOWN && !waiver->accept_unknown)
            waiver = NULL;
    }
    if (blocker && j.is_also) /* as a blocker it passed */
        note_blocker(w, r, on, &(struct judgement){.by = r, .outcome = OUTCOME_PASS}, NULL);
    else if (blocker)
        note_blocker(w, r, on, &j, waiver);
    count_rule(w, index, waiver ? OUTCOME_WAIVED : j.outcome);
    if (j.outcome != OUTCOME_NOT_APPLICABLE)
        keep_finding(w, r, on, &j, waiver);
}

static int rank_of(const struct finding *f)
{
    static const int by_outcome[] = {[OUTCOME_FAIL] = 0,
                                     [OUTCOME_UNKNOWN] = 1,
                                     [OUTCOME_WAIVED] = 2,
                                     [OUTCOME_PASS] = 3,
                                     [OUTCOME_NOT_APPLICABLE] = 4};
    if (f->outcome == OUTCOME_PASS || f->outcome == OUTCOME_WAIVED)
        return 100 + by_outcome[f->outcome] * 10 + (int)f->severity;
    return (int)f->severity * 10 + by_outcome[f->outcome];
}

/* Problems first, the worst before the others; then in the order of the rules. */
static void sort_findings(struct finding *items, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct finding f = items[i];
        size_t k = i;
        for (; k > 0 && rank_of(&items[k - 1]) > rank_of(&f); k--)
            items[k] = items[k - 1];
        items[k] = f;
    }
}

static void judge_routes(struct work *w, struct account_result *out)
{
    const struct check *c = w->check;
    size_t rules = ruleset_count(c->rules);
    for (int on = 0; on < ROUTE_COUNT; on++) {
        if (!(c->options.routes & ROUTE_BIT(on)))
            continue;
        w->records[on] = NEW_ARRAY(w->arena, struct verdict_record, rules);
        for (size_t i = 0; i < rules; i++) {
            const struct rule *r = ruleset_rule(c->rules, i);
            if (!r->disabled && rule_applies(r, (route)on))
                judge_rule(w, i, r, (route)on);
        }
        size_t expected;
        const str *blockers = ruleset_blockers(c->rules, (route)on, &expected);
        out->routes[on] = verdict_of(blockers, expected, w->records[on], w->record_count[on]);
        const struct principal *actor = facts_actor(&w->facts, (route)on);
        out->actors[on] = actor->known ? actor->arn : (str){0};
    }
    for (int on = 0; on < ROUTE_COUNT && w->account->errors.count; on++)
        out->routes[on] =
            VERDICT_UNDETERMINED; /* an input could not be read, be it on the last route: no verdict from it */
}

static void tell_times(struct work *w, struct account_result *out)
{
    const struct snapshot *s = w->check->org->snapshot;
    if (out->verdict == VERDICT_READY && out->by_route >= 0) {
        route r = (route)out->by_route;
        if (s->has_captured_at)
            ends(w, r, s->captured_at + w->check->options.max_age, STR("capture age"));
        out->has_ready_until = w->has_end[r];
        out->ready_until = w->end[r];
        out->ready_until_because = w->end_because[r];
        out->waived = w->waived[r];
        return;
    }
    for (int on = 0; on < ROUTE_COUNT; on++) {
        if (!(w->check->options.routes & ROUTE_BIT(on)) || w->account->errors.count || w->open[on] != 1 ||
            !w->waits[on])
            continue;
        if (!out->has_ready_from || w->opens_at[on] < out->ready_from)
            out->ready_from = w->opens_at[on];
        out->has_ready_from = true;
    }
}

static void name_account(const struct account *account, struct account_result *out)
{
    const struct org_account *listed = account->listed;
    if (!listed)
        return;
    out->name = listed->name;
    if (listed->parent && listed->parent->anchored)
        out->path = listed->parent->path;
}

const struct fact_source *check_facts(struct check *c, arena *a, str account)
{
    struct facts *facts = NEW(a, struct facts);
    struct fact_source *out = NEW(a, struct fact_source);
    facts_open(facts, a, &c->facts, account_load(a, c->org, account, NULL));
    *out = facts_source(facts);
    return out;
}

bool check_passes_as(const struct visit *v, const struct org_account *listed, const struct rule *r, route on)
{
    struct account *account = NEW(v->arena, struct account);
    struct facts *moved = NEW(v->arena, struct facts);
    struct judgement j;
    *account = *v->account;
    account->listed = (struct org_account *)listed;
    facts_open(moved, v->arena, &v->check->facts, account);
    struct fact_source facts = facts_source(moved);
    judge(v->arena, &(struct judge){.facts = &facts, .as_of = v->judge->as_of}, r, on, &j);
    return j.outcome == OUTCOME_PASS || j.outcome == OUTCOME_NOT_APPLICABLE;
}

/* What people said of the account, whether it still holds or not. */
static void tell_attested(struct work *w, struct account_result *out)
{
    const struct attestations *all = w->facts.run->attestations;
    const struct account_attestations *of = map_get(&all->by_account, w->account->id);
    size_t count = of ? of->count : 0;
    struct attested *items = NEW_ARRAY(w->arena, struct attested, count);
    for (size_t i = 0; i < count; i++) {
        const struct attestation *entry = &of->items[i];
        struct attest_words words = attest_entry_words(w->arena, all, entry);
        const str *field = words.field, kind = field[ATTEST_KIND];
        const char *supported = entry->supported == TRI_UNKNOWN ? ""
                                : entry->supported == TRI_YES   ? "supported"
                                                                : "not supported";
        items[i] = (struct attested){
            .topic = str_from(entry->topic->name),
            .value = field[ATTEST_VALUE],
            .by = field[ATTEST_BY],
            .date = field[ATTEST_DATE].len ? field[ATTEST_DATE] : time_format_date(w->arena, entry->date),
            .valid_until = field[ATTEST_VALID_UNTIL],
            .evidence = field[ATTEST_EVIDENCE],
            .more = arena_printf(w->arena, "%.*s%s%s", STR_ARG(kind), kind.len && *supported ? ", " : "", supported),
        };
    }
    out->attested = items;
    out->attested_count = count;
}

static void judge_account(struct check *c, arena *a, const struct facts_run *run, struct known_store *known, str id,
                          struct account_slot *slot)
{
    struct work *w = NEW(a, struct work);
    struct account_result *out = &slot->result;
    size_t rules = ruleset_count(c->rules);
    w->check = c;
    w->arena = a;
    w->account = account_load(a, run->org, id, known);
    w->by_rule = NEW_ARRAY(a, outcome, rules);
    w->has_rule = NEW_ARRAY(a, bool, rules);
    w->told = NEW_ARRAY(a, struct told, rules);
    facts_open(&w->facts, a, run, w->account);
    struct fact_source facts = facts_source(&w->facts);
    w->judge = (struct judge){.facts = &facts, .as_of = c->options.as_of};

    *out = (struct account_result){.id = id, .by_route = -1};
    out->counted = c->named || !str_eq(id, c->org->management_account);
    name_account(w->account, out);
    judge_routes(w, out);
    out->verdict = verdict_over(out->routes, c->options.routes, &out->by_route);
    tell_times(w, out);

    sort_findings(w->findings.items, w->findings.count);
    size_t kept = 0;
    for (size_t i = 0; i < w->findings.count; i++) {
        struct finding *f = &w->findings.items[i];
        out->passed += f->outcome == OUTCOME_PASS;
        if (c->options.only_problems && f->outcome == OUTCOME_PASS)
            continue;
        fingerprint(w, f);
        w->findings.items[kept++] = *f;
    }
    out->findings = w->findings.items;
    out->finding_count = kept;
    for (size_t i = 0; i < rules; i++)
        out->not_applicable += w->has_rule[i] && w->by_rule[i] == OUTCOME_NOT_APPLICABLE;
    out->errors = w->account->errors.items;
    out->error_count = w->account->errors.count;
    if (c->options.audit)
        tell_attested(w, out);
    if (c->options.private_words)
        private_of_account(a, &w->facts, out);
    if (c->visit)
        c->visit(c->visitor, &(struct visit){c, a, &w->judge, w->account, out});
    slot->by_rule = w->by_rule;
    slot->has_rule = w->has_rule;
    slot->obstacles = w->obstacles.items;
    slot->obstacle_count = w->obstacles.count;
}

void check_judge_account(struct check *c, arena *a, struct known_store *known, str id, struct account_slot *slot)
{
    judge_account(c, a, &c->facts, known, id, slot);
}

/* An error of the line as a whole: there is no account to tell it of. */
static void spoilt_line(arena *a, const error *e, struct account_slot *slot)
{
    struct input_error *told = NEW(a, struct input_error);
    *told = input_error_from(a, e);
    slot->result = (struct account_result){.errors = told, .error_count = 1};
}

void check_judge_line(struct check *c, arena *a, struct known_store *known, struct account_slot *slot)
{
    struct account_line *line = NEW(a, struct account_line);
    struct facts_run *run = NEW(a, struct facts_run);
    error e = {0};
    slot->line->known = known;
    if (!account_line_read(a, c->org, slot->line, line, &e)) {
        spoilt_line(a, &e, slot);
        return;
    }
    slot->result.id = line->account;
    if (!organization_account(c->org, line->account)) {
        (void)error_at(&e, slot->line->file, slot->line->lines_above + 1, 1, "account %.*s is not in %.*s",
                       STR_ARG(line->account), STR_ARG(c->options.snapshot));
        spoilt_line(a, &e, slot);
        return;
    }
    slot->skipped = !map_get(&c->wanted, line->account);
    if (slot->skipped)
        return;
    *run = c->facts;
    run->org = &line->org;
    if (line->attestations)
        run->attestations = attestations_of_account(a, c->attestations, line->attestations, line->account, &c->topics,
                                                    c->options.as_of, &e);
    if (!run->attestations) {
        spoilt_line(a, &e, slot);
        return;
    }
    judge_account(c, a, run, known, line->account, slot);
}
