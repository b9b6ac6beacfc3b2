/* flows/answer/quantity_date.h — dates as they are written in documents; the part of quantity.h that knows them. */
#ifndef GILBOT_FLOWS_ANSWER_QUANTITY_DATE_H
#define GILBOT_FLOWS_ANSWER_QUANTITY_DATE_H

#include "flows/answer/quantity.h"

/* The date that begins at byte `at` of normal text; its bytes, or 0 when there is none.  A year or a month alone is a
 * number with a unit, no date. */
size_t quantity_date(struct str normal, size_t at, struct quantity *ret_date);

#endif
