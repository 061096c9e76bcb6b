/* doubts.h - why captures may not show what is: of such check says UNDETERMINED, whatever they show. One clause each.
 */
#ifndef ORGEXIT_RULES_DOUBTS_H
#define ORGEXIT_RULES_DOUBTS_H

#include "org/account.h"

typedef VEC(str) doubt_list;

void doubts_of_organization(arena *a, const struct organization *o, doubt_list *out);
void doubts_of_place(arena *a, const struct account *account, doubt_list *out);    /* whether it is a member at all */
void doubts_of_captures(arena *a, const struct account *account, doubt_list *out); /* whether its own are its own */

#endif
