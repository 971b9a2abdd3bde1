// codec/event_reader.cc: see event_reader.h. Lines end with LF, CR or CRLF; comments, unknown
// fields and events without data are passed over.
#include "codec/event_reader.h"

#include "base/check.h"
#include "codec/scan_http.h"

namespace leat {

namespace {

constexpr Text byte_order_mark = text("\xEF\xBB\xBF");

}  // namespace

void EventReader::open(leat_stream_format format, char* buffer, size_t capacity, Take take,
                       void* user) {
    LEAT_CHECK(format == LEAT_STREAM_SSE || format == LEAT_STREAM_NDJSON);
    LEAT_CHECK(take != nullptr && (buffer != nullptr || capacity == 0));
    *this = EventReader();
    format_ = format;
    buffer_ = buffer;
    capacity_ = capacity;
    take_ = take;
    user_ = user;
}

bool EventReader::append(Text bytes) {
    if (bytes.size > capacity_ - used_) return false;
    if (bytes.size > 0) memcpy(buffer_ + used_, bytes.data, bytes.size);
    used_ += bytes.size;
    if (used_ > used_peak_) used_peak_ = used_;
    return true;
}

// The line is not over: its first part waits in the buffer, behind the event's data.
leat_status EventReader::keep_line(Text part) {
    if (has_data_ && !data_in_buffer_) {
        LEAT_CHECK(used_ == 0);
        if (!append(data_)) return LEAT_E_ITEM_MEMORY;
        data_ = text(buffer_, used_);
        data_in_buffer_ = true;
        line_at_ = used_;
    }
    return append(part) ? LEAT_OK : LEAT_E_ITEM_MEMORY;
}

leat_status EventReader::feed(Text bytes) {
    LEAT_CHECK(take_ != nullptr);
    Text rest = bytes;
    while (rest.size > 0) {
        if (skip_lf_) {
            skip_lf_ = false;
            if (rest.data[0] == '\n') {
                rest = tail(rest, 1);
                continue;
            }
        }
        const size_t size = line_run(rest.data, rest.size);
        const Text part = head(rest, size);
        if (size == rest.size) return keep_line(part);
        skip_lf_ = rest.data[size] == '\r';
        rest = tail(rest, size + 1);
        if (used_ == line_at_) {
            LEAT_TRY(line(part));
            continue;
        }
        if (!append(part)) return LEAT_E_ITEM_MEMORY;
        const Text whole = text(buffer_ + line_at_, used_ - line_at_);
        const leat_status status = line(whole);
        if (status != LEAT_OK) return status;
    }
    // What this feed's bytes hold of the event dies with them.
    return has_data_ && !data_in_buffer_ ? keep_line(Text{nullptr, 0}) : LEAT_OK;
}

leat_status EventReader::finish() {
    LEAT_CHECK(take_ != nullptr);
    if (used_ > line_at_) {
        LEAT_TRY(line(text(buffer_ + line_at_, used_ - line_at_)));
    }
    return has_data_ ? dispatch() : LEAT_OK;
}

// `whole` may be the end of the buffer itself; behind this call it is used up.
leat_status EventReader::line(Text whole) {
    if (at_start_) {
        at_start_ = false;
        if (starts_with(whole, byte_order_mark)) whole = tail(whole, byte_order_mark.size);
    }
    leat_status status = LEAT_OK;
    if (format_ == LEAT_STREAM_NDJSON) {
        if (!empty(trim(whole))) {
            const leat_event event = {Text{nullptr, 0}, whole, nullptr};
            status = take_(user_, event);
        }
        used_ = line_at_ = 0;
        return status;
    }
    if (empty(whole)) {
        status = has_data_ ? dispatch() : LEAT_OK;
        used_ = line_at_;  // a byte order mark may have been all of it
        name_size_ = 0;
        return status;
    }
    const size_t colon = find_byte(whole, ':');
    Text value{nullptr, 0};
    if (colon != not_found) {
        value = tail(whole, colon + 1);
        if (value.size > 0 && value.data[0] == ' ') value = tail(value, 1);
    }
    status = field(head(whole, colon == not_found ? whole.size : colon), value);
    used_ = line_at_;
    return status;
}

leat_status EventReader::field(Text name, Text value) {
    if (equal(name, text("data"))) return add_data(value);
    if (equal(name, text("event"))) {
        name_size_ = value.size < name_bytes_max ? value.size : name_bytes_max;
        if (name_size_ > 0) memcpy(name_, value.data, name_size_);
    }
    return LEAT_OK;
}

// The first line of data stays where it lies; more lines are joined in the buffer.
leat_status EventReader::add_data(Text value) {
    const bool value_in_buffer = used_ > line_at_;
    if (!has_data_ && !value_in_buffer) {
        has_data_ = true;
        data_ = value;
        return LEAT_OK;
    }
    size_t to = data_in_buffer_ ? data_.size : 0;
    if (has_data_ && !data_in_buffer_) {
        LEAT_CHECK(!value_in_buffer);
        if (data_.size > capacity_) return LEAT_E_ITEM_MEMORY;
        if (data_.size > 0) memcpy(buffer_, data_.data, data_.size);
        to = data_.size;
    }
    const size_t joint = has_data_ ? 1 : 0;
    if (to + joint + value.size > capacity_) return LEAT_E_ITEM_MEMORY;
    if (value.size > 0) memmove(buffer_ + to + joint, value.data, value.size);
    if (joint == 1) buffer_[to] = '\n';
    data_ = text(buffer_, to + joint + value.size);
    has_data_ = data_in_buffer_ = true;
    used_ = line_at_ = data_.size;
    if (used_ > used_peak_) used_peak_ = used_;
    return LEAT_OK;
}

leat_status EventReader::dispatch() {
    const leat_event event = {take_name(), data_, nullptr};
    const leat_status status = take_(user_, event);
    data_ = Text{nullptr, 0};
    has_data_ = data_in_buffer_ = false;
    used_ = line_at_ = 0;
    name_size_ = 0;
    return status;
}

}  // namespace leat
