// SPDX-License-Identifier: GPL-2.0
// absent: resv_start_op
#include <net/genetlink.h>

extern struct genl_family probe;

struct genl_family probe = {
	.resv_start_op = 1,
};
