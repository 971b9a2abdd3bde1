#!/usr/bin/env python3
"""Prints a C program that prints size, alignment and the offset of every field of every public struct.

The structs and fields are read out of the headers, so that none can be forgotten; t_layout.sh
compiles the program and compares what it prints with layout_x86_64.txt. (Nested structs and more
than one declarator a line do not occur in the headers; the script fails when they do.)
"""
import pathlib
import re
import sys

SKIP = {"sim.h", "sim_provider.h"}  # the simulator is for tests, not for programs


def structs(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    for match in re.finditer(r"typedef struct (\w+) \{(.*?)\n\} (\w+);", text, flags=re.S):
        if match.group(1) != match.group(3):
            sys.exit(f"{match.group(1)}: tag and name differ")
        yield match.group(1), list(fields(match.group(1), match.group(2)))


def fields(struct, body):
    for declaration in body.split(";"):
        declaration = " ".join(declaration.split())
        if not declaration:
            continue
        pointer = re.search(r"\(\*(\w+)\)\s*\(", declaration)
        plain = re.search(r"(\w+)(\[[^\]]*\])?$", declaration)
        if pointer:
            yield pointer.group(1)
        elif plain and "{" not in declaration and "," not in declaration:
            yield plain.group(1)
        else:
            sys.exit(f"{struct}: cannot read '{declaration}'")


def main(folder):
    headers = sorted(p for p in pathlib.Path(folder).glob("*.h") if p.name not in SKIP)
    print("#include <stddef.h>\n#include <stdio.h>")
    for header in headers:
        print(f"#include <leat/{header.name}>")
    body = []
    for header in headers:
        for name, names in structs(header.read_text()):
            print(f"struct of_{name} {{ char before; {name} it; }};")
            body.append(f'    printf("{name} size %zu align %zu\\n", sizeof({name}), '
                        f"offsetof(struct of_{name}, it));")
            body += [f'    printf("{name}.{field} %zu\\n", offsetof({name}, {field}));'
                     for field in names]
    print("int main(void) {")
    print("\n".join(body))
    print("    return 0;\n}")


main(sys.argv[1])
