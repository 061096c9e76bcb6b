/* explain_move.c - whether the account would be let go from another place in the organization: SCPs follow the place.
 */
#include "rules/explain_run.h"

/* What is decided when the account stands below `to`. */
static decision decide_below(const struct asking *k, struct unit *to)
{
    struct asking moved = *k;
    struct account account = *k->account;
    struct org_account listed = *k->account->listed;
    struct principal caller = *k->who;
    struct facts_request asked;
    struct verdict_trace t;
    listed.parent = to;
    account.listed = &listed;
    moved.account = &account;
    caller.account = &account;
    facts_open(&moved.facts, k->arena, &moved.run, &account);
    asking_request(&moved, &caller, &asked);
    evaluate(k->arena, &asked.request, &asked.layers, &t);
    return t.decision;
}

/* Steps from one unit to the other over the first that stands above both. */
static size_t distance(const struct unit *a, const struct unit *b)
{
    size_t steps = 0;
    for (; a != b; steps++) {
        bool first = !b || (a && a->depth >= b->depth);
        if (first && !a)
            return steps;
        if (first)
            a = a->parent;
        else
            b = b->parent;
    }
    return steps;
}

static struct unit *nearest_that_allows(const struct asking *k)
{
    const struct unit *here = k->account->listed->parent;
    struct unit *best = NULL;
    for (size_t i = 0; i < k->org->unit_count; i++) {
        struct unit *u = k->org->units[i];
        if (u == here || !u->anchored || (best && distance(here, u) >= distance(here, best)))
            continue;
        if (decide_below(k, u) == DECISION_ALLOWED)
            best = u;
    }
    return best;
}

static str *move_command(const struct asking *k, const struct unit *to, size_t *count)
{
    const str words[] = {STR("aws"),
                         STR("organizations"),
                         STR("move-account"),
                         STR("--account-id"),
                         k->account->id,
                         STR("--source-parent-id"),
                         k->account->listed->parent->id,
                         STR("--destination-parent-id"),
                         to->id};
    *count = sizeof words / sizeof *words;
    str *command = NEW_ARRAY(k->arena, str, *count);
    memcpy(command, words, sizeof words);
    return command;
}

void asking_move(struct asking *k, struct explanation *x)
{
    const struct org_account *listed = k->account->listed;
    bool restricted = str_eq(k->who->account_id, k->account->id) && k->run.management != k->account;
    if (x->allowed != TRI_NO || !restricted || !listed || !listed->parent || !listed->parent->anchored)
        return;
    struct unit *to = nearest_that_allows(k);
    if (!to)
        return;
    struct change *changes = NEW_ARRAY(k->arena, struct change, x->change_count + 1);
    struct change_step *step = NEW(k->arena, struct change_step);
    if (x->change_count)
        memcpy(changes, x->changes, x->change_count * sizeof *changes);
    *step = (struct change_step){.kind = "move-account",
                                 .layer = STR("scp"),
                                 .level = to->id,
                                 .level_path = to->path,
                                 .at.statement = -1,
                                 .text = arena_printf(k->arena, "move the account to %.*s", STR_ARG(to->path)),
                                 .note = STR("other SCPs hold there")};
    step->command = move_command(k, to, &step->command_len);
    changes[x->change_count++] = (struct change){STR("Allowed"), TRI_YES, step, 1};
    x->changes = changes;
}
