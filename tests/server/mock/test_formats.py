"""What leat-mock does alike in every wire format: answers, streams, tools, shapes, errors."""
import contextlib
import json
import random
import socket
import time

from formats import FORMATS
from harness import ODD_TEXTS, Server, ask, drain, request_bytes, run, test
from schemas import SCHEMAS, TIME, WEATHER, satisfies

TOOLS = [("get_weather", WEATHER), ("get_time", TIME)]


class Peer:
    """A client of one format at one server."""

    def __init__(self, server, form):
        self.server = server
        self.form = form
        self.client = server.client()

    def raw(self, body, stream=False, headers=None):
        path = self.form.stream_path if stream else self.form.path
        model = getattr(body, "model", "m-1")
        return ask(self.client, body, path=path.replace("MODEL", model),
                   headers={**self.form.headers, **(headers or {})})

    def say(self, *arguments, **more):
        answer = self.raw(self.form.ask(*arguments, **more))
        assert answer.status == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        return self.form.said(answer.json())

    def stream(self, *arguments, **more):
        answer = self.raw(self.form.ask(*arguments, stream=True, **more), stream=True)
        assert answer.status == 200, answer.text
        assert answer.headers["Content-Type"].startswith(self.form.stream_type)
        return self.form.said_stream(answer.text)

    def both(self, *arguments, **more):
        whole = self.say(*arguments, **more)
        assert self.stream(*arguments, **more) == whole
        return whole

    def names(self, *arguments, **more):
        return [name for name, _ in self.both(*arguments, **more).calls]


def each(function):
    """A test for every format, each at its own server."""
    for form in FORMATS:
        def one(form=form):
            function(form)
        one.__name__ = f"{form.name}_{function.__name__}"
        test(one)
    return function


@contextlib.contextmanager
def peer(form, *options):
    with Server(*options) as server:
        one = Peer(server, form)
        with contextlib.closing(one.client):
            yield one


@each
def streams_say_what_whole_answers_say(form):
    with peer(form, "--tokens", "3:60") as one:
        texts = {one.both(prompt).text for prompt in ("a", "b", "c", "")}
        assert len(texts) == 4
        said = one.both("hello")
        assert said.finish == "stop" and said.usage[0] > 0 and 3 <= said.usage[1] <= 60
        assert one.say("hello", system="s" * 400).usage[0] >= said.usage[0] + 100


@each
def an_echo_is_the_prompt(form):
    with peer(form, "--echo") as one:
        for text in ODD_TEXTS:
            assert one.both(text, limit=2).text == text


@each
def a_limit_cuts_the_answer(form):
    with peer(form, "--tokens", 50) as one:
        said = one.both(limit=7)
        assert said.finish == "length" and said.usage[1] == 7
        assert one.both(limit=50).finish == "stop"


@each
def a_prompt_that_says_tool_gets_a_call(form):
    with peer(form) as one:
        said = one.both("use a tool", tools=TOOLS)
        assert said.finish == "tool" and said.text == ""
        assert said.calls[0][0] == "get_weather" and satisfies(said.calls[0][1], WEATHER)
        assert one.names("tool get_time", tools=TOOLS) == ["get_time"]
        assert one.names("tools get_time and get_weather", tools=TOOLS) == ["get_weather", "get_time"]
        assert one.names("hello", tools=TOOLS) == [] and one.names("a tool") == []
        assert one.names("a tool", tools=[]) == []
        if form.choices:
            assert one.names("a tool", tools=TOOLS, choice="none") == []
            assert one.names("hello", tools=TOOLS, choice="auto") == []
            assert one.names("hello", tools=TOOLS, choice="any") == ["get_weather"]
            assert one.names("hello", tools=TOOLS, choice="get_time") == ["get_time"]


@each
def results_are_quoted(form):
    with peer(form) as one:
        said = one.both("use a tool", tools=TOOLS, rounds=[["18 \"C\" é", "noon"]])
        assert said.calls == [] and said.finish == "stop"
        assert "18 " in said.text and "é" in said.text and "noon" in said.text
        for count in range(4):
            said = one.both("tool [[rounds:3]]", tools=TOOLS, rounds=[["r"]] * count)
            assert bool(said.calls) == (count < 3), count
        shaped = one.both("use a tool", tools=TOOLS, rounds=[["x"]], schema=TIME)
        assert satisfies(json.loads(shaped.text), TIME)


