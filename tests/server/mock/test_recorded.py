"""Requests that real clients sent to real providers are accepted by leat-mock too.

Reads the recordings in LEAT_RECORDED_DIR (one JSON file an exchange, a folder a provider); skips,
saying so, where there are none.
"""
import contextlib
import glob
import json
import os

from harness import Server, ask, run, test

FOLDER = os.environ.get("LEAT_RECORDED_DIR", "")
ENDS = ("/chat/completions", "/responses", "/messages", ":generateContent",
        ":streamGenerateContent", "/api/chat")
# What the provider alone can make: the mock knows its own signatures and cached contents only.
FOREIGN = ("thoughtSignature", "thought_signature", '"signature"', "cachedContent")


def requests():
    for name in sorted(glob.glob(os.path.join(FOLDER, "*", "*.json"))):
        with open(name) as file:
            exchange = json.load(file)
        request = exchange["request"]
        path = request["path"].split("?")[0]
        if (exchange["response"]["status"] == 200 and request["method"] == "POST"
                and isinstance(request["body"], dict) and path.endswith(ENDS)):
            yield name, request


@test
def recorded_requests_are_accepted():
    seen = foreign = 0
    with Server() as server, contextlib.closing(server.client()) as client:
        for name, request in requests():
            text = json.dumps(request["body"])
            path = "/" + request["path"].replace("<", "").replace(">", "").lstrip("/")
            answer = ask(client, text, path=path, headers={"anthropic-version": "2023-06-01"})
            seen += 1
            if answer.status != 200 and any(mark in text for mark in FOREIGN):
                foreign += 1
                continue
            assert answer.status == 200, (name, answer.text[:200])
    assert seen > 200 and foreign < seen / 20, (seen, foreign)
    print(f"# {seen} recorded requests, {foreign} with what the mock cannot know")


if FOLDER and os.path.isdir(FOLDER):
    run()
else:
    print("ok - mock: recorded_requests_are_accepted # SKIP LEAT_RECORDED_DIR is not set")
