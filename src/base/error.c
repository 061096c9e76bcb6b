/* error.c - filling an error: the first cause wins. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

bool error_set(error *e, error_code code, const char *format, ...)
{
    if (e->code != ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    e->code = code;
    (void)vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    return false;
}

bool error_in_file(error *e, str file)
{
    if (e->file[0] == '\0')
        (void)snprintf(e->file, sizeof e->file, "%.*s", STR_ARG(file));
    return false;
}

bool error_at(error *e, str file, uint32_t line, uint32_t column, const char *format, ...)
{
    if (e->code != ERR_NONE)
        return false;
    va_list args;
    va_start(args, format);
    e->code = ERR_INPUT;
    (void)vsnprintf(e->message, sizeof e->message, format, args);
    va_end(args);
    e->line = line;
    e->column = column;
    return error_in_file(e, file);
}
