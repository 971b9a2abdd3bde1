"""leat-mock calls tools and shapes its answers in OpenAI's chat form."""
import contextlib
import json

from harness import Server, ask, body, events, run, streamed, test
from schemas import SCHEMAS, TIME, WEATHER, satisfies


def tool(name, schema):
    return {"type": "function", "function": {"name": name, "parameters": schema}}


TOOLS = [tool("get_weather", WEATHER), tool("get_time", TIME)]


@test
def a_prompt_that_says_tool_gets_a_call():
    with Server() as server, contextlib.closing(server.client()) as client:
        def message(prompt="use a tool", tools=TOOLS, **more):
            choice = ask(client, body(prompt, tools=tools, **more)).json()["choices"][0]
            return choice["finish_reason"], choice["message"]

        def names(*arguments, **more):
            calls = message(*arguments, **more)[1].get("tool_calls", [])
            return [call["function"]["name"] for call in calls]
        reason, said = message()
        call = said["tool_calls"][0]
        assert reason == "tool_calls" and said["content"] is None and call["type"] == "function"
        assert call["id"].startswith("call_") and call["function"]["name"] == "get_weather"
        assert satisfies(json.loads(call["function"]["arguments"]), WEATHER)
        assert names("tool get_time") == ["get_time"]
        assert names("tools get_time, get_weather") == ["get_weather", "get_time"]
        assert names("tools get_time, get_weather", parallel_tool_calls=False) == ["get_weather"]
        assert names("hello") == [] and names(tool_choice="none") == []
        assert names("hello", tool_choice="required") == ["get_weather"]
        named = {"type": "function", "function": {"name": "get_time"}}
        assert names("hello", tool_choice=named) == ["get_time"]
        assert message("hello", tool_choice=named)[0] == "stop"
        assert names(tools=[]) == []
        assert names(tools=[{"type": "custom", "custom": {"name": "c"}}]) == []
        bare = message(tools=[{"type": "function", "function": {"name": "bare"}}])[1]
        assert bare["tool_calls"][0]["function"]["arguments"] == "{}"


@test
def streamed_calls_say_what_whole_ones_say():
    with Server() as server, contextlib.closing(server.client()) as client:
        payload = body("tools get_time get_weather", tools=TOOLS, n=2)
        whole = ask(client, payload).json()
        text = ask(client, {**payload, "stream": True,
                            "stream_options": {"include_usage": True}}).text
        chunks = [json.loads(part) for part in events(text)[:-1]]
        calls = {}
        for chunk in chunks[:-1]:
            choice = chunk["choices"][0]
            for piece in choice["delta"].get("tool_calls", []):
                call = calls.setdefault((choice["index"], piece["index"]), {"arguments": ""})
                call["name"] = call.get("name") or piece["function"]["name"]
                call["arguments"] += piece["function"]["arguments"]
                assert ("id" in piece) == ("name" in piece["function"])
        for choice in whole["choices"]:
            for index, call in enumerate(choice["message"]["tool_calls"]):
                assert calls[choice["index"], index] == call["function"]
        assert chunks[-1]["usage"] == whole["usage"] and len(calls) == 4
        assert chunks[-2]["choices"][0]["finish_reason"] == "tool_calls"


def history(prompt, *rounds):
    messages = [{"role": "user", "content": prompt}]
    for number, results in enumerate(rounds):
        ids = [f"call_{number}_{index}" for index in range(len(results))]
        messages.append({"role": "assistant", "content": None, "tool_calls": [
            {"id": one, "type": "function", "function": {"name": "get_time", "arguments": "{}"}}
            for one in ids]})
        messages += [{"role": "tool", "tool_call_id": one, "content": result}
                     for one, result in zip(ids, results)]
    return {"model": "m", "messages": messages, "tools": TOOLS}


@test
def a_result_is_quoted():
    with Server("--seed", 3) as server, contextlib.closing(server.client()) as client:
        answer = ask(client, history("use a tool", ["18 \"degrees\"", "noon"]))
        assert 'answered: 18 "degrees" | noon' in answer.content()
        assert answer.json()["choices"][0]["finish_reason"] == "stop"
        text = ask(client, {**history("use a tool", ["é" * 9]), "stream": True}).text
        assert streamed(text)[1][0].endswith("é" * 9)
        shaped = {"type": "json_schema", "json_schema": {"name": "t", "schema": TIME}}
        answer = ask(client, {**history("use a tool", ["x"]), "response_format": shaped})
        assert satisfies(json.loads(answer.content()), TIME)
        for rounds in range(4):
            payload = history("tool [[rounds:3]]", *[["r"]] * rounds)
            message = ask(client, payload).json()["choices"][0]["message"]
            assert bool(message.get("tool_calls")) == (rounds < 3), rounds


