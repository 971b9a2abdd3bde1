"""The wire formats as a client sees them: how to ask, and how to read what is said.

Each class turns one neutral question into its provider's request and the answers, whole or
streamed, back into Said; test_formats.py holds what must be true for all of them.
"""
import json
from collections import namedtuple

from harness import sse

Said = namedtuple("Said", "text thoughts calls finish usage")


class Chat:
    name = "chat"
    path = stream_path = "/v1/chat/completions"
    stream_type = "text/event-stream"
    headers = {}
    unknown_model = 404
    thinks = False
    json_mode = True

    @staticmethod
    def key(value):
        return {"Authorization": f"Bearer {value}"}

    @staticmethod
    def tool(name, schema):
        return {"type": "function", "function": {"name": name, "parameters": schema}}

    choices = {"any": "required", "none": "none", "auto": "auto"}

    def choice(self, name):
        return self.choices.get(name) or {"type": "function", "function": {"name": name}}

    def shape(self, schema):
        if schema is True:
            return {"response_format": {"type": "json_object"}}
        return {"response_format": {"type": "json_schema",
                                    "json_schema": {"name": "s", "schema": schema}}}

    def ask(self, prompt="hello", model="m-1", tools=None, choice=None, schema=None, limit=None,
            stream=False, rounds=(), think=False, system=None):
        """One request's body; rounds are lists of tool results that came after the prompt."""
        body = self.base(prompt, model, rounds, system)
        if tools is not None:
            body["tools"] = [self.tool(*one) for one in tools]
        if choice is not None:
            body["tool_choice"] = self.choice(choice)
        if schema is not None:
            body.update(self.shape(schema))
        if limit is not None:
            body[self.limit_key] = limit
        body.update(self.extra(stream, think))
        return body

    limit_key = "max_completion_tokens"

    def extra(self, stream, think):
        return {"stream": True, "stream_options": {"include_usage": True}} if stream else {}

    def base(self, prompt, model, rounds, system):
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": prompt})
        for number, results in enumerate(rounds):
            ids = [f"call_{number}_{index}" for index in range(len(results))]
            messages.append({"role": "assistant", "content": None, "tool_calls": [
                {"id": one, "type": "function", "function": {"name": "t", "arguments": "{}"}}
                for one in ids]})
            messages += [{"role": "tool", "tool_call_id": one, "content": result}
                         for one, result in zip(ids, results)]
        return {"model": model, "messages": messages}

    finishes = {"stop": "stop", "length": "length", "tool_calls": "tool"}

    def said(self, data):
        choice = data["choices"][0]
        message = choice["message"]
        calls = [(call["function"]["name"], json.loads(call["function"]["arguments"]))
                 for call in message.get("tool_calls", [])]
        usage = data["usage"]
        assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
        return Said(message["content"] or "", "", calls, self.finishes[choice["finish_reason"]],
                    (usage["prompt_tokens"], usage["completion_tokens"]))

    def said_stream(self, text):
        parts = sse(text)
        assert parts[-1] == (None, "[DONE]")
        chunks = [json.loads(data) for _, data in parts[:-1]]
        message = {"content": "", "tool_calls": []}
        finish = None
        for chunk in chunks[:-1]:
            choice = chunk["choices"][0]
            message["content"] += choice["delta"].get("content") or ""
            for piece in choice["delta"].get("tool_calls", []):
                if "id" in piece:
                    message["tool_calls"].append(piece)
                else:
                    call = message["tool_calls"][piece["index"]]
                    call["function"]["arguments"] += piece["function"]["arguments"]
            finish = choice["finish_reason"] or finish
        return self.said({"choices": [{"message": message, "finish_reason": finish}],
                          "usage": chunks[-1]["usage"]})

    def broken(self, text):
        """The message of the error that a stream ended with."""
        return json.loads(sse(text)[-1][1])["error"]["message"]

    def error(self, data):
        """(message, kind) of an error body."""
        assert set(data["error"]) == {"message", "type", "param", "code"}
        return data["error"]["message"], data["error"]["code"] or data["error"]["type"]

    # kind of an error by status, as error() says it
    kinds = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded",
             500: "server_error", 503: "server_error", 529: "server_error"}


