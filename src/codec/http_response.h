// codec/http_response.h: one HTTP/1.1 response, read incrementally from hostile bytes.
// llhttp parses; this class adds the framing rules that llhttp leaves open, counts every byte
// against a limit and puts the body where it is to stay. Depends on base and, in its .cc, llhttp.
// Invariants: the verdict does not depend on how the bytes were cut into feeds; an error is
// sticky; no byte behind the end of the message is consumed.
#pragma once

#include <leat/status.h>

#include "base/arena.h"
#include "codec/http_fields.h"
#include "codec/http_lines.h"

namespace leat {

struct HttpLimits {
    // Status lines, headers (those of 1xx answers too), trailers, and what chunk size lines hold
    // beyond chunk_line_free_bytes.
    uint32_t header_bytes_max = 32 * 1024;
    uint32_t headers_max = 256;
    uint64_t body_bytes_max = 16 * 1024 * 1024;
    uint32_t informational_max = 8;
    // From here on, chunk framing may be at most 80 % of what comes.
    uint32_t chunk_overhead_bytes = 100 * 1024;
};

// Framing bytes between two stretches of chunk data that are charged to nobody.
constexpr uint32_t chunk_line_free_bytes = 32;

class HttpResponse;

// Where a body goes that is not to be kept whole. All zero: the body goes to the arena.
struct BodySink {
    // Asked once, when the headers are complete: true sends the body here, false to the arena.
    // nullptr stands for true.
    bool (*wants)(void* user, const HttpResponse& response) = nullptr;
    // A status other than LEAT_OK ends the response with it.
    leat_status (*write)(void* user, Text bytes) = nullptr;
    void* user = nullptr;
};

enum class HttpAnswerTo : uint8_t { request, connect };

class HttpResponse {
public:
    // Ready for a new response. Headers, then body, grow at the end of `store`, from where
    // nothing else may be taken before complete() (with a sink: before the headers are complete).
    void open(const HttpLimits& limits, Arena* store, BodySink sink = {},
              HttpAnswerTo answer_to = HttpAnswerTo::request);

    // Takes bytes up to the end of the message. LEAT_OK also when more are needed; *consumed is
    // less than size only when complete() (the rest is surplus) or on an error.
    leat_status feed(const char* data, size_t size, size_t* consumed);

    // The peer ended the stream; clean_close is false when TLS saw no close_notify.
    leat_status finish(bool clean_close);

    bool complete() const { return phase_ == Phase::complete && verdict_ == LEAT_OK; }
    bool has_head() const { return has_head_; }
    // A byte has come: the request was seen, and repeating it may not be free.
    bool started() const { return started_; }
    leat_status verdict() const { return verdict_; }

    // These hold once has_head().
    int status() const { return status_line_.code(); }
    int minor_version() const { return status_line_.minor_version(); }
    const HttpFields& fields() const { return fields_; }

    // The connection may carry another request. False until complete().
    bool keep_alive() const { return complete() && keep_alive_; }
    // The body so far; empty when it goes to a sink. Lives as long as the store.
    Text body() const { return text(body_, to_sink_ ? 0 : static_cast<size_t>(body_bytes_)); }
    uint64_t body_bytes() const { return body_bytes_; }

private:
    friend struct HttpCallbacks;
    enum class Phase : uint8_t {
        closed, status_line, headers, sized, until_close, chunks, trailers, complete
    };

    void begin_message();
    size_t advance(Text input);
    size_t advance_status_line(Text input);
    size_t advance_lines(Text input);
    size_t advance_body(Text input);
    size_t advance_chunks(Text input);
    Text within_header_budget(Text input) const;
    void check_status_line();
    void end_section();
    size_t execute(Text slice, leat_status* parsed);
    leat_status classify_parser_error(int error) const;
    void fail(leat_status status);

    leat_status accept_headers();
    void note_fields();
    leat_status choose_framing();
    leat_status choose_place();
    leat_status on_chunk_data(Text data);
    leat_status keep_body(Text bytes);
    leat_status settle_chunk_line(uint64_t framing);
    leat_status check_chunk_framing(uint64_t framing) const;
    bool is_informational() const { return status_line_.code() < 200; }
    bool is_tunnel() const;

    // llhttp's parser; its size is checked where it is known.
    static constexpr size_t parser_bytes = 128;
    alignas(8) unsigned char parser_[parser_bytes];

    HttpLimits limits_;
    Arena* store_ = nullptr;
    BodySink sink_;
    HttpFields fields_;
    HttpStatusLine status_line_;
    HttpLines lines_;

    char* body_ = nullptr;
    uint64_t body_bytes_ = 0;
    uint64_t sized_left_ = 0;      // of a body with Content-Length
    uint64_t chunked_raw_ = 0;     // bytes since the headers, framing and data, before this slice
    uint64_t framing_settled_ = 0; // framing bytes already charged
    uint64_t content_length_ = 0;
    const char* slice_ = nullptr;  // what the parser is reading now
    uint32_t header_bytes_ = 0;
    uint32_t informational_ = 0;
    uint32_t length_fields_ = 0;
    uint32_t coding_fields_ = 0;
    leat_status verdict_ = LEAT_OK;
    leat_status content_status_ = LEAT_OK;
    Phase phase_ = Phase::closed;
    Phase body_phase_ = Phase::complete;
    HttpAnswerTo answer_to_ = HttpAnswerTo::request;
    bool started_ = false;
    bool has_head_ = false;
    bool keep_alive_ = false;
    bool to_sink_ = false;
    bool section_seen_ = false;    // the parser agrees that headers or trailers ended
    bool parser_chunked_ = false;
    bool parser_keeps_alive_ = false;
    bool coding_is_chunked_ = false;
};

// What follows a complete message on a connection that asked for one answer only.
inline leat_status check_surplus(const HttpResponse& response, size_t fed, size_t consumed) {
    return response.complete() && consumed < fed ? LEAT_ALERT_SURPLUS : LEAT_OK;
}

}  // namespace leat
