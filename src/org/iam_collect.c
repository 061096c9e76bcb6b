/* iam_collect.c - see iam_collect.h: which calls the storage answers, and where its files lie. */
#include "org/iam_collect.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/*
 * `cut`: the answer shows some, and nothing proves that it shows all, so it is closed as the AWS CLI closes one that
 * goes on. The others are of one target, and were one whole
 * answer of AWS. There is no row for a call that no file proves: sts get-caller-identity, get-account-summary,
 * contacts.
 */
static const struct {
    capture_kind kind;
    answer_maker *make;
    bool cut;
} answers[] = {
    {CAPTURE_DESCRIBE_ORGANIZATION,             storage_organization,    false},
    {CAPTURE_LIST_ROOTS,                        storage_roots,           false},
    {CAPTURE_LIST_ACCOUNTS,                     storage_list_accounts,   true },
    {CAPTURE_LIST_OUS_FOR_PARENT,               storage_units_of,        true },
    {CAPTURE_LIST_ACCOUNTS_FOR_PARENT,          storage_accounts_of,     true },
    {CAPTURE_LIST_PARENTS,                      storage_parents,         false},
    {CAPTURE_LIST_POLICIES_FOR_TARGET,          storage_policies_of,     false},
    {CAPTURE_DESCRIBE_POLICY,                   storage_policy,          false},
    {CAPTURE_LIST_DELEGATED_ADMINISTRATORS,     storage_administrators,  true },
    {CAPTURE_LIST_DELEGATED_SERVICES,           storage_services,        true },
    {CAPTURE_LIST_TAGS_FOR_RESOURCE,            storage_tags,            false},
    {CAPTURE_DESCRIBE_RESOURCE_POLICY,          storage_resource_policy, false},
    {CAPTURE_GET_ACCOUNT_AUTHORIZATION_DETAILS, storage_people,          true },
};

static const char *const partitions[] = {"aws", "aws-cn", "aws-us-gov"};
static const char *const parts[] = {"accounts", "organizations"};

/* ---- reading ---- */

bool storage_read(const struct storage *s, arena *a, str path, struct kept_file *f, error *e)
{
    source *text = NEW(a, source);
    *f = (struct kept_file){0};
    text->file = arena_str(a, path);
    switch (file_read(a, s->fd, text->file.ptr, text->file, FILE_LIMIT, &text->text, &text->len, e)) {
    case READ_FAILED: return false;
    case READ_ABSENT: return true;
    case READ_DONE: break;
    }
    return !text->len || kept_file_read(a, text, f, e);
}

bool storage_member(const struct kept_file *f, const node *n, const char *key, node_kind kind, const node **out,
                    error *e)
{
    static const char *const kinds[] = {
        [NODE_NULL] = "null",     [NODE_BOOL] = "true or false", [NODE_NUMBER] = "a number",
        [NODE_STRING] = "a text", [NODE_LIST] = "a list",        [NODE_OBJECT] = "an object"};
    const node *m = node_get(n, key);
    const node *near = m ? NULL : node_get_near(n, key);
    *out = node_is_null(m) ? NULL : m;
    if (near)
        return source_error_key(f->source, near, e, "found the key \"%.*s\"; iam-collect spells it \"%s\"",
                                STR_ARG(node_key(near)), key);
    return !*out || node_kind_of(*out) == kind ||
           source_error(f->source, *out, e, "\"%s\" is %s; expected %s, as iam-collect writes it", key,
                        node_kind_name(*out), kinds[kind]);
}

bool storage_put_text(struct composer *to, const struct kept_file *f, const node *n, const char *key,
                      const char *before, error *e)
{
    const node *m;
    if (!storage_member(f, n, key, NODE_STRING, &m, e))
        return false;
    if (m) {
        compose_text(to, before);
        compose_string(to, f, m);
    }
    return true;
}

str storage_last_part(str arn)
{
    size_t at = arn.len;
    while (at > 0 && arn.ptr[at - 1] != '/')
        at--;
    return str_from_index(arn, at);
}

/* ---- as a source ---- */