@each
def json_satisfies_its_schema(form):
    with peer(form) as one:
        for schema in SCHEMAS:
            said = one.both(schema=schema)
            assert satisfies(json.loads(said.text), schema), (schema, said.text)
            call = one.both("tool", tools=[("t", schema)]).calls[0]
            assert satisfies(call[1], schema), (schema, call)
        if form.json_mode:
            assert list(json.loads(one.both(schema=True).text)) == ["answer"]


@each
def thoughts_come_first(form):
    if not form.thinks:
        return
    with peer(form) as one:
        plain, said = one.both("hello"), one.both("hello", think=True)
        assert plain.thoughts == "" and len(said.thoughts) > 20 and said.text == plain.text
        assert said.usage[1] > plain.usage[1]
        called = one.both("a tool", tools=TOOLS, think=True)
        assert called.thoughts and called.calls[0][0] == "get_weather"


@each
def errors_have_the_providers_shape(form):
    with peer(form, "--retry-after", 7) as one:
        for status, kind in form.kinds.items():
            if status in (400, 404):
                continue
            for stream in (False, True):
                body = form.ask(f"[[mock:{status}]]", stream=stream)
                answer = one.raw(body, stream)
                assert answer.status == status
                message, seen = form.error(answer.json())
                assert message and seen == kind, (status, seen)
        unknown = one.raw(form.ask(model="no-such-model"))
        assert unknown.status == form.unknown_model, unknown.text
        assert form.error(unknown.json())[1] == form.kinds[form.unknown_model]
        for payload in ("", "{", "[]", "null", json.dumps(form.ask()) + "x", b'{"a":"\xff"}'):
            answer = one.raw(payload)
            assert answer.status == 400 and form.error(answer.json())[0], payload
        assert one.raw({}).status == 400


@each
def a_stream_may_turn_into_an_error(form):
    with peer(form) as one:
        sizes = []
        for marker in ("midway after=0", "midway", "midway after=9"):
            answer = one.raw(form.ask(f"[[mock:{marker}]]", stream=True), stream=True)
            assert answer.status == 200 and form.broken(answer.text), answer.text
            sizes.append(len(answer.text))
        assert sizes == sorted(set(sizes))  # ever more pieces before it
        assert one.raw(form.ask("[[mock:midway]]")).status == 500


@each
def keys_are_checked(form):
    with peer(form, "--require-key", "k-1") as one:
        for headers, right in (({}, False), (form.key("k-2"), False), (form.key("k-1"), True),
                               (form.key("k-11"), False), (form.key(""), False)):
            answer = one.raw(form.ask(), headers=headers)
            assert (answer.status == 200) == right, (headers, answer.status)
            if not right:
                assert answer.status in (400, 401, 403) and form.error(answer.json())[0]


@each
def calls_and_results_must_pair(form):
    with peer(form) as one:
        def status(*chosen):
            body = form.ask("tool", tools=TOOLS, rounds=[["a", "b"]])
            key = next(k for k in ("messages", "input", "contents") if k in body)
            body[key] = form.pick(body[key], chosen) if hasattr(form, "pick") else [
                body[key][index] for index in chosen]
            return one.raw(body).status
        count = 5 if form.name == "responses" else 4
        assert status(*range(count)) == 200
        for chosen in (range(count - 1), (0, count - 1), (0, 1)):
            assert status(*chosen) == (200 if form.name == "ollama" else 400), chosen


@each
def noise_is_survived(form):
    rng = random.Random(7)
    body = form.ask("a tool", tools=TOOLS, schema=SCHEMAS[2], rounds=[["r"]], think=True, system="s",
                    stream=True)
    good = request_bytes(body, "".join(f"{k}: {v}\r\n" for k, v in form.headers.items()),
                         path=form.stream_path)
    with Server("--seed", 2) as server:
        for i in range(300):
            data = bytearray(good)
            start = good.index(b"\r\n\r\n") if i % 2 else 0
            for _ in range(rng.randrange(1, 6)):
                data[rng.randrange(start, len(data))] = rng.randrange(256)
            with server.raw(bytes(data)) as sock:
                sock.shutdown(socket.SHUT_WR)
                reply = drain(sock)
                assert reply in (b"", b"RESET") or reply.startswith(b"HTTP/1.1 "), (data, reply)
        assert Peer(server, form).say("fine").text
        assert server.stats()["in_flight"] == 0


@each
def streams_keep_their_pace(form):
    with peer(form, "--tokens", 5, "--ttft-ms", 80, "--token-ms", 30) as one:
        begin = time.monotonic()
        one.stream("hello")
        assert 0.2 < time.monotonic() - begin < 0.6


run()
