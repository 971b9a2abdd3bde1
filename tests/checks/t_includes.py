#!/usr/bin/env python3
"""Includes point downward: api > flow > provider > {codec, pace, wire, meter} > base.
Nothing in src/ sees a port or a vendor's header, save llhttp in one codec file; the public
headers see each other and three headers of C. A header of flow, which is state or the door of a room,
sees no other room. The checker is first shown a tree full of faults."""
import os
import re
import tempfile

from checks import ROOT, SOURCE_ENDINGS, Report, read_text, tree_files

SEES = {
    "base": {"base"},
    "codec": {"codec", "base"},
    "pace": {"pace", "base"},
    "wire": {"wire", "base"},
    "meter": {"meter", "base"},
    "provider": {"provider", "codec", "base"},
    "flow": {"flow", "provider", "codec", "pace", "wire", "meter", "base"},
    "api": {"api", "flow", "provider", "codec", "pace", "wire", "meter", "base"},
}
# The parts of the C and C++ libraries that work with no operating system and no heap, and the
# compilers' own vector intrinsics.
PLAIN = set("""
    algorithm array atomic bit cfloat charconv cinttypes climits cmath compare concepts cstdarg
    cstddef cstdint cstring functional initializer_list iterator limits new numeric optional span
    string_view tuple type_traits utility variant version
    float.h inttypes.h limits.h math.h stdarg.h stdbool.h stddef.h stdint.h string.h
    arm_neon.h emmintrin.h immintrin.h nmmintrin.h smmintrin.h tmmintrin.h wmmintrin.h xmmintrin.h
    """.split())
