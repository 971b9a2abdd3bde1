// Heads, dates, error objects. See reply.h.
// The head is made last, into the room that was left before the body; it must fit there.
#include "reply.h"

#include <ctime>

#include "json_min.h"

namespace mock {
namespace {

struct Reason {
    unsigned status;
    const char* phrase;
};
constexpr Reason kReasons[] = {
    {200, "OK"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
};

void append_retry(Buffer& out, const Action& action, uint64_t now_s) {
    if (action.retry_after_ms < 0) return;
    const auto ms = static_cast<uint64_t>(action.retry_after_ms);
    const uint64_t seconds = (ms + 999) / 1000;
    char date[48];
    switch (action.retry_form) {
        case MOCK_RETRY_DATE:
            out.append("retry-after: ");
            out.append(date, format_http_date(now_s + seconds, date));
            break;
        case MOCK_RETRY_MILLISECONDS:
            out.append("retry-after-ms: ");
            out.append_u64(ms);
            out.append("\r\nretry-after: ");
            out.append_u64(seconds);
            break;
        case MOCK_RETRY_SECONDS:
            out.append("retry-after: ");
            out.append_u64(seconds);
            break;
    }
    out.append("\r\n");
}

void append_request_id(Buffer& out, uint64_t id) {
    char hex[32];
    uint64_t bits = mix64(id);
    for (size_t i = 0; i < sizeof hex; ++i) {
        if (i == 16) bits = mix64(bits);
        hex[i] = "0123456789abcdef"[bits >> (i % 16 * 4) & 15];
    }
    out.append("x-request-id: req_");
    out.append(hex, sizeof hex);
    out.append("\r\n");
}

}  // namespace

const char* reason_phrase(unsigned status) {
    for (const Reason& reason : kReasons) {
        if (reason.status == status) return reason.phrase;
    }
    return status < 400 ? "Other" : "Error";
}

size_t format_http_date(uint64_t epoch_s, char* into) {
    const auto when = static_cast<time_t>(epoch_s);
    struct tm parts;
    gmtime_r(&when, &parts);
    return strftime(into, 32, "%a, %d %b %Y %H:%M:%S GMT", &parts);
}

void Reply::begin() {
    buffer_.clear();
    buffer_.resize(kHeadRoom);
}

void Reply::refresh_date(uint64_t now_s) {
    if (date_s_ == now_s) return;
    date_s_ = now_s;
    std::memcpy(date_, "Date: ", 6);
    const size_t size = format_http_date(now_s, date_ + 6);
    std::memcpy(date_ + 6 + size, "\r\n", 3);
}

void Reply::finish(const Head& head, uint64_t now_s) {
    refresh_date(now_s);
    head_.clear();
    if (head.status == 200) {
        head_.append("HTTP/1.1 200 OK\r\n");
    } else {
        head_.append("HTTP/1.1 ");
        head_.append_u64(head.status);
        head_.append_char(' ');
        head_.append(reason_phrase(head.status));
        head_.append("\r\n");
    }
    head_.append(date_);
    head_.append("Content-Type: ");
    head_.append(head.content_type);
    if (head.chunked) {
        head_.append("\r\nTransfer-Encoding: chunked\r\n");
    } else if (head.measured) {
        head_.append("\r\nContent-Length: ");
        head_.append_u64(body_size());
        head_.append("\r\n");
    } else {
        head_.append("\r\n");
    }
    head_.append(head.close ? "Connection: close\r\n" : "Connection: keep-alive\r\n");
    if (head.status >= 300 && head.status < 400) head_.append("Location: /elsewhere\r\n");
    if (head.api) {
        head_.append(
            "openai-organization: org-mock\r\nopenai-version: "
            "2020-10-01\r\nopenai-processing-ms: ");
        head_.append_u64(head.processing_ms);
        head_.append("\r\n");
        append_request_id(head_, head.request_id);
    }
    if (head.rate != nullptr) head.rate->append_headers(head_);
    if (head.retry != nullptr) append_retry(head_, *head.retry, now_s);
    head_.append("\r\n");
    if (head_.size() > kHeadRoom) std::abort();  // every part above is bounded well below it
    start_ = kHeadRoom - head_.size();
    std::memcpy(buffer_.data() + start_, head_.data(), head_.size());
}

void append_error(Buffer& out, const ErrorText& error) {
    auto field = [&out](std::string_view name, std::string_view value) {
        out.append(name);
        if (value.empty()) {
            out.append("null");
            return;
        }
        out.append_char('"');
        append_json_escaped(out, value);
        out.append_char('"');
    };
    field("{\n  \"error\": {\n    \"message\": ", error.message);
    field(",\n    \"type\": ", error.type);
    field(",\n    \"param\": ", error.param);
    field(",\n    \"code\": ", error.code);
    out.append("\n  }\n}\n");
}

ErrorText injected_error(unsigned status) {
    switch (status) {
        case 400:
            return {"Injected bad request.", "invalid_request_error", "", ""};
        case 401:
            return {"Incorrect API key provided.", "invalid_request_error", "", "invalid_api_key"};
        case 403:
            return {"You are not allowed to use this model.", "invalid_request_error", "",
                    "model_not_found"};
        case 404:
            return {"The model does not exist.", "invalid_request_error", "", "model_not_found"};
        case 429:
            return {"Rate limit reached for requests. Please try again later.", "requests", "",
                    "rate_limit_exceeded"};
        case 500:
            return {"The server had an error while processing your request. Sorry about that!",
                    "server_error", "", ""};
        case 503:
            return {"The engine is currently overloaded, please try again later.", "server_error",
                    "", ""};
        default:
            break;
    }
    if (status < 500) return {"Injected error.", "invalid_request_error", "", ""};
    return {"Injected error.", "server_error", "", ""};
}

}  // namespace mock
