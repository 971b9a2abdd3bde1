"""Where a body of leat's may differ from the recorded one that asks for the same: one table, each row
with its reason. A row's function changes the recorded body into what leat is to send. Rows marked
`spelling` are done before the request is described: two spellings of one API."""
import json

SPELLING, RECORDED, BOTH = "spelling", "recorded", "both"

CAMEL = {"inline_data": "inlineData", "mime_type": "mimeType", "file_data": "fileData",
         "file_uri": "fileUri", "function_call": "functionCall",
         "function_response": "functionResponse", "thought_signature": "thoughtSignature",
         "system_instruction": "systemInstruction", "generation_config": "generationConfig",
         "cached_content": "cachedContent", "safety_settings": "safetySettings",
         "tool_config": "toolConfig", "display_name": "displayName",
         "include_thoughts": "includeThoughts", "thinking_level": "thinkingLevel",
         "thinking_budget": "thinkingBudget", "function_declarations": "functionDeclarations",
         "parameters_json_schema": "parametersJsonSchema"}
CALLERS_OWN = ("args", "response", "parameters", "parametersJsonSchema", "parameters_json_schema",
               "responseSchema", "responseJsonSchema")


def camel(value):
    if isinstance(value, list):
        return [camel(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {CAMEL.get(name, name): inner if name in CALLERS_OWN else camel(inner)
            for name, inner in value.items()}


def use_camel(body, _record):
    changed = camel(body)
    body.clear()
    body.update(changed)


def as_json_schema(schema):
    """OpenAPI's types in upper case are JSON Schema's in lower case."""
    if isinstance(schema, list):
        return [as_json_schema(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {name: as_json_schema(inner) for name, inner in schema.items()}
    if isinstance(schema.get("type"), str):
        changed["type"] = schema["type"].lower()
    return changed


def list_tools(body, _record):
    if isinstance(body.get("tools"), dict):
        body["tools"] = [body["tools"]]


def declarations(body):
    for tool in body.get("tools") or []:
        yield from tool.get("functionDeclarations") or []


def use_json_schema(body, _record):
    for function in declarations(body):
        if "parameters" in function and "parametersJsonSchema" not in function:
            function["parametersJsonSchema"] = as_json_schema(function.pop("parameters"))


def drop_where(test, *objects):
    for one in objects:
        for name in [name for name, value in (one or {}).items() if test(value)]:
            del one[name]


def drop_nulls(body, _record):
    drop_where(lambda value: value is None, body, body.get("reasoning"),
               *body.get("messages") or [], *body.get("tools") or [])


def drop_empty(body, _record):
    tools = body.get("tools") or []
    functions = [tool.get("function") for tool in tools] + list(declarations(body)) + tools
    for function in functions:
        if isinstance(function, dict) and function.get("description") == "":
            del function["description"]
    for name in ("system", "instructions", "tools", "generationConfig", "options", "format",
                 "include"):
        if body.get(name) in ("", [], {}):
            del body[name]


def drop_text_modality(body, _record):
    config = body.get("generationConfig") or {}
    if config.get("responseModalities") == ["TEXT"]:
        del config["responseModalities"]


def shout_level(body, _record):
    thinking = (body.get("generationConfig") or {}).get("thinkingConfig") or {}
    if "thinkingLevel" in thinking:
        thinking["thinkingLevel"] = thinking["thinkingLevel"].upper()


def use_plain_base64(body, _record):
    for turn in body.get("contents") or []:
        for part in turn["parts"] if isinstance(turn, dict) else []:
            if "inlineData" in part:
                data = part["inlineData"]["data"]
                part["inlineData"]["data"] = data.replace("-", "+").replace("_", "/")


def drop_stream_false(body, record):
    if record.adapter() != "ollama" and body.get("stream") is False:
        del body["stream"]


def ask_usage(body, record):
    if not body.get("stream"):
        body.pop("stream_options", None)
    elif record.adapter() != "mistral":
        body["stream_options"] = {"include_usage": True}


def drop_n_one(body, _record):
    if body.get("n") == 1:
        del body["n"]


def rename_max_tokens(body, record):
    new = record.adapter() in ("openai", "azure", "cerebras", "groq")
    old_name, new_name = "max_completion_tokens", "max_tokens"
    if new:
        old_name, new_name = new_name, old_name
    if old_name in body:
        body[new_name] = body.pop(old_name)


def list_stops(body, _record):
    if isinstance(body.get("stop"), str):
        body["stop"] = [body["stop"]]


def drop_not_strict(body, _record):
    functions = [tool.get("function") for tool in body.get("tools") or []]
    for function in functions + [(body.get("response_format") or {}).get("json_schema")]:
        if isinstance(function, dict) and function.get("strict", True) in (False, None):
            del function["strict"]


def drop_format_text(body, _record):
    text = body.get("text") or {}
    if (text.get("format") or {}).get("type") == "text":
        del text["format"]
    if "text" in body and not text:
        del body["text"]


def say_store(body, _record):
    body.setdefault("store", False)


def is_reasoning(model):
    plain = ("gpt-4", "gpt-3", "chatgpt", "gpt-5-chat")
    return model.startswith(("o1", "o3", "o4", "gpt-5", "codex")) and not model.startswith(plain)


def ask_encrypted(body, _record):
    if body.get("store") is False and is_reasoning(body.get("model", "")):
        body.setdefault("include", ["reasoning.encrypted_content"])


def say_strict(body, _record):
    for tool in body.get("tools") or []:
        if tool.get("type") == "function" and set(tool) <= {
                "type", "name", "description", "parameters", "strict"}:
            tool["strict"] = bool(tool.get("strict"))


def drop_no_error(body, _record):
    for message in body.get("messages") or []:
        for block in message["content"] if isinstance(message["content"], list) else []:
            if block.get("type") == "tool_result" and block.get("is_error") is False:
                del block["is_error"]


def drop_system_role(body, _record):
    if isinstance(body.get("systemInstruction"), dict):
        body["systemInstruction"].pop("role", None)


# (name, families, when, reason, function)
TABLE = [
    ("snake_case", ("gemini", "gemini-cache"), SPELLING,
     "the API takes both spellings; leat writes camelCase", use_camel),
    ("tools", ("gemini",), SPELLING, "one object is a list of one", list_tools),
    ("parameters", ("gemini",), SPELLING,
     "leat sends a tool's schema as JSON Schema, unchanged, and not in OpenAPI's dialect",
     use_json_schema),
    ("base64", ("gemini",), SPELLING, "leat takes the alphabet of RFC 4648's first table only",
     use_plain_base64),
    ("responseModalities", ("gemini",), SPELLING, "text is the default", drop_text_modality),
    ("null", ("chat", "ollama", "responses"), BOTH, "null is what an absent member is",
     drop_nulls),
    ("empty", ("chat", "ollama", "responses", "messages", "gemini"), BOTH,
     "an empty text, list or object says nothing", drop_empty),
    ("stream: false", ("chat", "responses", "messages"), RECORDED, "it is the default",
     drop_stream_false),
    ("stream_options", ("chat",), RECORDED, "leat always asks a stream for its usage", ask_usage),
    ("n: 1", ("chat",), RECORDED, "it is the default", drop_n_one),
    ("max_tokens", ("chat",), RECORDED,
     "leat uses the name that the service prefers; OpenAI's old one is refused by newer models",
     rename_max_tokens),
    ("stop", ("chat",), RECORDED, "one word is a list of one", list_stops),
    ("strict: false", ("chat",), RECORDED, "it is the default", drop_not_strict),
    ("text.format", ("responses",), RECORDED, "text is the default", drop_format_text),
    ("store", ("responses",), RECORDED, "a batch leaves nothing behind unasked", say_store),
    ("include", ("responses",), RECORDED,
     "what is not stored can be sent back in encrypted form only", ask_encrypted),
    ("strict", ("responses",), RECORDED,
     "on there unless told otherwise: leat_tool.strict means the same everywhere", say_strict),
    ("is_error: false", ("messages",), RECORDED, "it is the default", drop_no_error),
    ("thinkingLevel", ("gemini",), RECORDED, "the words of the API's enumeration are in upper case",
     shout_level),
    ("role of system", ("gemini", "gemini-cache"), RECORDED, "it says nothing", drop_system_role),
]


def apply(body, record, when, seen):
    """Changes the body by the rows of these kinds; counts in `seen` those that did."""
    for name, families, kind, _, change in TABLE:
        if record.family() not in families or kind not in when:
            continue
        before = json.dumps(body, sort_keys=True)
        change(body, record)
        if json.dumps(body, sort_keys=True) != before:
            seen[name] += 1
