/* locate.h - what src/text alone needs to know about places. */
#ifndef ORGEXIT_TEXT_LOCATE_H
#define ORGEXIT_TEXT_LOCATE_H

#include "text/source.h"

/* Byte `at` of s->text, told for the file on disk: an inner text is followed outwards. */
struct place {
    const source *source; /* the outermost one */
    size_t at;            /* byte in its text */
    uint32_t line, column;
};
struct place place_of(const source *s, size_t at);

/* The byte of s->text at a line and column as source_line_column gives them. */
size_t byte_of(const source *s, uint32_t line, uint32_t column);

/* Counts the lines of a large text block by block, so that many look-ups cost one walk. Before threads share it. */
void source_index_lines(arena *a, source *s);

#endif
