// codec/http_framing.cc: what HttpResponse makes of the parser's events: which fields count, how
// the body is delimited, where it goes, and what chunk framing may weigh. Knows no llhttp.
// Limits that a whole field or line can break are reported at its end, so that the verdict is the
// same however the bytes came.
#include "base/check.h"
#include "base/narrow.h"
#include "codec/http_response.h"

namespace leat {

leat_status HttpResponse::on_name(Text part) {
    if (part_ == Part::value) return LEAT_ALERT_HEADER;
    // A name without bytes stays no name: its value will be refused.
    if (part.size == 0) return LEAT_OK;
    if (part_ == Part::none) {
        part_ = Part::name;
        if (phase_ != Phase::trailers) {
            name_here_ = part;
            return LEAT_OK;
        }
    }
    if (name_here_.data != nullptr) LEAT_TRY(pack_here());
    if (phase_ == Phase::trailers || field_status_ != LEAT_OK) {
        return is_header_name(part) ? LEAT_OK : LEAT_ALERT_HEADER;
    }
    const leat_status status = fields_.add_name(part);
    if (status == LEAT_ALERT_HEADER) return status;
    field_status_ = status;
    return LEAT_OK;
}

leat_status HttpResponse::on_value(Text part) {
    if (part_ == Part::none) return LEAT_ALERT_HEADER;
    part_ = Part::value;
    if (name_here_.data != nullptr) {
        if (value_here_.data == nullptr) {
            value_here_ = part;
            return LEAT_OK;
        }
        LEAT_TRY(pack_here());
    }
    if (phase_ == Phase::trailers || field_status_ != LEAT_OK) {
        return is_header_value(part) ? LEAT_OK : LEAT_ALERT_HEADER;
    }
    const leat_status status = fields_.add_value(part);
    if (status == LEAT_ALERT_HEADER) return status;
    field_status_ = status;
    return LEAT_OK;
}

// The slice ends inside a field: what has come is packed, the rest will be added to it.
leat_status HttpResponse::pack_here() {
    const Text name = name_here_;
    const Text value = value_here_;
    name_here_ = value_here_ = Text{nullptr, 0};
    field_status_ = fields_.begin();
    if (field_status_ != LEAT_OK) return LEAT_OK;
    field_status_ = fields_.add_name(name);
    if (field_status_ == LEAT_ALERT_HEADER) return field_status_;
    if (field_status_ == LEAT_OK) field_status_ = fields_.add_value(value);
    return LEAT_OK;
}

leat_status HttpResponse::on_field_end() {
    if (part_ == Part::none) return LEAT_ALERT_HEADER;
    part_ = Part::none;
    if (phase_ == Phase::trailers) return LEAT_OK;
    leat_header field{};
    if (name_here_.data != nullptr) {
        field_status_ = fields_.add(name_here_, value_here_, &field);
        name_here_ = value_here_ = Text{nullptr, 0};
        LEAT_TRY(field_status_);
    } else {
        LEAT_TRY(field_status_);
        field = fields_.end();
    }
    LEAT_CHECK(field.name.size > 0);
    note_field(field);
    return LEAT_OK;
}

// Remembers the three fields that decide how the body is read.
void HttpResponse::note_field(const leat_header& field) {
    if (equal(field.name, text("content-length"))) {
        ++length_fields_;
        if (!parse_u64(field.value, &content_length_)) content_status_ = LEAT_ALERT_FRAMING;
    } else if (equal(field.name, text("transfer-encoding"))) {
        ++coding_fields_;
        coding_is_chunked_ = equal_ignoring_case(field.value, text("chunked"));
    } else if (equal(field.name, text("content-encoding"))) {
        const bool plain =
            field.value.size == 0 || equal_ignoring_case(field.value, text("identity"));
        if (!plain && content_status_ == LEAT_OK) content_status_ = LEAT_ALERT_ENCODING;
    }
}

bool HttpResponse::is_tunnel() const {
    return answer_to_ == HttpAnswerTo::connect && status() / 100 == 2;
}

leat_status HttpResponse::on_headers(bool parser_chunked, bool parser_keep_alive,
                                     bool* has_body) {
    LEAT_CHECK(has_body != nullptr);
    LEAT_CHECK(phase_ == Phase::headers);
    *has_body = false;
    section_seen_ = true;
    if (is_informational()) return LEAT_OK;
    fields_.freeze();
    has_head_ = true;
    keep_alive_ = parser_keep_alive;
    if (is_tunnel()) {
        keep_alive_ = true;
        return LEAT_OK;
    }
    LEAT_TRY(choose_framing(parser_chunked));
    *has_body = body_phase_ != Phase::complete;
    return *has_body ? choose_place() : LEAT_OK;
}

leat_status HttpResponse::choose_framing(bool parser_chunked) {
    LEAT_CHECK(body_phase_ == Phase::complete);
    const bool bodiless = status() == 204 || status() == 304;
    if (length_fields_ + coding_fields_ > 1) return LEAT_ALERT_FRAMING;
    if (content_status_ != LEAT_OK) return content_status_;
    if (coding_fields_ == 1) {
        const bool good = coding_is_chunked_ && parser_chunked && minor_version() == 1;
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

leat_status HttpResponse::on_body(const char* at, size_t size) {
    LEAT_CHECK(at >= slice_);
    LEAT_CHECK(body_bytes_ <= limits_.body_bytes_max);
    if (phase_ == Phase::chunks) {
        const uint64_t raw = chunked_raw_ + static_cast<uint64_t>(at - slice_);
        LEAT_TRY(settle_chunk_line(raw - body_bytes_));
    }
    if (size > limits_.body_bytes_max - body_bytes_) return LEAT_E_BODY_TOO_LARGE;
    if (to_sink_) {
        LEAT_TRY(sink_.write(sink_.user, text(at, size)));
    } else if (!store_->append(text(at, size))) {
        return LEAT_E_BODY_TOO_LARGE;
    }
    body_bytes_ += size;
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
