/* scalar.h - numbers, addresses and binary values of conditions, compared without the C library's lenient readers. */
#ifndef ORGEXIT_POLICY_SCALAR_H
#define ORGEXIT_POLICY_SCALAR_H

#include "base/str.h"
#include "base/tri.h"

/* A decimal number, borrowed from its text: sign, digits before and after the point, no zeros that do not count. */
struct decimal {
    bool negative;
    str whole, fraction;
};
/* YES: an integer or a decimal. UNKNOWN: "5.", ".5", "1e3", which AWS does not tell to be numbers or not. NO: none. */
tri decimal_read(str text, struct decimal *out);
int decimal_cmp(const struct decimal *a, const struct decimal *b);

/* An address or a range (IAM User Guide, "IP address condition operators"): IPv4 has 4 bytes, IPv6 16. */
struct ip_range {
    uint8_t bytes[16];
    unsigned size; /* 4 or 16 bytes */
    unsigned bits; /* of the prefix; 8 * size: one address */
};
bool ip_read(str text, struct ip_range *out);                             /* an address, or address/bits */
bool ip_in(const struct ip_range *address, const struct ip_range *range); /* never across families */

/* Base-64 with padding, as policies hold binary values. Gives the bytes one by one: comparing needs no memory. */
bool base64_is_valid(str text);
bool base64_eq(str a, str b); /* both valid */

#endif
