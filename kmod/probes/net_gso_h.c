// SPDX-License-Identifier: GPL-2.0
// absent: fatal error: net/gso.h: No such file
// absent: 'net/gso.h' file not found
#include <linux/skbuff.h>
#include <net/gso.h>
