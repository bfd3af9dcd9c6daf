# SPDX-License-Identifier: GPL-2.0
"""A plot of the results, as SVG: what each variant adds to native ESP."""
import math
from xml.sax.saxutils import escape

CELLS = {"through/4/200": "IPv4", "through/6/200": "IPv6"}
OWN, OURS, LINE, INK = "#9a9a9a", "#2f6db3", "#444", "#222"
LEFT, WIDE, BAR, GAP, HEAD = 180, 420, 13, 6, 30


def text(x, y, words, anchor="start", size=12):
    return ('<text x="%g" y="%g" font-size="%d" text-anchor="%s" fill="%s">%s'
            "</text>" % (x, y, size, anchor, INK, escape(words)))


def bar(y, added, scale, colour, label):
    """With its interval as a line."""
    value, half = added
    width = value * scale
    end = LEFT + width
    parts = ['<rect x="%d" y="%g" width="%.1f" height="%d" fill="%s"/>' %
             (LEFT, y, width, BAR, colour)]
    if math.isfinite(half):
        parts.append('<path d="M%.1f %gH%.1f" stroke="%s"/>' % (
            end - half * scale, y + BAR / 2, end + half * scale, LINE))
        end += half * scale
    parts.append(text(round(end + 6), y + BAR - 2, "%s %+.0f" % (label, value),
                      size=11))
    return parts


def svg(results):
    groups = []
    for kernel, version in results.kernels.items():
        for variant, reference in results.references.items():
            added = [(name, results.over(kernel, variant, cell))
                     for cell, name in CELLS.items() if reference]
            added = [(name, one) for name, one in added if one and one[0] > 0]
            if added:
                groups.append((version, variant, added))
    largest = max((sum(one) for *_, added in groups for _, one in added
                   if math.isfinite(one[1])), default=4000)
    scale, parts, y, version = WIDE / largest, [], HEAD, None
    for new, variant, added in groups:
        if new != version:
            version = new
            y += HEAD / 2
            parts.append(text(10, y, "Linux " + version, size=13))
            y += GAP * 2
        parts.append(text(LEFT - 8, y + BAR * len(added) / 2 + 4, variant, "end"))
        for name, one in added:
            parts += bar(y, one, scale,
                         OWN if variant.startswith("espinudp") else OURS, name)
            y += BAR + 1
        y += GAP
    width = LEFT + WIDE + 110
    return "\n".join([
        '<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" '
        'font-family="sans-serif">' % (width, y + 10),
        '<rect width="100%" height="100%" fill="white"/>',
        text(10, 20, "Instructions that are added to native ESP, encapsulation "
             "and decapsulation, 200 bytes", size=13),
        *parts, "</svg>", ""])
