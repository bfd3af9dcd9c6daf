/* SPDX-License-Identifier: GPL-2.0 */
#ifndef TOOL_H
#define TOOL_H

/* As if the tool had been started like this, ending with NULL; whatever becomes of it. */
void tool_run(int argc, char **argv);

#endif /* TOOL_H */
