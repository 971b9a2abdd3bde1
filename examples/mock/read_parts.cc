// Values that several formats have in the same form. See read_parts.h.
// Nothing here allocates; ids beyond the ledger's room are not checked.
#include "read_parts.h"

namespace mock {
namespace {

bool read_part(Reader& in, Joined& text) {
    if (in.peek() == '"') return text.append(in);
    if (in.peek() != '{') return in.skip();
    return for_each_field(in, [&](std::string_view key) {
        return key == "text" && in.peek() == '"' ? text.append(in) : in.skip();
    });
}

}  // namespace

bool Joined::append(Reader& in) {
    if (in.peek() != '"') return false;
    if (begin == nullptr) begin = in.position() + 1;
    size_t added = 0;
    if (!in.string(begin + size, &added)) return false;
    size += added;
    return true;
}

bool read_content(Reader& in, Joined& text) {
    text.restart();
    switch (in.peek()) {
        case '"':
            return text.append(in);
        case '[':
            return for_each_element(in, [&] { return read_part(in, text); });
        default:
            return in.skip();
    }
}

bool read_name(Reader& in, std::string_view* out) {
    return in.peek() == '"' ? in.string_view(out) : in.skip();
}

bool read_flag(Reader& in, bool* out, bool* malformed) {
    switch (in.peek()) {
        case 't':
            *out = true;
            return in.literal("true");
        case 'f':
            *out = false;
            return in.literal("false");
        case 'n':
            *out = false;
            return in.literal("null");
        default:
            *malformed = true;
            return in.skip();
    }
}

bool read_count(Reader& in, int64_t* out, bool* malformed) {
    const char c = in.peek();
    if (c == 'n') return in.literal("null");
    if (c == '-' || (c >= '0' && c <= '9')) {
        if (!in.number(out)) return false;
        if (*out < 1) *malformed = true;
        return true;
    }
    *malformed = true;
    return in.skip();
}

bool read_parallel(Reader& in, Request* out, bool* malformed) {
    bool parallel = true;
    if (in.peek() == 'n') return in.skip();
    if (!read_flag(in, &parallel, malformed)) return false;
    out->one_call = !parallel;
    return true;
}

bool read_tool_choice(Reader& in, Request* out) {
    std::string_view word;
    if (in.peek() == '"') {
        if (!in.string_view(&word)) return false;
    } else if (in.peek() == '{') {
        const bool ok = for_each_field(in, [&](std::string_view key) {
            if (key == "name") return read_name(in, &out->tool_name);
            if (key == "type") return read_name(in, &word);
            if (key != "function" || in.peek() != '{') return in.skip();
            return for_each_field(in, [&](std::string_view inner) {
                return inner == "name" ? read_name(in, &out->tool_name) : in.skip();
            });
        });
        if (!ok) return false;
    } else {
        return in.skip();
    }
    if (!out->tool_name.empty()) {
        out->tool_choice = ToolChoice::Named;
    } else if (word == "required" || word == "any") {
        out->tool_choice = ToolChoice::Any;
    } else if (word == "none") {
        out->tool_choice = ToolChoice::None;
    }
    return true;
}

void Ledger::open(std::string_view id) {
    if (count_ == kCallsMax) return;
    ids_[count_] = id;
    open_ |= uint64_t{1} << count_++;
}

bool Ledger::close(std::string_view id) {
    for (unsigned i = count_; i-- > 0;) {
        if (ids_[i] != id) continue;
        open_ &= ~(uint64_t{1} << i);
        return true;
    }
    return count_ == kCallsMax;
}

Fault Findings::verdict(const Request& request) const {
    if (request.model.empty()) return Fault::NoModel;
    if (!has_messages) return Fault::NoMessages;
    if (bad_messages || request.message_count == 0) return Fault::BadMessages;
    if (bad_field) return Fault::BadField;
    if (orphan_result) return Fault::OrphanResult;
    return open_call ? Fault::OpenCall : Fault::None;
}

void begin_user_turn(Request* out, std::string_view text) {
    out->text = text;
    out->turn_count = 0;
    out->result_count = 0;
}

void begin_model_turn(Request* out) {
    ++out->turn_count;
    out->result_count = 0;
}

}  // namespace mock
