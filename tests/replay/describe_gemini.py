"""Recorded bodies of Gemini's generateContent, and of the calls that make a context cache, in our
words. What comes in snake_case was turned into camelCase before (differences.py)."""
from describe import Description

KNOWN_OF_DECLARATION = {"name", "description", "parametersJsonSchema"}


def put_data(said, part):
    by_url = "fileData" in part
    data = part["fileData" if by_url else "inlineData"]
    said.add("part", "image_url" if by_url else "image_base64")
    said.add("part_content", data["fileUri" if by_url else "data"])
    if "mimeType" in data:
        said.add("part_media_type", data["mimeType"])


def is_part(part):
    return set(part) == {"text"} or set(part) == {"fileData"} or (
        set(part) == {"inlineData"} and set(part["inlineData"]) <= {"mimeType", "data"})


def put_parts(said, parts):
    if not all(is_part(part) for part in parts):
        said.add_ready("content_json", parts)
        return
    for part in parts:
        if "text" in part:
            said.add("part", "text")
            said.add("part_content", part["text"])
        else:
            put_data(said, part)


def put_model_turn(said, turn):
    parts = turn["parts"]
    calls = [part for part in parts if set(part) == {"functionCall"}]
    words = [part for part in parts if set(part) == {"text"}]
    said.add("message", "assistant")
    if words + calls != parts:
        said.add_ready("turn_json", turn)  # with its signatures
        return
    for part in words:
        said.add("part", "text")
        said.add("part_content", part["text"])
    for part in calls:
        said.add("call", part["functionCall"].get("id") or "")
        said.add("call_name", part["functionCall"]["name"])
        said.add_json("call_arguments", part["functionCall"].get("args") or {})


def put_turn(said, turn):
    parts = turn["parts"]
    answers = [part for part in parts if set(part) == {"functionResponse"}]
    if turn.get("role") == "model":
        put_model_turn(said, turn)
    elif answers and answers == parts:
        for part in answers:
            answer = part["functionResponse"]
            said.add("message", "tool")
            if not set(answer) <= {"id", "name", "response"}:
                said.add_ready("content_json", part)
                continue
            said.add("name", answer["name"])
            said.add("tool_call_id", answer.get("id") or "")
            said.add_json("content", answer["response"])
    else:
        said.add("message", "user")
        put_parts(said, parts)


def put_contents(said, contents):
    contents = [contents] if isinstance(contents, dict) else contents
    last = contents[-1]
    is_text = [set(part) for part in last["parts"]] == [{"text"}]
    is_prompt = last.get("role", "user") == "user" and is_text and last["parts"][0]["text"]
    for turn in contents[:-1] if is_prompt else contents:
        put_turn(said, turn)
    if is_prompt:
        said.add("prompt", last["parts"][0]["text"])


def put_system(said):
    system = said.take("systemInstruction")
    if system is None:
        return
    parts = system["parts"]
    if [set(part) for part in parts] == [{"text"}]:
        said.add("system", parts[0]["text"])
    else:
        said.add("message", "system")
        put_parts(said, parts)


def put_tools(said):
    tools, config = said.take("tools"), said.take("toolConfig")
    ours = tools and len(tools) == 1 and set(tools[0]) == {"functionDeclarations"} and all(
        set(function) <= KNOWN_OF_DECLARATION for function in tools[0]["functionDeclarations"])
    if tools and not ours:
        said.add_ready("tools_json", tools)
    for function in tools[0]["functionDeclarations"] if ours else []:
        said.tool(function, "parametersJsonSchema")
    calling = (config or {}).get("functionCallingConfig") or {}
    names = calling.get("allowedFunctionNames") or []
    mode = {"AUTO": "auto", "NONE": "none", "ANY": "required"}.get(calling.get("mode"))
    if config is None:
        return
    if mode and not names and set(config) == {"functionCallingConfig"}:
        said.add("tool_mode", mode)
    elif mode == "required" and len(names) == 1 and set(config) == {"functionCallingConfig"}:
        said.add("tool_mode", "named")
        said.add("tool_choice", names[0])
    else:
        said.add_ready("tool_choice_json", config)


NUMBERS = {"temperature": "temperature", "topP": "top_p", "topK": "top_k", "seed": "seed",
           "presencePenalty": "presence_penalty", "frequencyPenalty": "frequency_penalty",
           "candidateCount": "choices_wanted", "maxOutputTokens": "max_output_tokens"}


def put_thinking(said, config):
    thinking = config.pop("thinkingConfig", None) or {}
    if "includeThoughts" in thinking:
        said.switch("thinking", thinking.pop("includeThoughts"))
    if "thinkingBudget" in thinking:
        said.add("thinking_budget_tokens", thinking.pop("thinkingBudget"))
    if "thinkingLevel" in thinking:
        said.add("reasoning_effort", thinking.pop("thinkingLevel").lower())
    if thinking:
        raise KeyError(str(thinking))


def put_config(said):
    config = dict(said.take("generationConfig") or {})
    for name, ours in NUMBERS.items():
        if name in config:
            said.add(ours, repr(config.pop(name)))
    for word in config.pop("stopSequences", None) or []:
        said.add("stop", word)
    put_thinking(said, config)
    kind = config.pop("responseMimeType", None)
    if kind == "application/json" and "responseJsonSchema" in config:
        said.schema(config.pop("responseJsonSchema"))
    elif kind == "application/json" and "responseSchema" not in config:
        said.add("format", "json")
    elif kind is not None:
        form = {"responseMimeType": kind}
        if "responseSchema" in config:
            form["responseSchema"] = config.pop("responseSchema")
        said.add_ready("response_format_json", form)
    if config:
        said.rest["generationConfig"] = config


def describe(record):
    said = Description(record.adapter(), record.request)
    said.stream = ":streamGenerateContent" in record.path
    said.model = said.take("model") or record.path.rpartition("/models/")[2].partition(":")[0]
    if record.adapter() == "gemini-cache":
        said.add("case_ttl_s", said.take("ttl").rstrip("s"))
        said.text("displayName", "case_display_name")
    put_system(said)
    put_contents(said, said.take("contents"))
    said.text("cachedContent", "cached_content")
    put_config(said)
    put_tools(said)
    return said.finish()
