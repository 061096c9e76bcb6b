/*
 * csv.h - comma-separated tables (RFC 4180) as spreadsheets write and read them.
 * A field that a spreadsheet would run as a formula is written with a ' before it, and the reader takes that ' off
 * again (CWE-1236): what is read is what was written.
 */
#ifndef ORGEXIT_TEXT_CSV_H
#define ORGEXIT_TEXT_CSV_H

#include "text/source.h"

struct csv_cell {
    str text;  /* decoded */
    size_t at; /* byte of the source where it begins */
};

struct csv_row {
    const struct csv_cell *cells;
    size_t count;
};

struct csv {
    const struct csv_row *rows; /* the first is the header; rows without any text are left out */
    size_t count;
};

/*
 * Reads s->text (set: file, text, len). Lines end in LF or CRLF. The separator is what follows the first field of the
 * header: ',' or, as some languages' spreadsheets write, ';' or TAB. Errors: ERR_INPUT with file, line, column; also
 * for text that is no UTF-8, and a row of another length than the header.
 */
bool csv_read(arena *a, const source *s, struct csv *out, error *e);

/* A field with its quotation marks. */
str csv_field(arena *a, str text);
bool csv_begins_formula(str s); /* in some spreadsheet */

#endif
