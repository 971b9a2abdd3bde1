// HTTP responses: the head before a body, and OpenAI's error objects.
//
// Invariant: the body is made first, behind room left for the head, so that head and body leave in
// one write and Content-Length is always measured, never predicted.
#pragma once

#include "buffer.h"
#include "inject.h"
#include "limit.h"

namespace mock {

struct Head {
    unsigned status = 200;
    std::string_view content_type = "application/json";
    bool chunked = false;
    bool measured = true;  // false with chunked = false: the end of the connection ends the body
    bool close = false;
    bool api = true;  // the provider's own headers
    uint64_t request_id = 0;
    uint64_t processing_ms = 0;
    const Limiter* rate = nullptr;  // x-ratelimit-* lines
    const Action* retry = nullptr;  // its retry-after, when it has one
};

class Reply {
public:
    void begin();  // forgets the last one
    Buffer& body() { return buffer_; }
    size_t body_size() const { return buffer_.size() - kHeadRoom; }
    const char* body_bytes() const { return buffer_.data() + kHeadRoom; }
    void finish(const Head& head, uint64_t now_s);
    // After finish: head and body, contiguous.
    std::string_view bytes() const { return buffer_.view().substr(start_); }
    size_t head_size() const { return kHeadRoom - start_; }

private:
    static constexpr size_t kHeadRoom = 2048;
    void refresh_date(uint64_t now_s);

    Buffer buffer_;
    Buffer head_;
    size_t start_ = 0;
    uint64_t date_s_ = 0;
    char date_[48] = {};
};

struct ErrorText {
    std::string_view message;
    std::string_view type;
    std::string_view param;  // empty: null
    std::string_view code;   // empty: null
};
void append_error(Buffer& out, const ErrorText& error);
// The usual error of a status that somebody injected.
ErrorText injected_error(unsigned status);
const char* reason_phrase(unsigned status);
// "Sun, 06 Nov 1994 08:49:37 GMT"; into has at least 32 bytes.
size_t format_http_date(uint64_t epoch_s, char* into);

}  // namespace mock
