/* example.c - the library as its header shows it: prints every account, its blockers, and the exit code. */
#include <stdio.h>
#include <string.h>

#include "orgexit.h"

static const char *const verdicts[] = {"UNDETERMINED", "NOT READY", "READY"};

int main(int argc, char **argv)
{
    orgexit *o = orgexit_open();
    const orgexit_account *account;
    const orgexit_finding *f;
    if (!o || orgexit_abi() != ORGEXIT_ABI || argc < 2)
        return 2;
    for (int i = 2; i + 1 < argc; i += 2)
        if (!orgexit_set(o, argv[i], argv[i + 1]))
            break;
    if (orgexit_error(o)[0] || !orgexit_check(o, argv[1])) {
        printf("error: %s\n", orgexit_error(o));
        orgexit_close(o);
        return 2;
    }
    while ((account = orgexit_next_account(o))) {
        printf("%s %s %s%s%s\n", account->id, account->name, verdicts[account->verdict],
               account->by_route ? " by " : "", account->by_route ? account->by_route : "");
        while ((f = orgexit_next_finding(o)))
            if (strcmp(f->severity, "blocker") == 0 && strcmp(f->outcome, "pass") != 0)
                printf("    %s %s %s:%u\n", f->outcome, f->rule, f->file, f->line);
    }
    printf("exit %d\n", orgexit_finish(o));
    orgexit_close(o);
    return 0;
}
