// codec/http_fields.cc: keeps header lines and cuts them into fields. See the header.
// The lines were judged when they came, so this is no second judge: each line is only kept from
// leading out of the block.
#include "codec/http_fields.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/scan_http.h"

namespace leat {
namespace {

// The token bytes of RFC 9110.
struct TokenTable {
    bool has[256];
};

constexpr TokenTable make_token_table() {
    TokenTable table{};
    constexpr char all[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (size_t i = 0; i + 1 < sizeof all; ++i) {
        table.has[static_cast<unsigned char>(all[i])] = true;
    }
    return table;
}

constexpr TokenTable tokens = make_token_table();

// Blanks around a value. Most bytes are told by the first comparison.
bool is_gap(char c) {
    if (static_cast<unsigned char>(c) > ' ') return false;
    return c == ' ' || c == '\t';
}

// The field of the line that begins at `line`, its name lowered where it lies. Answers where the
// next line begins, nullptr when this is none. Before `end` is a line feed: it stops every search.
char* read_line(char* line, const char* end, leat_header* field) {
    char* const colon = line + lower_name_run(line, static_cast<size_t>(end - line));
    if (colon == line || *colon != ':') return nullptr;
    char* value = colon + 1;
    while (*value == ' ') ++value;  // usually one, and no other
    while (is_gap(*value)) ++value;
    char* const stop = value + line_run(value, static_cast<size_t>(end - value));
    if (end - stop < 2) return nullptr;
    const char* value_end = stop;
    while (value_end > value && is_gap(value_end[-1])) --value_end;
    *field = leat_header{text(line, static_cast<size_t>(colon - line)),
                         text(value, static_cast<size_t>(value_end - value))};
    return stop + 2;
}

}  // namespace

bool is_header_name(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        if (!tokens.has[static_cast<unsigned char>(t.data[i])]) return false;
    }
    return t.size > 0;
}

bool is_header_value(Text t) {
    size_t at = 0;
    while (at < t.size) {
        at += value_run(t.data + at, t.size - at);
        if (at == t.size) break;
        if (t.data[at] != '\t') return false;
        ++at;
    }
    return true;
}

void HttpFields::open(Arena* store) {
    LEAT_CHECK(store != nullptr);
    *this = HttpFields();
    store_ = store;
    store_mark_ = store->mark();
    lines_ = store->begin_text();
}

void HttpFields::clear() {
    LEAT_CHECK(store_ != nullptr);
    store_->rewind(store_mark_);
    lines_bytes_ = 0;
    list_ = nullptr;
    count_ = 0;
    overflowed_ = false;
}

void HttpFields::add(Text bytes) {
    LEAT_CHECK(store_ != nullptr && list_ == nullptr);
    overflowed_ = overflowed_ || !store_->append(bytes);
    if (!overflowed_) lines_bytes_ += bytes.size;
}

leat_status HttpFields::make_list(uint32_t lines) {
    LEAT_CHECK(store_ != nullptr && list_ == nullptr);
    if (overflowed_) return LEAT_E_ITEM_MEMORY;
    leat_header* const list = store_->make<leat_header>(lines);
    if (list == nullptr) return LEAT_E_ITEM_MEMORY;
    const char* const end = lines_ + lines_bytes_;
    if (lines > 0 && !ends_with(text(lines_, lines_bytes_), text("\n"))) return LEAT_ALERT_HEADER;
    char* line = lines_;
    for (uint32_t i = 0; i < lines; ++i) {
        line = line < end ? read_line(line, end, &list[i]) : nullptr;
        if (line == nullptr) return LEAT_ALERT_HEADER;
    }
    list_ = list;
    count_ = lines;
    return LEAT_OK;
}

}  // namespace leat
