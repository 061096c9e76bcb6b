/* snapshot.c - capture.json, the state of each capture, and reading typed members. */
#include "org/snapshot.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/work.h"

struct digest {
    EVP_MD *algorithm;
};

static void close_digest(void *what)
{
    struct digest *d = what;
    EVP_MD_free(d->algorithm);
}

const struct digest *digest_open(arena *a)
{
    struct digest *d = NEW(a, struct digest);
    arena_defer(a, close_digest, d);
    d->algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    return d;
}

str sha256_hex(arena *a, const struct digest *digest, const char *bytes, size_t len)
{
    static const char hex[] = "0123456789abcdef";
    unsigned char raw[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    const EVP_MD *algorithm = digest && digest->algorithm ? digest->algorithm : EVP_sha256();
    if (!EVP_Digest(bytes, len, raw, &size, algorithm, NULL))
        work_leave(arena_exit(a)); /* it fails for want of memory alone */
    char *out = arena_alloc(a, 2 * size + 1);
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = hex[raw[i] >> 4];
        out[2 * i + 1] = hex[raw[i] & 15];
    }
    out[2 * size] = '\0';
    return (str){out, 2 * size};
}

bool arn_parse(str text, struct arn *out)
{
    if (!str_is(str_cut(&text, ':'), "arn"))
        return false;
    out->partition = str_cut(&text, ':');
    out->service = str_cut(&text, ':');
    out->region = str_cut(&text, ':');
    out->account = str_cut(&text, ':');
    out->resource = text;
    return out->partition.len && out->service.len && text.ptr;
}

/* ---- typed members ---- */

static bool member(const source *s, const node *n, const char *key, const node **out, error *e)
{
    const node *m = node_get(n, key);
    *out = node_is_null(m) ? NULL : m;
    if (m)
        return true;
    const node *near = node_get_near(n, key);
    if (!near)
        return true;
    return source_error_key(s, near, e, "found the key \"%.*s\"; the AWS CLI spells it \"%s\"", STR_ARG(node_key(near)),
                            key);
}

static bool wrong_type(const source *s, const node *n, const char *key, const char *expected, error *e)
{
    return source_error(s, n, e, "\"%s\" is %s; expected %s, as the AWS CLI prints it", key, node_kind_name(n),
                        expected);
}

bool member_text(const source *s, const node *n, const char *key, str *out, error *e)
{
    const node *m;
    *out = (str){0};
    if (!member(s, n, key, &m, e))
        return false;
    if (m && !node_is_string(m))
        return wrong_type(s, m, key, "a text", e);
    *out = node_text(m);
    return true;
}

bool member_list(const source *s, const node *n, const char *key, const node **out, error *e)
{
    if (!member(s, n, key, out, e))
        return false;
    return !*out || node_is_list(*out) || wrong_type(s, *out, key, "a list", e);
}

bool member_object(const source *s, const node *n, const char *key, const node **out, error *e)
{
    if (!member(s, n, key, out, e))
        return false;
    return !*out || node_is_object(*out) || wrong_type(s, *out, key, "an object", e);
}

bool member_bool(const source *s, const node *n, const char *key, tri *out, error *e)
{
    const node *m;
    *out = TRI_UNKNOWN;
    if (!member(s, n, key, &m, e))
        return false;
    if (m && !node_is_bool(m))
        return wrong_type(s, m, key, "true or false", e);
    if (m)
        *out = tri_of(node_is_true(m));
    return true;
}

bool member_time(const source *s, const node *n, const char *key, bool *has, instant *out, error *e)
{
    const node *m;
    *has = false;
    if (!member(s, n, key, &m, e))
        return false;
    if (!m)
        return true;
    if (!(node_is_string(m) || node_is_number(m)) || !time_from_cli(node_text(m), out))
        return wrong_type(s, m, key, "a time such as \"2026-11-20T08:00:00Z\" or 1795161600.0", e);
    return *has = true;
}

bool member_int(const source *s, const node *n, const char *key, bool *has, int64_t *out, error *e)
{
    const node *m;
    instant value;
    *has = false;
    if (!member(s, n, key, &m, e))
        return false;
    if (!m)
        return true;
    if (!node_is_number(m) || !time_from_epoch(node_text(m), &value) || value.nanos)
        return wrong_type(s, m, key, "a whole number", e);
    *out = value.seconds;
    return *has = true;
}

