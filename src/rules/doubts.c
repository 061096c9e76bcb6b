/* doubts.c - see doubts.h. */
#include "rules/doubts.h"

void doubts_of_organization(arena *a, const struct organization *o, doubt_list *out)
{
    const struct snapshot *s = o->snapshot;
    if (s->fresh != TRI_YES)
        *VEC_PUSH(a, out) = s->stale_why.len ? s->stale_why : STR("how old the captures are is not known");
    if (s->finished != TRI_YES && !s->has_completed_at)
        *VEC_PUSH(a, out) = STR("capturing was stopped half way: capture.json has no completed_at");
    if (o->one_organization != TRI_YES && o->mixed_why.len)
        *VEC_PUSH(a, out) = o->mixed_why;
    if (!o->id.len)
        *VEC_PUSH(a, out) = arena_printf(a, "which organization this is is not known%s%.*s",
                                         o->describe.why.len ? ": " : "", STR_ARG(o->describe.why));
}

void doubts_of_place(arena *a, const struct account *account, doubt_list *out)
{
    const struct capture_doc *own = &account->own_organization;
    str seen = node_text(node_get(node_get(own->root, "Organization"), "Id")), id = account->org->id;
    if (own->state == CAPTURE_NONE)
        *VEC_PUSH(a, out) = STR("the member sees no organization any more");
    else if (seen.len && id.len && !str_eq(seen, id))
        *VEC_PUSH(a, out) = arena_printf(a, "the member sees organization %.*s", STR_ARG(seen));
    if (!account->listed)
        *VEC_PUSH(a, out) = arena_printf(a, "no capture of the organization shows account %.*s", STR_ARG(account->id));
}

void doubts_of_captures(arena *a, const struct account *account, doubt_list *out)
{
    if (account->identity.state != CAPTURE_WHOLE)
        *VEC_PUSH(a, out) = arena_printf(a, "nothing proves that the captures are of account %.*s: %.*s",
                                         STR_ARG(account->id), STR_ARG(account->identity.why));
    else if (!str_eq(account->identity_account, account->id))
        *VEC_PUSH(a, out) = arena_printf(a, "sts get-caller-identity says that the captures are of account %.*s",
                                         STR_ARG(account->identity_account));
}
