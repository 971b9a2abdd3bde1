// HTTP responses: the head before a body. A provider's own headers are in provider_head.h.
//
// Invariant: the body is made first, behind room left for the head, so that head and body leave in
// one write and Content-Length is always measured, never predicted.
#pragma once

#include "provider_head.h"

namespace mock {

struct Head {
    unsigned status = 200;
    std::string_view content_type = "application/json";
    bool chunked = false;
    bool measured = true;  // false with chunked = false: the end of the connection ends the body
    bool close = false;
    const ProviderHead* provider = nullptr;  // null: none of a provider's headers
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

const char* reason_phrase(unsigned status);

}  // namespace mock
