/*
 * facts_run.h - what facts are drawn from: the run (organization, attestations, who calls) and one account of it.
 * Private to src/rules/facts*.c and check.c.
 */
#ifndef ORGEXIT_RULES_FACTS_RUN_H
#define ORGEXIT_RULES_FACTS_RUN_H

#include "iam/evaluate.h"
#include "org/account.h"
#include "org/attest.h"
#include "org/shelf.h"
#include "rules/facts.h"
#include "rules/value.h"

/* Every capture of one call: in each Region that the account of the shelf uses, or the one where there are no Regions.
 */
struct sweep {
    const struct capture_doc **docs; /* those that show something: whole or cut off */
    size_t count;
    bool complete;                     /* nothing else is there */
    const struct capture_doc *missing; /* not complete: the first that is not known, or was cut off */
    str why;                           /* then: one clause */
};

/* Read only while accounts are judged. */
struct facts_run {
    const struct organization *org;
    const struct attestations *attestations;
    const struct account *management; /* NULL: the management account is not known */
    str caller;                       /* --caller, else capture.json's; empty: not given */
    str principal;                    /* --principal; empty: one is chosen */
    const struct context_key *given;  /* --context */
    size_t given_count;
    int64_t as_of, attestation_max_age; /* seconds */
    str profile;
    size_t account_count;
    str snapshot;                        /* as the user named it, for commands */
    const struct policy_set *everything; /* a policy that allows all: what is left is what else denies */
    struct shelf *shelves; /* filled: the organization's own, the management account's (if it is known), delegated
                            * administrators' that a service was handed to */
    size_t shelf_count;
    const struct sweep *shared; /* what they show of each call, by capture_kind; captures[kind].of_account only */
    bool named; /* the accounts were named one by one: then the others' policies are looked through as well */
};

/* Who acts, in one account. */
struct principal {
    bool known;
    str why;                       /* not known, or not captured: one clause */
    struct need need;              /* then: what would settle it; kind NULL: nothing named */
    const struct capture_doc *doc; /* then: the capture to blame; NULL: none */
    str arn;                       /* the role's for a session */
    str account_id;                /* of the ARN */
    bool is_root;
    bool captured;                 /* its policies are at hand: it is root, or `entity` */
    const struct account *account; /* whose captures it was looked for in */
    const struct entity *entity;   /* NULL: the root user, or not captured */
};

struct admin_answer {
    bool known;
    tri is_admin;
};

/* Whether somebody gets into a role: today, with the organization, or once the account has left it. */
typedef enum { ENTRY_TODAY, ENTRY_AFTERWARDS, ENTRY_COUNT } entry_time;

struct entry {
    bool asked;  /* the two below are filled */
    tri outside; /* from outside the account */
    tri inside;  /* or as another user or role of the account */
};

struct facts {
    arena *arena;
    const struct facts_run *run;
    struct account *account; /* its list of errors grows when a capture that a fact asks for is malformed */
    struct shelf shelf;      /* which captures of it there are; opened when first asked for */
    bool shelf_opened;
    struct map captures;                    /* path -> struct capture_doc: those asked for so far */
    struct map capture_needs;               /* path -> struct need: how to make a capture that is missing */
    struct value **values[ROUTE_COUNT + 1]; /* by field_index; the last: fields that are the same on every route */
    const struct level *scps;               /* root to account; made when first asked for */
    size_t scp_count;
    tri scps_apply;
    bool scps_made;
    struct principal actors[ROUTE_COUNT];
    bool actor_made[ROUTE_COUNT];

    struct admin_answer *admins;        /* users, then roles; made when first asked for */
    struct entry *entries[ENTRY_COUNT]; /* roles; likewise */
    bool entries_closed[ENTRY_COUNT];   /* `inside` is filled of all */

    /* What ends first of all attested values asked for since facts_forget_ends(). */
    bool has_end;
    int64_t end;
    const char *end_topic;
};

void facts_open(struct facts *f, arena *a, const struct facts_run *run, struct account *account);
struct fact_source facts_source(struct facts *f);
void facts_forget_ends(struct facts *f);

/* ---- making values ---- */

struct value fact_yes_no(bool yes);
struct value fact_tri(struct facts *f, tri t, str why);
struct value fact_text(str text); /* empty: absent */
struct value fact_word(str text); /* enum */
struct value fact_duration(int64_t seconds);
struct value fact_time(int64_t seconds);
struct value fact_unknown(value_type type, str why);
struct value fact_absent(value_type type);
struct value fact_list(const struct element *items, size_t count, bool complete, str why);

void fact_mark(struct facts *f, struct value *v, struct mark m);
void fact_mark_place(struct facts *f, struct value *v, const source *s, const node *n, str text);
struct mark *facts_mark_at(struct facts *f, const struct capture_doc *d, const node *n, str text); /* of an element */
void fact_need(struct facts *f, struct value *v, struct need n);

/* It shows something, if not all. */
static inline bool capture_at_hand(const struct capture_doc *d)
{
    return d->state == CAPTURE_WHOLE || d->state == CAPTURE_CUT;
}

