#!/usr/bin/env python3
"""Reads the built archives: no heap, no C++ runtime, no exception tables, no static constructor,
no mutable global, and no exported name but leat_*. The reader is first shown an archive built
from a source that does each of these."""
import glob
import os
import re
import shutil
import subprocess
import tempfile

from checks import BUILD, Report

HEAP = re.compile(
    r"(__libc_)?(malloc|calloc|realloc|reallocarray|free|posix_memalign|aligned_alloc|memalign|valloc|"
    r"strdup|strndup|asprintf|vasprintf|getline|getdelim|mmap64|mmap|munmap|brk|sbrk)$")
RULES = [
    ("heap", "no call of the malloc family"),
    ("operators", "no operator new or delete"),
    ("runtime", "no symbol of the C++ runtime"),
    ("guards", "no guard variable of a local static"),
    ("standard", "no symbol of the C++ standard library"),
    ("unwind", "no exception table, no personality"),
    ("constructors", "no static constructor"),
    ("globals", "no mutable global"),
    ("exports", "no exported name but leat_*"),
]
# What a port may do and leat may not: the outside world is a port's business.
PORT_RULES = ["operators", "runtime", "guards", "standard", "unwind", "constructors", "exports"]


def run(*command):
    return subprocess.run(command, capture_output=True, check=True, text=True,
                          env=dict(os.environ, LC_ALL="C")).stdout


def members(text):
    """readelf's output, cut into (object file, lines)."""
    name, lines = "", []
    for line in text.splitlines():
        match = re.match(r"File: .*\((.*)\)$", line)
        if match:
            yield name, lines
            name, lines = match.group(1), []
        else:
            lines.append(line)
    yield name, lines


def symbols(archive, ours):
    """Dicts of name, type, binding, visibility, section index, of the objects that `ours` takes."""
    for member, lines in members(run("readelf", "-sW", archive)):
        for line in lines:
            part = line.split()
            if len(part) == 8 and part[0].endswith(":") and part[0] != "Num:" and ours(member):
                yield {"member": member, "size": part[2], "type": part[3], "binding": part[4],
                       "visibility": part[5], "section": part[6], "name": part[7]}


def sections(archive, ours):
    """(object file, section, index, flags, size) of every section."""
    row = re.compile(r"\s*\[\s*(\d+)\]\s+(\S+)\s+\S+\s+[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+"
                     r"[0-9a-f]+\s+([A-Zaxwo]*)\s")
    for member, lines in members(run("readelf", "-SW", archive)):
        for line in lines:
            match = row.match(line)
            if match and ours(member):
                yield member, match.group(2), match.group(1), match.group(4), int(match.group(3), 16)


def read_archive(archive, ours=lambda member: True):
    """All faults of an archive, as rule -> lines."""
    found = {rule: set() for rule, _ in RULES}
    writable = set()
    for member, name, index, flags, size in sections(archive, ours):
        if re.match(r"\.(init_array|ctors|preinit_array)", name) and size:
            found["constructors"].add(f"{member}: section {name}")
        if name.startswith(".gcc_except_table") and size:
            found["unwind"].add(f"{member}: section {name}")
        if "W" in flags and name.startswith((".data", ".bss", ".tdata", ".tbss")) \
                and not name.startswith(".data.rel.ro"):
            writable.add((member, index))

    table = list(symbols(archive, ours))
    defined = {symbol["name"] for symbol in table if symbol["section"] != "UND"}
    for symbol in table:
        name, line = symbol["name"], f"{symbol['member']}: {symbol['name']}"
        wanted = symbol["section"] == "UND" and name not in defined
        if HEAP.match(name) and wanted:
            found["heap"].add(line)
        if re.match(r"_Z(n[wa]|d[la])[jmPSv]", name) and wanted:
            found["operators"].add(line)
        if name.startswith(("__cxa_", "_ZTVN10__cxxabiv1", "_ZTIN10__cxxabiv1", "__dynamic_cast",
                            "_ZTV", "_ZTI")) and wanted:
            found["runtime"].add(line)
        if name.startswith("_ZGV"):
            found["guards"].add(line)
        if re.match(r"_Z(TV|TI|N|NK)?S[tsabiod]|_Z(TV|TI)?NK?(Sa|Ss|St)", name) and wanted:
            found["standard"].add(line)
        if name.startswith(("__gxx_personality", "__gcc_personality", "_Unwind_", "DW.ref.__gxx")):
            found["unwind"].add(line)
        if symbol["type"] in ("OBJECT", "TLS") and symbol["size"] != "0" and not name.startswith(
                "_ZGV") and (symbol["section"] == "COM"
                             or (symbol["member"], symbol["section"]) in writable):
            found["globals"].add(line)
        exported = symbol["binding"] in ("GLOBAL", "WEAK", "UNIQUE") and symbol["section"] != "UND" \
            and symbol["visibility"] in ("DEFAULT", "PROTECTED")
        # Instances of standard templates are visible by the standard library's own decree.
        if exported and not re.match(r"leat_|_ZN?K?St|DW\.ref\.", name):
            found["exports"].add(line)
    return {rule: sorted(lines) for rule, lines in found.items()}


PLANTED = """
#include <cstdlib>
#include <string>
struct Clean { ~Clean(); };
void leat_good(int);
int* other_name(int x) { static Clean clean; Clean local; leat_good(x); return new int(x); }
void* heap(int x) { return std::malloc(static_cast<unsigned>(x)); }
std::string text(int x) { return std::to_string(x) + "."; }
int start();
int started = start();
"""
EXPECTED = {
    "heap": "malloc", "operators": "_Znwm", "runtime": "__cxa_atexit", "guards": "_ZGVZ",
    "standard": "_ZNSt", "unwind": "__gxx_personality_v0", "constructors": ".init_array",
    "globals": "started", "exports": "_Z10other_namei",
}


def show_faults(report):
    with tempfile.TemporaryDirectory() as folder:
        source, archive = os.path.join(folder, "bad.cc"), os.path.join(folder, "libbad.a")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PLANTED)
        compiler = shutil.which("g++") or shutil.which("c++")
        run(compiler, "-O0", "-c", source, "-o", source + ".o")
        run("ar", "cr", archive, source + ".o")
        seen = read_archive(archive)
    for rule, name in EXPECTED.items():
        report.check(f"a planted fault is found: {rule}",
                     [] if any(name in line for line in seen[rule]) else [f"{name} was not seen"])


def main():
    report = Report("archive")
    show_faults(report)
    archive = os.path.join(BUILD, "src", "libleat.a")
    if os.path.exists(archive):
        seen = read_archive(archive)
        for rule, title in RULES:
            report.check(f"libleat.a: {title}", seen[rule])
    else:
        report.check("libleat.a is built", [archive])

    for port in sorted(glob.glob(os.path.join(BUILD, "port", "libleat_*.a"))):
        seen = read_archive(port, lambda member: member.endswith(".cc.o"))
        name = os.path.basename(port)
        report.check(f"{name}: {', '.join(PORT_RULES)}",
                     [f"{rule}: {line}" for rule in PORT_RULES for line in seen[rule]])
        if "mbedtls" in name:
            whole = read_archive(port)
            report.check(f"{name}: the TLS library calls no heap but ours", whole["heap"])
    report.leave()


main()
