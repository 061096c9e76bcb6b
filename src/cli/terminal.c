/* terminal.c - what the terminal can show: colour, width, characters. */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"

static const char *env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

/* Option, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then CLICOLOR, then whether it is a terminal. */
static bool wants_color(const struct arguments *args, bool is_terminal)
{
    str when = option_text(args, OPTION_COLOR);
    const char *force = env("FORCE_COLOR") ? env("FORCE_COLOR") : env("CLICOLOR_FORCE");
    const char *soft = env("CLICOLOR"), *term = env("TERM");
    if (str_is(when, "always") || str_is(when, "never"))
        return str_is(when, "always");
    if (env("NO_COLOR"))
        return false;
    if (force && strcmp(force, "0") != 0)
        return true;
    if (soft && strcmp(soft, "0") == 0)
        return false;
    return is_terminal && !(term && strcmp(term, "dumb") == 0);
}

static int columns_of(int fd)
{
    struct winsize size;
    const char *given = env("COLUMNS");
    int columns = 0;
    for (const char *p = given; p && ascii_is_digit(*p) && columns < 10000; p++)
        columns = columns * 10 + (*p - '0');
    if (!columns && ioctl(fd, TIOCGWINSZ, &size) == 0)
        columns = size.ws_col;
    if (!columns)
        columns = 100;
    return columns < 60 ? 60 : columns > 120 ? 120 : columns;
}

static bool speaks_utf8(void)
{
    const char *locale = env("LC_ALL") ? env("LC_ALL") : env("LC_CTYPE") ? env("LC_CTYPE") : env("LANG");
    return locale &&
           (strstr(locale, "UTF-8") || strstr(locale, "utf8") || strstr(locale, "UTF8") || strstr(locale, "utf-8"));
}

struct terminal terminal_of(const struct arguments *args, int fd)
{
    struct terminal t = {.is_terminal = isatty(fd) == 1};
    t.color = wants_color(args, t.is_terminal);
    t.ascii = has_option(args, OPTION_ASCII) || (t.is_terminal && !speaks_utf8());
    t.width = t.is_terminal ? columns_of(fd) : 0;
    return t;
}
