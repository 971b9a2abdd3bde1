"""Anthropic's Messages: blocks of text, thinking and tool calls, whole or streamed; blocks of tools
that the service runs by itself are no part of what is expected."""
import json

from facts import Answer, Failure, count, text_or_empty

FINISH = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length",
          "model_context_window_exceeded": "length", "tool_use": "tool_calls",
          "refusal": "refusal"}


class Counts:
    """Usage: the prompt's count is the sum of three; a stream tells them again at its end."""

    def __init__(self):
        self.told = {}

    def take(self, usage):
        for name in ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens",
                     "output_tokens"):
            if count((usage or {}).get(name)) >= 0:
                self.told[name] = usage[name]
        details = (usage or {}).get("output_tokens_details") or {}
        if count(details.get("thinking_tokens")) >= 0:
            self.told["thinking_tokens"] = details["thinking_tokens"]

    def fill(self, answer):
        told, usage = self.told, answer.usage
        usage["cached"] = told.get("cache_read_input_tokens", -1)
        usage["written"] = told.get("cache_creation_input_tokens", -1)
        usage["output"] = told.get("output_tokens", -1)
        usage["reasoning"] = told.get("thinking_tokens", -1)
        if "input_tokens" in told:
            usage["input"] = told["input_tokens"] + max(usage["cached"], 0) + max(
                usage["written"], 0)
        answer.add_up()


def take_block(answer, block):
    kind = block.get("type")
    if kind == "text":
        answer.text += block.get("text") or ""
    elif kind == "thinking":
        answer.thinking += block.get("thinking") or ""
    elif kind == "tool_use":
        answer.calls.append([block.get("id") or "", block.get("name") or "", block.get("input")])


def close(answer, reason, details):
    answer.finish_reason = text_or_empty(reason)
    answer.finish = FINISH.get(reason, "other") if reason else "unknown"
    if answer.finish == "stop" and answer.calls:
        answer.finish = "tool_calls"
    answer.refusal = text_or_empty((details or {}).get("explanation"))
    answer.block_reason = text_or_empty((details or {}).get("category"))


def whole(body, _record):
    said = json.loads(body)
    if not isinstance(said, dict):
        raise Failure(None, "parse")
    if isinstance(said.get("error"), dict):
        raise Failure(said)
    if not isinstance(said.get("content"), list):
        raise Failure(None, "parse")
    answer, counts = Answer(), Counts()
    for block in said["content"]:
        take_block(answer, block)
    counts.take(said.get("usage"))
    counts.fill(answer)
    answer.model, answer.id = said.get("model") or "", said.get("id") or ""
    close(answer, said.get("stop_reason"), said.get("stop_details"))
    answer.turn = said["content"]
    return answer


def grow(block, delta):
    kind = delta.get("type")
    if kind == "text_delta":
        block["text"] = block.get("text", "") + delta["text"]
    elif kind == "thinking_delta":
        block["thinking"] = block.get("thinking", "") + delta["thinking"]
    elif kind == "input_json_delta":
        block["partial"] = block.get("partial", "") + delta["partial_json"]


def stream(events, _record):
    answer, counts, blocks, reason, details = Answer(), Counts(), {}, None, None
    for name, data in events:
        event = json.loads(data)
        kind = event.get("type", name)
        if name == "error" or kind == "error":
            raise Failure(event)
        if kind == "message_start":
            message = event["message"]
            answer.model, answer.id = message.get("model") or "", message.get("id") or ""
            counts.take(message.get("usage"))
        elif kind == "content_block_start":
            blocks[event["index"]] = dict(event["content_block"])
        elif kind == "content_block_delta":
            grow(blocks[event["index"]], event["delta"])
        elif kind == "message_delta":
            reason = event["delta"].get("stop_reason") or reason
            details = event["delta"].get("stop_details") or details
            counts.take(event.get("usage"))
        elif kind == "message_stop":
            break
    else:
        if not reason:
            raise Failure(None, "stream_cut")
    for _, block in sorted(blocks.items()):
        if "partial" in block:
            # The same bytes, as they are pieced together from text.
            block["input"] = block["partial"] or {}
        take_block(answer, block)
    counts.fill(answer)
    close(answer, reason, details)
    return answer
