"""What an error is: its category, the provider's code and words, and whether to try again. The HTTP
status and the provider's code decide, by the vendors' pages; words only where there is no code."""
import json

QUOTA_CODES = {"insufficient_quota", "credit_balance_exhausted", "billing_not_active",
               "billing_hard_limit_reached", "billing_error"}
CODES = {"context_length_exceeded": "context_length", "exceed_context_size_error": "context_length",
         "content_filter": "content_filter", "model_not_found": "model",
         "DeploymentNotFound": "model", "invalid_api_key": "authentication",
         "authentication_error": "authentication", "rate_limit_exceeded": "rate_limit",
         "rate_limit_error": "rate_limit", "overloaded_error": "overloaded",
         "permission_error": "permission", "API_KEY_INVALID": "authentication",
         "INVALID_ARGUMENT": "invalid_request", "FAILED_PRECONDITION": "permission",
         "UNAUTHENTICATED": "authentication", "PERMISSION_DENIED": "permission",
         "NOT_FOUND": "model", "RESOURCE_EXHAUSTED": "rate_limit", "UNAVAILABLE": "overloaded",
         "INTERNAL": "server", "DEADLINE_EXCEEDED": "server"}
# Only inside a success, where no HTTP status says more.
CODES_IN_SUCCESS = {"server_error": "server", "api_error": "server",
                    "invalid_request_error": "invalid_request", "not_found_error": "model",
                    "tool_use_failed": "http"}
STATUS = {400: "invalid_request", 401: "authentication", 402: "quota", 403: "permission",
          404: "model", 405: "invalid_request", 408: "server", 409: "server",
          413: "invalid_request", 415: "invalid_request", 422: "invalid_request",
          429: "rate_limit", 503: "overloaded", 529: "overloaded"}
TOO_LONG = ("maximum context length", "exceeded max context length", "exceeds the context window",
            "prompt is too long", "input token count")
RETRIED = {"rate_limit", "overloaded", "server"}


def find_error(said):
    """The error object, or what plays its part."""
    if isinstance(said, list) and said:
        said = said[0]
    if not isinstance(said, dict):
        return {}
    said = said.get("response") if isinstance(said.get("response"), dict) else said
    error = said.get("error")
    if isinstance(error, dict):
        return error
    if isinstance(error, str):
        return {"message": error, "code": said.get("code")}
    for choice in said.get("choices") or []:
        if isinstance(choice, dict) and isinstance(choice.get("error"), dict):
            return choice["error"]
    return said


def codes_of(family, error):
    """The provider's codes, the most exact one first."""
    details = error.get("details") if isinstance(error.get("details"), list) else []
    reasons = [detail["reason"] for detail in details if "reason" in detail]
    if family == "gemini":
        return reasons + [error.get("status")]
    if family == "ollama":
        return []
    return [error.get("code"), error.get("type")]


def is_spent(error):
    """Gemini: a day's quota is used up, or there is none."""
    details = error.get("details") if isinstance(error.get("details"), list) else []
    for detail in details:
        for violation in detail.get("violations") or []:
            if "PerDay" in violation.get("quotaId", "") or violation.get("quotaValue") == "0":
                return True
    return False


def word_of(family, status, error):
    codes = codes_of(family, error)
    message = str(error.get("message") or "").lower()
    is_success = status < 300
    known = STATUS.get(status, "server" if status >= 500 else "http")
    for code in reversed(codes):
        if is_success and isinstance(code, str) and code in CODES_IN_SUCCESS:
            known = CODES_IN_SUCCESS[code]
    if is_success and isinstance(error.get("code"), int):
        known = STATUS.get(error["code"], "server" if error["code"] >= 500 else "http")
    for code in codes:
        if code in QUOTA_CODES:
            return "quota"
        if isinstance(code, str) and code in CODES:
            known = CODES[code]
            break
    if known == "rate_limit" and is_spent(error):
        return "quota"
    is_invalid = known == "invalid_request" or is_success
    if is_invalid and any(phrase in message for phrase in TOO_LONG):
        return "context_length"
    return known


def retry_of(record, word):
    """The header that the official clients obey first, then the category."""
    said = record.header("x-should-retry")
    return said == "true" if said in ("true", "false") else word in RETRIED


def body_of(body):
    try:
        return json.loads(body)
    except ValueError:
        return {}


def blocked(said):
    """A prompt that Gemini blocked."""
    feedback = (said or {}).get("promptFeedback") or {}
    reason, words = feedback.get("blockReason"), feedback.get("blockReasonMessage")
    return [("status", "content_filter"), ("code", reason), ("retry", "0"),
            ("message", "the prompt was blocked: " + reason + (": " + words if words else ""))]


def facts(record, said, word=""):
    family = record.family()
    if word == "unsupported":  # it runs in the background, and leat does not wait for it
        return [("status", word), ("code", said["status"]), ("retry", "0")]
    if family == "gemini" and (said if isinstance(said, dict) else {}).get("promptFeedback"):
        return blocked(said)
    error = find_error(said)
    word = word_of(family, record.http_status, error)
    codes = [code for code in codes_of(family, error) if code not in (None, "")]
    told = [("status", word), ("code", str(codes[0]) if codes else ""),
            ("retry", "1" if retry_of(record, word) else "0")]
    message = error.get("message", error.get("detail"))
    if isinstance(message, str) and message:
        told.append(("message", message))
    return told
