"""A strict reader of Prometheus' text format 0.0.4, for the tests of the command and of the examples:
HELP and TYPE once, before the samples of their family and with nothing of another family between them;
names, escapes and numbers as the format has them; no sample twice; buckets that rise to +Inf = _count.
`exposition.py` alone reads stdin and says what is wrong."""
import math
import re
import sys

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|\})')
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?([eE][+-]?\d+)?|Inf)|NaN")


class Exposition:
    def __init__(self, text):
        self.types, self.helps, self.values = {}, {}, {}
        self.family = None
        if not text.endswith("\n"):
            raise ValueError("the last line does not end")
        for line in text[:-1].split("\n"):
            self.line(line)
        self.check_histograms()

    def line(self, line):
        if line.startswith("# HELP "):
            name, _, words = line[7:].partition(" ")
            self.once(self.helps, name, words, line)
        elif line.startswith("# TYPE "):
            name, _, kind = line[7:].partition(" ")
            if kind not in ("counter", "gauge", "histogram", "summary", "untyped"):
                raise ValueError(f"no such type: {line}")
            self.once(self.types, name, kind, line)
            self.family = name
        elif not line.startswith("#"):
            self.sample(line)

    @staticmethod
    def once(where, name, value, line):
        if not NAME.fullmatch(name) or name in where:
            raise ValueError(f"a bad name, or twice: {line}")
        where[name] = value

    def sample(self, line):
        name = NAME.match(line)
        if not name:
            raise ValueError(f"no name: {line}")
        at, labels = name.end(), []
        if line[at:at + 1] == "{":
            at += 1
            while True:
                label = LABEL.match(line, at)
                if not label:
                    raise ValueError(f"bad labels: {line}")
                value = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], label[2])
                labels.append((label[1], value))
                at = label.end()
                if label[3] == "}":
                    break
        if len(dict(labels)) != len(labels) or not NUMBER.fullmatch(line[at + 1:]) or line[at] != " ":
            raise ValueError(f"a label twice, or no number: {line}")
        base = name[0]
        if self.types.get(self.family) == "histogram":
            base = re.sub("_(bucket|sum|count)$", "", base)
        if base != self.family:
            raise ValueError(f"not of the family at hand: {line}")
        self.once_sample((name[0], tuple(labels)), float(line[at + 1:]), line)

    def once_sample(self, key, value, line):
        if key in self.values:
            raise ValueError(f"twice: {line}")
        if self.types.get(self.family) == "counter" and value < 0:
            raise ValueError(f"a counter below 0: {line}")
        self.values[key] = value

    def check_histograms(self):
        series = {}
        for (name, labels), value in self.values.items():
            if name.endswith("_bucket"):
                rest = tuple(pair for pair in labels if pair[0] != "le")
                bound = dict(labels)["le"]
                series.setdefault((name[:-7], rest), []).append(
                    (math.inf if bound == "+Inf" else float(bound), value))
        for (name, rest), buckets in series.items():
            bounds = [bound for bound, _ in buckets]
            counts = [count for _, count in buckets]
            if bounds != sorted(set(bounds)) or counts != sorted(counts) or bounds[-1] != math.inf:
                raise ValueError(f"buckets of {name}{rest} do not rise to +Inf: {buckets}")
            if counts[-1] != self.values[(f"{name}_count", rest)]:
                raise ValueError(f"{name}{rest}: +Inf is not the count")
            if (f"{name}_sum", rest) not in self.values:
                raise ValueError(f"{name}{rest} has no sum")

    def value(self, name, **labels):
        return self.values[(name, tuple(labels.items()))]


PLANTED = [
    "a 1\n",                                                  # no family
    "# TYPE a counter\na 1",                                  # no end
    "# TYPE a counter\na 1\na 1\n",                           # twice
    "# TYPE a counter\n# TYPE a counter\na 1\n",
    "# TYPE a counter\nb 1\n",
    "# TYPE a counter\na -1\n",
    "# TYPE a counter\na one\n",
    "# TYPE a counter\na{x=\"a\\q\"} 1\n",                    # no such escape
    "# TYPE a counter\na{x=\"a\"b\"} 1\n",                    # a quote that is not escaped
    "# TYPE a counter\na{x=\"1\",x=\"2\"} 1\n",
    "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 1\n",
    "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
    "# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
]


def finds_planted_faults():
    for text in PLANTED:
        try:
            Exposition(text)
        except ValueError:
            continue
        return False
    return Exposition('# HELP a b\n# TYPE a gauge\na{x="\\\\\\"\\n"} 1e-3\n').values == {
        ("a", (("x", '\\"\n'),)): 0.001}


if __name__ == "__main__":
    read = Exposition(sys.stdin.read())
    print(f"{len(read.types)} metrics, {len(read.values)} samples")
