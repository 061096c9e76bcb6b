/*
 * put.h - putting text into an output. Foreign text (names, policies, messages that quote them) goes out through
 * exactly one function for each target: put_json, put_terminal, put_shell, put_xml, put_csv, put_markdown,
 * put_annotation. `put` and `putf` are for our own words.
 *
 * None of them lets through what a terminal or an editor would not show as it is (cell_at tells what), nor what a build
 * server takes for a command wherever it stands in a line of a log ("##[error]", "##vso[...]").
 */
#ifndef ORGEXIT_REPORT_PUT_H
#define ORGEXIT_REPORT_PUT_H

#include "base/file.h"
#include "base/str.h"

void put(struct file_out *f, str s);
void putf(struct file_out *f, const char *format, ...) __attribute__((format(printf, 2, 3))); /* up to 255 bytes */
void put_spaces(struct file_out *f, size_t count);

/*
 * A JSON string with its quotation marks. Everything that a terminal, a diff or JavaScript could take for more than a
 * letter is written as \uXXXX; a byte that is no UTF-8 as U+FFFD.
 */
void put_json(struct file_out *f, str s);

/*
 * One code point as a terminal may show it: itself, or \u{202e} for what is invisible, moves the cursor or turns the
 * direction of writing, or \x{ff} for a byte that is no UTF-8. `ascii`: everything above 0x7E is written that way.
 */
struct cell {
    char text[12];
    size_t len;     /* bytes of text */
    size_t columns; /* that it takes on a terminal */
    size_t bytes;   /* that it stands for in the input */
    bool visible;   /* shown as itself */
};
struct cell cell_at(str s, size_t at, bool ascii);

/*
 * Text for a terminal, on one line whatever is in it. What a build server would take for a command ("::" at the
 * beginning, "##[" and "##vso[" anywhere: it looks behind leading blanks) is broken up.
 */
void put_terminal(struct file_out *f, str s, bool ascii);
size_t terminal_columns(str s, bool ascii); /* that put_terminal fills */

/* The same in at most `columns`, cut with an ellipsis, also behind 200 code points (marks that take no column). */
size_t put_terminal_cut(struct file_out *f, str s, bool ascii, size_t columns);
str ellipsis(bool ascii);

/* A word of a POSIX shell command, in single quotes where needed. Only for words that pass shell_can_show. */
bool shell_can_show(str s, bool ascii);
void put_shell(struct file_out *f, str s);
size_t shell_columns(str s);

/*
 * XML 1.0, text between tags and values of attributes alike (in double quotation marks). TAB and line ends are
 * character references, so that they come back as they were; what XML can't carry is written as \u{1b}.
 */
void put_xml(struct file_out *f, str s);

/* A field of CSV (RFC 4180) with its quotation marks. What a spreadsheet would run as a formula gets a ' before it
 * (CWE-1236); control characters, line ends too, are written as \u{a}. */
void put_csv(struct file_out *f, str s);
void put_csv_row(struct file_out *f, const str *cells, size_t count);

/*
 * Markdown (CommonMark, flavours of GitHub and GitLab), inside a line, a heading, a list or a cell of a table: what
 * could mean more than itself is escaped; words that would become a link, a mention or a reference stand in a code
 * span.
 */
void put_markdown(struct file_out *f, str s);

/* A workflow command of GitHub Actions, `property`: a value before the "::", else the message behind it. Line ends are
 * coded as the runner decodes them (GitHub, "Workflow commands"; actions/toolkit, core/command). */
void put_annotation(struct file_out *f, str s, bool property);

#endif
