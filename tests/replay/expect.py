#!/usr/bin/env python3
"""Reads recorded exchanges (a folder of <provider>/<nnn>-<slug>.json) and writes, for each
non-streamed chat completion, what leat must make of it. Shares nothing with leat: Python's own json
reads the bodies, and the rules below are written from the vendors' pages.

    expect.py RECORDED_DIR CASES_FILE

A case is lines `name size` + that many bytes + newline; `end` closes it. See replay.cc."""
import glob
import json
import os
import sys

FINISH = {"stop": 1, "eos": 1, "length": 2, "model_length": 2, "tool_calls": 3, "function_call": 3,
          "content_filter": 4, "error": 6}
QUOTA_CODES = {"insufficient_quota", "credit_balance_exhausted", "billing_not_active",
               "billing_hard_limit_reached"}
CODES = {"context_length_exceeded": "context_length", "exceed_context_size_error": "context_length",
         "content_filter": "content_filter", "model_not_found": "model",
         "DeploymentNotFound": "model", "invalid_api_key": "authentication",
         "authentication_error": "authentication", "rate_limit_exceeded": "rate_limit"}
STATUS = {400: "invalid_request", 401: "authentication", 402: "quota", 403: "permission",
          404: "model", 413: "invalid_request", 422: "invalid_request", 429: "rate_limit",
          503: "overloaded", 529: "overloaded"}
TOO_LONG = ("maximum context length", "exceeded max context length", "exceeds the context window",
            "prompt is too long")
TRANSFER = {"content-encoding", "transfer-encoding", "content-length", "connection", "keep-alive"}


def is_chat(record):
    path = record["request"]["path"].split("?")[0]
    body = record["request"]["body"]
    streamed = isinstance(body, dict) and body.get("stream") is True
    kind = str(record["response"]["headers"].get("content-type", ""))
    return path.endswith("/chat/completions") and not streamed and "event-stream" not in kind


def text_of(content):
    """Content as a string, null, or a list of parts of which the text parts count."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part["text"] for part in content
                       if isinstance(part, dict) and isinstance(part.get("text"), str))
    return ""


def count(value):
    """A token count, -1 when nothing usable was said."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else -1


def usage_of(answer):
    usage = answer.get("usage") or {}
    prompt, output = count(usage.get("prompt_tokens")), count(usage.get("completion_tokens"))
    total = count(usage.get("total_tokens"))
    if total < 0 <= min(prompt, output):
        total = prompt + output
    prompt_details = usage.get("prompt_tokens_details") or {}
    output_details = usage.get("completion_tokens_details") or {}
    cached = [count(c) for c in (prompt_details.get("cached_tokens"),
                                 usage.get("prompt_cache_hit_tokens"), usage.get("cached_tokens"))]
    return {"input": prompt, "output": output, "total": total,
            "cached": max(cached), "reasoning": count(output_details.get("reasoning_tokens"))}


def arguments_of(call):
    arguments = (call.get("function") or {}).get("arguments")
    if isinstance(arguments, str) and arguments:
        return "text", arguments
    if isinstance(arguments, dict):
        return "json", json.dumps(arguments, sort_keys=True)
    return "text", "{}"


def success(answer):
    choice = answer["choices"][0]
    message = choice.get("message")
    if message is None and choice.get("finish_reason") == "content_filter":
        message = {}  # Azure leaves it out when the answer was blocked
    if not isinstance(message, dict):
        return [("status", "parse")]
    reason = choice.get("finish_reason") or ""
    refusal = message.get("refusal") or ""
    finish = FINISH.get(reason, 7) if reason else 0
    if refusal and finish == 1:
        finish = 5
    thinking = [message[name] for name in ("reasoning_content", "reasoning")
                if isinstance(message.get(name), str)]
    fields = [("status", "ok"), ("text", text_of(message.get("content"))), ("refusal", refusal),
              ("finish", str(finish)), ("finish_reason", reason), ("model", answer.get("model") or ""),
              ("id", answer.get("id") or "")]
    if thinking:  # of two of them (a service that sends both) either will do; they are equal
        fields.append(("thinking", thinking[-1]))
    fields += [(f"usage_{name}", str(number)) for name, number in usage_of(answer).items()]
    calls = message.get("tool_calls") or []
    fields.append(("tool_calls", str(len(calls))))
    for call in calls:
        fields.append(("call_id", call.get("id") or ""))
        fields.append(("call_name", (call.get("function") or {}).get("name") or ""))
        kind, arguments = arguments_of(call)
        fields.append((f"call_{kind}", arguments))
    return fields


def find_error(answer):
    """The error object, or what plays its part."""
    if isinstance(answer, list) and answer:
        answer = answer[0]
    if not isinstance(answer, dict):
        return {}
    error = answer.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, str):
        return {"message": error, "code": answer.get("code")}
    for choice in answer.get("choices") or []:
        if isinstance(choice, dict) and isinstance(choice.get("error"), dict):
            return choice["error"]
    return answer


def word_of(status, error):
    for code in (error.get("code"), error.get("type")):
        if code in QUOTA_CODES:
            return "quota"
        if isinstance(code, str) and code in CODES:
            return CODES[code]
    if status < 300 and isinstance(error.get("code"), int):
        status = error["code"]
    message = str(error.get("message") or "").lower()
    if status in (400, 413, 422) and any(phrase in message for phrase in TOO_LONG):
        return "context_length"
    return STATUS.get(status, "server" if status >= 500 else "http")


def failure(status, answer):
    error = find_error(answer)
    message = error.get("message", error.get("detail"))
    code = error.get("code")
    if code is None or code == "":
        code = error.get("type") or ""
    fields = [("status", word_of(status, error)), ("code", str(code))]
    if isinstance(message, str) and message:
        fields.append(("message", message))
    return fields


def expectation(status, body):
    try:
        answer = json.loads(body)
    except ValueError:
        if 200 <= status < 300:
            return [("status", "parse")]
        return failure(status, {})
    if 200 <= status < 300 and isinstance(answer, dict):
        first = (answer.get("choices") or [{}])[0]
        if answer.get("choices") and not answer.get("error") and not first.get("error"):
            return success(answer)
    return failure(status, answer)


def write_case(out, fields):
    for name, value in fields:
        data = value.encode("utf-8", "surrogatepass")
        out.write(f"{name} {len(data)}\n".encode() + data + b"\n")
    out.write(b"end\n")


def main():
    recorded, cases = sys.argv[1:3]
    written = 0
    with open(cases, "wb") as out:
        for path in sorted(glob.glob(os.path.join(recorded, "*", "*.json"))):
            with open(path, encoding="utf-8") as file:
                record = json.load(file)
            if not is_chat(record):
                continue
            response = record["response"]
            body = response["body_text"] or ""
            provider = os.path.basename(os.path.dirname(path))
            fields = [("provider", provider), ("name", os.path.basename(path)),
                      ("http_status", str(response["status"]))]
            for name, value in response["headers"].items():
                for one in value if isinstance(value, list) else [value]:
                    if name.lower() not in TRANSFER:
                        fields.append(("header", f"{name.lower()}: {one}"))
            fields.append(("body", body))
            fields += expectation(response["status"], body)
            write_case(out, fields)
            written += 1
    print(written)


main()
