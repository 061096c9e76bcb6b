/*
 * snapshot.h - where captures come from. Loaders ask for a call and never for a path; a folder of files is the first
 * kind of source. Reads capture.json: when, by whom, which calls failed (formats.md 1).
 */
#ifndef ORGEXIT_ORG_SNAPSHOT_H
#define ORGEXIT_ORG_SNAPSHOT_H

#include "base/clock.h"
#include "base/error.h"
#include "base/map.h"
#include "base/tri.h"
#include "org/captures.h"
#include "text/source.h"

typedef enum { FETCH_FAILED, FETCH_DONE, FETCH_ABSENT } fetch_result;

/* One input that was read, for the report's list. */
struct read_file {
    str path;
    uint64_t bytes;
    str sha256; /* hex; empty: not computed */
};

struct read_list {
    VEC(struct read_file) files;
};

/* What a source gives: a text that is still to be read (file, text, len are set), or a value in one that was. */
struct fetched {
    source *source;
    const node *root; /* in `source`, which was read; NULL: it is still to be read */
};

/*
 * A kind of source. fetch gives one call (texts in `a`, FILE_TAIL zero bytes behind them); FETCH_ABSENT: it holds no
 * such capture; FETCH_FAILED: it could not be read, *e says why. size tells the bytes without reading.
 * All may be called from several threads at once.
 */
struct capture_source {
    void *self;
    fetch_result (*fetch)(void *self, arena *a, const struct call *c, struct fetched *out, error *e);
    fetch_result (*fetch_named)(void *self, arena *a, const char *name, struct fetched *out, error *e);
    bool (*size)(void *self, const char *path, uint64_t *bytes);
    /* The names in a folder of the snapshot ("accounts/ID"), sorted; FETCH_ABSENT: there is no such folder.
     * NULL: the source cannot tell, so everything is tried. */
    fetch_result (*list)(void *self, arena *a, const char *path, str **names, size_t *count, error *e);
    /* The files that a capture of the account (empty: of the organization) may come from, where one capture comes from
     * many. NULL: a capture is a file, and size tells of it. */
    bool (*files)(void *self, arena *a, str account, struct read_list *to, error *e);
    const struct read_file *whole; /* a source that is one file: this one. NULL: each capture is a file of its own */
};

/* The doors: whatever `path` is. NULL and *e when it cannot be opened. Closed with the arena. */
struct capture_source *capture_source_open(arena *a, const char *path, error *e);

struct capture_source *folder_source_open(arena *a, const char *path, error *e);   /* one file a call */
struct capture_source *document_source_open(arena *a, const char *path, error *e); /* one file in all, JSON or YAML */
struct capture_source *iam_collect_source_open(arena *a, const char *path, error *e); /* iam-collect's file storage */

/* Whether the folder is such a storage. DOOR_FAILED: it is one that cannot be read as such, *e says why. */
typedef enum { DOOR_FAILED, DOOR_OURS, DOOR_OTHER } door_result;
door_result iam_collect_recognise(arena *a, const char *path, error *e);

struct failed_call {
    str code, message;
    const source *source; /* capture.json, or the account's line */
    const node *node;     /* in it */
};

struct snapshot_options {
    int64_t as_of;   /* seconds since 1970, UTC */
    int64_t max_age; /* seconds */
    bool has_captured_at;
    int64_t captured_at; /* --captured-at: where there is no capture.json */
    bool digests;        /* SHA-256 of every input */
};

struct snapshot {
    const struct capture_source *from;
    const struct snapshot *base; /* of which this one differs for one account; NULL: none */
    struct snapshot_options options;
    const source *capture_json; /* the file that holds it; NULL: there is none */
    bool has_captured_at, has_completed_at;
    int64_t captured_at, completed_at;
    const node *captured_at_node, *completed_at_node;
    str caller, partition, tool; /* empty: not told */
    const node *caller_node;
    struct map errors;  /* path of the call -> struct failed_call */
    struct map digests; /* "path.json" -> str: hex */
    const str *listed;  /* its keys, sorted */
    size_t listed_count;
    tri fresh, finished; /* YES or UNKNOWN */
    bool stale;          /* too old, from the future or spread over too long a time: every capture is unknown */
    str stale_why;       /* why not fresh: one clause */
};

