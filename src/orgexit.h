/*
 * orgexit.h - the library behind the program: is an AWS account ready to leave its organization?
 *
 *     orgexit *o = orgexit_open();
 *     if (!o || !orgexit_set(o, "as-of", "2026-11-20") || !orgexit_check(o, "snapshot"))
 *         ... orgexit_error(o) ...
 *     const orgexit_account *account;
 *     const orgexit_finding *f;
 *     while ((account = orgexit_next_account(o)))
 *         while ((f = orgexit_next_finding(o)))
 *             printf("%s %s %s\n", account->id, f->rule, f->outcome);
 *     int code = orgexit_finish(o);
 *     orgexit_close(o);
 *
 * An orgexit belongs to one thread at a time; different ones are independent. It reads files alone, prints nothing and
 * never ends the program. Texts are UTF-8, end with a NUL, are never NULL unless it says so, and live until the next
 * orgexit_next_account or orgexit_close. Account names and policy texts come from the input: escape them for where they
 * go.
 */
#ifndef ORGEXIT_H
#define ORGEXIT_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define ORGEXIT_API __attribute__((visibility("default")))
#else
#define ORGEXIT_API
#endif

#define ORGEXIT_ABI 1 /* grows when a declaration below changes */

typedef struct orgexit orgexit;

typedef enum { ORGEXIT_UNDETERMINED, ORGEXIT_NOT_READY, ORGEXIT_READY } orgexit_verdict;
enum { ORGEXIT_ROUTES = 5 }; /* remove/api, remove/console, leave/api, leave/console, transfer */

typedef struct {
    const char *id, *name, *path; /* name, path: "" when not known */
    orgexit_verdict verdict;
    const char *by_route; /* the route that a READY rests on; NULL: none */
    orgexit_verdict routes[ORGEXIT_ROUTES];
    unsigned waived; /* blockers that count only because somebody waived them */
    bool counted;    /* false: the management account, unless it was asked for */
} orgexit_account;

typedef struct {
    const char *rule, *title;
    const char *severity; /* "blocker", "warning", "info" */
    const char *outcome;  /* "pass", "fail", "unknown", "waived" */
    const char *message;
    const char *file, *pointer; /* of the first evidence; "" when there is none */
    unsigned line, column;      /* from 1; 0: not known */
    const char *fingerprint;    /* 16 hex digits */
} orgexit_finding;

ORGEXIT_API const char *orgexit_version(void); /* "0.1.0" */
ORGEXIT_API int orgexit_abi(void);             /* ORGEXIT_ABI of the library */

ORGEXIT_API orgexit *orgexit_open(void);    /* NULL: no memory */
ORGEXIT_API void orgexit_close(orgexit *o); /* NULL does nothing */

/* An option of `orgexit check` by its name without dashes: as-of, captured-at, max-age, route, profile, account, ou,
 * caller, principal, context, attestations, no-waivers ("true"). Repeatable ones add up. False: orgexit_error tells. */
ORGEXIT_API bool orgexit_set(orgexit *o, const char *option, const char *value);

/* Loads a snapshot folder and all that is not of one account. False: orgexit_error tells; there is no verdict. */
ORGEXIT_API bool orgexit_check(orgexit *o, const char *snapshot);

ORGEXIT_API const orgexit_account *orgexit_next_account(orgexit *o); /* NULL: no more, or an error */
ORGEXIT_API const orgexit_finding *orgexit_next_finding(orgexit *o); /* of the account; NULL: no more */

/* The exit code that `orgexit check` would have: 0 only when every counted account is READY. Call it when
 * orgexit_next_account has given NULL; before that, or after an error, it is 2 or 4. */
ORGEXIT_API int orgexit_finish(orgexit *o);

/* The error, "" when there is none: "FILE:LINE:COLUMN: message". */
ORGEXIT_API const char *orgexit_error(const orgexit *o);

#ifdef __cplusplus
}
#endif

#endif
