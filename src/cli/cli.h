/* cli.h - what the commands share: options, messages, the terminal. The only floor that prints or exits. */
#ifndef ORGEXIT_CLI_CLI_H
#define ORGEXIT_CLI_CLI_H

#include "base/arena.h"
#include "base/error.h"
#include "base/tri.h"

/* formats.md 4 */
enum { EXIT_READY = 0, EXIT_NOT_READY = 1, EXIT_INPUT = 2, EXIT_UNDETERMINED = 3, EXIT_OUTPUT = 4 };

/* Every option of every command: one row each in options.c. */
typedef enum {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_RULES,
    OPTION_CONFIG,
    OPTION_NO_CONFIG,
    OPTION_ACCOUNT,
    OPTION_ACCOUNTS_FROM,
    OPTION_OU,
    OPTION_ROUTE,
    OPTION_PROFILE,
    OPTION_AS_OF,
    OPTION_MAX_AGE,
    OPTION_CAPTURED_AT,
    OPTION_CALLER,
    OPTION_PRINCIPAL,
    OPTION_CONTEXT,
    OPTION_ATTESTATIONS,
    OPTION_ASSUME,
    OPTION_ALLOW_HYPOTHETICAL,
    OPTION_NO_WAIVERS,
    OPTION_FAIL_ON,
    OPTION_ONLY_PROBLEMS,
    OPTION_FULL,
    OPTION_TABLE,
    OPTION_DIGESTS,
    OPTION_REDACT,
    OPTION_ORG,
    OPTION_JOBS,
    OPTION_BY,
    OPTION_DATE,
    OPTION_VALID_UNTIL,
    OPTION_EVIDENCE,
    OPTION_SCRIPT,
    OPTION_DRY_RUN,
    OPTION_PRINT_POLICY,
    OPTION_ROLE_NAME,
    OPTION_AWS,
    OPTION_AWS_ARG,
    OPTION_IMPACT,
    OPTION_REGION,
    OPTION_TIMEOUT,
    OPTION_CASES,
    OPTION_ACTION,
    OPTION_RESOURCE,
    OPTION_RESOURCE_ACCOUNT,
    OPTION_UNKNOWN,
    OPTION_ABSENT,
    OPTION_SCP,
    OPTION_RCP,
    OPTION_BOUNDARY,
    OPTION_SESSION,
    OPTION_IDENTITY,
    OPTION_RESOURCE_POLICY,
    OPTION_TRUST,
    OPTION_WHO,
    OPTION_ERROR,
    OPTION_POLICY,
    OPTION_AFTER,
    OPTION_TYPE,
    OPTION_LINT_FAIL_ON,
    OPTION_SELECT,
    OPTION_IGNORE,
    OPTION_LIST_CHECKS,
    OPTION_BASELINE,
    OPTION_WRITE_BASELINE,
    OPTION_SERVICE,
    OPTION_OWN_ACCOUNT,
    OPTION_MANAGEMENT_ACCOUNT,
    OPTION_WITH,
    OPTION_NEW_ORG,
    OPTION_EXPECT,
    OPTION_POLICIES,
    OPTION_MAP,
    OPTION_QUIET,
    OPTION_VERBOSE,
    OPTION_COLOR,
    OPTION_ASCII,
    OPTION_VERIFY,
    OPTION_MIXED,
    OPTION_MAN,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION_COUNT
} option_id;

struct option_value {
    const str *values; /* as given, in order; an option without argument has empty ones */
    size_t count;
};

struct command;

struct arguments {
    const struct command *command;
    struct option_value options[OPTION_COUNT];
    const str *operands;
    size_t operand_count;
};

struct option_row {
    const char *name;     /* without the dashes */
    char letter;          /* 0: none */
    const char *argument; /* NULL: takes none; "ACCOUNT": how help calls it */
    bool repeatable;
    const char *words; /* what it may be, separated by '|'; NULL: anything */
    const char *help;
};
extern const struct option_row option_table[OPTION_COUNT];

struct command {
    const char *name;
    const char *operands; /* "SNAPSHOT", "list | explain ID" */
    const char *help;     /* one line */
    const char *more;     /* a paragraph for its own help; NULL: none */
    const option_id *options;
    size_t option_count;
    int (*run)(arena *a, const struct arguments *args, error *e); /* the exit code; -1 with *e */
};
extern const struct command commands[];
extern const size_t command_count;

/* Reads argv behind the command's name. */
bool arguments_read(arena *a, const struct command *c, int argc, char **argv, struct arguments *out, error *e);

static inline bool has_option(const struct arguments *args, option_id id)
{
    return args->options[id].count > 0;
}
static inline str option_text(const struct arguments *args, option_id id)
{
    size_t n = args->options[id].count;
    return n ? args->options[id].values[n - 1] : (str){0};
}

/* --jobs, or one for each processor, 16 at most. */
bool jobs_read(const struct arguments *args, size_t *jobs, error *e);

/* "; did you mean "check"?", or empty. */
str did_you_mean(arena *a, str word, const char *const *known, size_t count);

void print_help(arena *a);
void print_command_help(arena *a, const struct command *c);
extern const char exit_codes[];             /* of check: "Exit codes\n  0  ..." */
void print_manual(const struct command *c); /* its manual page, in mdoc */
void print_version(void);
void print_error(const error *e, str prefix); /* on standard error: "orgexit: FILE:LINE:COLUMN: message" */
bool print_text(str text);                    /* on standard output; false: it could not be written */
bool flush_output(error *e);

/* What a message may hold of foreign text: control and bidi characters made visible. */
str visible(arena *a, str text);

/* ---- the terminal (experience.md 1.6) ---- */
struct terminal {
    bool is_terminal, color, ascii;
    int width; /* columns of prose, 60 .. 120; 0: no terminal, nothing is wrapped or cut */
};
struct terminal terminal_of(const struct arguments *args, int fd);

/* ---- commands ---- */
int run_check(arena *a, const struct arguments *args, error *e);
int run_plan(arena *a, const struct arguments *args, error *e);
int run_impact(arena *a, const struct arguments *args, error *e);
int run_rules(arena *a, const struct arguments *args, error *e);
int run_collect(arena *a, const struct arguments *args, error *e);
int run_lint(arena *a, const struct arguments *args, error *e);
int run_simulate(arena *a, const struct arguments *args, error *e);
int run_attest(arena *a, const struct arguments *args, error *e);
int run_explain(arena *a, const struct arguments *args, error *e);
int run_report(arena *a, const struct arguments *args, error *e);
int run_diff(arena *a, const struct arguments *args, error *e);
int run_guard(arena *a, const struct arguments *args, error *e);
int run_config(arena *a, const struct arguments *args, error *e);
int run_completion(arena *a, const struct arguments *args, error *e);
int run_schema(arena *a, const struct arguments *args, error *e);
int run_help(arena *a, const struct arguments *args, error *e);

#endif