class Responses(Chat):
    name = "responses"
    path = stream_path = "/v1/responses"
    unknown_model = 400
    thinks = True
    limit_key = "max_output_tokens"

    @staticmethod
    def tool(name, schema):
        return {"type": "function", "name": name, "parameters": schema}

    def choice(self, name):
        return self.choices.get(name) or {"type": "function", "name": name}

    def shape(self, schema):
        if schema is True:
            return {"text": {"format": {"type": "json_object"}}}
        return {"text": {"format": {"type": "json_schema", "name": "s", "schema": schema}}}

    def extra(self, stream, think):
        more = {"stream": True} if stream else {}
        if think:
            more["reasoning"] = {"effort": "low", "summary": "auto"}
        return more

    def base(self, prompt, model, rounds, system):
        items = [{"role": "user", "content": [{"type": "input_text", "text": prompt}]}]
        for number, results in enumerate(rounds):
            ids = [f"call_{number}_{index}" for index in range(len(results))]
            items += [{"type": "function_call", "call_id": one, "name": "t", "arguments": "{}"}
                      for one in ids]
            items += [{"type": "function_call_output", "call_id": one, "output": result}
                      for one, result in zip(ids, results)]
        body = {"model": model, "input": items}
        if system:
            body["instructions"] = system
        return body

    def said(self, data):
        assert data["object"] == "response" and data["error"] is None
        text = thoughts = ""
        calls = []
        for item in data["output"]:
            if item["type"] == "message":
                text += "".join(part["text"] for part in item["content"])
            elif item["type"] == "reasoning":
                thoughts += "".join(part["text"] for part in item["summary"])
            else:
                assert item["type"] == "function_call" and item["call_id"] != item["id"]
                calls.append((item["name"], json.loads(item["arguments"])))
        finish = "stop" if data["status"] == "completed" else "length"
        assert (finish == "length") == (data["incomplete_details"] is not None)
        usage = data["usage"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
        return Said(text, thoughts, calls, "tool" if calls else finish,
                    (usage["input_tokens"], usage["output_tokens"]))

    def said_stream(self, text):
        events = sse(text)
        data = [json.loads(one) for _, one in events]
        assert [one["sequence_number"] for one in data] == list(range(len(data)))
        assert all(kind == one["type"] for (kind, _), one in zip(events, data))
        assert [one["type"] for one in data[:2]] == ["response.created", "response.in_progress"]
        final = data[-1]["response"]
        assert data[-1]["type"] == "response." + final["status"]
        items = {}
        pieces = {}
        for one in data[2:-1]:
            kind = one["type"].removeprefix("response.")
            where = one["output_index"]
            if kind == "output_item.added":
                items[where] = one["item"]["id"]
            elif kind == "output_item.done":
                assert one["item"] == final["output"][where] and one["item"]["id"] == items[where]
            else:
                assert one["item_id"] == items[where], one
            if kind.endswith(".delta"):
                pieces.setdefault(where, []).append(one["delta"])
            elif kind in ("output_text.done", "reasoning_summary_text.done"):
                assert one["text"] == "".join(pieces.get(where, []))
            elif kind == "function_call_arguments.done":
                assert one["arguments"] == "".join(pieces[where])
        assert sorted(items) == list(range(len(final["output"])))
        return self.said(final)

    def broken(self, text):
        kind, data = sse(text)[-1]
        data = json.loads(data)
        assert kind == data["type"] == "error" and data["sequence_number"] == len(sse(text)) - 1
        return data["message"]

    kinds = {**Chat.kinds, 400: "model_not_found"}


class Anthropic(Chat):
    name = "anthropic"
    path = stream_path = "/v1/messages"
    headers = {"anthropic-version": "2023-06-01"}
    thinks = True
    json_mode = False
    limit_key = "max_tokens"
    choices = {"any": {"type": "any"}, "none": {"type": "none"}, "auto": {"type": "auto"}}

    @staticmethod
    def key(value):
        return {"x-api-key": value}

    @staticmethod
    def tool(name, schema):
        return {"name": name, "input_schema": schema}

    def choice(self, name):
        return self.choices.get(name) or {"type": "tool", "name": name}

    def shape(self, schema):
        return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}

    def extra(self, stream, think):
        more = {"stream": True} if stream else {}
        if think:
            more["thinking"] = {"type": "enabled", "budget_tokens": 1024}
        return more

    def base(self, prompt, model, rounds, system):
        messages = [{"role": "user", "content": prompt}]
        for number, results in enumerate(rounds):
            ids = [f"toolu_{number}_{index}" for index in range(len(results))]
            messages.append({"role": "assistant", "content": [
                {"type": "tool_use", "id": one, "name": "t", "input": {}} for one in ids]})
            messages.append({"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": one, "content": result}
                for one, result in zip(ids, results)]})
        body = {"model": model, "max_tokens": 4096, "messages": messages}
        if system:
            body["system"] = system
        return body

    finishes = {"end_turn": "stop", "max_tokens": "length", "tool_use": "tool"}

    def said(self, data):
        assert data["type"] == "message" and data["role"] == "assistant"
        text = thoughts = ""
        calls = []
        for block in data["content"]:
            if block["type"] == "text":
                text += block["text"]
            elif block["type"] == "thinking":
                thoughts += block["thinking"]
                assert block["signature"] and not calls and not text
            else:
                calls.append((block["name"], block["input"]))
        usage = data["usage"]
        prompt = sum(usage[key] for key in ("input_tokens", "cache_creation_input_tokens",
                                            "cache_read_input_tokens"))
        return Said(text, thoughts, calls, self.finishes[data["stop_reason"]],
                    (prompt, usage["output_tokens"]))

    def said_stream(self, text):
        events = [(kind, json.loads(data)) for kind, data in sse(text)]
        assert all(kind == one["type"] for kind, one in events)
        assert [kind for kind, _ in events[-2:]] == ["message_delta", "message_stop"]
        message = events[0][1]["message"]
        assert "ping" in [kind for kind, _ in events]
        for kind, one in events[1:-2]:
            if kind == "content_block_start":
                assert one["index"] == len(message["content"])
                message["content"].append({**one["content_block"], "json": ""})
            elif kind == "content_block_delta":
                block, delta = message["content"][one["index"]], one["delta"]
                for key in ("text", "thinking", "signature"):
                    block[key] = block.get(key, "") + delta.get(key, "")
                block["json"] += delta.get("partial_json", "")
            elif kind == "content_block_stop":
                block = message["content"][one["index"]]
                if block["type"] == "tool_use":
                    block["input"] = json.loads(block["json"])
            else:
                assert kind == "ping"
        message.update(events[-2][1]["delta"])
        message["usage"].update(events[-2][1]["usage"])
        return self.said(message)

    def error(self, data):
        assert data["type"] == "error" and data["request_id"].startswith("req_")
        return data["error"]["message"], data["error"]["type"]

    def pick(self, messages, chosen):
        """Of question, calls, first result, second result: those chosen, as messages."""
        user, calls, results = messages
        kept = [results["content"][index - 2] for index in chosen if index >= 2]
        picked = [messages[index] for index in chosen if index < 2]
        return picked + ([{"role": "user", "content": kept}] if kept else [])

    kinds = {401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error",
             500: "api_error", 503: "api_error", 529: "overloaded_error"}


