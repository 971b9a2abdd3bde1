// codec/http_fields.cc: packs header fields into the arena and finds them again. See the header.
// A record is {name size, value size, name, value}, unaligned, one behind the other.
#include "codec/http_fields.h"

#include "base/check.h"
#include "base/narrow.h"

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

bool is_value_byte(char c) {
    const unsigned char byte = static_cast<unsigned char>(c);
    return (byte >= 0x20 && byte != 0x7f) || byte == '\t';
}

// Eight bytes at once, in any byte order.
constexpr uint64_t ones = 0x0101010101010101u;
constexpr uint64_t tops = 0x8080808080808080u;

uint64_t load(const char* at) {
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

// The top bit of each byte that is in first..last; every byte of `word` is below 0x80.
constexpr uint64_t between(uint64_t word, char first, char last) {
    const uint64_t from = word + ones * (0x80u - static_cast<unsigned char>(first));
    const uint64_t past = word + ones * (0x7fu - static_cast<unsigned char>(last));
    return from & ~past & tops;
}

// The parser has checked names against its token table; what is left to do here is to lower the
// case, and to refuse the space that a parser built in its loose mode lets through.
bool lower_word(const char* from, char* to) {
    const uint64_t word = load(from);
    const uint64_t low = word & ~tops;
    const uint64_t upper = between(low, 'A', 'Z') & ~word;
    const uint64_t lower = word | (upper >> 2);
    memcpy(to, &lower, sizeof lower);
    return ((low - ones * 0x21) & tops) == 0;
}

// Writes the lower case of `name`; false when it has a space. The last word of a longer name
// overlaps the one before it.
bool lower_name(Text name, char* to) {
    bool good = true;
    if (name.size < 8) {
        for (size_t i = 0; i < name.size; ++i) {
            good = good && name.data[i] != ' ';
            to[i] = to_lower(name.data[i]);
        }
        return good;
    }
    const size_t last = name.size - 8;
    for (size_t i = 0; i < last; i += 8) good &= lower_word(name.data + i, to + i);
    return lower_word(name.data + last, to + last) && good;
}

// True when none of eight bytes is below 0x20 or is 0x7f (a tab has to be looked at alone).
bool is_plain_word(const char* at) {
    const uint64_t word = load(at);
    const uint64_t deletes = word ^ (ones * 0x7f);
    const uint64_t low = (word - ones * 0x20) & ~word;
    const uint64_t has_delete = (deletes - ones) & ~deletes;
    return ((low | has_delete) & tops) == 0;
}

bool are_value_bytes(const char* at, size_t size) {
    for (size_t i = 0; i < size; ++i) {
        if (!is_value_byte(at[i])) return false;
    }
    return true;
}

Text trim_end(Text t) {
    while (t.size > 0 && (t.data[t.size - 1] == ' ' || t.data[t.size - 1] == '\t')) --t.size;
    return t;
}

}  // namespace

bool is_header_name(Text t) {
    for (size_t i = 0; i < t.size; ++i) {
        if (!tokens.has[static_cast<unsigned char>(t.data[i])]) return false;
    }
    return t.size > 0;
}

bool is_header_value(Text t) {
    if (t.size < 8) return are_value_bytes(t.data, t.size);
    const size_t last = t.size - 8;
    for (size_t i = 0;; i = min_of(i + 8, last)) {
        if (!is_plain_word(t.data + i) && !are_value_bytes(t.data + i, 8)) return false;
        if (i == last) return true;
    }
}

void HttpFields::open(Arena* store, uint32_t fields_max) {
    LEAT_CHECK(store != nullptr);
    *this = HttpFields();
    store_ = store;
    store_mark_ = store->mark();
    packed_ = store->begin_text();
    fields_max_ = fields_max;
}

void HttpFields::clear() {
    LEAT_CHECK(store_ != nullptr);
    LEAT_CHECK(!frozen_);
    store_->rewind(store_mark_);
    packed_bytes_ = 0;
    count_ = 0;
    is_open_ = false;
}

leat_status HttpFields::begin() {
    LEAT_CHECK(store_ != nullptr && !frozen_);
    LEAT_CHECK(!is_open_);
    if (count_ >= fields_max_) return LEAT_E_HEADERS_TOO_LARGE;
    if (store_->extend(sizeof(Sizes)) == nullptr) return LEAT_E_ITEM_MEMORY;
    record_at_ = packed_bytes_;
    packed_bytes_ += sizeof(Sizes);
    open_ = Sizes{0, 0};
    is_open_ = true;
    return LEAT_OK;
}

