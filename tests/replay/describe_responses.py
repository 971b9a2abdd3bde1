"""Recorded bodies of the Responses API in our words. An item is a message of its own."""
from describe import Description, image, is_text_only
from differences import is_reasoning


def put_parts(said, content, kind):
    known = all(is_text_only(part, kind) or
                (part.get("type") == "input_image" and set(part) <= {"type", "image_url", "detail"})
                for part in content)
    if not known:
        said.add_ready("content_json", content)
    for part in content if known else []:
        if part["type"] == kind:
            said.add("part", "text")
            said.add("part_content", part["text"])
        else:
            image(said, part["image_url"], part.get("detail"))


def put_content(said, content, kind):
    if isinstance(content, str):
        said.add("content", content)
    else:
        put_parts(said, content, kind)


def put_item(said, item):
    kind, names = item.get("type"), set(item)
    if names == {"role", "content"} and item["content"]:
        said.add("message", item["role"])
        own = item["role"] == "assistant"
        put_content(said, item["content"], "output_text" if own else "input_text")
    elif kind == "function_call" and names == {"type", "call_id", "name", "arguments"}:
        said.add("message", "assistant")
        said.add("call", item["call_id"])
        said.add("call_name", item["name"])
        said.add("call_arguments", item["arguments"])
    elif kind == "function_call_output" and names == {"type", "call_id", "output"}:
        said.add("message", "tool")
        said.add("tool_call_id", item["call_id"])
        put_content(said, item["output"], "input_text")
    else:
        said.add("message", item.get("role") or "assistant")
        said.add_ready("turn_json", item)  # as the service wrote it


def put_tools(said):
    tools, choice, parallel = (said.take(name) for name in (
        "tools", "tool_choice", "parallel_tool_calls"))
    ours = all(tool.get("type") == "function" and set(tool) <= {
        "type", "name", "description", "parameters", "strict"} for tool in tools or [])
    if tools and not ours:
        said.add_ready("tools_json", tools)
    for tool in tools or [] if ours else []:
        said.tool(tool, "parameters")
    if choice in ("auto", "none", "required"):
        said.add("tool_mode", choice)
    elif isinstance(choice, dict) and set(choice) == {"type", "name"}:
        said.add("tool_mode", "named")
        said.add("tool_choice", choice["name"])
    elif choice is not None:
        said.add_ready("tool_choice_json", choice)
    if parallel is not None:
        said.switch("tools_parallel", parallel)


def put_text(said):
    text = dict(said.take("text") or {})
    form = text.pop("format", None)
    if form and form["type"] == "json_object":
        said.add("format", "json")
    elif form and form["type"] == "json_schema":
        said.schema(form["schema"], form["name"], form.get("description"), form.get("strict"))
    if text:
        said.rest["text"] = text


def put_reasoning(said):
    reasoning = dict(said.take("reasoning") or {})
    effort = reasoning.pop("effort", None)
    if effort:
        said.add("reasoning_effort", effort)
    if reasoning.get("summary") == "auto":
        said.switch("thinking", True)
        del reasoning["summary"]
    if reasoning:
        said.rest["reasoning"] = reasoning


def leave_defaults(said):
    """What leat says by itself."""
    if said.rest.get("store"):
        return
    said.take("store")
    if said.rest.get("include") == ["reasoning.encrypted_content"] and is_reasoning(said.model):
        said.take("include")


def describe(record):
    said = Description(record.adapter(), record.request)
    said.model = said.take("model") or ""
    said.stream = bool(said.take("stream"))
    said.text("instructions", "system")
    asked = said.take("input")
    if isinstance(asked, str):
        said.add("prompt", asked)
    else:
        for item in asked:
            put_item(said, item)
    said.number("max_output_tokens")
    said.number("temperature")
    said.number("top_p")
    said.text("prompt_cache_key")
    metadata = said.take("metadata")
    if metadata is not None:
        said.add_json("provider_metadata_json", metadata)
    put_reasoning(said)
    put_text(said)
    put_tools(said)
    leave_defaults(said)
    return said.finish()
