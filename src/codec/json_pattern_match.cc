// codec/json_pattern_match.cc: runs a compiled pattern. All the words at which a match may stand are
// kept as a set and go on together with each character, so a text of n characters costs at most
// n x words. Where a match begins and ends is not asked, which keeps the set all there is to keep.
// Depends on base, json_characters, json_pattern_parse (the named sets).
// Invariant: a word is in the set once at most, so the lists never overflow.
#include <string.h>

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_characters.h"
#include "codec/json_pattern.h"
#include "codec/json_pattern_parse.h"

namespace leat {
namespace {

using pattern::Op;
using Range = JsonPattern::Range;

bool in_ranges(const Range* ranges, uint32_t count, uint32_t c) {
    for (uint32_t i = 0; i < count; ++i) {
        if (c >= ranges[i].first && c <= ranges[i].last) return true;
    }
    return false;
}

bool in_class(const JsonPattern& pattern, uint32_t index, uint32_t c) {
    if (index >= json_pattern_classes_max) {
        const auto set = static_cast<pattern::Set>(index - json_pattern_classes_max);
        const pattern::SetRanges all = pattern::ranges_of(set);
        return in_ranges(all.ranges, all.count, c) != pattern::is_negated(set);
    }
    const JsonPattern::Class& one = pattern.classes[index];
    return in_ranges(pattern.ranges + one.begin, one.count, c) != one.negated;
}

bool is_word(uint32_t c) {
    const pattern::SetRanges all = pattern::ranges_of(pattern::Set::word);
    return in_ranges(all.ranges, all.count, c);
}

bool is_line_end(uint32_t c) { return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }

// A place between two characters.
struct Place {
    uint32_t before = 0;
    uint32_t after = 0;
    bool at_begin = true;
    bool at_end = false;
    bool word_edge() const { return (!at_begin && is_word(before)) != (!at_end && is_word(after)); }
};

class Matcher {
public:
    explicit Matcher(const JsonPattern& pattern) : pattern_(pattern) {}
    bool run(Text raw, JsonWork* work);

private:
    void add(uint32_t at);
    void spread(const Place& place);
    void advance(uint32_t c);
    bool takes(uint32_t word, uint32_t c) const;

    const JsonPattern& pattern_;
    uint16_t list_[json_pattern_words_max];  // the words reached at this place
    uint32_t list_size_ = 0;
    uint16_t next_[json_pattern_words_max];  // and those behind the next character
    uint32_t next_size_ = 0;
    uint64_t seen_[json_pattern_words_max / 64];
    bool matched_ = false;
};

void Matcher::add(uint32_t at) {
    LEAT_DCHECK(at < pattern_.words_count);
    const uint64_t bit = uint64_t{1} << (at % 64);
    if ((seen_[at / 64] & bit) != 0) return;
    seen_[at / 64] |= bit;
    list_[list_size_++] = static_cast<uint16_t>(at);
}

// Follows all words that need no character. The list grows behind the loop's back.
void Matcher::spread(const Place& place) {
    for (uint32_t i = 0; i < list_size_ && !matched_; ++i) {
        const uint32_t at = list_[i];
        const uint32_t word = pattern_.words[at];
        switch (pattern::op_of(word)) {
            case Op::character:
            case Op::any:
            case Op::in_class:
                break;
            case Op::optional_character:
            case Op::optional_any:
            case Op::optional_in_class:
                add(at + 1);
                break;
            case Op::split:
                add(at + 1);
                add(at + static_cast<uint32_t>(pattern::jump_of(word)));
                break;
            case Op::jump:
                add(at + static_cast<uint32_t>(pattern::jump_of(word)));
                break;
            case Op::begin:
                if (place.at_begin) add(at + 1);
                break;
            case Op::end:
                if (place.at_end) add(at + 1);
                break;
            case Op::word_edge:
                if (place.word_edge()) add(at + 1);
                break;
            case Op::word_inner:
                if (!place.word_edge()) add(at + 1);
                break;
            case Op::match:
                matched_ = true;
                break;
        }
    }
}

bool Matcher::takes(uint32_t word, uint32_t c) const {
    switch (pattern::op_of(word)) {
        case Op::character:
        case Op::optional_character:
            return pattern::operand_of(word) == c;
        case Op::any:
        case Op::optional_any:
            return !is_line_end(c);
        case Op::in_class:
        case Op::optional_in_class:
            return in_class(pattern_, pattern::operand_of(word), c);
        case Op::split:
        case Op::jump:
        case Op::begin:
        case Op::end:
        case Op::word_edge:
        case Op::word_inner:
        case Op::match:
            return false;
    }
    return false;
}

void Matcher::advance(uint32_t c) {
    next_size_ = 0;
    for (uint32_t i = 0; i < list_size_; ++i) {
        const uint32_t at = list_[i];
        if (takes(pattern_.words[at], c)) next_[next_size_++] = static_cast<uint16_t>(at + 1);
    }
}

bool Matcher::run(Text raw, JsonWork* work) {
    // A class is looked through range by range.
    uint32_t ranges_most = 0;
    for (uint32_t i = 0; i < pattern_.classes_count; ++i) {
        ranges_most = max_of<uint32_t>(ranges_most, pattern_.classes[i].count);
    }
    const uint64_t word_cost = 1 + ranges_most / 8;
    // A pattern that must begin at the text's begin need not be tried elsewhere.
    const bool anchored = pattern::op_of(pattern_.words[0]) == Op::begin;
    JsonCharacters characters(raw);
    Place place;
    place.at_end = !characters.next(&place.after);
    for (;;) {
        memset(seen_, 0, sizeof seen_);
        list_size_ = 0;
        for (uint32_t i = 0; i < next_size_; ++i) add(next_[i]);
        if (place.at_begin || !anchored) add(0);
        spread(place);
        if (matched_) return true;
        if (place.at_end || list_size_ == 0 || !work->spend(1 + word_cost * list_size_)) {
            return false;
        }
        advance(place.after);
        place.before = place.after;
        place.at_begin = false;
        place.at_end = !characters.next(&place.after);
    }
}

}  // namespace

bool json_pattern_matches(const JsonPattern& pattern, Text raw, JsonWork* work) {
    LEAT_CHECK(work != nullptr);
    LEAT_CHECK(pattern.words_count > 0 && pattern.words_count <= json_pattern_words_max);
    Matcher matcher(pattern);
    return matcher.run(raw, work);
}

}  // namespace leat
