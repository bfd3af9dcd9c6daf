# SPDX-License-Identifier: GPL-2.0
"""The results of a run, as Markdown and as what goes into JSON."""
import statistics

import figures

WAYS = {"through": "IPv%s, %s bytes", "local": "IPv%s to a local socket, %s bytes"}


def cell_name(cell):
    way, family, size = cell.split("/")
    return WAYS[way] % (family, size)


def table(head, rows):
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join("| %s |\n" % " | ".join(line) for line in lines)


def plus_minus(difference):
    return "%+.0f ± %.0f" % difference


def beside_name(beside):
    if beside == "":
        return "nothing"
    if beside == "empty":
        return "empty hooks"
    return "espencap, {:,} ports, {:,} peers".format(*map(int, beside.split()))


class Results:
    def __init__(self, kernels, packets, repeats, samples, peers, references):
        self.kernels, self.packets, self.repeats = kernels, packets, repeats
        self.samples, self.peers, self.references = samples, peers, references

    def cells(self, kernel, variant, beside=""):
        return [cell for *which, cell in self.samples
                if which == [kernel, variant, beside]]

    def mean(self, *key):
        return statistics.fmean(self.samples[key])

    def over(self, kernel, variant, cell, beside="", reference=None):
        """What it adds to its reference, or nothing if one was not measured."""
        reference = reference or (self.references[variant], "")
        ours = self.samples.get((kernel, variant, beside, cell))
        theirs = self.samples.get((kernel, *reference, cell))
        if not ours or not theirs:
            return None
        return figures.difference(ours, theirs)

    def share(self, kernel, added, cell):
        """Of what the kernel's own adds."""
        own = self.over(kernel, "espinudp", cell)
        return added[0] / own[0] if own else None

    def cost(self, kernel):
        variants = [variant for variant in self.references
                    if (kernel, variant) in {key[:2] for key in self.samples}]
        cells = max((self.cells(kernel, variant) for variant in variants), key=len)
        cells = [cell for cell in cells if cell.startswith("through")]
        rows = []
        for variant in variants:
            row = [variant]
            for cell in cells:
                row.append(self.cost_cell(kernel, variant, cell))
            rows.append(row)
        return table(["", *map(cell_name, cells)], rows)

    def cost_cell(self, kernel, variant, cell):
        if (kernel, variant, "", cell) not in self.samples:
            return ""
        if self.references[variant] is None:
            return "%.0f" % self.mean(kernel, variant, "", cell)
        added = self.over(kernel, variant, cell)
        if added is None:
            return ""
        share = self.share(kernel, added, cell)
        if share is None or added[0] < 0 or variant == "espinudp":
            return plus_minus(added)
        return "%s (%.2f)" % (plus_minus(added), share)

    def sizes(self, kernel):
        cells = ["through/4/200", "through/6/200"]
        rows = []
        for beside in self.besides(kernel, "bare"):
            ports, peers = map(int, (beside or "0 0").split())
            row = ["{:,}".format(ports + 1), "{:,}".format(peers + 1)]
            for cell in cells:
                added = self.over(kernel, "bare", cell, beside)
                alone = self.over(kernel, "bare", cell)
                if added and alone:
                    row.append("%s (%+.0f %%)" % (
                        plus_minus(added),
                        (added[0] / alone[0] - 1) * 100))
                else:
                    row.append("")
            rows.append(row)
        return table(["ports", "peers", *map(cell_name, cells)], rows)

    def besides(self, kernel, variant):
        found = {beside: None for k, v, beside, _ in self.samples
                 if (k, v) == (kernel, variant)}
        return list(found)

    def peer_rows(self):
        rows = []
        for (kernel, count), values in self.peers.items():
            added, listed, size, per_cpu = map(statistics.fmean, zip(*values))
            rows.append([kernel, "{:,}".format(count), "%.2f" % added,
                         "{:,.0f}".format(added * 1e9 / count),
                         "{:,.0f}".format(listed * 1e9 / count),
                         "%.0f" % size, "%.0f" % per_cpu])
        return rows

    def others(self, kernel):
        rows = []
        for variant, what in (("plain", "%s"), ("native", "ESP of no peer, %s")):
            for cell in self.cells(kernel, variant, "empty"):
                row = [what % cell_name(cell)]
                for beside in self.besides(kernel, variant)[1:]:
                    row.append(plus_minus(self.over(
                        kernel, variant, cell, beside, (variant, ""))))
                rows.append(row)
        return table(["", *("with " + beside_name(beside) for beside in
                            self.besides(kernel, "plain")[1:])], rows)

    def markdown(self):
        text = ["Instructions per packet: means of %d boots of %d packets each; "
                "± is half of the 95 %% interval.\n" %
                (self.repeats, self.packets)]
        for kernel, version in self.kernels.items():
            text.append("\n## Linux %s\n\n" % version)
            text.append("What encapsulation and decapsulation add to native ESP "
                        "(in parentheses the share of what the kernel's own "
                        "ESPINUDP adds); native ESP and plain forwarding as they "
                        "are:\n\n")
            text.append(self.cost(kernel))
            if len(self.besides(kernel, "bare")) > 1:
                text.append("\nWhat `bare` adds to native ESP with so many ports "
                            "and peers (in parentheses against one of each):\n\n")
                text.append(self.sizes(kernel))
            if (kernel, "plain", "empty") in {key[:3] for key in self.samples}:
                text.append("\nWhat others pay, against a kernel without the "
                            "module:\n\n")
                text.append(self.others(kernel))
        if self.peers:
            text.append("\nPeers that are added with one `restore`, and listed with "
                        "`peer show`, and the memory that they take in the "
                        "kernel:\n\n")
            text.append(table(["kernel", "peers", "10⁹ instructions to add",
                               "for each", "to list each",
                               "bytes a peer", "and for each CPU"],
                              self.peer_rows()))
        return "".join(text)

    def data(self):
        rows = []
        for (kernel, variant, beside, cell), samples in self.samples.items():
            row = {"kernel": kernel, "variant": variant, "beside": beside,
                   "cell": cell, "instructions": samples,
                   "mean": statistics.fmean(samples)}
            added = self.references[variant] and self.over(
                kernel, variant, cell, beside)
            if added:
                row.update(reference=self.references[variant],
                           difference=added[0], half_interval=added[1])
            rows.append(row)
        return {"kernels": self.kernels, "packets": self.packets,
                "repeats": self.repeats, "rows": rows,
                "peers": [{"kernel": kernel, "peers": count,
                           "added_listed_bytes_bytes_per_cpu":
                           values}
                          for (kernel, count), values in self.peers.items()]}