leat_status HttpFields::add_name(Text part) {
    LEAT_CHECK(is_open_);
    LEAT_CHECK(open_.value == 0);
    char* const to = store_->extend(part.size);
    if (to == nullptr) return LEAT_E_ITEM_MEMORY;
    packed_bytes_ += part.size;
    open_.name += narrow<uint32_t>(part.size);
    return lower_name(part, to) ? LEAT_OK : LEAT_ALERT_HEADER;
}

leat_status HttpFields::add_value(Text part) {
    LEAT_CHECK(is_open_);
    if (!store_->append(part)) return LEAT_E_ITEM_MEMORY;
    packed_bytes_ += part.size;
    open_.value += narrow<uint32_t>(part.size);
    return LEAT_OK;
}

leat_header HttpFields::end() {
    LEAT_CHECK(is_open_);
    char* const record = packed_ + record_at_;
    const Text name = text(record + sizeof(Sizes), open_.name);
    const Text value = trim_end(text(name.data + name.size, open_.value));
    const size_t blanks = open_.value - value.size;
    if (blanks > 0) store_->rewind(store_->mark() - blanks);
    packed_bytes_ -= blanks;
    open_.value -= narrow<uint32_t>(blanks);
    // Two stores, as the sizes were written: one of both would wait for them.
    memcpy(record, &open_.name, sizeof open_.name);
    memcpy(record + sizeof open_.name, &open_.value, sizeof open_.value);
    ++count_;
    is_open_ = false;
    return leat_header{name, value};
}

leat_status HttpFields::add(Text name, Text value, leat_header* field) {
    LEAT_CHECK(store_ != nullptr && !frozen_ && !is_open_);
    if (count_ >= fields_max_) return LEAT_E_HEADERS_TOO_LARGE;
    const size_t before = sizeof(Sizes) + name.size;
    if (before + value.size > store_->room()) return LEAT_E_ITEM_MEMORY;
    value = trim_end(value);
    char* const record = store_->extend(before + value.size);
    LEAT_CHECK(record != nullptr);
    const Sizes sizes{narrow<uint32_t>(name.size), narrow<uint32_t>(value.size)};
    memcpy(record, &sizes.name, sizeof sizes.name);
    memcpy(record + sizeof sizes.name, &sizes.value, sizeof sizes.value);
    const bool good = lower_name(name, record + sizeof sizes);
    if (value.size > 0) memcpy(record + before, value.data, value.size);
    packed_bytes_ += before + value.size;
    ++count_;
    *field = leat_header{text(record + sizeof sizes, name.size),
                         text(record + before, value.size)};
    return good ? LEAT_OK : LEAT_ALERT_HEADER;
}

HttpFields::Sizes HttpFields::sizes_at(size_t at) const {
    LEAT_CHECK(at + sizeof(Sizes) <= packed_bytes_);
    Sizes sizes;
    memcpy(&sizes, packed_ + at, sizeof sizes);
    return sizes;
}

bool HttpFields::next(size_t* at, leat_header* field) const {
    LEAT_CHECK(at != nullptr && field != nullptr);
    const size_t end = is_open_ ? record_at_ : packed_bytes_;
    if (*at >= end) return false;
    const Sizes sizes = sizes_at(*at);
    const char* const name = packed_ + *at + sizeof sizes;
    LEAT_CHECK(*at + sizeof sizes + sizes.name + sizes.value <= end);
    *field = leat_header{text(name, sizes.name), text(name + sizes.name, sizes.value)};
    *at += sizeof sizes + sizes.name + sizes.value;
    return true;
}

uint32_t HttpFields::count(Text name) const {
    uint32_t found = 0;
    size_t at = 0;
    leat_header field{};
    while (next(&at, &field)) found += equal(field.name, name) ? 1u : 0u;
    return found;
}

bool HttpFields::find(Text name, Text* value) const {
    LEAT_CHECK(value != nullptr);
    size_t at = 0;
    leat_header field{};
    while (next(&at, &field)) {
        if (!equal(field.name, name)) continue;
        *value = field.value;
        return true;
    }
    *value = Text{nullptr, 0};
    return false;
}

}  // namespace leat
