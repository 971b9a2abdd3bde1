#!/usr/bin/env python3
"""leat's schema check against Python's jsonschema (Debian: python3-jsonschema) over random schemas
and documents with a fixed seed. Where the two may differ on purpose, the generator keeps away or
the reference is told leat's rule: booleans inside a const are no numbers, numbers are decimals,
patterns are ECMA's."""
import json
import os
import random
import re
import subprocess
import sys
from decimal import Decimal

TITLE = "schema: agrees with jsonschema"
try:
    from jsonschema import Draft202012Validator, ValidationError, validators
except ImportError:
    print(f"ok - {TITLE} # SKIP no python3-jsonschema here")
    sys.exit(0)

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
BUILD = os.environ.get("LEAT_BUILD", os.path.join(ROOT, "build", "gcc-release"))
PROBE = os.path.join(BUILD, "tests", "schema", "leat_schema_probe")
PAIRS = int(os.environ.get("LEAT_SCHEMA_PAIRS", "20000"))
DOCUMENTS_EACH = 10
TYPES = ["null", "boolean", "number", "integer", "string", "array", "object"]
NAMES = ["a", "b", "ab", "é", "x-1", "~/"]
TEXTS = ["", "a", "ab", "abc", "é", "😀", "A-1", "12", "a b", "\n", "\"\\"]
NUMBERS = [0, 1, 2, 3, -1, 5, 10, 0.5, 1.0, 1.5, 2.5, -0.25, 1e3, 12345678901234567890]
PATTERNS = ["^a", "b$", "^[a-c]+$", "^.{2}$", "[0-9]", "^(a|b)*$", "^x-", "é", "^$", "^a?b{1,2}c*$",
            "^[^a]", "^\\w+$", "^\\S*$", "(ab|a)(c|bc)?$", "\\bb"]


