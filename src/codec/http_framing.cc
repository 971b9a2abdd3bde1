// codec/http_framing.cc: what HttpResponse makes of the parser's events: which fields count, how
// the body is delimited, where it goes, and what chunk framing may weigh. Knows no llhttp.
// What the fields of a head say, and a lack of memory for them, is reported at its end, so that the
// verdict is the same however the bytes came.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/http_response.h"

namespace leat {

// Remembers the three fields that decide how the body is read.
void HttpResponse::note_fields() {
    const leat_header* const end = fields_.list() + fields_.count();
    for (const leat_header* field = fields_.list(); field < end; ++field) {
        const Text value = field->value;
        if (equal(field->name, text("content-length"))) {
            ++length_fields_;
            if (!parse_u64(value, &content_length_)) content_status_ = LEAT_ALERT_FRAMING;
        } else if (equal(field->name, text("transfer-encoding"))) {
            ++coding_fields_;
            coding_is_chunked_ = equal_ignoring_case(value, text("chunked"));
        } else if (equal(field->name, text("content-encoding"))) {
            const bool plain = empty(value) || equal_ignoring_case(value, text("identity"));
            if (!plain && content_status_ == LEAT_OK) content_status_ = LEAT_ALERT_ENCODING;
        }
    }
}

bool HttpResponse::is_tunnel() const {
    return answer_to_ == HttpAnswerTo::connect && status() / 100 == 2;
}

leat_status HttpResponse::accept_headers() {
    LEAT_CHECK(phase_ == Phase::headers && lines_.done());
    LEAT_TRY(fields_.make_list(lines_.count()));
    if (is_informational()) return LEAT_OK;
    note_fields();
    has_head_ = true;
    keep_alive_ = parser_keeps_alive_;
    if (is_tunnel()) {
        keep_alive_ = true;
        return LEAT_OK;
    }
    LEAT_TRY(choose_framing());
    return body_phase_ == Phase::complete ? LEAT_OK : choose_place();
}

leat_status HttpResponse::choose_framing() {
    LEAT_CHECK(body_phase_ == Phase::complete);
    const bool bodiless = status() == 204 || status() == 304;
    if (length_fields_ + coding_fields_ > 1) return LEAT_ALERT_FRAMING;
    if (content_status_ != LEAT_OK) return content_status_;
    if (coding_fields_ == 1) {
        const bool good = coding_is_chunked_ && parser_chunked_ && minor_version() == 1;
        if (!good) return LEAT_ALERT_FRAMING;
        if (!bodiless) body_phase_ = Phase::chunks;
    } else if (bodiless) {
        return LEAT_OK;
    } else if (length_fields_ == 1) {
        if (content_length_ > limits_.body_bytes_max) return LEAT_E_BODY_TOO_LARGE;
        sized_left_ = content_length_;
        if (sized_left_ > 0) body_phase_ = Phase::sized;
    } else {
        // The end of the connection ends the body, and it has to be announced.
        if (minor_version() == 1 && keep_alive_) return LEAT_ALERT_FRAMING;
        keep_alive_ = false;
        body_phase_ = Phase::until_close;
    }
    return LEAT_OK;
}

leat_status HttpResponse::choose_place() {
    LEAT_CHECK(has_head_);
    to_sink_ = sink_.write != nullptr &&
               (sink_.wants == nullptr || sink_.wants(sink_.user, *this));
    if (to_sink_) return LEAT_OK;
    body_ = store_->begin_text();
    const bool fits = sized_left_ <= store_->room();
    return fits ? LEAT_OK : LEAT_E_BODY_TOO_LARGE;
}

leat_status HttpResponse::on_chunk_data(Text data) {
    LEAT_CHECK(phase_ == Phase::chunks && data.data >= slice_);
    const uint64_t raw = chunked_raw_ + static_cast<uint64_t>(data.data - slice_);
    LEAT_TRY(settle_chunk_line(raw - body_bytes_));
    return keep_body(data);
}

leat_status HttpResponse::keep_body(Text bytes) {
    LEAT_CHECK(body_bytes_ <= limits_.body_bytes_max);
    if (bytes.size > limits_.body_bytes_max - body_bytes_) return LEAT_E_BODY_TOO_LARGE;
    if (to_sink_) {
        LEAT_TRY(sink_.write(sink_.user, bytes));
    } else if (!store_->append(bytes)) {
        return LEAT_E_BODY_TOO_LARGE;
    }
    body_bytes_ += bytes.size;
    return LEAT_OK;
}

// Framing bytes may not outweigh the data, and one line may not be long. Both rules are a count of
// framing bytes that is too many: the smaller one was reached first.
leat_status HttpResponse::check_chunk_framing(uint64_t framing) const {
    const uint64_t heavy = max_of<uint64_t>(limits_.chunk_overhead_bytes, 4 * body_bytes_ + 1);
    const uint64_t budget = limits_.header_bytes_max - header_bytes_;
    const uint64_t too_long = framing_settled_ + chunk_line_free_bytes + budget + 1;
    if (framing < heavy && framing < too_long) return LEAT_OK;
    return heavy <= too_long ? LEAT_ALERT_OVERHEAD : LEAT_E_HEADERS_TOO_LARGE;
}

// At the end of a run of framing bytes: what it holds beyond a plain line is charged as header.
leat_status HttpResponse::settle_chunk_line(uint64_t framing) {
    LEAT_CHECK(framing >= framing_settled_);
    LEAT_TRY(check_chunk_framing(framing));
    const uint64_t run = framing - framing_settled_;
    if (run > chunk_line_free_bytes) {
        header_bytes_ += narrow<uint32_t>(run - chunk_line_free_bytes);
    }
    framing_settled_ = framing;
    return LEAT_OK;
}

}  // namespace leat
