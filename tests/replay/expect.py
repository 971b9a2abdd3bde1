#!/usr/bin/env python3
"""Reads recorded exchanges (a folder of <provider>/<nnn>-<slug>.json) and writes, for each answer of
an API that leat speaks, what leat must make of it. Shares nothing with leat: Python's own json
reads the bodies, and the rules in expect_*.py are written from the vendors' pages.

    expect.py RECORDED_DIR CASES_FILE      prints how many there are, and what is left out and why

A case is lines `name size` + that many bytes + newline; `end` closes it. See cases.h."""
import collections
import json
import sys

import expect_chat
import expect_errors
import expect_gemini
import expect_messages
import expect_ollama
import expect_responses
import recorded
from facts import Failure

READERS = {"chat": expect_chat, "responses": expect_responses, "messages": expect_messages,
           "gemini": expect_gemini, "ollama": expect_ollama}


def answer_facts(record):
    if not 200 <= record.http_status < 300:
        return expect_errors.facts(record, expect_errors.body_of(record.body))
    if record.adapter() == "gemini-cache":
        return expect_gemini.cache_facts(record.body)
    reader = READERS[record.family()]
    try:
        if not record.is_stream():
            return reader.whole(record.body, record).facts()
        cut = recorded.ndjson_events if record.family() == "ollama" else recorded.sse_events
        return reader.stream(cut(record.body), record).facts()
    except Failure as failure:
        if failure.error is not None:
            return expect_errors.facts(record, failure.error, failure.word)
        return [("status", failure.word)]
    except json.JSONDecodeError:
        return [("status", "parse")]


def fields_of(record):
    fields = [("provider", record.provider), ("name", record.name), ("adapter", record.adapter()),
              ("http_status", str(record.http_status)),
              ("stream", "1" if record.is_stream() else "0")]
    fields += [("header", f"{name}: {value}") for name, value in record.headers]
    return fields + [("body", record.body)]


def write_case(out, fields):
    for name, value in fields:
        data = value.encode("utf-8", "surrogatepass")
        out.write(f"{name} {len(data)}\n".encode() + data + b"\n")
    out.write(b"end\n")


def main():
    folder, cases = sys.argv[1:3]
    written, left_out = 0, collections.Counter()
    with open(cases, "wb") as out:
        for record in recorded.load(folder):
            reason = record.why_not()
            if reason:
                left_out[record.provider, reason] += 1
                continue
            write_case(out, fields_of(record) + answer_facts(record))
            written += 1
    print(f"ok - replay: {written} recorded answers are read by Python, too")
    for (provider, reason), number in sorted(left_out.items()):
        print(f"# not replayed: {number} of {provider}: {reason}")


if __name__ == "__main__":
    main()
