/* embedded.c - holds the embedded rule packs; rules_embedded.h is made at build time. */
#include "rules/embedded.h"

#include "rules_embedded.h"
