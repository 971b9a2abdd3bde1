"""What only Ollama's own chat has: streams unless told otherwise, format, tags and version."""
import contextlib
import json

from formats import Ollama
from harness import Server, ask, run, test

FORM = Ollama()


def post(client, body, **headers):
    return ask(client, body, path="/api/chat", headers=headers)


@test
def streams_are_the_default():
    with Server() as server, contextlib.closing(server.client()) as client:
        answer = post(client, {"model": "m", "messages": [{"role": "user", "content": "x"}]})
        lines = [json.loads(line) for line in answer.text.splitlines()]
        assert answer.headers["Content-Type"] == "application/x-ndjson" and len(lines) == 17
        assert answer.headers["x-request-id"] is None
        answer = post(client, FORM.ask())
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert answer.json()["done"] and answer.text.count("\n") == 1


@test
def options_and_formats_are_read():
    with Server("--tokens", 50) as server, contextlib.closing(server.client()) as client:
        for predict, count in ((7, 7), (-1, 50), (-2, 50), (0, 50), ("x", 50), (None, 50)):
            data = post(client, {**FORM.ask(), "options": {"num_predict": predict}}).json()
            assert data["eval_count"] == count, predict
            assert data["done_reason"] == ("length" if count == 7 else "stop")
        assert not post(client, {**FORM.ask(), "format": ""}).json()["message"]["content"].startswith("{")
        assert post(client, {**FORM.ask(), "format": None}).status == 200
        assert post(client, {**FORM.ask(), "format": "xml"}).status == 400
        assert "thinking" in post(client, {**FORM.ask(), "think": "high"}).json()["message"]
        assert "thinking" not in post(client, {**FORM.ask(), "think": False}).json()["message"]
        parts = {"role": "user", "content": [{"type": "text", "text": "x"}]}
        assert post(client, {**FORM.ask(), "messages": [parts]}).status == 400


@test
def it_lists_models():
    with Server("--require-key", "k") as server, contextlib.closing(server.client()) as client:
        key = {"Authorization": "Bearer k"}
        assert ask(client, None, "GET", "/api/tags", key).json()["models"][0]["model"]
        assert ask(client, None, "GET", "/api/version", key).json()["version"]
        assert ask(client, None, "GET", "/api/tags").json() == {"error": "unauthorized"}
        assert ask(client, None, "GET", "/v1/models", key).json()["object"] == "list"
        assert ask(client, None, "POST", "/v1/models", key).status == 405


run()
