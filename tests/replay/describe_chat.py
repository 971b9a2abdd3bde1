"""Recorded bodies of Chat Completions in our words."""
from describe import Description, as_json, image, is_text_only

KNOWN_OF_MESSAGE = {"role", "content", "tool_calls", "tool_call_id"}


def is_image(part):
    url = part.get("image_url")
    return set(part) == {"type", "image_url"} and isinstance(url, dict) and set(url) <= {
        "url", "detail"}


def put_content(said, content):
    if isinstance(content, str):
        said.add("content", content)
    elif content is None:
        return
    elif all(is_text_only(part, "text") or is_image(part) for part in content):
        for part in content:
            if part["type"] == "text":
                said.add("part", "text")
                said.add("part_content", part["text"])
            else:
                image(said, part["image_url"]["url"], part["image_url"].get("detail"))
    else:
        said.add_ready("content_json", content)


def put_message(said, message):
    message = {name: value for name, value in message.items() if value is not None}
    said.add("message", message["role"])
    if not set(message) <= KNOWN_OF_MESSAGE:
        said.add_ready("turn_json", message)  # members of one service
        return
    put_content(said, message.get("content"))
    for call in message.get("tool_calls") or []:
        said.add("call", call.get("id") or "")
        said.add("call_name", call["function"]["name"])
        said.add("call_arguments", call["function"]["arguments"])
    if "tool_call_id" in message:
        said.add("tool_call_id", message["tool_call_id"])


def put_messages(said, messages):
    first, last = messages[:1], messages[-1:]
    plain = [m for m in messages if set(m) == {"role", "content"} and isinstance(m["content"], str)]
    if first and first[0] in plain and first[0]["role"] == "system" and first[0]["content"]:
        said.add("system", first[0]["content"])
        messages = messages[1:]
    prompt = last[0] if len(messages) > 0 and last[0] in plain and last[0]["role"] == "user" else None
    for message in messages[:-1] if prompt and prompt["content"] else messages:
        put_message(said, message)
    if prompt and prompt["content"]:
        said.add("prompt", prompt["content"])


def put_tools(said):
    tools, choice, parallel = (said.take(name) for name in (
        "tools", "tool_choice", "parallel_tool_calls"))
    ours = all(set(tool) == {"type", "function"} and set(tool["function"]) <= {
        "name", "description", "parameters", "strict"} for tool in tools or [])
    if tools and not ours:
        said.add_ready("tools_json", tools)
    for tool in tools or [] if ours else []:
        said.tool(tool["function"], "parameters")
    words = {"auto": "auto", "none": "none", "required": "required", "any": "required"}
    if choice in words.values() or choice == "any":
        said.add("tool_mode", words[choice])
    elif choice is not None:
        said.add("tool_mode", "named")
        said.add("tool_choice", choice["function"]["name"])
    if parallel is not None:
        said.switch("tools_parallel", parallel)


def put_format(said):
    form = said.take("response_format")
    if form is None or form["type"] == "text":
        return
    if form["type"] == "json_object":
        said.add("format", "json")
        return
    schema = form["json_schema"]
    if set(schema) <= {"name", "description", "schema", "strict"}:
        said.schema(schema["schema"], schema["name"], schema.get("description"),
                    schema.get("strict"))
    else:
        said.add_ready("response_format_json", form)


def describe(record):
    said = Description(record.adapter(), record.request)
    said.model = said.take("model") or ""
    said.stream = bool(said.take("stream"))
    said.take("stream_options")
    put_messages(said, said.take("messages"))
    for name in ("temperature", "top_p", "seed", "presence_penalty", "frequency_penalty"):
        said.number(name)
    if record.adapter() == "mistral":
        said.number("random_seed", "seed")
    said.number("max_completion_tokens", "max_output_tokens")
    said.number("max_tokens", "max_output_tokens")
    said.number("n", "choices_wanted")
    said.stops("stop")
    said.text("reasoning_effort")
    if said.rest.get("prompt_cache_key") and record.adapter() in ("openai", "azure"):
        said.text("prompt_cache_key")
    metadata = said.take("metadata")
    if metadata is not None:
        said.add("provider_metadata_json", as_json(metadata))
    put_format(said)
    put_tools(said)
    return said.finish()