/* ---- capture.json ---- */

enum { CLOCK_SKEW = 5 * MINUTE, LONGEST_RUN = 6 * HOUR };

static const char *const capture_keys[] = {"version",   "captured_at", "completed_at", "caller",
                                           "partition", "tool",        "errors",       "digests"};
static const char *const error_keys[] = {"call", "code", "message"};

bool only_known_keys(const source *s, const node *object, const char *const *known, size_t count, error *e)
{
    for (NODE_EACH(m, object)) {
        str key = node_key(m);
        const char *near = NULL;
        size_t i = 0;
        while (i < count && !str_is(key, known[i]))
            i++;
        if (i < count)
            continue;
        for (i = 0; i < count && !near; i++)
            if (str_distance(key, str_from(known[i]), 2) <= 2)
                near = known[i];
        return source_error_key(s, m, e, "unknown key \"%.*s\"%s%s%s", STR_ARG(key), near ? "; did you mean \"" : "",
                                near ? near : "", near ? "\"?" : "");
    }
    return true;
}

bool is_version_1(const source *s, const node *object, error *e)
{
    const node *version = node_get(object, "version");
    return (node_is_number(version) && str_is(node_text(version), "1")) ||
           source_error(s, version ? version : object, e,
                        "\"version\" must be 1 (a later version was made by a newer orgexit: upgrade)");
}

static bool read_zoned_time(const source *s, const node *n, const char *key, bool *has, int64_t *out, const node **at,
                            error *e)
{
    const node *m = node_get(n, key);
    instant t;
    *has = false;
    if (!m)
        return true;
    if (!node_is_string(m) || !time_from_rfc3339(node_text(m), &t))
        return source_error(s, m, e,
                            "\"%s\" is %s%.*s%s, no time with Z or an offset; expected \"2026-11-20T08:00:00Z\"", key,
                            node_is_string(m) ? "\"" : node_kind_name(m),
                            STR_ARG(node_is_string(m) ? node_text(m) : (str){0}), node_is_string(m) ? "\"" : "");
    *has = true;
    *out = t.seconds;
    *at = m;
    return true;
}

bool is_call_path(str path)
{
    str rest = path, first = str_cut(&rest, '/');
    if (str_is(first, "accounts") && !str_is_account_id(str_cut(&rest, '/')))
        return false;
    return (str_is(first, "accounts") || str_is(first, "organizations")) && rest.len && !str_ends(path, STR(".json")) &&
           str_find(path, STR("//")) == SIZE_MAX && str_find(path, STR("/.")) == SIZE_MAX;
}

/* "organizations/list-root": a call that orgexit knows but for a letter or two would be looked up in vain. */
static const struct capture *near_call(str path)
{
    str first = str_cut(&path, '/');
    if (str_is(first, "accounts"))
        (void)str_cut(&path, '/');
    str service = str_is(first, "accounts") ? str_cut(&path, '/') : first;
    if (str_is(service, "regions")) {
        (void)str_cut(&path, '/');
        service = str_cut(&path, '/');
    }
    str operation = str_cut(&path, '/');
    const struct capture *near = NULL;
    for (size_t i = 0; i < CAPTURE_COUNT; i++) {
        const struct capture *row = &captures[i];
        size_t distance =
            str_distance(service, str_from(row->service), 2) + str_distance(operation, str_from(row->operation), 2);
        if (str_is(service, row->service) && str_is(operation, row->operation))
            return NULL;
        if (distance <= 2 ||
            (str_eq_nocase(service, str_from(row->service)) && str_eq_nocase(operation, str_from(row->operation))))
            near = row;
    }
    return near;
}

