// Heads and the Date line. See reply.h.
// The head is made last, into the room that was left before the body; it must fit there.
#include "reply.h"

#include "http_time.h"

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
    {402, "Payment Required"},
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

}  // namespace

const char* reason_phrase(unsigned status) {
    for (const Reason& reason : kReasons) {
        if (reason.status == status) return reason.phrase;
    }
    return status < 400 ? "Other" : "Error";
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
    if (head.provider != nullptr) append_provider_head(head_, *head.provider, head.status, now_s);
    head_.append("\r\n");
    if (head_.size() > kHeadRoom) std::abort();  // every part above is bounded well below it
    start_ = kHeadRoom - head_.size();
    std::memcpy(buffer_.data() + start_, head_.data(), head_.size());
}

}  // namespace mock