/* Opens and reads capture.json. Organization-wide errors: ERR_INPUT. */
struct snapshot *snapshot_open(arena *a, const struct capture_source *from, const struct snapshot_options *options,
                               error *e);

typedef enum {
    CAPTURE_UNKNOWN, /* not captured: absent, empty, failed, without the member that every answer has */
    CAPTURE_NONE,    /* AWS said that there is none */
    CAPTURE_CUT,     /* incomplete: it shows some, there may be more */
    CAPTURE_WHOLE
} capture_state;

struct capture_doc {
    capture_state state;
    struct call call;
    str path;             /* without ".json" */
    const source *source; /* NULL unless CUT or WHOLE */
    const node *root;
    str code;                   /* of a failed call, with which AWS refused or said "none" */
    const source *error_source; /* where it says so: capture.json */
    const node *error_node;
    str why; /* UNKNOWN: one clause, "… was not captured" */
};

/*
 * Gets one capture: false and *e when it is malformed (wrong type, near miss of a key, digest that differs).
 * `read` (may be NULL) gets a line for each file read; `known` (may be NULL): values that need not be read again.
 */
bool snapshot_get(arena *a, const struct snapshot *s, const struct call *c, struct read_list *read,
                  struct known_store *known, struct capture_doc *out, error *e);

/*
 * Checks the digests that capture.json lists of files in a folder ("accounts/ID/"; empty: of those that are in no
 * account's), but for those in `read`, which were checked when they were read. False: *e of the first that differs or
 * is not there. Hashes nothing when nothing is listed.
 */
bool snapshot_check_listed(arena *a, const struct snapshot *s, str folder, const struct read_list *read, error *e);

/*
 * The arguments with which that call of the organization was made, be it that a file is named for them or that
 * capture.json lists the call: those of list-policies-for-target are the targets alone. CAPTURE_COUNT: the accounts
 * that have a folder. Only ids (of policies, roots, OUs, accounts) are told; what else lies there is none of ours.
 */
bool snapshot_arguments(arena *a, const struct snapshot *s, capture_kind kind, const str **out, size_t *count,
                        error *e);

/* Judges the text of src (file, text and len are set) as the answer to out->call; out->path is set too. For answers
 * that are in no snapshot yet. Errors as snapshot_get. */
bool capture_read(arena *a, source *src, struct capture_doc *out, error *e);

/* "organizations/list-roots", "accounts/111122223333/iam/get-account-summary": what is spelt otherwise would be looked
 * up in vain, and a call that failed be taken for one that did not. */
bool is_call_path(str path);

/* The calls that failed, below "accounts/ID/" or nothing, into s->errors. */
bool snapshot_read_errors(arena *a, struct snapshot *s, const source *src, const node *list, str below, error *e);

/* NULL: the call of that path did not fail. */
const struct failed_call *snapshot_failure(const struct snapshot *s, str path);

/* Every member is among `known`, else an error with a suggestion. */
bool only_known_keys(const source *s, const node *object, const char *const *known, size_t count, error *e);
bool is_version_1(const source *s, const node *object, error *e); /* its member "version" */

/* ---- what loaders read from nodes: a wrong type, or a key in another case, is an error with its position ---- */

/* A text member; out->ptr NULL when it is not there or null. */
bool member_text(const source *s, const node *n, const char *key, str *out, error *e);
/* A list or object member; NULL when it is not there or null. */
bool member_list(const source *s, const node *n, const char *key, const node **out, error *e);
bool member_object(const source *s, const node *n, const char *key, const node **out, error *e);
/* A bool member: TRI_UNKNOWN when it is not there or null. */
bool member_bool(const source *s, const node *n, const char *key, tri *out, error *e);
/* A time (text or number); *has false when it is not there or null. */
bool member_time(const source *s, const node *n, const char *key, bool *has, instant *out, error *e);
/* A whole number; *has false when it is not there or null. */
bool member_int(const source *s, const node *n, const char *key, bool *has, int64_t *out, error *e);

/* SHA-256 in hex. `digest` (may be NULL) is what digest_open gives: asking for the algorithm anew costs more than a
 * short text. */
struct digest;
const struct digest *digest_open(arena *a);
str sha256_hex(arena *a, const struct digest *digest, const char *bytes, size_t len);

/* Parts of an ARN: arn:partition:service:region:account:resource. False: it is none. */
struct arn {
    str partition, service, region, account, resource;
};
bool arn_parse(str text, struct arn *out);

#endif
