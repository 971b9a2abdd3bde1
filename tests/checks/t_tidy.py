#!/usr/bin/env python3
"""What a compiler and clang-tidy do not see: lengths, banned calls (each with what to use
instead), unfinished work, headers that explain the file, machine paths, strays at the top level.
Every rule is first shown a tree that breaks it."""
import os
import re
import tempfile

from checks import ROOT, SOURCE_ENDINGS, Report, bare_code, read_text, tree_files

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
LINE_COLUMNS_MAX = 110
README_LINES_MAX = 60
TOP_LEVEL = set("""
    CMakeLists.txt CMakePresets.json LICENSE README.md include src port tests examples toolchains
    .ci .clang-format .clang-tidy .gitignore
    """.split())
# Data whose lines are what a peer sent or a machine wrote.
DATA = re.compile(r"^tests/(vectors|fuzz/corpus\w*)/|\.(jsonl|json|lock|pem|crt|key|svg|csv|tsv|txt)$")

# In src/ only: what is banned, and what takes its place.
CALL = r"(?<![\w.>:])(?:std\s*::\s*|::\s*)?"
BANNED = [
    (CALL + r"(malloc|calloc|realloc|strdup|aligned_alloc|posix_memalign)\s*\(",
     "an arena or a slab (base/)"),
    (CALL + r"(free)\s*\(", "nothing: arenas are reset"),
    (r"\b(new)\b(?!\s*\()", "an arena; placement new is written `new (place)`"),
    (r"\b(delete)\b(?!\s*[;,])", "an arena's reset"),
    (CALL + r"(v?s?n?printf|f[pw]rintf|puts|putchar)\s*\(", "base/buffer"),
    (CALL + r"(strcpy|strcat|strncpy|strncat|gets)\s*\(", "a view and a bounded copy (base/bytes)"),
    (CALL + r"(atoi|atol|atoll|atof|strtol|strtoul|strtod|sscanf)\s*\(", "codec/number"),
    (CALL + r"(strtok|strtok_r)\s*\(", "a view and a scan (base/bytes)"),
    (CALL + r"(alloca)\s*\(", "an arena, or an array with a bound"),
    (CALL + r"(time|clock|gettimeofday|clock_gettime)\s*\(", "the time argument, or the clock port"),
    (CALL + r"(rand|random|srand)\s*\(", "the entropy port"),
    (CALL + r"(getenv|exit|system)\s*\(", "the configuration; a status"),
    (r"\b(errno)\b", "the status the port returns"),
    (CALL + r"(assert)\s*\(", "LEAT_CHECK or LEAT_DCHECK (base/check)"),
    (r"\b(throw|try|catch|dynamic_cast|typeid|thread_local)\b", "a status; leat has no such thing"),
    (r"std\s*::\s*(vector|string|w?string_?stream|map|unordered_map|set|deque|list|function|"
     r"unique_ptr|shared_ptr|thread|mutex|cout|cerr)\b(?!_)", "base/ has the heap-free counterpart"),
]
BANNED = [(re.compile(pattern), instead) for pattern, instead in BANNED]
UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
MACHINE_PATH = re.compile(r"(?<![\w.:/$}*-])/(?:wo" r"rk|ro" r"ot|ho" r"me)/[\w.]")
CONTAINER = re.compile(
    r"^(?:template\s*<.*>\s*)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern\s*\"\")\b", re.S)


def is_function_head(head):
    head = head.strip()
    if not head or "(" not in head or head.endswith(("=", ",", "(", "return")):
        return False
    return not CONTAINER.match(head) or re.search(
        r"\)\s*(const|noexcept|override|final|->[^;{}]*)*\s*$", head) is not None


def functions(code):
    """(first line, last line, head) of every function body, found by matching braces."""
    depth_of_body, depth, head_start, starts = None, 0, 0, None
    for match in re.finditer(r"[{};]|^[ \t]*#(?:\\\n|[^\n])*", code, re.M):
        mark, at = match.group(0), match.start()
        if mark == "{":
            head = code[head_start:at]
            if depth_of_body is None and is_function_head(head):
                depth_of_body = depth
                first = head_start + len(head) - len(head.lstrip())
                starts = (code.count("\n", 0, first) + 1, " ".join(head.split()))
            depth += 1
        elif mark == "}":
            depth -= 1
            if depth_of_body == depth:
                yield starts[0], code.count("\n", 0, at) + 1, starts[1]
                depth_of_body = None
        head_start = match.end()


def opening_comment_lines(text):
    block = re.match(r"\s*/\*.*?\*/", text, re.S)
    if block:
        return block.group(0).strip().count("\n") + 1
    lines = re.match(r"(?:\s*//[^\n]*\n)*", text).group(0)
    return len([line for line in lines.splitlines() if line.strip()])


def source_findings(path, text):
    code = bare_code(text)
    for first, last, head in functions(code):
        if last - first + 1 > FUNCTION_LINES_MAX:
            yield "function length", f"{path}:{first}: {last - first + 1} lines: {head[:60]}"
    if text.count("\n") > FILE_LINES_MAX:
        yield "file length", f"{path}: {text.count(chr(10))} lines"
    if path.startswith("src/"):
        for pattern, instead in BANNED:
            for match in pattern.finditer(code):
                # A deleted member function is not a call of delete.
                if re.search(r"=\s*$", code[:match.start()]) and match.group(0) == "delete":
                    continue
                line = code.count("\n", 0, match.start(1)) + 1
                yield "banned calls", f"{path}:{line}: {match.group(1)}: use {instead}"
    if path.startswith(("src/", "port/", "include/", "examples/")):
        if opening_comment_lines(text) < 2:
            yield "opening comment", f"{path}: begins with no comment of two lines or more"


