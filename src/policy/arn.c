/* arn.c - see arn.h. */
#include "policy/arn.h"

bool arn_has_parts(str text)
{
    int colons = 0;
    for (size_t i = 0; i < text.len && colons < ARN_PARTS - 1; i++)
        colons += text.ptr[i] == ':';
    return colons == ARN_PARTS - 1;
}

str arn_part(str text, int part)
{
    for (int i = 0; i < part; i++)
        (void)str_cut(&text, ':');
    return part == ARN_RESOURCE ? text : str_cut(&text, ':');
}

static str last_part(str path)
{
    for (size_t i = path.len; i-- > 0;)
        if (path.ptr[i] == '/')
            return str_from_index(path, i + 1);
    return path;
}

static principal_kind kind_of_iam(str resource, str *name)
{
    if (str_is(resource, "root"))
        return NAMES_ROOT;
    bool user = str_starts(resource, STR("user/")), role = str_starts(resource, STR("role/"));
    *name = last_part(resource);
    return user ? NAMES_USER : role ? NAMES_ROLE : NAMES_OTHER;
}

static principal_kind kind_of_sts(str resource, str *name)
{
    str what = str_cut(&resource, '/');
    *name = str_cut(&resource, '/');
    if (str_is(what, "assumed-role") && name->len && resource.len)
        return NAMES_SESSION;
    return str_is(what, "federated-user") && name->len ? NAMES_FEDERATED_USER : NAMES_OTHER;
}

static bool is_service(str text)
{
    return (str_ends(text, STR(".amazonaws.com")) || str_ends(text, STR(".amazonaws.com.cn")) ||
            str_ends(text, STR(".amazon.com")) || str_ends(text, STR(".aws.internal"))) &&
           str_find_char(text, ':') == SIZE_MAX;
}

struct principal_name principal_name_of(str text)
{
    struct principal_name p = {.text = text};
    if (str_is_account_id(text)) {
        p.kind = NAMES_ROOT;
        p.account = text;
    } else if (str_starts(text, STR("arn:")) && arn_has_parts(text)) {
        str service = arn_part(text, ARN_SERVICE), resource = arn_part(text, ARN_RESOURCE);
        p.partition = arn_part(text, ARN_PARTITION);
        p.account = arn_part(text, ARN_ACCOUNT);
        p.kind = str_is(service, "iam")   ? kind_of_iam(resource, &p.name)
                 : str_is(service, "sts") ? kind_of_sts(resource, &p.name)
                                          : NAMES_OTHER;
    } else if (is_service(text)) {
        p.kind = NAMES_SERVICE;
    }
    return p;
}

bool arn_is_service_linked(str role_arn)
{
    return str_starts(arn_part(role_arn, ARN_RESOURCE), STR("role/aws-service-role/"));
}