static fetch_result fetch_call(void *self, arena *a, const struct call *c, struct fetched *out, error *e)
{
    const struct storage *s = self;
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        struct composer to = {.arena = a};
        if (answers[i].kind != c->kind)
            continue;
        fetch_result result = answers[i].make(s, &to, c, e);
        if (result != FETCH_DONE)
            return result;
        compose_text(&to, answers[i].cut ? ", \"NextToken\": \"nothing proves that this is all\"}" : "}");
        out->root = NULL;
        out->source = compose_end(&to, arena_printf(a, "%.*s.json", STR_ARG(call_path(a, c))));
        return FETCH_DONE;
    }
    return FETCH_ABSENT;
}

/* attestations.yaml and capture.json may be laid beside "aws": the storage has none. */
static fetch_result fetch_named(void *self, arena *a, const char *name, struct fetched *out, error *e)
{
    const struct storage *s = self;
    source *text = NEW(a, source);
    text->file = arena_str(a, str_from(name));
    switch (file_read(a, s->fd, name, text->file, FILE_LIMIT, &text->text, &text->len, e)) {
    case READ_FAILED: return FETCH_FAILED;
    case READ_ABSENT: return FETCH_ABSENT;
    case READ_DONE: break;
    }
    out->root = NULL;
    out->source = text;
    return FETCH_DONE;
}

static bool no_size(void *self, const char *path, uint64_t *bytes)
{
    (void)self;
    (void)path;
    (void)bytes;
    return false;
}

/* Which accounts have a folder, and that "iam" lies in it: all else is found by what the organization's files list. */
static fetch_result list_names(void *self, arena *a, const char *path, str **names, size_t *count, error *e)
{
    const struct storage *s = self;
    str rest = str_from(path), id;
    *names = NULL;
    *count = 0;
    if (!str_is(str_cut(&rest, '/'), "accounts"))
        return FETCH_ABSENT;
    id = str_cut(&rest, '/');
    str folder = arena_printf(a, "%.*s/accounts%s%.*s", STR_ARG(s->base), id.len ? "/" : "", STR_ARG(id));
    read_result result = rest.ptr ? READ_ABSENT : file_list(a, s->fd, folder.ptr, folder, names, count, e);
    if (id.len && result == READ_DONE) {
        size_t kept = 0;
        for (size_t i = 0; i < *count; i++)
            if (str_is((*names)[i], "iam"))
                (*names)[kept++] = (*names)[i];
        *count = kept;
    }
    return result == READ_DONE ? FETCH_DONE : result == READ_ABSENT ? FETCH_ABSENT : FETCH_FAILED;
}

/* ---- what the report lists as read ---- */

struct listing {
    const struct storage *storage;
    arena *arena;
    struct read_list *to;
    error *error;
};

static bool list_files(const struct listing *l, str path, unsigned depth)
{
    struct stat st;
    str *names = NULL;
    size_t count = 0;
    int fd = l->storage->fd;
    if (fstatat(fd, path.ptr, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return true;
    if (S_ISREG(st.st_mode) && str_ends(path, STR(".json")))
        *VEC_PUSH(l->arena, &l->to->files) = (struct read_file){path, (uint64_t)st.st_size, (str){0}};
    if (!S_ISDIR(st.st_mode) || depth == 0)
        return true;
    if (file_list(l->arena, fd, path.ptr, path, &names, &count, l->error) == READ_FAILED)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!list_files(l, arena_printf(l->arena, "%.*s/%.*s", STR_ARG(path), STR_ARG(names[i])), depth - 1))
            return false;
    return true;
}

static bool files_of(void *self, arena *a, str account, struct read_list *to, error *e)
{
    const struct storage *s = self;
    struct listing l = {s, a, to, e};
    if (account.len)
        return list_files(&l, arena_printf(a, "%.*s/accounts/%.*s/iam", STR_ARG(s->base), STR_ARG(account)), 4);
    return !s->organization.len || list_files(&l, s->organization, 3);
}

/* ---- opening ---- */

static void close_storage(void *what)
{
    struct storage *s = what;
    if (s->fd >= 0)
        close(s->fd);
}

static bool is_folder(int fd, const char *path)
{
    struct stat st;
    return fstatat(fd, path, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* The partitions of the storage: "aws/aws", ... */
static size_t find_bases(arena *a, int fd, const char *above, str *bases)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof partitions / sizeof *partitions; i++) {
        bool found = false;
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++)
            found |= is_folder(fd, arena_printf(a, "%s%s/%s", above, partitions[i], parts[k]).ptr);
        if (found)
            bases[count++] = arena_printf(a, "%s%s", above, partitions[i]);
    }
    return count;
}

