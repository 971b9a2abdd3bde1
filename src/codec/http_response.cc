// codec/http_response.cc: the one file that knows llhttp. See http_response.h for what it keeps.
// llhttp judges status lines, the lines of heads and trailers that are not plain, and chunks. It is
// given slices that end where a section ends at the latest, so that it never reads a byte of what
// may follow; http_lines.h finds those ends, and the plain lines between which its state is one.
#include "codec/http_response.h"

#include <llhttp/llhttp.h>

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

struct HttpCallbacks {
    static HttpResponse* of(llhttp_t* p) { return static_cast<HttpResponse*>(p->data); }

    // Keeps the first failure and stops the parser.
    static int stop_unless_ok(llhttp_t* p, leat_status status) {
        if (status == LEAT_OK) return HPE_OK;
        of(p)->fail(status);
        return HPE_USER;
    }
    static int on_headers_complete(llhttp_t* p) {
        HttpResponse* const r = of(p);
        const bool close = (p->flags & F_CONNECTION_CLOSE) != 0;
        const bool keep = (p->flags & F_CONNECTION_KEEP_ALIVE) != 0;
        r->parser_keeps_alive_ = r->minor_version() == 1 ? !close : keep && !close;
        r->parser_chunked_ = (p->flags & F_CHUNKED) != 0;
        r->section_seen_ = true;
        return HPE_OK;
    }
    static int on_body(llhttp_t* p, const char* at, size_t size) {
        return stop_unless_ok(p, of(p)->on_chunk_data(text(at, size)));
    }
    // The last chunk's size line: stop, so that trailers begin a slice of their own.
    static int on_chunk_header(llhttp_t* p) {
        if (p->content_length != 0) return HPE_OK;
        of(p)->phase_ = HttpResponse::Phase::trailers;
        return HPE_PAUSED;
    }
    static int on_message_complete(llhttp_t* p) {
        of(p)->section_seen_ = true;
        return HPE_OK;
    }
};

namespace {

constexpr llhttp_settings_t make_settings() {
    llhttp_settings_t settings{};
    settings.on_headers_complete = HttpCallbacks::on_headers_complete;
    settings.on_body = HttpCallbacks::on_body;
    settings.on_chunk_header = HttpCallbacks::on_chunk_header;
    settings.on_message_complete = HttpCallbacks::on_message_complete;
    return settings;
}

constexpr llhttp_settings_t settings = make_settings();

llhttp_t* parser_in(unsigned char* bytes) {
    return static_cast<llhttp_t*>(static_cast<void*>(bytes));
}

}  // namespace

void HttpResponse::open(const HttpLimits& limits, Arena* store, BodySink sink,
                        HttpAnswerTo answer_to) {
    static_assert(sizeof(llhttp_t) <= parser_bytes && alignof(llhttp_t) <= 8);
    LEAT_CHECK(store != nullptr);
    LEAT_CHECK(limits.body_bytes_max <= uint64_t{1} << 60);
    limits_ = limits;
    store_ = store;
    sink_ = sink;
    answer_to_ = answer_to;
    body_ = nullptr;
    body_bytes_ = sized_left_ = chunked_raw_ = framing_settled_ = 0;
    header_bytes_ = informational_ = 0;
    verdict_ = LEAT_OK;
    started_ = has_head_ = keep_alive_ = to_sink_ = false;
    fields_.open(store);
    begin_message();
}

void HttpResponse::begin_message() {
    llhttp_init(parser_in(parser_), HTTP_RESPONSE, &settings);
    status_line_.open();
    lines_.open(limits_.headers_max);
    phase_ = Phase::status_line;
    body_phase_ = Phase::complete;
    content_length_ = 0;
    length_fields_ = coding_fields_ = 0;
    content_status_ = LEAT_OK;
    section_seen_ = parser_chunked_ = coding_is_chunked_ = false;
}

void HttpResponse::fail(leat_status status) {
    LEAT_CHECK(status != LEAT_OK);
    if (verdict_ == LEAT_OK) verdict_ = status;
}

leat_status HttpResponse::feed(const char* data, size_t size, size_t* consumed) {
    LEAT_CHECK(phase_ != Phase::closed);
    LEAT_CHECK(consumed != nullptr && (data != nullptr || size == 0));
    size_t used = 0;
    started_ = started_ || size > 0;
    while (used < size && verdict_ == LEAT_OK && phase_ != Phase::complete) {
        used += advance(text(data + used, size - used));
        LEAT_CHECK(used <= size);
    }
    *consumed = used;
    return verdict_;
}

leat_status HttpResponse::finish(bool clean_close) {
    LEAT_CHECK(phase_ != Phase::closed);
    if (verdict_ != LEAT_OK || phase_ == Phase::complete) return verdict_;
    if (phase_ == Phase::until_close && clean_close) {
        phase_ = Phase::complete;
    } else {
        fail(LEAT_E_CONNECTION_CLOSED);
    }
    return verdict_;
}

size_t HttpResponse::advance(Text input) {
    switch (phase_) {
        case Phase::status_line: return advance_status_line(input);
        case Phase::headers:
        case Phase::trailers: return advance_lines(input);
        case Phase::sized:
        case Phase::until_close: return advance_body(input);
        case Phase::chunks: return advance_chunks(input);
        case Phase::closed:
        case Phase::complete: break;
    }
    LEAT_CHECK(false);
    return 0;
}

// Status lines, headers and trailers get no more than the header budget allows, so that "too large"
// is found at the same byte however the input was cut.
Text HttpResponse::within_header_budget(Text input) const {
    LEAT_CHECK(header_bytes_ <= limits_.header_bytes_max);
    return head(input, limits_.header_bytes_max - header_bytes_);
}