@test
def calls_and_results_must_pair():
    with Server() as server, contextlib.closing(server.client()) as client:
        def status(messages):
            return ask(client, {"model": "m", "messages": messages}).status
        user, call, result, second = (history("tool", ["a", "b"])["messages"])
        assert status([user, call, result, second]) == 200
        assert status([user, call, second, result, user]) == 200
        assert status([user, call, result]) == 400
        assert status([user, call, result, user]) == 400
        assert status([user, call]) == 400
        assert status([user, result]) == 400
        assert status([user, call, result, second, {**result, "tool_call_id": "other"}]) == 400
        assert status([user, {"role": "tool", "content": "x"}]) == 400


@test
def json_answers_satisfy_their_schema():
    with Server() as server, contextlib.closing(server.client()) as client:
        for schema in SCHEMAS:
            shape = {"type": "json_schema", "json_schema": {"name": "s", "schema": schema}}
            answer = ask(client, body(response_format=shape))
            assert satisfies(json.loads(answer.content()), schema), (schema, answer.content())
            stream = ask(client, body(response_format=shape, stream=True))
            assert streamed(stream.text)[1][0] == answer.content()
            arguments = ask(client, body("tool", tools=[tool("t", schema)])).json()
            arguments = arguments["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
            assert satisfies(json.loads(arguments), schema), (schema, arguments)
        plain = ask(client, body(response_format={"type": "json_object"}))
        assert len(json.loads(plain.content())["answer"]) > 20
        text = ask(client, body(response_format={"type": "text"})).content()
        assert not text.startswith("{")
        cut = ask(client, body(response_format={"type": "json_object"}, max_tokens=3)).json()
        assert cut["choices"][0]["finish_reason"] == "length"
        assert len(cut["choices"][0]["message"]["content"]) == 12


@test
def odd_schemas_are_survived():
    deep = {"type": "string"}
    for _ in range(200):
        deep = {"type": "array", "minItems": 1, "items": deep}
    wide = {"type": "string"}
    for _ in range(20):
        wide = {"type": "array", "minItems": 1000, "items": wide}
    loop = {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}
    tree = {"$defs": {"t": {"type": "object", "required": ["l", "r"], "properties": {
        "l": {"$ref": "#/$defs/t"}, "r": {"$ref": "#/$defs/t"}}}}, "$ref": "#/$defs/t"}
    with Server() as server, contextlib.closing(server.client()) as client:
        for schema in (deep, wide, loop, tree, {}, {"type": 5}, {"type": []}, {"enum": []},
                       {"type": "object", "properties": [1]}, {"required": [1, None], "type": "object"},
                       {"type": "string", "minLength": 1e300}, {"type": "integer", "minimum": 1e300},
                       {"$ref": "#/nowhere"}, {"$ref": "http://x"}, {"anyOf": []}, {"allOf": [5]},
                       {"type": "array", "minItems": "x"}, {"type": "number", "multipleOf": 0}):
            shape = {"type": "json_schema", "json_schema": {"schema": schema}}
            answer = ask(client, body(response_format=shape))
            assert answer.status == 200, schema
            json.loads(answer.content())
            answer = ask(client, body("tool", tools=[tool("t", schema)])).json()
            call = answer["choices"][0]["message"]["tool_calls"][0]
            assert isinstance(json.loads(call["function"]["arguments"]), dict), schema


@test
def wrong_shapes_of_options_are_survived():
    with Server() as server, contextlib.closing(server.client()) as client:
        for key in ("tools", "tool_choice", "response_format", "parallel_tool_calls"):
            for value in (None, 1, "x", [], {}, [1, [], "x", {}], {"type": 1},
                          {"function": 1}, [{"function": {"name": 1}}], {"json_schema": 1}):
                assert ask(client, body("tool", **{key: value})).status in (200, 400), (key, value)


run()