/* One part of the contact information of an account; `text` is what the loader made of the member. */
struct value facts_contact_of(struct facts *f, const struct account *of, str text, const char *member);

/* Unknown because of a capture, with the command that makes it; or marks the file when it is there. */
struct value fact_not_captured(struct facts *f, value_type type, const struct capture_doc *d);
struct need fact_capture_need(struct facts *f, const struct capture_doc *d);

/* ---- captures of the second set: fetched when a fact asks (facts_captures.c) ---- */

const struct shelf *facts_own_shelf(struct facts *f);
const struct shelf *facts_management_shelf(const struct facts *f); /* NULL: the management account is not known */

/*
 * One capture, kept for the account. `of` says whose folder: its own shelf, or one of the run's. Never NULL. One that
 * is malformed counts as not captured; in the account's own folder it is an error of the account too.
 */
const struct capture_doc *facts_capture(struct facts *f, const struct shelf *of, capture_kind kind, str region,
                                        str argument);

/* Loads what the management side tells of all accounts. False: an organization-wide capture is malformed. */
bool facts_share(arena *a, struct facts_run *run, error *e);

/* The sweep of a call of the management side, of delegated administrators too where it is theirs; the same for all
 * accounts. NULL: the management account is not known. */
const struct sweep *facts_shared(const struct facts *f, capture_kind kind);

struct sweep facts_sweep(struct facts *f, const struct shelf *of, capture_kind kind, str argument);
void sweep_join(struct facts *f, struct sweep *to,
                const struct sweep *from);                       /* what both show; complete when both are */
void sweep_misses(struct sweep *s, const struct capture_doc *d); /* one more that is needed is not known */

/* A list found in a sweep: unknown when it shows nothing and is not complete. */
struct value sweep_list(struct facts *f, const struct sweep *s, const struct element *items, size_t count);
/* Whether something was found in it. */
struct value sweep_tri(struct facts *f, const struct sweep *s, tri found);

/* Another field of the catalogue, by name. */
const struct value *facts_field(struct facts *f, const char *name, route r);

/* Whether trusted access is enabled for one of the service principals (separated by blanks). */
tri facts_service_enabled(const struct facts *f, const char *principals);

/* ---- who acts and what is decided ---- */

const struct principal *facts_actor(struct facts *f, route r);
struct principal facts_root(struct facts *f);
struct principal facts_principal(struct facts *f, const struct account *account, str text);

struct question {
    const struct principal *who;
    str action, resource;
    bool resource_known;
    bool scps;                       /* SCPs count */
    bool everything;                 /* as if its identity policies allowed all */
    bool afterwards;                 /* as if the account were in no organization */
    const struct entity *role;       /* of which the trust policy counts; NULL: none */
    const struct context_key *given; /* beside --context */
    size_t given_count;
};
/* NULL when the principal's policies are not at hand (unless everything). */
const struct verdict_trace *facts_decide(struct facts *f, const struct question *q);

/* The question as evaluate() takes it: for who wants more than the decision. */
struct facts_request {
    struct request request; /* points to `context` */
    struct context context;
    struct layers layers;
};
void facts_request(struct facts *f, const struct question *q, struct facts_request *out);

/* What is attached from the root down to the account. */
const struct level *facts_levels(struct facts *f, policy_type type, size_t *level_count);

/* The decision alone: for looking through many people. */
tri facts_allowed(struct facts *f, const struct question *q);

/* The decision of facts_decide as a value, with what stands against it or what would settle it. */
struct value facts_can(struct facts *f, const struct question *q);

/* The route's action: LeaveOrganization on "*", RemoveAccountFromOrganization on the account's ARN, AcceptHandshake. */
str facts_route_action(route r);
str facts_route_resource(struct facts *f, route r, bool *known);

str facts_account_arn(struct facts *f);        /* empty: not known */
str facts_organizations_role(struct facts *f); /* the ARN that its service-linked role has, or would have */
str facts_partition(struct facts *f);          /* "aws" when nothing says otherwise */

/* ---- who gets in (facts_entry.c) ---- */

/* Whether somebody can get into the role: from outside, as a user of the account, or over other roles of which that is
 * so. Service principals, and for `afterwards` those of the organization that is left, let nobody in. */
tri facts_can_enter(struct facts *f, const struct entity *role, entry_time when);

/* Whether the user or role may do what an administrator may, today. */
tri facts_is_admin(struct facts *f, const struct entity *e);

/* Whether the trust policy lets in somebody of that account, a member of the organization. */
tri facts_role_trusts(struct facts *f, const struct entity *role, str account);
tri facts_role_trusts_members(struct facts *f, const struct entity *role); /* that it names, this one left out */
tri facts_trust_needs_org(struct facts *f, const struct entity *role);     /* nobody without an organization gets in */

struct need facts_key_need(struct facts *f, str key);
struct value facts_principal_unknown(struct facts *f, value_type type, const struct principal *p);
void facts_tell_keys(struct facts *f, struct value *v, const struct verdict_trace *t);
str facts_why_open(struct facts *f, const struct verdict_trace *t, str action);
struct mark facts_match_mark(struct facts *f, const struct match *m, str action);
str facts_sentence_of_match(struct facts *f, const struct match *m);

#endif
