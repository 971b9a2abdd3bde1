"""Recorded bodies of Anthropic's Messages in our words."""
from describe import Description, is_text_only

EPHEMERAL = {"type": "ephemeral"}


def is_image(block):
    source = block.get("source") or {}
    return block.get("type") == "image" and set(block) == {"type", "source"} and (
        set(source) == {"type", "media_type", "data"} or set(source) == {"type", "url"})


def is_part(block):
    marked = dict(block)
    has_mark = marked.pop("cache_control", EPHEMERAL) == EPHEMERAL
    return has_mark and (is_text_only(marked, "text") or is_image(marked))


def put_part(said, block):
    if block["type"] == "text":
        said.add("part", "text")
        said.add("part_content", block["text"])
    elif block["source"]["type"] == "url":
        said.add("part", "image_url")
        said.add("part_content", block["source"]["url"])
    else:
        said.add("part", "image_base64")
        said.add("part_content", block["source"]["data"])
        said.add("part_media_type", block["source"]["media_type"])
    if "cache_control" in block:
        said.add("part_cache_here", "1")


def put_blocks(said, content):
    """A turn's content, without calls and results."""
    if isinstance(content, str):
        said.add("content", content)
    elif all(is_part(block) for block in content):
        for block in content:
            put_part(said, block)
    else:
        said.add_ready("content_json", content)


def is_result(block):
    return block.get("type") == "tool_result" and set(block) <= {
        "type", "tool_use_id", "content", "is_error"}


def put_user(said, content):
    """The results of calls are messages of their own, as the user's words after them are."""
    blocks = content if isinstance(content, list) else []
    results = [block for block in blocks if is_result(block)]
    for block in results:
        said.add("message", "tool")
        said.add("tool_call_id", block["tool_use_id"])
        put_blocks(said, block.get("content") or "")
        if block.get("is_error"):
            said.add("is_error", "1")
    rest = [block for block in blocks if not is_result(block)]
    if not results or rest:
        said.add("message", "user")
        put_blocks(said, rest if results else content)


def put_assistant(said, content):
    said.add("message", "assistant")
    blocks = content if isinstance(content, list) else []
    calls = [block for block in blocks if block.get("type") == "tool_use"]
    words = blocks[:len(blocks) - len(calls)]
    ours = words + calls == blocks and all(is_part(block) for block in words) and all(
        set(block) == {"type", "id", "name", "input"} for block in calls)
    if isinstance(content, str):
        said.add("content", content)
    elif not ours:
        said.add_ready("turn_json", content)  # thoughts with their signatures, and the like
    else:
        for block in words:
            put_part(said, block)
        for block in calls:
            said.add("call", block["id"])
            said.add("call_name", block["name"])
            said.add_json("call_arguments", block["input"])


def put_turns(said, messages):
    for message in messages:
        if message["role"] == "user":
            put_user(said, message["content"])
        elif message["role"] == "assistant":
            put_assistant(said, message["content"])
        else:
            said.add("message", message["role"])
            put_blocks(said, message["content"])


def put_tools(said):
    tools, choice = said.take("tools"), said.take("tool_choice")
    ours = all(set(tool) <= {"name", "description", "input_schema", "strict"}
               for tool in tools or [])
    if tools and not ours:
        said.add_ready("tools_json", tools)
    for tool in tools or [] if ours else []:
        said.tool(tool, "input_schema")
    words = {"auto": "auto", "any": "required", "tool": "named", "none": "none"}
    if choice:
        said.add("tool_mode", words[choice["type"]])
        if "name" in choice:
            said.add("tool_choice", choice["name"])
        if "disable_parallel_tool_use" in choice:
            said.switch("tools_parallel", not choice["disable_parallel_tool_use"])


def put_thinking(said):
    thinking = said.take("thinking")
    if thinking is None:
        return
    if thinking["type"] == "disabled":
        said.switch("thinking", False)
    elif thinking["type"] == "enabled" and set(thinking) == {"type", "budget_tokens"}:
        said.add("thinking_budget_tokens", thinking["budget_tokens"])
    elif thinking == {"type": "adaptive"}:
        said.add("thinking_budget_tokens", "-1")
    elif thinking == {"type": "adaptive", "display": "summarized"}:
        said.switch("thinking", True)
    else:
        said.rest["thinking"] = thinking


def put_output_config(said):
    config = said.take("output_config")
    if config is None:
        return
    form = config.get("format") or {}
    if set(config) <= {"effort", "format"} and set(form) <= {"type", "schema"}:
        if "effort" in config:
            said.add("reasoning_effort", config["effort"])
        if form:
            said.schema(form["schema"])
    else:
        said.rest["output_config"] = config


def describe(record):
    said = Description(record.adapter(), record.request)
    said.model = said.take("model") or ""
    said.stream = bool(said.take("stream"))
    system = said.take("system")
    if isinstance(system, str):
        said.add("system", system)
    elif system:
        said.add("message", "system")
        put_blocks(said, system)
    put_turns(said, said.take("messages"))
    said.number("max_tokens", "max_output_tokens")
    for name in ("temperature", "top_p", "top_k"):
        said.number(name)
    said.stops("stop_sequences")
    if said.rest.get("cache_control") == EPHEMERAL:
        said.take("cache_control")
        said.switch("cache_prompt", True)
    metadata = said.take("metadata")
    if metadata is not None:
        said.add_json("provider_metadata_json", metadata)
    put_thinking(said)
    put_output_config(said)
    put_tools(said)
    return said.finish()
