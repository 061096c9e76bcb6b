/* collect_calls.c - what an answer leads to: the table of captures, read as a plan. */
#include <stdio.h>

#include "cli/collect.h"
#include "org/organization.h"

/* Where the arguments of rows come from. */
static const struct {
    capture_argument argument;
    capture_kind from;
    const char *member; /* of an item of the answer's list */
} arguments[] = {
    {ARGUMENT_PARENT,  CAPTURE_LIST_ROOTS,                    "Id"},
    {ARGUMENT_PARENT,  CAPTURE_LIST_OUS_FOR_PARENT,           "Id"},
    {ARGUMENT_POLICY,  CAPTURE_LIST_POLICIES,                 "Id"},
    {ARGUMENT_ACCOUNT, CAPTURE_LIST_DELEGATED_ADMINISTRATORS, "Id"},
};

struct following {
    arena *arena;
    const struct collect_scope *scope;
    add_call *add;
    void *to;
};

static void add(const struct following *f, capture_kind kind, str account, str region, str argument)
{
    struct call c = {kind, captures[kind].of_account ? account : (str){0}, captures[kind].regional ? region : (str){0},
                     argument};
    f->add(f->to, &c);
}

bool is_region_name(str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!(s.ptr[i] >= 'a' && s.ptr[i] <= 'z') && !ascii_is_digit(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    return s.len > 0 && s.len <= 32 && s.ptr[0] != '-';
}

bool row_is_wanted(capture_kind kind, bool impact)
{
    const struct capture *row = &captures[kind];
    if (row->argument == ARGUMENT_CHILD || row->argument == ARGUMENT_TARGET_TYPE)
        return false; /* the other way to capture what other rows show */
    return impact || !row->of_account || kind < CAPTURE_LIST_INBOUND_TRANSFERS;
}

bool row_is_of(const struct collect_scope *s, capture_kind kind, str account)
{
    bool management = str_eq(account, s->management);
    if (!captures[kind].of_account || !row_is_wanted(kind, s->impact))
        return false;
    switch (captures[kind].side) {
    case SIDE_MANAGEMENT: return management;
    case SIDE_MEMBER: return !management;
    case SIDE_BOTH: break;
    }
    return true;
}

static bool among(str word, const str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(words[i], word))
            return true;
    return false;
}

/* A row whose arguments need no answer: none, or words of the table. */
static void add_plain(const struct following *f, capture_kind kind, str account, str region)
{
    const struct capture *row = &captures[kind];
    str words = str_from(row->argument == ARGUMENT_CONTACT ? "BILLING OPERATIONS SECURITY" : row->words);
    if (row->argument == ARGUMENT_NONE)
        add(f, kind, account, region, (str){0});
    if (row->argument != ARGUMENT_CONTACT && row->argument != ARGUMENT_WORDS)
        return;
    while (words.len) {
        str word = str_cut(&words, ' ');
        /* A type that no root has enabled has no effective policy. */
        bool moot = kind == CAPTURE_DESCRIBE_EFFECTIVE_POLICY && f->scope->types_known &&
                    !among(word, f->scope->types, f->scope->type_count);
        if (!moot)
            add(f, kind, account, region, word);
    }
}

static void add_region(const struct following *f, str account, str region)
{
    for (int k = 0; k < CAPTURE_COUNT; k++)
        if (captures[k].regional && is_region_name(region) && row_is_of(f->scope, (capture_kind)k, account))
            add_plain(f, (capture_kind)k, account, region);
}

void calls_begin(arena *a, const struct collect_scope *s, str account, add_call *to_add, void *to)
{
    struct following f = {a, s, to_add, to};
    for (int k = 0; k < CAPTURE_COUNT; k++) {
        capture_kind kind = (capture_kind)k;
        bool own =
            account.len ? row_is_of(s, kind, account) : !captures[k].of_account && row_is_wanted(kind, s->impact);
        if (own && !captures[k].regional && kind != CAPTURE_GET_CALLER_IDENTITY)
            add_plain(&f, kind, account, (str){0});
    }
    for (size_t i = 0; account.len && s->impact && i < s->region_count; i++)
        add_region(&f, account, s->regions[i]);
}

void calls_about(arena *a, const struct collect_scope *s, str account, add_call *to_add, void *to)
{
    struct following f = {a, s, to_add, to};
    for (int k = 0; k < CAPTURE_COUNT; k++)
        if (captures[k].argument == ARGUMENT_ACCOUNT)
            add(&f, (capture_kind)k, (str){0}, (str){0}, account);
}

/* Policy types that the loaders read, where a root shows them. */
static void follow_roots(const struct following *f, const node *answer)
{
    for (NODE_EACH(root, node_get(answer, "Roots")))
        for (NODE_EACH(type, node_get(root, "PolicyTypes")))
            for (int t = 0; t < POLICY_TYPE_COUNT; t++)
                if (str_is(node_text(node_get(type, "Type")), policy_type_names[t]))
                    add(f, CAPTURE_LIST_POLICIES, (str){0}, (str){0}, str_from(policy_type_names[t]));
}

static void follow_regions(const struct following *f, str account, const node *answer)
{
    for (NODE_EACH(item, node_get(answer, "Regions")))
        if (f->scope->region_count == 0 && !str_is(node_text(node_get(item, "RegionOptStatus")), "DISABLED"))
            add_region(f, account, node_text(node_get(item, "RegionName")));
}

/* Rows that ask about each thing that this answer lists. */
static void follow_list(const struct following *f, const struct call *c, const node *list)
{
    for (int k = 0; k < CAPTURE_COUNT; k++) {
        const struct capture *row = &captures[k];
        bool each = row->argument == ARGUMENT_LISTED, each_account = row->argument == ARGUMENT_LISTED_ACCOUNT;
        if ((!each && !each_account) || row->listed_by != c->kind || !row_is_of(f->scope, (capture_kind)k, c->account))
            continue;
        for (NODE_EACH(item, list)) {
            str text = node_text(row->listed_as ? node_get(item, row->listed_as) : item);
            if (each && text.len)
                add(f, (capture_kind)k, c->account, c->region, text);
            for (size_t i = 0; each_account && text.len && i < f->scope->account_count; i++)
                add(f, (capture_kind)k, c->account, c->region,
                    arena_printf(f->arena, "%.*s,%.*s", STR_ARG(text), STR_ARG(f->scope->accounts[i])));
        }
    }
}

void calls_follow(arena *a, const struct collect_scope *s, const struct call *c, const node *answer, add_call *to_add,
                  void *to)
{
    struct following f = {a, s, to_add, to};
    const node *list = node_get(answer, captures[c->kind].member);
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++)
        for (int k = 0; arguments[i].from == c->kind && k < CAPTURE_COUNT; k++)
            for (NODE_EACH(item, captures[k].argument == arguments[i].argument ? list : NULL))
                add(&f, (capture_kind)k, (str){0}, (str){0}, node_text(node_get(item, arguments[i].member)));
    if (c->kind == CAPTURE_LIST_ROOTS)
        follow_roots(&f, answer);
    if (c->kind == CAPTURE_LIST_REGIONS && s->impact)
        follow_regions(&f, c->account, answer);
    if (captures[c->kind].of_account)
        follow_list(&f, c, list);
}