def equal(one, other):
    """JSON equality: True is no 1, at any depth."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[k], other[k]) for k in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    return type_of(one) == type_of(other) and one == other


def type_of(value):
    return "number" if isinstance(value, (int, float, Decimal)) else type(value).__name__


def check_enum(validator, values, instance, schema):
    if not any(equal(value, instance) for value in values):
        yield ValidationError("enum")


def check_const(validator, value, instance, schema):
    return check_enum(validator, [value], instance, schema)


def check_unique(validator, wanted, instance, schema):
    if wanted and isinstance(instance, list):
        if any(equal(a, b) for i, a in enumerate(instance) for b in instance[i + 1:]):
            yield ValidationError("uniqueItems")


def check_multiple(validator, divisor, instance, schema):
    if isinstance(instance, (int, float)) and not isinstance(instance, bool):
        if Decimal(repr(instance)) % Decimal(repr(divisor)) != 0:
            yield ValidationError("multipleOf")


Reference = validators.extend(Draft202012Validator, {
    "enum": check_enum, "const": check_const, "uniqueItems": check_unique,
    "multipleOf": check_multiple})


PYTHON_SEARCH = re.search


def search(pattern, text, flags=0):
    """As ECMA has it: $ is the very end, and \\w \\d \\s are ASCII (no other blank is in TEXTS)."""
    return PYTHON_SEARCH(pattern.replace("$", r"\Z"), text, flags | re.ASCII)


re.search = search  # jsonschema calls it by this name


class Generator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, values):
        return self.random.choice(values)

    def document(self, depth=3):
        kind = self.random.randrange(10 if depth > 0 else 6)
        if kind < 1:
            return self.pick([None, True, False])
        if kind < 4:
            return self.pick(NUMBERS)
        if kind < 6:
            return self.pick(TEXTS)
        if kind < 8:
            return [self.document(depth - 1) for _ in range(self.random.randrange(4))]
        return {self.pick(NAMES): self.document(depth - 1) for _ in range(self.random.randrange(4))}

    def schemas(self, depth, least=1):
        return [self.schema(depth) for _ in range(self.random.randrange(least, 4))]

    def names(self):
        return self.random.sample(NAMES, self.random.randrange(3))

    def keyword(self, depth):
        """One keyword and its value."""
        count = self.random.randrange(4)
        simple = [
            lambda: ("type", self.pick(TYPES)),
            lambda: ("type", self.random.sample(TYPES, 2)),
            lambda: ("enum", [self.document(2) for _ in range(4)]),
            lambda: ("const", self.document(2)),
            lambda: (self.pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]),
                     self.pick(NUMBERS)),
            lambda: ("multipleOf", self.pick([1, 2, 3, 0.5, 0.25, 5, 2.5])),
            lambda: (self.pick(["minLength", "maxLength", "minItems", "maxItems", "minProperties",
                                "maxProperties"]), count),
            lambda: ("pattern", self.pick(PATTERNS)),
            lambda: ("required", self.names()),
            lambda: ("dependentRequired", {name: self.names() for name in self.names()}),
            lambda: ("uniqueItems", self.pick([True, True, False])),
            lambda: ("$ref", self.pick(["#/$defs/one", "#/$defs/two~1%7E0"])),
        ]
        nested = [
            lambda: ("properties", {name: self.schema(depth - 1) for name in self.names()}),
            lambda: ("properties", {name: self.schema(depth - 1) for name in NAMES[:3]}),
            lambda: ("additionalProperties", self.schema(depth - 1)),
            lambda: ("patternProperties",
                     {p: self.schema(depth - 1) for p in self.random.sample(PATTERNS, 2)}),
            lambda: ("propertyNames", self.schema(depth - 1)),
            lambda: ("dependentSchemas", {name: self.schema(depth - 1) for name in self.names()}),
            lambda: ("items", self.schema(depth - 1)),
            lambda: ("prefixItems", self.schemas(depth - 1)),
            lambda: ("contains", self.schema(depth - 1)),
            lambda: (self.pick(["minContains", "maxContains"]), count),
            lambda: (self.pick(["allOf", "anyOf", "oneOf"]), self.schemas(depth - 1)),
            lambda: ("not", self.schema(depth - 1)),
            lambda: (self.pick(["if", "then", "else"]), self.schema(depth - 1)),
        ]
        return self.pick(simple + nested if depth > 0 else simple)()

    def schema(self, depth=3):
        if self.random.randrange(12) == 0:
            return self.pick([True, False, True])
        return dict(self.keyword(depth) for _ in range(self.random.randrange(1, 4)))

    def root(self):
        schema = dict(self.keyword(3) for _ in range(self.random.randrange(1, 5)))
        # What is referred to refers to nothing, or most pairs would end at the depth bound.
        leaves = [self.without_references(self.schema(1)) for _ in range(2)]
        return dict(schema, **{"$defs": {"one": leaves[0], "two/~": leaves[1]}})

    def without_references(self, value):
        if isinstance(value, dict):
            return {k: self.without_references(v) for k, v in value.items() if k != "$ref"}
        return [self.without_references(v) for v in value] if isinstance(value, list) else value

    def spelled(self, value):
        """JSON text in one of its spellings."""
        return json.dumps(value, ensure_ascii=self.pick([True, False]),
                          separators=self.pick([(",", ":"), (", ", ": "), (" ,\t", " :\r")]))


def pairs():
    generate = Generator(20261122)
    for _ in range(PAIRS // DOCUMENTS_EACH):
        schema = generate.root()
        for _ in range(DOCUMENTS_EACH):
            yield schema, generate.document(), generate


def main():
    expected, lines = [], []
    for schema, document, generate in pairs():
        expected.append(Reference(schema).is_valid(document))
        lines += [generate.spelled(schema), generate.spelled(document)]
    ran = subprocess.run([PROBE], input="\n".join(lines) + "\n", capture_output=True, check=True,
                         encoding="utf-8")
    seen = ran.stdout.splitlines()
    wrong = [f"{lines[2 * i]}  {lines[2 * i + 1]}  jsonschema: {valid}, leat: {seen[i]}"
             for i, valid in enumerate(expected)
             if seen[i].split("\t")[0] != ("ok" if valid else "schema")]
    good = sum(expected)
    if len(seen) != len(expected) or good < PAIRS // 5 or good > PAIRS * 4 // 5:
        wrong.append(f"{len(seen)} answers, {good} of {len(expected)} valid")
    print(f"{'not ok' if wrong else 'ok'} - {TITLE}: {len(expected)} pairs, {good} of them valid")
    for line in wrong[:10]:
        print(f"#   {line}")
    sys.exit(1 if wrong else 0)


main()