class Gemini(Chat):
    name = "gemini"
    path = "/v1beta/models/MODEL:generateContent"
    stream_path = "/v1beta/models/MODEL:streamGenerateContent?alt=sse"
    thinks = True
    choices = {"any": "ANY", "none": "NONE", "auto": "AUTO"}

    @staticmethod
    def key(value):
        return {"x-goog-api-key": value}

    def ask(self, prompt="hello", model="m-1", tools=None, choice=None, schema=None, limit=None,
            stream=False, rounds=(), think=False, system=None):
        config = {}
        body = {"contents": self.contents(prompt, rounds), "generationConfig": config}
        if tools is not None:
            body["tools"] = [{"functionDeclarations": [
                {"name": name, "parametersJsonSchema": one} for name, one in tools]}]
        if choice is not None:
            calling = {"mode": self.choices.get(choice, "ANY")}
            if choice not in self.choices:
                calling["allowedFunctionNames"] = [choice]
            body["toolConfig"] = {"functionCallingConfig": calling}
        if schema is not None:
            config["responseMimeType"] = "application/json"
            if schema is not True:
                config["responseJsonSchema"] = schema
        if limit is not None:
            config["maxOutputTokens"] = limit
        if think:
            config["thinkingConfig"] = {"includeThoughts": True}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        return Body(body, model=model)

    def contents(self, prompt, rounds):
        contents = [{"role": "user", "parts": [{"text": prompt}]}]
        for results in rounds:
            contents.append({"role": "model", "parts": [
                {"functionCall": {"name": "t", "args": {}}} for _ in results]})
            contents.append({"role": "user", "parts": [
                {"functionResponse": {"name": "t", "response": {"result": result}}}
                for result in results]})
        return contents

    def said(self, data):
        return self.joined([data])

    def joined(self, chunks):
        text = thoughts = ""
        calls = []
        for chunk in chunks:
            for part in chunk["candidates"][0]["content"]["parts"]:
                if "functionCall" in part:
                    calls.append((part["functionCall"]["name"], part["functionCall"]["args"]))
                elif part.get("thought"):
                    thoughts += part["text"]
                else:
                    text += part["text"]
        last = chunks[-1]["candidates"][0]
        assert len(last["safetyRatings"]) == 4
        assert all("finishReason" not in chunk["candidates"][0] for chunk in chunks[:-1])
        assert all("usageMetadata" in chunk for chunk in chunks)
        usage = chunks[-1]["usageMetadata"]
        output = usage.get("candidatesTokenCount", 0) + usage.get("thoughtsTokenCount", 0)
        assert usage["totalTokenCount"] == usage["promptTokenCount"] + output
        finish = {"STOP": "stop", "MAX_TOKENS": "length"}[last["finishReason"]]
        return Said(text, thoughts, calls, "tool" if calls else finish,
                    (usage["promptTokenCount"], output))

    def said_stream(self, text):
        assert text.endswith("}\r\n\r\n")
        return self.joined([json.loads(data) for _, data in sse(text)])

    def error(self, data):
        data = data[0] if isinstance(data, list) else data
        assert isinstance(data["error"]["code"], int)
        return data["error"]["message"], data["error"]["status"]

    def pick(self, contents, chosen):
        user, calls, results = contents
        kept = [results["parts"][index - 2] for index in chosen if index >= 2]
        picked = [contents[index] for index in chosen if index < 2]
        return picked + ([{"role": "user", "parts": kept}] if kept else [])

    kinds = {401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
             500: "INTERNAL", 503: "UNAVAILABLE", 529: "UNAVAILABLE"}


