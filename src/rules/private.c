/* private.c - the words of captures and attestations that name somebody or something: what --redact must find in prose,
 * where no shape gives it away. */
#include "rules/check_run.h"

struct harvest {
    arena *arena;
    VEC(str) words;
};

/* Members by the end of their key, but for what AWS itself names. */
static const char *const telling[] = {"name",    "email",  "address", "value",  "description", "title",
                                      "comment", "number", "city",    "url",    "line1",       "line2",
                                      "line3",   "code",   "region",  "county", "alias",       "id",
                                      "by",      "ids",    "names",   "phone",  "evidence",    "reason"};
static const char *const of_aws[] = {"RegionName",       "Region",      "ServiceName", "VersionId",
                                     "DefaultVersionId", "CountryCode", "Code",        "code"};

enum { SHORTEST_VALUE = 4 }; /* of a tag: "true" and "prod" are words of everybody's */

static bool is_telling(str key)
{
    bool found = false;
    for (size_t i = 0; i < sizeof of_aws / sizeof *of_aws; i++)
        if (str_is(key, of_aws[i]))
            return false;
    for (size_t i = 0; i < sizeof telling / sizeof *telling && !found; i++) {
        str end = str_from(telling[i]);
        found = key.len >= end.len && str_eq_nocase(str_from_index(key, key.len - end.len), end);
    }
    return found;
}

/* Values and names that say nothing of anybody. */
static const char *const everybodys[] = {
    "Root", "basic", "developer", "business", "business-plus", "enterprise-on-ramp", "enterprise", "default"};

static bool is_everybodys(str word)
{
    for (size_t i = 0; i < sizeof everybodys / sizeof *everybodys; i++)
        if (str_is(word, everybodys[i]))
            return true;
    return str_ends(word, STR(".amazonaws.com")) || str_starts(word, STR("AWSServiceRole"));
}

static void keep(struct harvest *h, str key, str word)
{
    if (word.len > 1 && !(str_is(key, "Value") && word.len < SHORTEST_VALUE) && !is_everybodys(word))
        *VEC_PUSH(h->arena, &h->words) = word;
}

/* A policy of AWS's own: everybody has it under that name. */
static bool is_aws_policy(const node *object)
{
    str arn = node_text(node_get(object, "Arn")), attached = node_text(node_get(object, "PolicyArn"));
    return str_find(arn, STR("::aws:")) != SIZE_MAX || str_find(attached, STR("::aws:")) != SIZE_MAX ||
           str_find(arn, STR(":aws:policy/")) != SIZE_MAX;
}

static void gather(struct harvest *h, str key, const node *n)
{
    if (node_is_string(n) && is_telling(key))
        keep(h, key, node_text(n));
    if (node_is_object(n) && is_aws_policy(n))
        return;
    for (NODE_EACH(child, n))
        gather(h, node_is_list(n) ? key : node_key(child), child);
}

static void gather_doc(struct harvest *h, const struct capture_doc *d)
{
    if (d->root)
        gather(h, (str){0}, d->root);
}

void private_of_run(struct check *c)
{
    const struct organization *o = c->org;
    struct harvest h = {.arena = c->arena};
    for (size_t i = 0; i < o->account_count; i++) {
        keep(&h, (str){0}, o->accounts[i]->name);
        keep(&h, (str){0}, o->accounts[i]->email);
    }
    for (size_t i = 0; i < o->unit_count; i++)
        keep(&h, (str){0}, o->units[i]->name);
    for (size_t i = 0; i < o->policy_count; i++)
        if (o->policies[i]->aws_managed != TRI_YES)
            keep(&h, (str){0}, o->policies[i]->name);
    if (c->attestations->root)
        gather(&h, (str){0}, c->attestations->root);
    if (c->options.config_waivers)
        gather(&h, (str){0}, c->options.config_waivers);
    if (c->facts.management) {
        gather_doc(&h, &c->facts.management->authorization);
        gather_doc(&h, &c->facts.management->contact_doc);
    }
    c->run.private_words = h.words.items;
    c->run.private_count = h.words.count;
}

void private_of_account(arena *a, const struct facts *f, struct account_result *out)
{
    const struct account *of = f->account;
    struct harvest h = {.arena = a};
    const struct capture_doc *const docs[] = {
        &of->authorization, &of->contact_doc, &of->information,  &of->handshakes,   &of->own_organization,
        &of->tags,          &of->features,    &of->alternate[0], &of->alternate[1], &of->alternate[2]};
    for (size_t i = 0; i < sizeof docs / sizeof *docs; i++)
        gather_doc(&h, docs[i]);
    for (size_t i = 0; i < f->captures.room; i++)
        if (f->captures.entries[i].value)
            gather_doc(&h, f->captures.entries[i].value);
    out->private_words = h.words.items;
    out->private_count = h.words.count;
}
