"""The Responses API: answers made of items. Of a stream the last event, which repeats the whole
response, says what is expected; leat reads the deltas before it."""
import json

from facts import Answer, Failure, count, text_or_empty

FINISH = {"completed": "stop", "complete": "stop", "max_output_tokens": "length",
          "content_filter": "content_filter"}
NO_ANSWER = ("failed", "cancelled", "queued", "in_progress")


def take_item(answer, item):
    kind = item.get("type")
    for part in item.get("content") or []:
        if part.get("type") == "output_text":
            answer.text += part["text"]
        elif part.get("type") == "refusal":
            answer.refusal += part["refusal"]
        elif part.get("type") == "reasoning_text":
            answer.thinking += part["text"]
    if kind == "reasoning":  # parts of a summary stand apart
        answer.thinking += "\n\n".join(part["text"] for part in item.get("summary") or [])
    if kind == "function_call":
        answer.calls.append([item.get("call_id") or "", item.get("name") or "",
                             item.get("arguments") or "{}"])
    elif kind == "custom_tool_call":  # free text: the JSON of it is a string
        answer.calls.append([item.get("call_id") or "", item.get("name") or "", item["input"]])


def take_usage(answer, usage):
    usage = usage or {}
    prompt = usage.get("input_tokens_details") or {}
    output = usage.get("output_tokens_details") or {}
    for name, value in (("input", usage.get("input_tokens")), ("total", usage.get("total_tokens")),
                        ("output", usage.get("output_tokens")),
                        ("cached", prompt.get("cached_tokens")),
                        ("written", prompt.get("cache_write_tokens")),
                        ("reasoning", output.get("reasoning_tokens"))):
        answer.usage[name] = count(value)
    answer.add_up()


def read_response(said):
    if not isinstance(said, dict):
        raise Failure(None, "parse")
    if said.get("error") or said.get("status") in NO_ANSWER:
        is_going_on = not said.get("error") and said["status"] != "failed"
        raise Failure(said, "unsupported" if is_going_on else "")
    if not isinstance(said.get("output"), list):
        raise Failure(None, "parse")
    answer = Answer()
    for item in said["output"]:
        take_item(answer, item)
    answer.model, answer.id = said.get("model") or "", said.get("id") or ""
    take_usage(answer, said.get("usage"))
    status = text_or_empty(said.get("status"))
    reason = (said.get("incomplete_details") or {}).get("reason")
    answer.finish_reason = reason if status == "incomplete" and reason else status
    answer.finish = FINISH.get(answer.finish_reason, "other") if answer.finish_reason else "unknown"
    if answer.finish in ("stop", "unknown"):
        answer.finish = ("refusal" if answer.refusal else
                         "tool_calls" if answer.calls else answer.finish)
    answer.turn = said["output"]
    return answer


def whole(body, _record):
    return read_response(json.loads(body))


def stream(events, _record):
    items = {}
    for name, data in events:
        if data.startswith("[DONE]"):
            break
        event = json.loads(data)
        kind = event.get("type", name)
        if kind == "response.output_item.done":
            items[event["output_index"]] = event["item"]
        if kind == "error" or (event.get("error") and "response" not in event):
            raise Failure(event)
        if kind in ("response.completed", "response.incomplete", "response.failed",
                    "response.cancelled"):
            said = event["response"]
            # Some recordings lost the last event's output; then the items' own ends say it.
            said["output"] = said.get("output") or [item for _, item in sorted(items.items())]
            answer = read_response(said)
            answer.turn = None
            return answer
    raise Failure(None, "stream_cut")
