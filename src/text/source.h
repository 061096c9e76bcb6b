/*
 * source.h - a text that was read, the tree made of it, and the way from a node back to where a person finds it.
 */
#ifndef ORGEXIT_TEXT_SOURCE_H
#define ORGEXIT_TEXT_SOURCE_H

#include "base/arena.h"
#include "base/error.h"
#include "text/node.h"

/* What kind of fault json_read met: lint tells them apart. */
typedef enum { JSON_FAULT_SYNTAX, JSON_FAULT_ENCODING, JSON_FAULT_DUPLICATE_KEY, JSON_FAULT_DEPTH } json_fault;

typedef enum { INNER_NONE, INNER_STRING, INNER_URL, INNER_PIECE } inner_kind;
struct known_store;

/* What stands before a block: line ends, and code points since the last of them. */
struct line_mark {
    uint32_t lines, columns;
};

/*
 * Bytes of a text that was put together from files (compose.h), and where they stand: byte `begin + i` is byte `at + i`
 * of `from`, for i up to `len`; what lies behind them, up to the next part, was made of the value at `at`. Quoted: they
 * are one JSON string, whose decoded text is `from` from `at` on.
 */
struct source_part {
    size_t begin, len;
    const struct source *from;
    size_t at;
    bool quoted;
};

/*
 * One text and its tree. `text` belongs to the same arena as the nodes. json_read ends strings in place with a NUL
 * where the closing quotation mark was; source_byte() tells what was there.
 * A policy inside a JSON string is a source within a source: `outer` is the file, `outer_node` the string in it.
 */
typedef struct source {
    str file; /* as the user may name it: path below the snapshot, or the path given */
    char *text;
    size_t len; /* bytes; FILE_TAIL zero bytes lie behind them */
    const node *root;
    bool yaml;
    json_fault fault; /* when json_read gave false */
    inner_kind inner; /* how `text` was made of `outer_node`: decoded JSON string; that, then URL-decoded; as it is */
    const struct source *outer;
    const node *outer_node;
    uint32_t lines_above;            /* in the file, before `text`: where it is a line of a stream */
    bool unplaced;                   /* of a stream that may be split anywhere: places have a pointer, no line */
    const struct line_mark *marks;   /* where each block of a large text begins; NULL: it is small */
    struct known_store *known;       /* values that json_read may take (known.h); NULL: none */
    const struct source_part *parts; /* of a text put together from files, by `begin`; the first begins at 0 */
    size_t part_count;               /* 0: the text is a file */
} source;

/* Strict JSON (RFC 8259): one pass checks and builds. s->file, text, len are set; sets s->root.
 * Errors: ERR_INPUT with file, line, column, what was found, what was expected. A UTF-8 mark at the start is skipped.
 */
bool json_read(arena *a, source *s, error *e);

/* YAML 1.2 core schema through libyaml's events, one document. */
typedef enum {
    YAML_OURS,  /* rules, attestations, configuration, snapshot: no anchors, aliases, tags, merge keys */
    YAML_POLICY /* policy repositories: anchors within bounds; CloudFormation's short tags ("!Sub x") become
                 * objects as their long form: {"Fn::Sub": x}, {"Ref": x}, {"Condition": x} */
} yaml_mode;
bool yaml_read(arena *a, source *s, yaml_mode mode, error *e);

/* Reads the text inside the string `n` of `outer` as JSON: plain, or URL-encoded (RFC 3986) when it begins with '%'.
 * Gives a new source, or NULL and *e with the position in the outer file. */
source *source_inner(arena *a, const source *outer, const node *n, error *e);

/* Where byte `at` of `s` stands, told for the file on disk. Costs a walk over the text: only when a finding is kept. */
struct position {
    str file;
    str pointer;                       /* RFC 6901 in the outermost file */
    str inner_pointer;                 /* in the document inside the string at `pointer`; ptr NULL when there is none */
    uint32_t line, column, end_column; /* from 1, code points; end_column one past the last */
    /* The line that a person reads, without its end, borrowed or in `a`: of the file, or, where the value stands in a
     * document inside a string, of that document. Its number, and where in it the value stands. */
    str excerpt;
    uint32_t excerpt_line, excerpt_column, excerpt_end;
};
void source_locate(arena *a, const source *s, const node *n, struct position *out);
str source_file_of(const source *s, const node *n); /* its file alone, without a walk; n may be NULL */

/* The same for the key of n, which is a member of an object. */
void source_locate_key(arena *a, const source *s, const node *n, struct position *out);

/* Line and column of a byte of s->text itself (not of its outer file). */
void source_line_column(const source *s, size_t at, uint32_t *line, uint32_t *column);

/* Fills *e with file, line, column of node n and the message. Returns false. */
bool source_error(const source *s, const node *n, error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same at the key of n, which is a member of an object: for keys that are not known. */
bool source_error_key(const source *s, const node *n, error *e, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Decodes %XX strictly into `a` (a '+' stays a plus). False: a '%' that is no escape, or %00, or not UTF-8 after. */
bool url_decode(arena *a, str s, str *out);

/* The length in bytes of the UTF-8 sequence at p (1 .. 4), 0 when it is none (overlong, surrogate, > U+10FFFF). */
size_t utf8_len(const unsigned char *p, size_t left);
bool utf8_valid(str s);
str utf8_head(str s, size_t limit); /* the first `limit` bytes at most, no code point cut in two: for messages */

#endif
