#!/usr/bin/env python3
"""Whether leat asks for what recorded requests asked for. Two steps, between which leat_replay builds
the bodies:

    compare.py describe RECORDED_DIR DESCRIPTIONS
    compare.py compare RECORDED_DIR BODIES          exit status 0 when all are equal

Equal means: the same JSON values, numbers by value, members in any order, save what is listed in
differences.py. A request that cannot be worded is named with its reason."""
import collections
import copy
import sys

import describe_chat
import describe_gemini
import describe_messages
import describe_ollama
import describe_responses
import differences
import json
import recorded
from expect import write_case

WORDS = {"chat": describe_chat, "responses": describe_responses, "messages": describe_messages,
         "gemini": describe_gemini, "gemini-cache": describe_gemini, "ollama": describe_ollama}

# Recorded requests that are not built: folder/file -> why.
NOT_BUILT = {}


def is_request(record):
    """A request for a completion. Other calls are recorded for their errors only."""
    if record.why_not() or record.provider in ("openai_other_errors", "openai_batch"):
        return False
    return isinstance(record.request, dict) and record.method == "POST"


def load(folder):
    """Each record, what it asks for by the table, and how it is worded."""
    seen = collections.Counter()
    for record in recorded.load(folder):
        title = record.provider + "/" + record.name
        if not is_request(record) or title in NOT_BUILT:
            continue
        body = copy.deepcopy(record.request)
        differences.apply(body, record, (differences.SPELLING,), seen)
        record.request = copy.deepcopy(body)
        try:
            description = WORDS[record.family()].describe(record)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise SystemExit(f"not ok - replay: {title} cannot be worded: {error!r}") from error
        differences.apply(body, record, (differences.RECORDED, differences.BOTH), seen)
        yield title, record, body, description, seen


def write_descriptions(folder, file):
    with open(file, "wb") as out:
        for title, _, _, description, _ in load(folder):
            write_case(out, description.case(title))


def read_bodies(file):
    bodies = {}
    with open(file, "rb") as built:
        for line in iter(built.readline, b""):
            title, status, ignored, path, size = line.decode().rstrip("\n").split("\t")
            text = built.read(int(size)).decode()
            built.read(1)
            bodies[title] = (status, int(ignored), path, text)
    return bodies


def no_repeats(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) != len(names):
        raise ValueError(f"a name comes twice: {sorted(names)}")
    return dict(pairs)


def unequal(wanted, built, place=""):
    """The first places where the values differ."""
    if isinstance(wanted, bool) or isinstance(built, bool):
        return [] if wanted is built else [f"{place}: {wanted!r} became {built!r}"]
    if isinstance(wanted, dict) and isinstance(built, dict):
        found = []
        for name in sorted(set(wanted) | set(built)):
            if name not in built:
                found.append(f"{place}.{name}: {str(wanted[name])[:120]!r} is missing")
            elif name not in wanted:
                found.append(f"{place}.{name}: {str(built[name])[:120]!r} came in")
            else:
                found += unequal(wanted[name], built[name], f"{place}.{name}")
        return found
    if isinstance(wanted, list) and isinstance(built, list):
        if len(wanted) != len(built):
            return [f"{place}: {len(wanted)} became {len(built)}: {str(wanted)[:150]} / {str(built)[:150]}"]
        return [one for i, (a, b) in enumerate(zip(wanted, built))
                for one in unequal(a, b, f"{place}[{i}]")]
    return [] if wanted == built else [f"{place}: {str(wanted)[:120]!r} became {str(built)[:120]!r}"]


def finds_faults(body):
    """A member that is gone, one that came in, another value: each must be noticed."""
    name = sorted(body)[0]
    without = {key: value for key, value in body.items() if key != name}
    return all(unequal(body, planted) for planted in (without, {**body, "planted": 1},
                                                      {**body, name: [body[name], 1]}))


def check(record, body, built):
    status, ignored, path, text = built
    if status != "ok":
        return [f"not built: {status}"]
    made = json.loads(text, object_pairs_hook=no_repeats)
    differences.apply(made, record, (differences.BOTH,), collections.Counter())
    found = unequal(body, made) if finds_faults(body) else ["a planted fault was not found"]
    if not record.path.endswith(path.partition("?")[0]):
        found.append(f"the path {record.path} became {path}")
    return found + ([f"left out, says leat: {ignored:#x}"] if found and ignored else [])


def compare(folder, file):
    bodies = read_bodies(file)
    counts = collections.defaultdict(collections.Counter)
    for title, record, body, description, seen in load(folder):
        found = check(record, body, bodies[title])
        for one in found[:6]:
            print(f"#   {title}: {one}")
        counts[record.provider].update(all=1, equal=not found, types=not description.ready)
    for provider, count in sorted(counts.items()):
        word = "ok" if count["equal"] == count["all"] else "not ok"
        print(f"{word} - replay: {provider}, {count['equal']} of {count['all']} requests equal, "
              f"{count['types']} of them without ready JSON")
    for name, _, _, reason, _ in differences.TABLE:
        print(f"# difference: {name}, in {seen[name]}: {reason}")
    return any(count["equal"] != count["all"] for count in counts.values())


def main():
    step, folder, file = sys.argv[1:4]
    if step == "describe":
        write_descriptions(folder, file)
        return 0
    return 1 if compare(folder, file) else 0


if __name__ == "__main__":
    sys.exit(main())
