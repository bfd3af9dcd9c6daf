// SPDX-License-Identifier: GPL-2.0
// absent: net/gso.h
#include <linux/skbuff.h>
#include <net/gso.h>
