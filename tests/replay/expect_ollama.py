"""Ollama's /api/chat: one object, or one a line, of which the last says done."""
import json

from facts import Answer, Failure, count, text_or_empty

FINISH = {"stop": "stop", "length": "length"}


def take(answer, said):
    if said.get("error"):
        raise Failure(said)
    message = said.get("message") or {}
    answer.text += text_or_empty(message.get("content"))
    answer.thinking += text_or_empty(message.get("thinking"))
    for call in message.get("tool_calls") or []:
        function = call.get("function") or {}
        answer.calls.append([call.get("id") or "", function.get("name") or "",
                             function.get("arguments") or {}])
    answer.model = answer.model or said.get("model") or ""
    answer.finish_reason = said.get("done_reason") or answer.finish_reason
    for name, key in (("input", "prompt_eval_count"), ("output", "eval_count")):
        if count(said.get(key)) >= 0:
            answer.usage[name] = said[key]


def close(answer):
    finish = FINISH.get(answer.finish_reason, "other") if answer.finish_reason else "unknown"
    if finish in ("stop", "unknown") and answer.calls:
        finish = "tool_calls"
    answer.finish = finish
    answer.add_up()


def whole(body, _record):
    said = json.loads(body)
    answer = Answer()
    take(answer, said)
    if not isinstance(said.get("message"), dict) or said.get("done") is False:
        raise Failure(None, "parse")
    close(answer)
    answer.turn = said["message"]
    return answer


def stream(events, _record):
    answer = Answer()
    for _, line in events:
        said = json.loads(line)
        take(answer, said)
        if said.get("done"):
            close(answer)
            return answer
    raise Failure(None, "stream_cut")