bool snapshot_read_errors(arena *a, struct snapshot *s, const source *src, const node *list, str below, error *e)
{
    if (list && !node_is_list(list))
        return source_error(src, list, e, "\"errors\" is %s; expected a list", node_kind_name(list));
    for (NODE_EACH(item, list)) {
        struct failed_call *f = NEW(a, struct failed_call);
        str call;
        f->node = item;
        if (!node_is_object(item))
            return source_error(src, item, e, "an error is %s; expected {\"call\": …, \"code\": …}",
                                node_kind_name(item));
        if (!only_known_keys(src, item, error_keys, 3, e) || !member_text(src, item, "call", &call, e) ||
            !member_text(src, item, "code", &f->code, e) || !member_text(src, item, "message", &f->message, e))
            return false;
        if (!call.len || !f->code.len)
            return source_error(src, item, e, "an error without \"%s\"", call.len ? "code" : "call");
        call = below.len ? arena_printf(a, "%.*s%.*s", STR_ARG(below), STR_ARG(call)) : call;
        if (!is_call_path(call))
            return source_error(
                src, node_get(item, "call"), e,
                "\"%.*s\" is no call; expected a capture's path without .json: organizations/list-roots, "
                "accounts/111122223333/iam/get-account-summary",
                STR_ARG(call));
        const struct capture *near = near_call(call);
        if (near)
            return source_error(src, node_get(item, "call"), e,
                                "\"%.*s\" is no call that orgexit knows; did you mean %s/%s?", STR_ARG(call),
                                near->service, near->operation);
        f->source = src;
        f->node = node_get(item, "code");
        void **slot = map_at(a, &s->errors, call);
        if (*slot)
            return source_error(src, item, e, "the call \"%.*s\" is listed twice", STR_ARG(call));
        *slot = f;
    }
    return true;
}