class GeminiArray(Gemini):
    """The stream without alt=sse, at a Vertex path: one JSON array."""

    name = "gemini_array"
    path = "/v1/projects/p/locations/l/publishers/google/models/MODEL:generateContent"
    stream_path = "/v1/projects/p/locations/l/publishers/google/models/MODEL:streamGenerateContent"
    stream_type = "application/json"

    @staticmethod
    def key(value):
        return {"Authorization": f"Bearer {value}"}

    def said_stream(self, text):
        return self.joined(json.loads(text))

    def broken(self, text):
        return json.loads(text)[-1]["error"]["message"]


class Ollama(Chat):
    name = "ollama"
    path = stream_path = "/api/chat"
    stream_type = "application/x-ndjson"
    thinks = True
    choices = {}  # there is no tool_choice

    def shape(self, schema):
        return {"format": "json" if schema is True else schema}

    def ask(self, *arguments, limit=None, **more):
        body = super().ask(*arguments, **more)
        if limit is not None:
            body["options"] = {"num_predict": limit}
        return body

    def extra(self, stream, think):
        return {**({} if stream else {"stream": False}), **({"think": True} if think else {})}

    def base(self, prompt, model, rounds, system):
        messages = [{"role": "system", "content": system}] if system else []
        messages.append({"role": "user", "content": prompt})
        for results in rounds:
            messages.append({"role": "assistant", "content": "", "tool_calls": [
                {"function": {"name": "t", "arguments": {}}} for _ in results]})
            messages += [{"role": "tool", "tool_name": "t", "content": result}
                         for result in results]
        return {"model": model, "messages": messages}

    def said(self, data):
        return self.joined([data])

    def joined(self, lines):
        assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
        message = [line["message"] for line in lines]
        calls = [(call["function"]["name"], call["function"]["arguments"])
                 for one in message for call in one.get("tool_calls", [])]
        last = lines[-1]
        assert last["total_duration"] >= last["eval_duration"] and last["created_at"].endswith("Z")
        return Said("".join(one["content"] for one in message),
                    "".join(one.get("thinking", "") for one in message), calls,
                    "tool" if calls else last["done_reason"],
                    (last["prompt_eval_count"], last["eval_count"]))

    def said_stream(self, text):
        return self.joined([json.loads(line) for line in text.split("\n")[:-1]])

    def broken(self, text):
        return json.loads(text.split("\n")[-2])["error"]

    def error(self, data):
        assert set(data) == {"error"}
        return data["error"], None

    kinds = dict.fromkeys((401, 404, 429, 500, 503, 529))


class Body(dict):
    """A request body whose model stands in the path."""

    def __init__(self, body, model):
        super().__init__(body)
        self.model = model


FORMATS = [Chat(), Responses(), Anthropic(), Gemini(), GeminiArray(), Ollama()]