size_t HttpResponse::advance_status_line(Text input) {
    const Text slice = within_header_budget(input);
    const size_t taken = status_line_.scan(slice);
    check_status_line();
    if (verdict_ != LEAT_OK) return taken;
    leat_status parsed = LEAT_OK;
    (void)execute(head(slice, taken), &parsed);
    header_bytes_ += narrow<uint32_t>(taken);
    if (parsed != LEAT_OK) {
        fail(parsed);
    } else if (!status_line_.done() && slice.size < input.size) {
        fail(LEAT_E_HEADERS_TOO_LARGE);
    }
    return taken;
}

// The lines of the headers or of the trailers. The parser is spared those that are plain.
size_t HttpResponse::advance_lines(Text input) {
    const Text slice = within_header_budget(input);
    leat_status parsed = LEAT_OK;
    size_t taken = 0;
    while (taken < slice.size && parsed == LEAT_OK && lines_.more()) {
        const Text rest = tail(slice, taken);
        bool plain = false;
        const size_t run = lines_.scan(rest, &plain);
        if (!plain) (void)execute(head(rest, run), &parsed);
        taken += run;
    }
    if (phase_ == Phase::headers) fields_.add(head(slice, taken));
    header_bytes_ += narrow<uint32_t>(taken);
    if (parsed != LEAT_OK) {
        fail(parsed);
    } else if (lines_.verdict() != LEAT_OK) {
        fail(lines_.verdict());
    } else if (lines_.done()) {
        end_section();
    } else if (slice.size < input.size) {
        fail(LEAT_E_HEADERS_TOO_LARGE);
    }
    return taken;
}

void HttpResponse::check_status_line() {
    const int code = status_line_.code();
    if (status_line_.has_code() && code < 200) {
        const bool refused = code == 101 || informational_ >= limits_.informational_max;
        if (refused) fail(LEAT_ALERT_INFORMATIONAL);
    }
    if (status_line_.bad()) fail(LEAT_ALERT_STATUS_LINE);
    if (status_line_.done()) phase_ = Phase::headers;
}

// Behind the empty line of the headers or of the trailers.
void HttpResponse::end_section() {
    if (!section_seen_) return fail(LEAT_ALERT_HEADER);
    section_seen_ = false;
    if (phase_ == Phase::trailers) {
        phase_ = Phase::complete;
        return;
    }
    const leat_status accepted = accept_headers();
    if (accepted != LEAT_OK) return fail(accepted);
    if (is_informational()) {
        ++informational_;
        fields_.clear();
        begin_message();
    } else {
        lines_.open(UINT32_MAX);  // trailers are bounded by their bytes
        phase_ = body_phase_;
    }
}

// A body that ends after so many bytes, or with the connection: no parser needs to see it.
size_t HttpResponse::advance_body(Text input) {
    const bool is_sized = phase_ == Phase::sized;
    LEAT_CHECK(!is_sized || sized_left_ > 0);
    const Text bytes = is_sized && sized_left_ < input.size
                           ? head(input, static_cast<size_t>(sized_left_))
                           : input;
    const leat_status kept = keep_body(bytes);
    if (kept != LEAT_OK) {
        fail(kept);
    } else if (is_sized) {
        sized_left_ -= bytes.size;
        if (sized_left_ == 0) phase_ = Phase::complete;
    }
    return bytes.size;
}

size_t HttpResponse::advance_chunks(Text input) {
    leat_status parsed = LEAT_OK;
    const size_t used = execute(input, &parsed);
    if (verdict_ != LEAT_OK) return used;
    chunked_raw_ += used;
    // Weight before grammar: the byte that was too much came before the byte that was wrong.
    const uint64_t framing = chunked_raw_ - body_bytes_;
    const bool settles = parsed == LEAT_OK && phase_ == Phase::trailers;
    const leat_status weight = settles ? settle_chunk_line(framing)
                                       : check_chunk_framing(framing);
    if (weight != LEAT_OK) {
        fail(weight);
    } else if (parsed != LEAT_OK) {
        fail(parsed);
    }
    return used;
}

// What of `slice` the parser took. *parsed: its verdict, or that of a callback.
size_t HttpResponse::execute(Text slice, leat_status* parsed) {
    LEAT_CHECK(parsed != nullptr);
    *parsed = LEAT_OK;
    if (slice.size == 0) return 0;
    llhttp_t* const p = parser_in(parser_);
    p->data = this;
    slice_ = slice.data;
    const int error = static_cast<int>(llhttp_execute(p, slice.data, slice.size));
    if (error == HPE_OK) return slice.size;
    const char* const stopped = llhttp_get_error_pos(p);
    const bool known = stopped >= slice.data && stopped <= slice.data + slice.size;
    const size_t used = known ? static_cast<size_t>(stopped - slice.data) : slice.size;
    if (error == HPE_PAUSED) {
        llhttp_resume(p);
    } else {
        *parsed = verdict_ != LEAT_OK ? verdict_ : classify_parser_error(error);
    }
    return used;
}

leat_status HttpResponse::classify_parser_error(int error) const {
    switch (error) {
        case HPE_UNEXPECTED_CONTENT_LENGTH:
        case HPE_INVALID_CONTENT_LENGTH:
        case HPE_INVALID_TRANSFER_ENCODING: return LEAT_ALERT_FRAMING;
        default: break;
    }
    switch (phase_) {
        case Phase::status_line: return LEAT_ALERT_STATUS_LINE;
        case Phase::chunks: return LEAT_ALERT_CHUNK;
        case Phase::headers:
        case Phase::trailers: return LEAT_ALERT_HEADER;
        case Phase::closed:
        case Phase::sized:
        case Phase::until_close:
        case Phase::complete: break;
    }
    return LEAT_ALERT_FRAMING;
}

}  // namespace leat
