"""What the checks share: the tree, the text of a source without comments and literals, and the
`ok - name` / `not ok - name` lines that tests/run.sh counts."""
import os
import re
import subprocess
import sys

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.path.realpath(os.environ.get("LEAT_BUILD", os.path.join(ROOT, "build", "gcc-release")))
SOURCE_ENDINGS = (".c", ".cc", ".h", ".hpp")


class Report:
    """Prints a line per check and remembers whether one failed."""

    def __init__(self, family):
        self.family = family
        self.failed = False

    def check(self, name, findings):
        findings = list(findings)
        print(f"{'not ok' if findings else 'ok'} - {self.family}: {name}", flush=True)
        for finding in findings[:20]:
            print(f"#   {finding}")
        if len(findings) > 20:
            print(f"#   and {len(findings) - 20} more")
        self.failed = self.failed or bool(findings)

    def skip(self, name, reason):
        print(f"ok - {self.family}: {name} # SKIP {reason}", flush=True)

    def equal(self, name, seen, expected):
        self.check(name, [] if seen == expected else
                   [f"missing: {line}" for line in expected if line not in seen] +
                   [f"unexpected: {line}" for line in seen if line not in expected] or
                   ["the same lines in another order"])

    def leave(self):
        sys.exit(1 if self.failed else 0)


def tree_files(root):
    """Every file of the tree as a path relative to root: git's, or all when it is no git tree."""
    listed = subprocess.run(["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
                            capture_output=True, check=False)
    if listed.returncode == 0 and os.path.exists(os.path.join(root, ".git")):
        names = listed.stdout.decode().split("\0")
        return sorted(n for n in set(names) if n and os.path.isfile(os.path.join(root, n)))
    found = []
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if name not in ("build", ".git", "__pycache__", "node_modules")]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def read_text(path):
    """The text of a file; None when it is not text."""
    with open(path, "rb") as file:
        data = file.read()
    if b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


_NOISE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\\ ]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'
    r"(?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'", re.S)


def bare_code(text):
    """The source with comments and literals blanked; every line keeps its number."""
    def blank(match):
        first = match.group(0)[0]
        lines = "\n" * match.group(0).count("\n")
        return " " + lines if first == "/" else '""' + lines if first in '"R' else "0"
    return _NOISE.sub(blank, text)
