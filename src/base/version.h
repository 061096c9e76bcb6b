#ifndef ORGEXIT_BASE_VERSION_H
#define ORGEXIT_BASE_VERSION_H

/* Told by --version, and in every output beside the date of the facts. */
#define ORGEXIT_VERSION "0.1.0"
#define ORGEXIT_DATE    "November 24, 2026" /* of the manual pages */

#endif
