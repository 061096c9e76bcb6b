/*
 * flow.h - words on lines: foreign text laid out between an indentation and the width of the terminal, without keeping
 * anything. A word is never cut, so that a file name or an id can be copied.
 */
#ifndef ORGEXIT_REPORT_FLOW_H
#define ORGEXIT_REPORT_FLOW_H

#include "report/report.h"

typedef enum { PAINT_NONE, PAINT_RED, PAINT_YELLOW, PAINT_GREEN, PAINT_BOLD, PAINT_FAINT, PAINT_CYAN } paint;

void put_paint(struct report_writer *w, paint p); /* PAINT_NONE: back to the terminal's own */

/* Text in a colour of ours, if the style wants colours. `text` is ours. */
void put_painted(struct report_writer *w, paint p, str text);

/* A line in the making. Lines after the first one are indented by `indent`. */
struct flow {
    struct report_writer *w;
    size_t indent, column;
    bool fresh; /* nothing stands on this line yet, or no blank is wanted */
};

/* Goes on at `column` of a line that has been begun. */
struct flow flow_at(struct report_writer *w, size_t column, size_t indent);
void flow_text(struct flow *f, str s);  /* its words; any white space but a blank is made visible */
void flow_prose(struct flow *f, str s); /* the same, but a line end is a blank: texts of rule packs */
void flow_word(struct flow *f, str before, str s, str after); /* kept together; `before`, `after` are ours */
void flow_words(struct flow *f, const char *ours);
void flow_glued(struct flow *f, str ours); /* behind the last word, without a blank */
size_t flow_room(const struct flow *f);    /* columns left on this line; SIZE_MAX: no end */
void flow_end(struct flow *f);             /* ends the line */

#endif
