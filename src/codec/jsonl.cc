// codec/jsonl.cc: the line splitter. Bytes are searched once, however they come in.
// Depends on base only. Invariant: as in jsonl.h; a line that is passed over keeps no byte.
#include "codec/jsonl.h"

#include "base/check.h"

namespace leat {
namespace {

bool is_blank_line(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        if (t.data[i] != ' ' && t.data[i] != '\t') return false;
    }
    return true;
}

}  // namespace

void LineSplitter::open(char* buffer, size_t capacity, size_t line_max) {
    LEAT_CHECK(buffer != nullptr && line_max > 0);
    LEAT_CHECK(line_max <= static_cast<size_t>(-1) - 5 && capacity >= bytes_for(line_max));
    *this = LineSplitter();
    buffer_ = buffer;
    capacity_ = capacity;
    line_max_ = line_max;
}

char* LineSplitter::room(size_t* size) {
    LEAT_CHECK(buffer_ != nullptr && size != nullptr);
    if (start_ > 0) {
        memmove(buffer_, buffer_ + start_, filled_ - start_);
        scanned_ -= start_;
        filled_ -= start_;
        start_ = 0;
    }
    *size = capacity_ - filled_;
    return buffer_ + filled_;
}

void LineSplitter::filled(size_t size) {
    LEAT_CHECK(size <= capacity_ - filled_);
    LEAT_CHECK(!finished_ || size == 0);
    filled_ += size;
}

// Decides about the mark as soon as the input differs from it or has all of it.
void LineSplitter::drop_mark() {
    constexpr Text mark = text("\xEF\xBB\xBF");
    const Text input = text(buffer_ + start_, filled_ - start_);
    if (starts_with(input, mark)) {
        start_ += mark.size;
        scanned_ = start_;
        offset_ = mark.size;
        at_beginning_ = false;
        return;
    }
    const bool may_come = input.size < mark.size && starts_with(mark, input) && !finished_;
    at_beginning_ = may_come;
}

// The line at hand ends: its content before content_end, the next one's at line_end.
LineKind LineSplitter::emit(size_t content_end, size_t line_end, bool ended, Line* line) {
    LEAT_CHECK(start_ <= content_end && content_end <= line_end);
    LEAT_CHECK(line_end <= filled_);
    line->text = text(buffer_ + start_, content_end - start_);
    line->number = ++number_;
    line->offset = offset_;
    line->size_bytes = discarded_ + (line_end - start_);
    line->ended = ended;
    const bool too_long = too_long_ || line->text.size > line_max_;
    if (too_long) line->text = Text{nullptr, 0};
    offset_ += line->size_bytes;
    start_ = line_end;
    scanned_ = line_end;
    discarded_ = 0;
    too_long_ = false;
    if (too_long) return LineKind::too_long;
    return is_blank_line(line->text) ? LineKind::blank : LineKind::text;
}

// No line end in sight: forget what can no longer be part of a line that fits.
LineKind LineSplitter::discard() {
    scanned_ = filled_;
    // Content of line_max and a CR may still turn out to fit; one byte more cannot.
    if (filled_ - start_ > line_max_ + 1) too_long_ = true;
    if (too_long_) {
        discarded_ += filled_ - start_;
        start_ = filled_;
    }
    return LineKind::none;
}

LineKind LineSplitter::next(Line* line) {
    LEAT_CHECK(line != nullptr && buffer_ != nullptr);
    if (at_beginning_) drop_mark();
    if (at_beginning_) return LineKind::none;
    LEAT_CHECK(start_ <= scanned_ && scanned_ <= filled_);
    const size_t found = find_byte(text(buffer_, filled_), '\n', scanned_);
    const bool ended = found != not_found;
    if (!ended && (!finished_ || (filled_ == start_ && discarded_ == 0))) return discard();
    const size_t end = ended ? found : filled_;
    const bool carriage_return = end > start_ && buffer_[end - 1] == '\r';
    return emit(carriage_return ? end - 1 : end, ended ? end + 1 : end, ended, line);
}

}  // namespace leat
