#!/usr/bin/env python3
"""The table of what leat follows of other libraries is whole, and each of its claims has its proof:
every row is there once, the tests that it names exist, and a row that a library's document states
(D) or gets wrong itself (BUG) has a test whose name bears its id, or says why not. The page
The README's last part, and its sentence of counts, are made from the table: --write does.
Every rule is first shown a table that breaks it."""
import os
import re
import subprocess
import sys

from checks import BUILD, ROOT, Report, read_text, tree_files

TABLE = "tests/vectors/capabilities.tsv"
README = "README.md"
BEGIN = "## Capabilities, row by row\n"
ROWS = {"P": 28, "G": 38, "S": 24, "M": 17, "B": 53}
LIBRARIES = {"P": "pyhub-llm", "G": "GlueLLM", "S": "seeds-clients", "M": "langchain-maritaca",
             "B": "batch-llm"}
STATES = ["yes", "partly", "command", "no"]
MARKS = {"-", "D", "BUG", "D BUG"}
FIELDS = ["id", "marks", "state", "name", "how", "tests", "note"]
BINARIES = ["leat_unit", "leat_sim_tests", "leat_port_tests", "leat_torture"]
SENTENCE = re.compile(r"Of \d+ rows leat follows[^.]*\.")


def rows_of(text):
    out = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            cells = line.split("\t")
            out.append(dict(zip(FIELDS, cells + [""] * (len(FIELDS) - len(cells))), cells=len(cells)))
    return out


def tests_of(row):
    return [name.strip() for name in row["tests"].split(";") if name.strip()]


# ---- rules --------------------------------------------------------------------------------------

def faults_of_rows(rows):
    """Each row once, in its order, with cells that make sense."""
    expected = [f"{letter}{n}" for letter, count in ROWS.items() for n in range(1, count + 1)]
    seen = [row["id"] for row in rows]
    yield from (f"missing: {name}" for name in expected if name not in seen)
    yield from (f"unknown: {name}" for name in seen if name not in expected)
    if sorted(seen) == sorted(expected) and seen != expected:
        yield "the rows are not in their order"
    yield from (f"twice: {name}" for name in sorted(set(seen)) if seen.count(name) > 1)
    for row in rows:
        if row["cells"] != len(FIELDS):
            yield f"{row['id']}: {row['cells']} cells instead of {len(FIELDS)}"
        if row["state"] not in STATES or row["marks"] not in MARKS or not row["name"]:
            yield f"{row['id']}: no such state or mark, or no name"
        if row["state"] in ("yes", "command") and not (row["how"] and tests_of(row)):
            yield f"{row['id']}: {row['state']}, but no call or no test"
        if row["state"] in ("no", "partly") and not row["note"]:
            yield f"{row['id']}: {row['state']}, but not why"


def faults_of_tests(rows, known, text_of):
    """Each test exists. known: Suite.test; text_of(path below tests/): a script's text or None."""
    for row in rows:
        for name in tests_of(row):
            script, colon, title = name.partition(": ")
            if not colon:
                if name not in known:
                    yield f"{row['id']}: no test {name}"
                continue
            text = text_of(script)
            if text is None:
                yield f"{row['id']}: no script {script}"
            elif title not in text:
                yield f"{row['id']}: {script} says nowhere: {title}"


def faults_of_names(rows):
    """A marked row has a test that bears its id; a row that is not there has said why, and what the
    command alone has is proven by lines of scripts, which bear none."""
    for row in rows:
        if row["marks"] == "-" or row["state"] in ("no", "command"):
            continue
        bears = re.compile(rf"(?:^|[._]){row['id']}(?:_|$)")
        if not any(bears.search(name) for name in tests_of(row)):
            yield f"{row['id']} ({row['marks']}): no test bears its id"


# ---- what there is --------------------------------------------------------------------------------

def tests_of_binary(path):
    listed = subprocess.run([path, "--gtest_list_tests"], capture_output=True, text=True, check=False)
    suite = ""
    for line in listed.stdout.splitlines():
        name = line.split("#")[0].strip()
        # Of a test with parameters, "PREFIX/Suite.name/PARAMETER", the test counts.
        if line[:1].isspace():
            yield suite + name.split("/")[0]
        else:
            suite = name.split("/")[-1]


def tests_of_sources():
    for path in tree_files(ROOT):
        if path.startswith("tests/") and path.endswith("_test.cc"):
            text = read_text(os.path.join(ROOT, path)) or ""
            for suite, name in re.findall(r"^TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)", text, re.M):
                yield f"{suite}.{name}"


def known_tests():
    """Those of the binaries that LEAT_BUILD has; of the sources where it is not set, or has none."""
    built = [os.path.join(BUILD, "tests", name) for name in BINARIES]
    if "LEAT_BUILD" in os.environ and all(map(os.path.exists, built)):
        return {test for path in built for test in tests_of_binary(path)}
    return set(tests_of_sources())


