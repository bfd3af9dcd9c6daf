# SPDX-License-Identifier: GPL-2.0
"""Means of boots, their differences, and how far these can be trusted."""
import math
import statistics

# Student's t, two-sided 95 %, by degrees of freedom.
T95 = (math.inf, 12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23,
       2.20, 2.18, 2.16, 2.14, 2.13)


def t95(freedom):
    return T95[min(int(freedom), len(T95) - 1)]


def difference(ours, theirs):
    """The difference of two means and the half of its 95 % interval (Welch)."""
    value = statistics.fmean(ours) - statistics.fmean(theirs)
    if min(len(ours), len(theirs)) < 2:
        return value, math.inf
    shares = [statistics.variance(some) / len(some) for some in (ours, theirs)]
    if not any(shares):
        return value, 0.0
    freedom = sum(shares) ** 2 / sum(
        share ** 2 / (len(some) - 1)
        for share, some in zip(shares, (ours, theirs)))
    return value, t95(freedom) * math.sqrt(sum(shares))