static int by_text(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static bool read_digests(arena *a, struct snapshot *s, const source *src, const node *object, error *e)
{
    if (object && !node_is_object(object))
        return source_error(src, object, e, "\"digests\" is %s; expected an object", node_kind_name(object));
    str *listed = NEW_ARRAY(a, str, node_count(object));
    for (NODE_EACH(m, object)) {
        str text = node_text(m), hex = str_from_index(text, 7);
        bool good = node_is_string(m) && str_starts(text, STR("sha256:")) && hex.len == 64;
        for (size_t i = 0; good && i < hex.len; i++)
            good = ascii_is_digit(hex.ptr[i]) || (hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f');
        if (!good)
            return source_error(src, m, e, "no digest; expected \"sha256:\" and 64 hexadecimal digits in lower case");
        str file = node_key(m), call = str_ends(file, STR(".json")) ? str_head(file, file.len - 5) : (str){0};
        if (!is_call_path(call) && !str_is(file, "attestations.yaml"))
            return source_error_key(src, m, e,
                                    "\"%.*s\" is no capture; expected a path such as organizations/list-roots.json",
                                    STR_ARG(file));
        str *kept = NEW(a, str);
        *kept = hex;
        *map_at(a, &s->digests, node_key(m)) = kept;
        listed[s->listed_count++] = file;
    }
    if (s->listed_count)
        qsort(listed, s->listed_count, sizeof *listed, by_text);
    s->listed = listed;
    return true;
}

static bool read_capture_json(arena *a, struct snapshot *s, const source *src, const node *root, error *e)
{
    if (!node_is_object(root))
        return source_error(src, root, e, "capture.json is %s; expected an object", node_kind_name(root));
    if (!only_known_keys(src, root, capture_keys, sizeof capture_keys / sizeof *capture_keys, e))
        return false;
    if (!is_version_1(src, root, e))
        return false;
    if (!read_zoned_time(src, root, "captured_at", &s->has_captured_at, &s->captured_at, &s->captured_at_node, e) ||
        !read_zoned_time(src, root, "completed_at", &s->has_completed_at, &s->completed_at, &s->completed_at_node, e) ||
        !member_text(src, root, "caller", &s->caller, e) || !member_text(src, root, "partition", &s->partition, e) ||
        !member_text(src, root, "tool", &s->tool, e))
        return false;
    s->caller_node = node_get(root, "caller");
    if (!s->has_captured_at)
        return source_error(src, root, e, "no \"captured_at\"; expected the time at which capturing began");
    if (s->has_completed_at && s->completed_at < s->captured_at)
        return source_error(src, s->completed_at_node, e, "\"completed_at\" lies before \"captured_at\"");
    return snapshot_read_errors(a, s, src, node_get(root, "errors"), (str){0}, e) &&
           read_digests(a, s, src, node_get(root, "digests"), e);
}

/* Which captures may be believed at all: age, the future, and how long capturing took (formats.md 1). */
static void judge_times(arena *a, struct snapshot *s)
{
    int64_t age = s->options.as_of - s->captured_at;
    s->finished = s->capture_json && !s->has_completed_at ? TRI_UNKNOWN : TRI_YES;
    s->stale = true;
    if (!s->has_captured_at) {
        s->stale = false;
        s->stale_why = STR("when the captures were made is not known");
    } else if (age > s->options.max_age) {
        s->stale_why = arena_printf(a, "the captures are %.*s old, more than %.*s", STR_ARG(duration_format(a, age)),
                                    STR_ARG(duration_format(a, s->options.max_age)));
    } else if (age < -CLOCK_SKEW) {
        s->stale_why = STR("the captures are dated later than --as-of");
    } else if (s->has_completed_at && s->completed_at - s->captured_at > LONGEST_RUN) {
        s->finished = TRI_UNKNOWN;
        s->stale_why = STR("capturing took more than 6 hours, so the captures do not belong together");
    } else {
        s->stale = false;
        s->fresh = TRI_YES;
    }
}

struct snapshot *snapshot_open(arena *a, const struct capture_source *from, const struct snapshot_options *options,
                               error *e)
{
    struct snapshot *s = NEW(a, struct snapshot);
    struct fetched got = {0};
    s->from = from;
    s->options = *options;
    switch (from->fetch_named(from->self, a, "capture.json", &got, e)) {
    case FETCH_FAILED: return NULL;
    case FETCH_ABSENT: break;
    case FETCH_DONE:
        s->capture_json = got.source;
        if ((!got.root && !json_read(a, got.source, e)) ||
            !read_capture_json(a, s, got.source, got.root ? got.root : got.source->root, e))
            return NULL;
        break;
    }
    if (from->whole && s->digests.count)
        return error_at(e, from->whole->path, 0, 0,
                        "\"digests\" are those of files, and here the captures stand in one: leave them out"),
               NULL;
    if (options->has_captured_at) {
        if (s->capture_json && s->captured_at != options->captured_at)
            return source_error(
                       s->capture_json, s->captured_at_node, e,
                       "--captured-at is for captures without capture.json; this one says when they were made"),
                   NULL;
        s->has_captured_at = true;
        s->captured_at = options->captured_at;
    }
    judge_times(a, s);
    return s;
}

/* ---- one capture ---- */

/* NextToken, Marker, IsTruncated in any spelling and with any value but null, "" or false (formats.md 1). */
static bool is_cut(const node *root)
{
    static const char *const tokens[] = {"NextToken",   "NextPageToken", "Marker",    "NextMarker",
                                         "IsTruncated", "PageToken",     "Truncated", "ContinuationToken"};
    for (NODE_EACH(m, root)) {
        bool token = false;
        for (size_t i = 0; i < sizeof tokens / sizeof *tokens && !token; i++)
            token = str_eq_nocase(node_key(m), str_from(tokens[i]));
        bool empty = node_is_null(m) || (node_is_string(m) && m->len == 0) || (node_is_bool(m) && !node_is_true(m));
        if (token && !empty)
            return true;
    }
    return false;
}

static bool not_captured(arena *a, struct capture_doc *out, const char *what)
{
    out->state = CAPTURE_UNKNOWN;
    out->why = arena_printf(a, "%.*s.json %s", STR_ARG(out->path), what);
    return true;
}

const struct failed_call *snapshot_failure(const struct snapshot *s, str path)
{
    const struct failed_call *failed = map_get(&s->errors, path);
    return failed || !s->base ? failed : map_get(&s->base->errors, path);
}

static void note_failure(arena *a, const struct snapshot *s, const struct failed_call *f, struct capture_doc *out)
{
    out->code = f->code;
    out->error_source = f->source;
    out->error_node = f->node;
    if (capture_code_is_none(out->call.kind, f->code)) {
        out->state = CAPTURE_NONE;
        return;
    }
    (void)s;
    out->why = arena_printf(a, "%.*s failed with %.*s", STR_ARG(out->path), STR_ARG(f->code));
}

static bool digest_differs(const source *src, error *e)
{
    return error_at(e, src->file, 0, 0,
                    "its SHA-256 is not the one that capture.json lists: the file was changed after it was captured");
}

static bool listed_is_absent(const source *src, error *e)
{
    return error_at(e, src->file, 0, 0, "is listed under \"digests\" of capture.json but is not there");
}

static bool check_digest(arena *a, const struct snapshot *s, const source *src, struct read_list *read, error *e)
{
    const str *listed = map_get(&s->digests, src->file);
    str actual = {0};
    if (listed || s->options.digests)
        actual = sha256_hex(a, NULL, src->text, src->len);
    if (read)
        *VEC_PUSH(a, &read->files) = (struct read_file){src->file, src->len, actual};
    return !listed || str_eq(*listed, actual) || digest_differs(src, e);
}

static bool check_listed(arena *a, const struct snapshot *s, str file, error *e)
{
    struct fetched got = {0};
    switch (s->from->fetch_named(s->from->self, a, arena_cstr(a, file), &got, e)) {
    case FETCH_FAILED: return false;
    case FETCH_ABSENT: return listed_is_absent(&(source){.file = file}, e);
    case FETCH_DONE: break;
    }
    return check_digest(a, s, got.source, NULL, e);
}

bool snapshot_check_listed(arena *a, const struct snapshot *s, str folder, const struct read_list *read, error *e)
{
    struct map done = {0};
    size_t low = 0, high = s->listed_count;
    for (size_t i = 0; s->listed_count && i < read->files.count; i++)
        *map_at(a, &done, read->files.items[i].path) = &done;
    while (low < high) { /* the first that does not stand before the folder */
        size_t middle = (low + high) / 2;
        if (str_cmp(s->listed[middle], folder) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < s->listed_count && str_starts(s->listed[low], folder); low++) {
        bool elsewhere = !folder.len && str_starts(s->listed[low], STR("accounts/"));
        if (!elsewhere && !map_get(&done, s->listed[low]) && !check_listed(a, s, s->listed[low], e))
            return false;
    }
    return true;
}

/* What the call answered, `root` of `src`. */
static bool judge_answer(arena *a, const source *src, const node *root, struct capture_doc *out, error *e)
{
    const struct capture *row = &captures[out->call.kind];
    const node *m;
    if (!node_is_object(root))
        return source_error(src, root, e, "found %s; expected the object that `%.*s` prints", node_kind_name(root),
                            STR_ARG(call_command(a, &out->call)));
    if (!member(src, root, row->member, &m, e))
        return false;
    if (!m)
        return not_captured(a, out, "lacks the member that this call always has: the answer was cut off");
    if (node_kind_of(m) != row->kind)
        return wrong_type(src, m, row->member,
                          row->kind == NODE_LIST     ? "a list"
                          : row->kind == NODE_OBJECT ? "an object"
                                                     : "a text",
                          e);
    out->source = src;
    out->root = root;
    out->state = is_cut(root) ? CAPTURE_CUT : CAPTURE_WHOLE;
    return true;
}

bool capture_read(arena *a, source *src, struct capture_doc *out, error *e)
{
    if (src->len == 0)
        return not_captured(a, out, "is empty: the call failed");
    return json_read(a, src, e) && judge_answer(a, src, src->root, out, e);
}

bool snapshot_get(arena *a, const struct snapshot *s, const struct call *c, struct read_list *read,
                  struct known_store *known, struct capture_doc *out, error *e)
{
    *out = (struct capture_doc){.call = *c, .path = call_path(a, c)};
    const struct failed_call *failed = snapshot_failure(s, out->path);
    if (failed)
        return note_failure(a, s, failed, out), true;

    struct fetched got = {0};
    str file = arena_printf(a, "%.*s.json", STR_ARG(out->path));
    switch (s->from->fetch(s->from->self, a, c, &got, e)) {
    case FETCH_FAILED: return false;
    case FETCH_ABSENT:
        if (map_get(&s->digests, file))
            return listed_is_absent(&(source){.file = file}, e);
        return not_captured(a, out, "was not captured");
    case FETCH_DONE: break;
    }
    if (got.root)
        return judge_answer(a, got.source, got.root, out, e);
    if (!got.source->part_count) { /* else its files are listed by the source, and its places are not its own */
        got.source->known = known;
        if (!check_digest(a, s, got.source, read, e))
            return false;
    }
    return capture_read(a, got.source, out, e);
}
