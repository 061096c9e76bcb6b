/* assume.c - see assume.h. */
#include "org/assume.h"

#include <fcntl.h>

#include "base/file.h"

enum { POLICY_FILE_LIMIT = 1 << 20 }; /* bytes; AWS takes 10,240 characters */

struct assuming {
    arena *arena;
    struct organization *org;
    str change; /* as given */
    error *error;
};

static bool refuse(struct assuming *t, str why)
{
    return error_set(t->error, ERR_USAGE, "--assume %.*s: %.*s", STR_ARG(t->change), STR_ARG(why));
}

/* ---- what the words name ---- */

static struct unit *find_unit(struct assuming *t, str word)
{
    struct unit *u = map_get(&t->org->units_by_id, word);
    for (size_t i = 0; !u && i < t->org->unit_count; i++)
        if (t->org->units[i]->anchored && str_eq(t->org->units[i]->path, word))
            u = t->org->units[i];
    if (!u)
        (void)refuse(t, arena_printf(t->arena,
                                     "the snapshot shows no root or OU %.*s; expected a path such as "
                                     "/Root/Exit, or an id",
                                     STR_ARG(word)));
    return u;
}

static struct org_account *find_account(struct assuming *t, str id)
{
    struct org_account *account = organization_account(t->org, id);
    if (!account)
        (void)refuse(t, arena_printf(t->arena, "the snapshot shows no account %.*s", STR_ARG(id)));
    return account;
}

static struct org_policy *find_policy(struct assuming *t, str word)
{
    struct org_policy *found = map_get(&t->org->policies_by_id, word);
    size_t count = found ? 1 : 0;
    for (size_t i = 0; !found && i < t->org->policy_count; i++)
        count += str_eq(t->org->policies[i]->name, word);
    for (size_t i = 0; !found && count == 1 && i < t->org->policy_count; i++)
        if (str_eq(t->org->policies[i]->name, word))
            found = t->org->policies[i];
    if (!found)
        (void)refuse(t, count ? STR("more than one policy has this name; give its id")
                              : arena_printf(t->arena, "the snapshot shows no policy %.*s", STR_ARG(word)));
    return found;
}

static policy_type type_of(const struct org_policy *p)
{
    return str_is(p->type, policy_type_names[POLICY_RCP]) ? POLICY_RCP : POLICY_SCP;
}

static struct attachment *attachment_of(struct assuming *t, str target, policy_type type)
{
    if (str_is_account_id(target)) {
        struct org_account *account = find_account(t, target);
        return account ? &account->attached[type] : NULL;
    }
    struct unit *u = find_unit(t, target);
    return u ? &u->attached[type] : NULL;
}

static size_t index_of(const struct attachment *at, const struct org_policy *p)
{
    size_t i = 0;
    while (i < at->count && at->items[i] != p)
        i++;
    return i;
}

/* ---- the changes ---- */

static bool move(struct assuming *t, str id, str ou)
{
    struct org_account *account = find_account(t, id);
    struct unit *to = account ? find_unit(t, ou) : NULL;
    if (!to)
        return false;
    if (account->parent == to)
        return refuse(t, STR("the account stands there already"));
    account->parent = to;
    return true;
}

static bool detach(struct assuming *t, str policy, str target)
{
    struct org_policy *p = find_policy(t, policy);
    struct attachment *at = p ? attachment_of(t, target, type_of(p)) : NULL;
    if (!at)
        return false;
    size_t i = index_of(at, p);
    if (i == at->count)
        return refuse(t, STR("the snapshot does not show that this policy is attached there"));
    if (type_of(p) == POLICY_SCP && at->count == 1 && at->complete)
        return refuse(t, STR("AWS does not detach the last SCP of a root, OU or account; attach another one before"));
    const struct org_policy **left = NEW_ARRAY(t->arena, const struct org_policy *, at->count);
    for (size_t from = 0, to = 0; from < at->count; from++)
        if (from != i)
            left[to++] = at->items[from];
    at->items = left;
    at->count--;
    return true;
}

static bool attach(struct assuming *t, str policy, str target)
{
    struct org_policy *p = find_policy(t, policy);
    struct attachment *at = p ? attachment_of(t, target, type_of(p)) : NULL;
    if (!at)
        return false;
    if (index_of(at, p) < at->count)
        return refuse(t, STR("this policy is attached there already"));
    if (t->org->types_enabled[type_of(p)] == TRI_NO)
        return refuse(t, STR("policies of this type are not enabled in the organization"));
    const struct org_policy **more = NEW_ARRAY(t->arena, const struct org_policy *, at->count + 1);
    if (at->count)
        memcpy(more, at->items, at->count * sizeof(struct org_policy *));
    more[at->count++] = p;
    at->items = more;
    return true;
}

static bool replace(struct assuming *t, str policy, str path)
{
    struct org_policy *p = find_policy(t, policy);
    source *s = NEW(t->arena, source);
    if (!p)
        return false;
    if (p->aws_managed == TRI_YES)
        return refuse(t, STR("it is a policy of AWS, which nobody else can change"));
    s->file = path;
    switch (file_read(t->arena, AT_FDCWD, arena_cstr(t->arena, path), path, POLICY_FILE_LIMIT, &s->text, &s->len,
                      t->error)) {
    case READ_ABSENT: return refuse(t, STR("there is no such file"));
    case READ_FAILED: return false;
    case READ_DONE: break;
    }
    if (!json_read(t->arena, s, t->error))
        return false;
    p->policy = policy_parse(t->arena, s, s->root, t->error);
    p->text = (struct place){s, s->root};
    p->text_path = path;
    p->why = (str){0};
    return p->policy != NULL;
}

static const struct {
    const char *verb;
    char between;
    bool (*apply)(struct assuming *t, str what, str where);
} verbs[] = {
    {"move",   '=', move   },
    {"detach", '@', detach },
    {"attach", '@', attach },
    {"policy", '=', replace},
};

bool organization_assume(arena *a, struct organization *o, str change, error *e)
{
    struct assuming t = {a, o, change, e};
    str rest = change, verb = str_cut(&rest, ':');
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (!str_is(verb, verbs[i].verb))
            continue;
        str what = str_cut(&rest, verbs[i].between);
        if (!what.len || !rest.len)
            break;
        return verbs[i].apply(&t, what, rest);
    }
    return refuse(&t, STR("this is no change; expected move:ACCOUNT=OU-PATH, detach:POLICY@TARGET, "
                          "attach:POLICY@TARGET or policy:POLICY=FILE"));
}
