/* SPDX-License-Identifier: GPL-2.0 */
/* For cppcheck, which sees no header of the kernel: macros that are no functions. */
#define typeof __typeof__
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (cpu) < 2; (cpu)++)
#define xa_for_each(xa, index, entry) xa_for_each_start(xa, index, entry, 0)
#define xa_for_each_start(xa, index, entry, start)	\
	for ((index) = (start); ((entry) = xa_find(xa, &(index))); (index)++)
#define rhl_for_each_entry_rcu(entry, pos, list, member)	\
	for ((pos) = (list); (pos) && ((entry) = rhl_entry(pos)); (pos) = (pos)->next)
