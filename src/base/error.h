/* error.h - an error is a value: filled by what fails, printed by src/cli alone. */
#ifndef ORGEXIT_BASE_ERROR_H
#define ORGEXIT_BASE_ERROR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

typedef enum { ERR_NONE, ERR_USAGE, ERR_INPUT, ERR_OUTPUT, ERR_RESOURCE } error_code;

/* Zeroed means none. Owns no memory. */
typedef struct error {
    error_code code;
    char file[256];        /* as the user named it; "" when no file is to blame */
    uint32_t line, column; /* from 1, column in code points; 0: not known */
    char message[1024];    /* what was found, what was expected, what to do */
} error;

/* Fills *e if it is still empty (the first cause wins). Returns false: return error_set(e, ERR_INPUT, "..."); */
bool error_set(error *e, error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, and names the file, line and column (0: not known) unless something named them before. */
bool error_at(error *e, str file, uint32_t line, uint32_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Names the file of an error that names none yet. Returns false. */
bool error_in_file(error *e, str file);

#endif