PUBLIC_C = {"stdint.h", "stddef.h", "stdbool.h"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(<[^>]+>|"[^"]+")', re.M)


def includes(text):
    for match in INCLUDE.finditer(text):
        yield text.count("\n", 0, match.start(1)) + 1, match.group(1)


def layer_of(root, path, name):
    """The layer a name leads to, None when it is no file of src/."""
    beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
    for candidate in (beside, os.path.join("src", name), name):
        parts = candidate.split("/")
        if parts[0] == "src" and len(parts) > 2 and os.path.exists(os.path.join(root, candidate)):
            return parts[1]
    parts = name.split("/")
    parts = parts[1:] if parts[0] == "src" else parts
    return parts[0] if len(parts) > 1 and parts[0] in SEES else None


def room_of(path):
    """The room of flow that a path of src/ leads to, None outside of them."""
    parts = path.split("/")
    return parts[1] if parts[0] == "flow" and len(parts) > 2 else None


def source_findings(root, path, text):
    own = path.split("/")[1]
    for line, quoted in includes(text):
        name, where = quoted[1:-1], f"{path}:{line}"
        layer = layer_of(root, path, name)
        room = room_of(name)
        if path.startswith("src/flow/") and path.endswith(".h") and room not in (None, room_of(path[4:])):
            yield "room", f"{where}: a header of flow may not include {quoted}"
        public = re.fullmatch(r"(include/)?leat/\w+\.h", name)
        if own not in SEES:
            yield "layer", f"{where}: src/{own} is no layer of the design"
        elif layer is not None:
            if layer not in SEES[own]:
                yield "upward", f"{where}: {own} may not include {layer} ({quoted})"
        elif name.split("/")[0] in ("port", "tests", "examples") or "../port" in name:
            yield "port", f"{where}: src/ may not include {quoted}"
        elif "llhttp" in name:
            if own != "codec":
                yield "llhttp", f"{where}: only one codec file includes llhttp"
        elif not public and name not in PLAIN:
            yield "vendor", f"{where}: {quoted} is not for src/"


def public_findings(path, text):
    allowed = PLAIN if path.endswith(".hpp") else PUBLIC_C
    for line, quoted in includes(text):
        sibling = re.fullmatch(r'"(leat/)?\w+\.h"|<leat/\w+\.h>', quoted)
        if quoted[1:-1] not in allowed and not sibling:
            yield "public", f"{path}:{line}: {quoted} is not for a public header"


def findings(root):
    """All faults of a tree, as rule -> lines."""
    found = {rule: [] for rule in ("layer", "upward", "room", "port", "vendor", "llhttp", "public")}
    llhttp_files = set()
    for path in tree_files(root):
        if not path.endswith(SOURCE_ENDINGS):
            continue
        if path.startswith("src/") and path.count("/") >= 2:
            text = read_text(os.path.join(root, path)) or ""
            for rule, line in source_findings(root, path, text):
                found[rule].append(line)
            if path.startswith("src/codec/") and any("llhttp" in q for _, q in includes(text)):
                llhttp_files.add(path)
        elif path.startswith("include/leat/"):
            text = read_text(os.path.join(root, path)) or ""
            for rule, line in public_findings(path, text):
                found[rule].append(line)
    if len(llhttp_files) > 1:
        found["llhttp"].append("more than one file includes it: " + " ".join(sorted(llhttp_files)))
    return found


PLANTED = {
    "include/leat/leat.h": "#include <stdio.h>\n#include <stdint.h>\n#include \"leat/types.h\"\n",
    "include/leat/types.h": "#include <stddef.h>\n#include <sys/types.h>\n",
    "include/leat/leat.hpp": "#include <leat/leat.h>\n#include <span>\n#include <vector>\n",
    "src/base/arena.h": "#include <cstdint>\n#include \"codec/sse.h\"\n",
    "src/codec/sse.h": "#include \"base/arena.h\"\n  #  include \"../pace/gate.h\"\n",
    "src/codec/http.cc": "#include <llhttp/llhttp.h>\n#include \"leat/status.h\"\n",
    "src/codec/http2.cc": "#include <llhttp.h>\n",
    "src/pace/gate.h": "#include <unistd.h>\n#include <leat/leat.h>\n",
    "src/provider/gemini.cc": "#include \"wire/url.h\"\n#include \"codec/sse.h\"\n",
    "src/wire/url.h": "#include <llhttp.h>\n#include <mbedtls/ssl.h>\n",
    "src/flow/engine.h": "#include \"flow/item.h\"\n#include \"flow/cache/cache.h\"\n",
    "src/flow/cache/cache.h": "#include \"flow/engine.h\"\n#include \"flow/cache/value.h\"\n",
    "src/flow/answer/answer.h": "#include \"flow/cache/cache.h\"\n",
    "src/flow/exchange/send.cc":
        "#include \"flow/cache/cache.h\"\n#include \"api/client.h\"\n#include \"wire/url.h\"\n",
    "src/api/client.h": "#include \"flow/item.h\"\n#include \"port/posix/tcp.h\"\n",
    "src/util/misc.h": "#include <cstdint>\n",
}
EXPECTED = {
    "layer": ["src/util/misc.h:1: src/util is no layer of the design"],
    "upward": ['src/base/arena.h:2: base may not include codec ("codec/sse.h")',
               'src/codec/sse.h:2: codec may not include pace ("../pace/gate.h")',
               'src/flow/exchange/send.cc:2: flow may not include api ("api/client.h")',
               'src/provider/gemini.cc:1: provider may not include wire ("wire/url.h")'],
    "room": ['src/flow/answer/answer.h:1: a header of flow may not include "flow/cache/cache.h"',
             'src/flow/engine.h:2: a header of flow may not include "flow/cache/cache.h"'],
    "port": ['src/api/client.h:2: src/ may not include "port/posix/tcp.h"'],
    "vendor": ["src/pace/gate.h:1: <unistd.h> is not for src/",
               "src/wire/url.h:2: <mbedtls/ssl.h> is not for src/"],
    "llhttp": ["src/wire/url.h:1: only one codec file includes llhttp",
               "more than one file includes it: src/codec/http.cc src/codec/http2.cc"],
    "public": ["include/leat/leat.h:1: <stdio.h> is not for a public header",
               "include/leat/leat.hpp:3: <vector> is not for a public header",
               "include/leat/types.h:2: <sys/types.h> is not for a public header"],
}
TITLES = {
    "layer": "every folder of src/ is a layer",
    "upward": "includes go downward only",
    "room": "headers of flow do not see each other's rooms",
    "port": "src/ does not see the ports",
    "vendor": "src/ sees no operating system and no vendor",
    "llhttp": "llhttp is seen by one codec file",
    "public": "public headers stand on C alone",
}


def main():
    report = Report("includes")
    with tempfile.TemporaryDirectory() as planted:
        for path, text in PLANTED.items():
            os.makedirs(os.path.dirname(os.path.join(planted, path)), exist_ok=True)
            with open(os.path.join(planted, path), "w", encoding="utf-8") as file:
                file.write(text)
        seen = findings(planted)
    for rule, expected in EXPECTED.items():
        report.equal(f"planted faults are found: {rule}", seen[rule], expected)
    for rule, lines in findings(ROOT).items():
        report.check(TITLES[rule], lines)
    report.leave()


main()
