"""Chat Completions, read by the vendors' pages: whole answers and streams of chunks."""
import json

from facts import Answer, Failure, count, text_or_empty

FINISH = {"stop": "stop", "eos": "stop", "length": "length", "model_length": "length",
          "tool_calls": "tool_calls", "function_call": "tool_calls",
          "content_filter": "content_filter", "error": "error"}


def take_content(answer, content):
    """Content as a string, null, or a list of parts: texts, and thoughts (Mistral)."""
    if isinstance(content, str):
        answer.text += content
    for part in content if isinstance(content, list) else []:
        if part.get("type") == "thinking":
            answer.thinking += "".join(text_or_empty(piece.get("text"))
                                       for piece in part["thinking"])
        else:
            answer.text += text_or_empty(part.get("text"))


def take_message(answer, message):
    take_content(answer, message.get("content"))
    answer.refusal += text_or_empty(message.get("refusal"))
    # Of two of them (a service that sends both) either will do; they are equal.
    answer.thinking += (text_or_empty(message.get("reasoning_content")) or
                        text_or_empty(message.get("reasoning")))


def take_usage(answer, usage):
    if not isinstance(usage, dict):
        return
    prompt = usage.get("prompt_tokens_details") or {}
    output = usage.get("completion_tokens_details") or {}
    cached = max(count(c) for c in (prompt.get("cached_tokens"),
                                    usage.get("prompt_cache_hit_tokens"),
                                    usage.get("cached_tokens")))
    for name, value in (("input", usage.get("prompt_tokens")), ("cached", cached),
                        ("output", usage.get("completion_tokens")),
                        ("total", usage.get("total_tokens")),
                        ("written", prompt.get("cache_write_tokens")),
                        ("reasoning", output.get("reasoning_tokens"))):
        if count(value) >= 0:
            answer.usage[name] = value
    answer.add_up()


def close(answer):
    finish = FINISH.get(answer.finish_reason, "other") if answer.finish_reason else "unknown"
    if finish == "stop" and answer.refusal:
        finish = "refusal"
    elif finish == "stop" and answer.calls:
        finish = "tool_calls"
    answer.finish = finish


def arguments_of(function):
    arguments = function.get("arguments")
    return arguments if isinstance(arguments, dict) else arguments or "{}"


def read_choice(choice):
    answer = Answer()
    answer.finish_reason = text_or_empty(choice.get("finish_reason"))
    message = choice.get("message")
    if message is None and answer.finish_reason == "content_filter":
        message = {}  # Azure leaves it out when the answer was blocked
    if not isinstance(message, dict):
        raise Failure(None, "parse")
    take_message(answer, message)
    answer.safety = choice.get("content_filter_results")  # Azure
    for call in message.get("tool_calls") or []:
        function = call.get("function") or {}
        answer.calls.append([call.get("id") or "", function.get("name") or "",
                             arguments_of(function)])
    close(answer)
    if choice.get("message") is not None:
        answer.turn = message
    return answer


def whole(body, _record):
    said = json.loads(body)
    if not isinstance(said, dict):
        raise Failure(None, "parse")
    choices = said.get("choices") or []
    if said.get("error") or any(choice.get("error") for choice in choices):
        raise Failure(said)
    if not choices:
        raise Failure(said)
    answers = [read_choice(choice) for choice in choices]
    answer = answers[0]
    answer.choices = answers if len(answers) > 1 else []
    answer.model, answer.id = said.get("model") or "", said.get("id") or ""
    take_usage(answer, said.get("usage"))
    return answer


def take_chunk(answer, chunk, calls):
    answer.model = answer.model or chunk.get("model") or ""
    answer.id = answer.id or chunk.get("id") or ""
    take_usage(answer, chunk.get("usage"))
    take_usage(answer, (chunk.get("x_groq") or {}).get("usage"))
    for choice in chunk.get("choices") or []:
        if choice.get("index", 0) != 0:
            raise AssertionError("a stream of several answers: teach this reader")
        if choice.get("error"):
            raise Failure(chunk)
        answer.finish_reason = choice.get("finish_reason") or answer.finish_reason
        answer.safety = choice.get("content_filter_results") or answer.safety
        delta = choice.get("delta") or {}
        take_message(answer, delta)
        for place, call in enumerate(delta.get("tool_calls") or []):
            entry = calls.setdefault(call.get("index", place), ["", "", ""])
            function = call.get("function") or {}
            entry[0] = entry[0] or call.get("id") or ""
            entry[1] = entry[1] or function.get("name") or ""
            entry[2] += function.get("arguments") or ""


def stream(events, _record):
    answer, calls, ended = Answer(), {}, False
    for name, data in events:
        if data.startswith("[DONE]"):
            ended = True
            break
        chunk = json.loads(data)
        if name == "error" or chunk.get("error"):
            raise Failure(chunk)
        take_chunk(answer, chunk, calls)
    if not ended and not answer.finish_reason:
        raise Failure(None, "stream_cut")
    answer.calls = [[i, n, a or "{}"] for _, (i, n, a) in sorted(calls.items())]
    close(answer)
    return answer
