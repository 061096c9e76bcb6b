/*
 * documents.h - where in a file policy documents stand: the file itself, or what AWS CLI calls print. Inside src/lint.
 */
#ifndef ORGEXIT_LINT_DOCUMENTS_H
#define ORGEXIT_LINT_DOCUMENTS_H

#include "lint/lint.h"

struct lint_document {
    const source *source; /* that the nodes are places in: the file, or the text inside one of its strings */
    const node *root;
    policy_kind kind; /* KIND_UNKNOWN: to be guessed */
    str name;         /* of the policy or role; empty: it has none */
    str service;      /* as in struct lint_options; empty: not known */
    error fault;      /* a text that could not be read; root is NULL then */
};

struct lint_documents {
    struct lint_document *items;
    size_t count, room;
};

/* Appends the policies of a capture (AWS CLI Command Reference, the calls of iam, organizations and others that print
 * one), as objects, as JSON in a string, or URL-encoded; those that AWS itself manages are left out. None: it is no
 * capture that holds any. */
void documents_of_capture(arena *a, const source *s, struct lint_documents *out);

#endif
