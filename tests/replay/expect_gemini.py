"""Gemini's generateContent: one response, an array of them (a stream without alt=sse) or one an
event; all of them are read by the same rules and their parts joined. Context caches, too."""
import calendar
import json
import re
import time

from facts import Answer, Failure, count

FILTERED = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "MODEL_ARMOR"}
FINISH = {"STOP": "stop", "MAX_TOKENS": "length", "MALFORMED_FUNCTION_CALL": "error",
          "UNEXPECTED_TOOL_CALL": "error", "TOO_MANY_TOOL_CALLS": "error",
          "FINISH_REASON_UNSPECIFIED": "unknown"}


def finish_of(answer):
    reason = answer.finish_reason
    finish = FINISH.get(reason, "content_filter" if reason in FILTERED else "other")
    finish = finish if reason else "unknown"
    return "tool_calls" if finish in ("stop", "unknown") and answer.calls else finish


def take_usage(answer, usage):
    """An absent count beside others is 0; an empty object says nothing."""
    names = ("promptTokenCount", "cachedContentTokenCount", "candidatesTokenCount",
             "thoughtsTokenCount", "toolUsePromptTokenCount", "totalTokenCount")
    if not any(name in (usage or {}) for name in names):
        return
    prompt, cached, candidates, thoughts, tools, total = (usage.get(name, 0) for name in names)
    answer.usage = {"input": prompt + tools, "output": candidates + thoughts, "cached": cached,
                    "written": -1, "reasoning": thoughts,
                    "total": total or prompt + tools + candidates + thoughts}


def take_part(choice, part):
    if part.get("thought"):
        choice.thinking += part.get("text", "")
    else:
        choice.text += part.get("text", "")
    call = part.get("functionCall")
    if call is not None:
        choice.calls.append([call.get("id") or "", call.get("name") or "", call.get("args") or {}])


def take_response(answer, choices, said):
    feedback = said.get("promptFeedback") or {}
    answer.model = answer.model or said.get("modelVersion") or ""
    answer.id = answer.id or said.get("responseId") or ""
    take_usage(answer, said.get("usageMetadata"))
    if not said.get("candidates") and feedback.get("blockReason"):
        raise Failure(said, "content_filter")
    for place, candidate in enumerate(said.get("candidates") or []):
        choice = choices.setdefault(candidate.get("index", place), Answer())
        for part in (candidate.get("content") or {}).get("parts") or []:
            take_part(choice, part)
        choice.safety = candidate.get("safetyRatings") or choice.safety
        choice.finish_reason = candidate.get("finishReason") or choice.finish_reason


def read(responses):
    answer, choices = Answer(), {}
    for said in responses:
        if isinstance(said.get("error"), dict):
            raise Failure(said)
        take_response(answer, choices, said)
    if not choices:
        raise Failure(responses[0] if responses else None, "invalid_request")
    for choice in choices.values():
        choice.finish = finish_of(choice)
    first = choices[0]
    for name in ("text", "thinking", "calls", "finish", "finish_reason", "safety"):
        setattr(answer, name, getattr(first, name))
    answer.choices = [choices[i] for i in sorted(choices)] if len(choices) > 1 else []
    if answer.finish == "content_filter":
        answer.block_reason = answer.finish_reason
    return answer


def whole(body, _record):
    said = json.loads(body)
    answer = read(said if isinstance(said, list) else [said])
    turns = [candidate["content"] for one in (said if isinstance(said, list) else [said])
             for candidate in one["candidates"][:1] if (candidate.get("content") or {}).get("parts")]
    answer.turn = turns[0] if len(turns) == 1 else None
    return answer


def stream(events, _record):
    answer = read([json.loads(data) for _, data in events])
    if not answer.finish_reason:
        raise Failure(None, "stream_cut")
    return answer


def time_ms(written):
    """RFC 3339 in UTC; fractions beyond milliseconds are cut."""
    found = re.fullmatch(r"(\d+-\d+-\d+T\d+:\d+:\d+)(?:\.(\d+))?Z", written or "")
    if not found:
        return -1
    seconds = calendar.timegm(time.strptime(found[1], "%Y-%m-%dT%H:%M:%S"))
    return seconds * 1000 + int(((found[2] or "0") + "000")[:3])


def cache_facts(body):
    said = json.loads(body)
    return [("status", "ok"), ("name", said["name"]), ("model", said.get("model") or ""),
            ("display_name", said.get("displayName") or ""),
            ("create_time", str(time_ms(said.get("createTime")))),
            ("expire_time", str(time_ms(said.get("expireTime")))),
            ("total_tokens", str(count((said.get("usageMetadata") or {}).get("totalTokenCount"))))]
