"""What only Anthropic's Messages have: a version header, required limits, thinking that must come
back, cache marks, limits as times of day."""
import contextlib
import json
import time
from calendar import timegm

from formats import Anthropic
from harness import Server, ask, run, sse, test

FORM = Anthropic()


def post(client, body, **headers):
    headers = {key.replace("_", "-"): value for key, value in headers.items()}
    return ask(client, body, path="/v1/messages", headers={**FORM.headers, **headers})


@test
def the_message_has_the_wire_form():
    with Server() as server, contextlib.closing(server.client()) as client:
        answer = post(client, FORM.ask())
        data = answer.json()
        assert answer.headers["request-id"].startswith("req_")
        assert answer.headers["anthropic-organization-id"] and data["id"].startswith("msg_01")
        assert data["model"] == "m-1" and data["stop_sequence"] is None
        assert data["usage"]["service_tier"] == "standard"
        call = post(client, FORM.ask("tool", tools=[("t", {"type": "object"})])).json()["content"][0]
        assert call["id"].startswith("toolu_01") and call["input"] == {}


@test
def what_is_required_is_asked_for():
    with Server() as server, contextlib.closing(server.client()) as client:
        answer = ask(client, FORM.ask(), path="/v1/messages")
        assert answer.status == 400 and "anthropic-version" in answer.text
        assert answer.headers["x-should-retry"] == "false"
        for key in ("model", "max_tokens", "messages"):
            body = FORM.ask()
            del body[key]
            answer = post(client, body)
            assert answer.status == 400 and answer.json()["error"]["message"].startswith(key), key
        for wrong in ({"role": "tool", "content": "x"}, {"content": "x"}, "x", {"role": "user",
                                                                             "content": [{}]}):
            assert post(client, {**FORM.ask(), "messages": [wrong]}).status == 400, wrong
        for budget in (0, 1023, 4096):
            body = {**FORM.ask(), "thinking": {"type": "enabled", "budget_tokens": budget}}
            assert post(client, body).status == 400, budget
        assert post(client, {**FORM.ask(), "thinking": {"type": "disabled"}}).status == 200
        assert post(client, {**FORM.ask(), "thinking": {"type": "adaptive"}}).status == 200


@test
def thoughts_must_come_back_unchanged():
    with Server() as server, contextlib.closing(server.client()) as client:
        for display in ("summarized", "omitted"):
            body = FORM.ask("a tool", tools=[("t", {"type": "object"})], think=True)
            body["thinking"]["display"] = display
            said = post(client, body).json()["content"]
            assert bool(said[0]["thinking"]) == (display == "summarized")
            result = {"type": "tool_result", "tool_use_id": said[-1]["id"], "content": "r"}

            def status(content):
                return post(client, {**body, "messages": body["messages"] + [
                    {"role": "assistant", "content": content},
                    {"role": "user", "content": [result]}]}).status
            assert [block["type"] for block in said] == ["thinking", "tool_use"]
            assert status(said) == 200
            assert status(said[1:]) == 400
            assert status([{**said[0], "signature": "x"}, said[1]]) == 400
            assert status([{**said[0], "thinking": "other"}, said[1]]) == 400
            assert status([{"type": "redacted_thinking", "data": "x"}, said[1]]) == 200


@test
def marked_prefixes_are_cached():
    def usage(client, body):
        whole = post(client, body).json()["usage"]
        return [whole[key] for key in ("input_tokens", "cache_creation_input_tokens",
                                       "cache_read_input_tokens")]
    mark = {"cache_control": {"type": "ephemeral"}}
    long = [{"type": "text", "text": "x" * 8000, **mark}]
    with Server() as server, contextlib.closing(server.client()) as client:
        body = {**FORM.ask("one"), "system": long}
        rest, written, read = usage(client, body)
        assert 2000 <= written < 2010 and read == 0 and 0 < rest < 20
        assert usage(client, body) == [rest, 0, written]
        body["messages"] = [{"role": "user", "content": "two"}]
        assert usage(client, body) == [rest, 0, written]
        body["system"] = [{**long[0], "text": "y" * 8000}]
        assert usage(client, body) == [rest, written, 0]
        body = {**FORM.ask(), "messages": [{"role": "user", "content": long}]}
        assert usage(client, body)[1] >= 2000 and usage(client, body)[2] >= 2000
        body = {**FORM.ask("z" * 8000), **mark}
        assert usage(client, body)[1] >= 2000 and usage(client, body)[2] >= 2000
        body = FORM.ask(tools=[("t", {"type": "object", "description": "d" * 8000})])
        body["tools"][0].update(mark)
        assert usage(client, body)[1] >= 2000 and usage(client, body)[2] >= 2000
        short = {**FORM.ask(), "system": [{"type": "text", "text": "x" * 400, **mark}]}
        assert usage(client, short)[1:] == [0, 0] == usage(client, short)[1:]
        assert usage(client, FORM.ask("z" * 8000))[1:] == [0, 0]
        stream = sse(post(client, {**body, "stream": True}).text)
        assert json.loads(stream[0][1])["message"]["usage"]["cache_read_input_tokens"] >= 2000
    with Server("--cache-tokens", 0) as server, contextlib.closing(server.client()) as client:
        assert usage(client, short)[1] >= 100 and usage(client, short)[2] >= 100


@test
def limits_are_told_as_times():
    with Server("--rpm", 6) as server, contextlib.closing(server.client()) as client:
        answers = [post(client, FORM.ask()) for _ in range(7)]
        assert [one.status for one in answers] == [200] * 6 + [429]
        head = answers[0].headers
        assert head["anthropic-ratelimit-requests-limit"] == "6"
        assert head["anthropic-ratelimit-requests-remaining"] == "5"
        for name in ("requests", "tokens", "input-tokens", "output-tokens"):
            reset = time.strptime(head[f"anthropic-ratelimit-{name}-reset"], "%Y-%m-%dT%H:%M:%SZ")
            assert -2 <= timegm(reset) - time.time() <= 12, name
        assert 9 <= int(answers[-1].headers["retry-after"]) <= 10
        assert answers[-1].headers["retry-after-ms"] is None
        assert answers[-1].headers["x-should-retry"] is None
        assert answers[-1].json()["error"]["type"] == "rate_limit_error"


@test
def a_bearer_does_too():
    with Server("--require-key", "k") as server, contextlib.closing(server.client()) as client:
        assert post(client, FORM.ask(), Authorization="Bearer k").status == 200
        assert post(client, FORM.ask(), x_api_key="k").status == 200
        assert post(client, FORM.ask(), api_key="k").status == 401
        models = ask(client, None, "GET", "/v1/models", {**FORM.headers, "x-api-key": "k"})
        assert models.json()["data"][0]["type"] == "model"


run()