def text_below_tests(path):
    full = os.path.join(ROOT, "tests", path)
    return read_text(full) if os.path.isfile(full) else None


# ---- the page --------------------------------------------------------------------------------------

def counts_of(rows):
    return {state: sum(row["state"] == state for row in rows) for state in STATES}


def sentence_of(rows):
    counts = counts_of(rows)
    return (f"Of {len(rows)} rows leat follows {counts['yes']}, {counts['partly']} in part, "
            f"{counts['command']} in the command alone, and {counts['no']} not yet.")


def render(rows):
    out = [BEGIN,
           "What five Python libraries promise of batches, and the call or option of leat that does it.",
           "Made by `tests/checks/t_capabilities.py --write` from `tests/vectors/capabilities.tsv`; a check",
           "holds both against the tests that they name. **D**: the library's document says so. **BUG**:",
           "the library gets it wrong, leat does not.", ""]
    for letter, library in LIBRARIES.items():
        own = [row for row in rows if row["id"].startswith(letter)]
        out += [f"<details><summary>{library}: {len(own)} rows</summary>", "",
                "| row | what | leat | by | proof | missing, or other |",
                "|---|---|---|---|---|---|"]
        for row in own:
            marks = "" if row["marks"] == "-" else f" **{row['marks'].replace(' ', ', ')}**"
            proof = "<br>".join(f"`{name}`" for name in tests_of(row))
            out.append(f"| {row['id']}{marks} | {row['name']} | {row['state']} | {row['how']} | {proof} | "
                       f"{row['note']} |")
        out += ["", "</details>", ""]
    return "\n".join(out)


def write(rows):
    path = os.path.join(ROOT, README)
    above = read_text(path).split(BEGIN)[0].rstrip("\n")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SENTENCE.sub(lambda _: sentence_of(rows), above) + "\n\n" + render(rows))


# ---- planted faults ----------------------------------------------------------------------------------

def planted_table():
    rows = []
    for letter, count in ROWS.items():
        rows += [[f"{letter}{n}", "-", "no", "x", "", "", "not there"] for n in range(1, count + 1)]
    return rows


def planted(edit):
    table = planted_table()
    edit({row[0]: row for row in table}, table)
    return rows_of("# a comment\n" + "\n".join("\t".join(row) for row in table))


def set_row(name, **cells):
    def edit(by_id, _):
        for field, value in cells.items():
            by_id[name][FIELDS.index(field)] = value
    return edit


def planted_faults():
    """(name, findings, expected)"""
    scripts = {"cli/t_x.py": 'check("a title", True)'}.get
    tests = {"Suite.P1_holds", "Suite.other"}
    of_rows = lambda edit: faults_of_rows(planted(edit))
    yield "a whole table has none", of_rows(lambda *_: None), []
    yield "a row is missing", of_rows(lambda _, table: table.pop(3)), ["missing: P4"]
    yield "a row is there twice", of_rows(lambda _, table: table.append(table[0])), ["twice: P1"]
    yield "a state that is none", of_rows(set_row("G2", state="soon")), [
        "G2: no such state or mark, or no name"]
    yield "yes without a test", of_rows(set_row("S3", state="yes", how="a call")), [
        "S3: yes, but no call or no test"]
    yield "no without a reason", of_rows(set_row("B53", note="")), ["B53: no, but not why"]
    named = "Suite.other; Suite.gone; cli/t_x.py: a title; cli/t_x.py: no title; y.sh: z"
    yield "a test that is not there", faults_of_tests(planted(set_row("P2", tests=named)), tests, scripts), [
        "P2: no test Suite.gone", "P2: cli/t_x.py says nowhere: no title", "P2: no script y.sh"]
    yield "a marked row whose test bears another id", faults_of_names(
        planted(set_row("P11", marks="D", state="yes", tests="Suite.P1_holds"))), [
            "P11 (D): no test bears its id"]
    yield "an id in the middle or at the end will do", faults_of_names(
        planted(set_row("P11", marks="BUG", state="partly", tests="Suite.G1_P11_x; Suite.x_P11"))), []


def main():
    rows = rows_of(read_text(os.path.join(ROOT, TABLE)))
    if "--write" in sys.argv[1:]:
        write(rows)
        return
    report = Report("capabilities")
    for name, seen, expected in planted_faults():
        report.equal(f"planted faults are found: {name}", list(seen), expected)
    report.check("every row is there, once and whole", faults_of_rows(rows))
    report.check("the tests that rows name exist", faults_of_tests(rows, known_tests(), text_below_tests))
    report.check("every D and BUG row has a test that bears its id", faults_of_names(rows))
    text = read_text(os.path.join(ROOT, README))
    fresh = text.endswith("\n\n" + render(rows))
    report.check(f"{README} ends with what the table says", [] if fresh else ["--write makes it anew"])
    said = sentence_of(rows) in text.replace("\n", " ")
    report.check("the README's counts are the table's", [] if said else [sentence_of(rows)])
    report.leave()


main()
