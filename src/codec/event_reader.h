// codec/event_reader.h: cuts a streamed body into events: server-sent events (WHATWG HTML, section
// "Server-sent events") or one JSON value a line. Bytes may come in pieces of any size.
// Depends on base and leat/adapter.h's event. An event that lies whole in the bytes given is
// handed on in place; one that is cut is gathered in the buffer.
// Invariants: the events do not depend on how the bytes were cut; the buffer holds at most one
// unfinished event: its data so far, then its unfinished line.
#pragma once

#include <leat/adapter.h>

#include "base/bytes.h"

namespace leat {

class EventReader {
public:
    // Told each event; a status other than LEAT_OK ends the reading with it.
    using Take = leat_status (*)(void* user, const leat_event& event);

    // buffer holds `capacity` bytes, the most that an event may have when it is cut.
    void open(leat_stream_format format, char* buffer, size_t capacity, Take take, void* user);

    // LEAT_OK; LEAT_E_ITEM_MEMORY (an event is over the buffer); what take answered.
    leat_status feed(Text bytes);
    // The body has ended in order: an event without its end line counts as whole (some services
    // leave out the last blank line).
    leat_status finish();

    // The most of the buffer that was ever used.
    size_t used_peak() const { return used_peak_; }

private:
    leat_status line(Text whole);
    leat_status field(Text name, Text value);
    leat_status dispatch();
    leat_status add_data(Text value);
    leat_status keep_line(Text part);
    bool append(Text bytes);
    Text take_name() const { return text(name_, name_size_); }

    static constexpr size_t name_bytes_max = 64;

    leat_stream_format format_ = LEAT_STREAM_NONE;
    Take take_ = nullptr;
    void* user_ = nullptr;
    char* buffer_ = nullptr;
    size_t capacity_ = 0;
    Text data_{nullptr, 0};   // of this event; in the buffer, or in the bytes being fed
    size_t used_ = 0;         // of the buffer: data, then the unfinished line
    size_t used_peak_ = 0;
    size_t line_at_ = 0;      // where the unfinished line begins in the buffer
    size_t name_size_ = 0;
    char name_[name_bytes_max];
    bool has_data_ = false;
    bool data_in_buffer_ = false;
    bool skip_lf_ = false;    // the last line ended with CR at the end of a feed
    bool at_start_ = true;    // a byte order mark may come
};

}  // namespace leat
