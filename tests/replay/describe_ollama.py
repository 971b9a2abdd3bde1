"""Recorded bodies of Ollama's /api/chat in our words."""
from describe import Description

OPTIONS = {"temperature": "temperature", "top_p": "top_p", "top_k": "top_k", "seed": "seed",
           "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
           "num_predict": "max_output_tokens"}


def put_message(said, message):
    said.add("message", message["role"])
    said.add("content", message.get("content") or "")
    for call in message.get("tool_calls") or []:
        said.add("call", call.get("id") or "")
        said.add("call_name", call["function"]["name"])
        said.add_json("call_arguments", call["function"]["arguments"])
    if message.get("tool_name"):
        said.add("name", message["tool_name"])


def put_options(said):
    options = dict(said.take("options") or {})
    for name, ours in OPTIONS.items():
        if name in options:
            said.add(ours, repr(options.pop(name)))
    for word in options.pop("stop", None) or []:
        said.add("stop", word)
    if options:
        said.rest["options"] = options


def put_tools(said):
    tools = said.take("tools") or []
    ours = all(set(tool) == {"type", "function"} and set(tool["function"]) <= {
        "name", "description", "parameters"} for tool in tools)
    if tools and not ours:
        said.add_ready("tools_json", tools)
    for tool in tools if ours else []:
        said.tool(tool["function"], "parameters")


def put_format(said):
    form = said.take("format")
    if form == "json":
        said.add("format", "json")
    elif form:
        said.schema(form)


def describe(record):
    said = Description(record.adapter(), record.request)
    said.model = said.take("model") or ""
    stream = said.take("stream")
    said.stream = stream is None or stream
    for message in said.take("messages"):
        put_message(said, message)
    put_options(said)
    put_format(said)
    put_tools(said)
    return said.finish()
