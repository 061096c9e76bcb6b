/* kind.c - what kind of policy a document is: by its content first, then by words of its path. */
#include "lint/run.h"

static const char *const names[KIND_COUNT] = {"unknown", "identity", "boundary", "scp", "rcp", "resource", "trust"};

const char *policy_kind_name(policy_kind k)
{
    return names[k];
}

bool policy_kind_parse(str name, policy_kind *out)
{
    for (int k = KIND_IDENTITY; k < KIND_COUNT; k++)
        if (str_is(name, names[k])) {
            *out = (policy_kind)k;
            return true;
        }
    return false;
}

bool is_policy_document(const node *root)
{
    if (node_get(root, "Statement"))
        return !node_get(root, "Resources") && !node_get(root, "AWSTemplateFormatVersion");
    const node *version = node_get(root, "Version");
    return version && (str_is(node_text(version), "2012-10-17") || str_is(node_text(version), "2008-10-17"));
}

/* ---- words of the path: the last one counts, so that a file can differ from its folder ---- */

static const struct {
    const char *word; /* without blanks, "-" and "_", lower case */
    policy_kind kind;
} words[] = {
    {"servicecontrol",     KIND_SCP     },
    {"resourcecontrol",    KIND_RCP     },
    {"permissionboundary", KIND_BOUNDARY},
    {"boundary",           KIND_BOUNDARY},
    {"boundaries",         KIND_BOUNDARY},
    {"resourcebased",      KIND_RESOURCE},
    {"trust",              KIND_TRUST   },
    {"assumerole",         KIND_TRUST   },
    {"scp",                KIND_SCP     },
    {"rcp",                KIND_RCP     },
};

static bool is_letter(char c)
{
    c = ascii_lower(c);
    return c >= 'a' && c <= 'z';
}

/* The word at path[i], "-", "_" and blanks in it left out; short words must stand alone (an "s" may follow). */
static bool word_at(str path, size_t i, const char *word)
{
    size_t from = i;
    const char *w = word;
    for (; *w && i < path.len; i++) {
        char c = ascii_lower(path.ptr[i]);
        if (c == *w)
            w++;
        else if (w == word || (c != '-' && c != '_' && c != ' '))
            return false;
    }
    if (*w)
        return false;
    if (strlen(word) > 3)
        return true;
    i += i < path.len && ascii_lower(path.ptr[i]) == 's';
    return (from == 0 || !is_letter(path.ptr[from - 1])) && (i == path.len || !is_letter(path.ptr[i]));
}

static policy_kind kind_of_path(str path)
{
    policy_kind found = KIND_UNKNOWN;
    for (size_t i = 0; i < path.len; i++)
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (word_at(path, i, words[w].word))
                found = words[w].kind;
    return found;
}

bool is_endpoint_policy(str path)
{
    for (size_t i = 0; i < path.len; i++)
        if (word_at(path, i, "endpoint"))
            return true;
    return false;
}

/* ---- the content ---- */

static bool is_trust_action(str action)
{
    return str_eq_nocase(str_head(action, 10), STR("sts:Assume")) || str_eq_nocase(action, STR("sts:TagSession")) ||
           str_eq_nocase(action, STR("sts:SetSourceIdentity")) || str_eq_nocase(action, STR("sts:SetContext"));
}

policy_kind policy_kind_guess(const node *document, str path)
{
    const node *list = node_get(document, "Statement");
    bool principal = false, trust = true, rcp = true, deny = true;
    for (const node *s = values_first(list); s; s = values_next(list, s)) {
        const node *who = node_get(s, "Principal"), *action = node_get(s, "Action");
        principal |= who || node_get(s, "NotPrincipal");
        bool full =
            str_is(node_text(action), "*") && str_is(node_text(node_get(s, "Resource")), "*"); /* AWS's own RCP */
        rcp &= (full || str_is(node_text(node_get(s, "Effect")), "Deny")) && who && str_is(node_text(who), "*");
        deny &= str_is(node_text(node_get(s, "Effect")), "Deny");
        trust &= action && !node_get(s, "Resource");
        for (const node *v = values_first(action); v; v = values_next(action, v))
            trust &= is_trust_action(node_text(v));
    }
    policy_kind named = kind_of_path(path);
    if (!principal && named == KIND_TRUST)
        return trust ? KIND_TRUST : KIND_IDENTITY;
    if (!principal && named == KIND_RCP)
        return deny ? KIND_RCP : KIND_IDENTITY;
    if (!principal)
        return named == KIND_SCP || named == KIND_BOUNDARY ? named : KIND_IDENTITY;
    if (rcp && named == KIND_RCP)
        return KIND_RCP;
    return trust ? KIND_TRUST : KIND_RESOURCE;
}
