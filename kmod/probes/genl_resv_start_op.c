// SPDX-License-Identifier: GPL-2.0
// absent: no member named 'resv_start_op'
// absent: field designator 'resv_start_op' does not refer to any field
#include <net/genetlink.h>

extern struct genl_family probe;

struct genl_family probe = {
	.resv_start_op = 1,
};