def text_findings(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        if len(line) > LINE_COLUMNS_MAX and not path.endswith(".md"):
            yield "line length", f"{where}: {len(line)} columns"
        if line != line.rstrip():
            yield "trailing space", where
        if UNFINISHED.search(line):
            yield "unfinished work", f"{where}: {UNFINISHED.search(line).group(1)}"
        if MACHINE_PATH.search(line):
            yield "machine paths", f"{where}: {MACHINE_PATH.search(line).group(0)}..."
    if path.endswith("README.md") and "/" in path and text.count("\n") > README_LINES_MAX:
        yield "README length", f"{path}: {text.count(chr(10))} lines"


RULES = ["function length", "file length", "line length", "trailing space", "unfinished work",
         "banned calls", "opening comment", "README length", "machine paths", "top level"]
LIMITS = {"function length": FUNCTION_LINES_MAX, "file length": FILE_LINES_MAX,
          "line length": LINE_COLUMNS_MAX, "README length": README_LINES_MAX}


def findings(root):
    """All faults of a tree, as rule -> lines."""
    found = {rule: [] for rule in RULES}
    for path in tree_files(root):
        if path.split("/")[0] not in TOP_LEVEL:
            found["top level"].append(path)
        text = None if DATA.search(path) else read_text(os.path.join(root, path))
        if text is None:
            continue
        pairs = list(text_findings(path, text))
        if path.endswith(SOURCE_ENDINGS):
            pairs += source_findings(path, text)
        for rule, line in pairs:
            found[rule].append(line)
    return found


OPENING = "// A planted file.\n// It breaks rules.\n"
PLANTED = {
    "src/base/long.cc": OPENING + "namespace a {\nint f(int x)\n{\n" + "    ++x;\n" * 68
                        + "}\nint g() {\n" + "    ;\n" * 68 + "}\n"
                        + "#define M(x) \\\n    do { x; } while (false)\nclass C {\n"
                        + "    int f(int x) const { return x; }\n" * 70 + "};\n}\n",
    "src/base/file.cc": OPENING + "int x;\n" * 399,
    "src/base/fits.cc": OPENING + "int x;\n" * 398,
    "src/base/lines.cc": OPENING + "// " + "-" * 107 + "\n// " + "-" * 108 + "\nint a; \n",
    "src/base/unfinished.cc": OPENING + "// TO" "DO: later\n/* XX" "X */\nint toDO;\n",
    "src/base/banned.cc": OPENING + """
struct S { S(const S&) = delete; void free(int); };
void f(S* s) {
    void* p = malloc(1); free(p); s->free(1); // malloc(1)
    auto q = new int; new (p) int; delete q; char c[9]; std::sprintf(c, "malloc(1)");
    ::strcpy(c, "x"); atoi(c); strtok(c, c); alloca(3); time(nullptr); run_time(1);
    if (errno) { assert(c); } std::vector<int> v; std::string_view w;
}
""",
    "src/base/silent.cc": "// One line only.\nint x;\n",
    "src/base/README.md": "line\n" * 61,
    "tests/paths.sh": "cd /ro" "ot/leat\ncurl http://a.test/wo" "rk/x\n",
    "notes/idea.md": "x\n",
}
EXPECTED = {
    "function length": ["src/base/long.cc:4: 71 lines: int f(int x)"],
    "file length": ["src/base/file.cc: 401 lines"],
    "line length": ["src/base/lines.cc:4: 111 columns"],
    "trailing space": ["src/base/lines.cc:5"],
    "unfinished work": ["src/base/unfinished.cc:3: TO" "DO", "src/base/unfinished.cc:4: XX" "X"],
    "banned calls": ["src/base/banned.cc:4: free: use nothing: arenas are reset"] + [
        f"src/base/banned.cc:{line}: {name}: use {instead}" for line, name, instead in (
            (6, "malloc", "an arena or a slab (base/)"),
            (6, "free", "nothing: arenas are reset"),
            (7, "new", "an arena; placement new is written `new (place)`"),
            (7, "delete", "an arena's reset"),
            (7, "sprintf", "base/buffer"),
            (8, "strcpy", "a view and a bounded copy (base/bytes)"),
            (8, "atoi", "codec/number"),
            (8, "strtok", "a view and a scan (base/bytes)"),
            (8, "alloca", "an arena, or an array with a bound"),
            (8, "time", "the time argument, or the clock port"),
            (9, "errno", "the status the port returns"),
            (9, "assert", "LEAT_CHECK or LEAT_DCHECK (base/check)"),
            (9, "vector", "base/ has the heap-free counterpart"))],
    "opening comment": ["src/base/silent.cc: begins with no comment of two lines or more"],
    "README length": ["src/base/README.md: 61 lines"],
    "machine paths": ["tests/paths.sh:1: /ro" "ot/l..."],
    "top level": ["notes/idea.md"],
}


def main():
    report = Report("tidy")
    with tempfile.TemporaryDirectory() as planted:
        for path, text in PLANTED.items():
            os.makedirs(os.path.dirname(os.path.join(planted, path)), exist_ok=True)
            with open(os.path.join(planted, path), "w", encoding="utf-8") as file:
                file.write(text)
        seen = findings(planted)
    for rule in RULES:
        report.equal(f"a planted fault is found: {rule}", sorted(seen[rule]), sorted(EXPECTED[rule]))
    for rule, lines in findings(ROOT).items():
        limit = f" <= {LIMITS[rule]}" if rule in LIMITS else ""
        report.check(f"{rule}{limit}", lines)
    report.leave()


main()