/* organizations/o-...: no snapshot has that, the partition's own folder does. */
static bool is_partition(arena *a, int fd)
{
    str *names = NULL;
    size_t count = 0;
    if (file_list(a, fd, "organizations", (str){0}, &names, &count, &(error){0}) != READ_DONE)
        return false;
    for (size_t i = 0; i < count; i++)
        if (str_starts(names[i], STR("o-")))
            return true;
    return false;
}

/* "aws/aws/organizations/o-a1b2c3d4e5": one at most. */
static bool find_organization(arena *a, struct storage *s, str at, error *e)
{
    str folder = arena_printf(a, "%.*s/organizations", STR_ARG(s->base)), *names = NULL;
    size_t count = 0, found = 0;
    if (file_list(a, s->fd, folder.ptr, folder, &names, &count, e) == READ_FAILED)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(names[i], STR("o-")))
            continue;
        if (found++)
            return error_at(e, at, 0, 0,
                            "holds the organizations %.*s and %.*s; one is judged at a time: copy the storage with the "
                            "other's folder left out",
                            STR_ARG(storage_last_part(s->organization)), STR_ARG(names[i]));
        s->organization = arena_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(names[i]));
    }
    return true;
}

door_result iam_collect_recognise(arena *a, const char *path, error *e)
{
    str bases[sizeof partitions / sizeof *partitions], at = str_from(path);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    door_result result = DOOR_OTHER;
    if (fd < 0)
        return DOOR_OTHER; /* the folder's door says why */
    bool snapshot = is_folder(fd, parts[0]) || is_folder(fd, parts[1]);
    size_t count = find_bases(a, fd, "aws/", bases);
    if (count && snapshot) {
        (void)error_at(e, at, 0, 0,
                       "is a snapshot (accounts/, organizations/) and iam-collect's storage (%.*s/) at once: keep them "
                       "in folders of their own",
                       STR_ARG(bases[0]));
        result = DOOR_FAILED;
    } else if (count > 1) {
        (void)error_at(e, at, 0, 0, "is iam-collect's storage of two partitions (%.*s, %.*s): judge each by itself",
                       STR_ARG(bases[0]), STR_ARG(bases[1]));
        result = DOOR_FAILED;
    } else if (count) {
        result = DOOR_OURS;
    } else if ((!snapshot && find_bases(a, fd, "", bases)) || is_partition(a, fd)) {
        (void)error_at(e, at, 0, 0, "lies inside iam-collect's storage: give the folder that holds aws/PARTITION/");
        result = DOOR_FAILED;
    }
    close(fd);
    return result;
}

struct capture_source *iam_collect_source_open(arena *a, const char *path, error *e)
{
    struct storage *s = NEW(a, struct storage);
    struct capture_source *out = NEW(a, struct capture_source);
    str bases[sizeof partitions / sizeof *partitions] = {0}, at = arena_str(a, str_from(path));
    s->fd = -1;
    arena_defer(a, close_storage, s);
    s->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->fd < 0 || !find_bases(a, s->fd, "aws/", bases)) {
        (void)error_at(e, at, 0, 0, "is no storage of iam-collect any more");
        return NULL;
    }
    s->base = bases[0];
    if (!find_organization(a, s, at, e) || !storage_organization_open(s, a, e))
        return NULL;
    *out = (struct capture_source){.self = s,
                                   .fetch = fetch_call,
                                   .fetch_named = fetch_named,
                                   .size = no_size,
                                   .list = list_names,
                                   .files = files_of};
    return out;
}
