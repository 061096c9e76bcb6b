/* arn.c - see arn.h. */
#include "policy/arn.h"

bool arn_split(str text, struct arn_parts *out)
{
    size_t part = 0, start = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == ':') {
            out->at[part++] = (str){text.ptr + start, i - start};
            start = i + 1;
            if (part == ARN_RESOURCE) {
                out->at[part] = (str){text.ptr + start, text.len - start};
                return true;
            }
        }
    return false;
}

bool arn_has_parts(str text)
{
    struct arn_parts parts;
    return arn_split(text, &parts);
}

str arn_part(str text, int part)
{
    struct arn_parts parts;
    return arn_split(text, &parts) ? parts.at[part] : (str){0};
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
    if (str_eq(resource, STR("root")))
        return NAMES_ROOT;
    bool user = str_starts(resource, STR("user/")), role = str_starts(resource, STR("role/"));
    *name = last_part(resource);
    return user ? NAMES_USER : role ? NAMES_ROLE : NAMES_OTHER;
}

static principal_kind kind_of_sts(str resource, str *name)
{
    str what = str_cut(&resource, '/');
    *name = str_cut(&resource, '/');
    if (str_eq(what, STR("assumed-role")) && name->len && resource.len)
        return NAMES_SESSION;
    return str_eq(what, STR("federated-user")) && name->len ? NAMES_FEDERATED_USER : NAMES_OTHER;
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
    struct arn_parts parts;
    if (str_starts(text, STR("arn:")) && arn_split(text, &parts)) {
        str service = parts.at[ARN_SERVICE];
        p.partition = parts.at[ARN_PARTITION];
        p.account = parts.at[ARN_ACCOUNT];
        p.resource = parts.at[ARN_RESOURCE];
        p.kind = str_eq(service, STR("iam"))   ? kind_of_iam(p.resource, &p.name)
                 : str_eq(service, STR("sts")) ? kind_of_sts(p.resource, &p.name)
                                               : NAMES_OTHER;
    } else if (str_is_account_id(text)) {
        p.kind = NAMES_ROOT;
        p.account = text;
    } else if (is_service(text)) {
        p.kind = NAMES_SERVICE;
    }
    return p;
}

bool arn_is_service_linked(str resource)
{
    return str_starts(resource, STR("role/aws-service-role/"));
}
