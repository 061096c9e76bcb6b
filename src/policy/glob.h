/*
 * glob.h - wildcard matching of IAM texts: "*" is any run, "?" exactly one character (code point). Never recursive and
 * never exponential: two pointers, the last "*" takes one byte more at each failure.
 */
#ifndef ORGEXIT_POLICY_GLOB_H
#define ORGEXIT_POLICY_GLOB_H

#include "base/str.h"
#include "base/tri.h"

/* A pattern. Where variables were filled in, the wildcards are the bytes below, which no UTF-8 text holds, so that
 * what came from a value (or from ${*}) is literal. */
struct glob {
    str text;
    bool filled;
};
enum { GLOB_ANY = 0xFF, GLOB_ONE = 0xFE };

#define GLOB(pattern) ((struct glob){.text = (pattern)})

/* At most this many steps (pattern bytes times text bytes) are tried: beyond it the answer is UNKNOWN. */
enum { GLOB_MAX_STEPS = 10000000 };

bool glob_has_wildcard(struct glob g);
bool glob_is_all(struct glob g); /* nothing but "*", at least one */

tri glob_match(struct glob g, str text);
tri glob_match_nocase(struct glob g, str text); /* ASCII letters only */

/* Whether one of them has a letter beyond ASCII: AWS does not say which of those differ in case alone. */
bool folds_beyond_ascii(struct glob g, str text);

/* ArnLike, ArnEquals: six components one by one, no "*" leaves its own; the sixth is the whole rest. A pattern that has
 * not six is no ARN: UNKNOWN where it would match as a plain text. */
tri glob_match_arn(struct glob g, str text);

/*
 * Resource and NotResource (IAM User Guide, "Resource"): "/" is an ordinary character, a "*" that ends a segment may go
 * on beyond the colon. A request without resource ("*") is covered by "*" alone. UNKNOWN where the guide says that a
 * wildcard may not stand, or leaves open what it covers.
 */
tri glob_match_resource(struct glob g, str resource);

#endif
