// codec/json_pattern.cc: compiles a regular expression. One pass over its characters; groups are
// kept on a small stack, each with the place where its present branch began. A quantifier moves or
// copies the words of what stands before it: jumps are relative, so they stay right.
// Depends on base, json_characters, json_pattern_class. Invariant: words_count <= words_max.
#include "codec/json_pattern.h"

#include <string.h>

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_pattern_parse.h"

namespace leat {
namespace {

using pattern::make_word;
using pattern::Op;
using pattern::op_of;

constexpr uint32_t no_place = UINT32_MAX;
constexpr uint32_t endless = UINT32_MAX;
constexpr uint32_t repeat_limit = 1000000;  // above it all counts are alike: too large

// An open group, or the pattern as a whole. Its branches lie one after the other, each but the last
// ended by a jump; the jumps are chained through their operands until the group's end is known.
struct Group {
    uint32_t begin;      // first word of the group
    uint32_t branch;     // first word of the present branch
    uint32_t last_jump;  // no_place, or the latest jump, whose operand leads to the one before
};

class Compiler {
public:
    Compiler(Text raw, JsonPattern* out) : source_(raw, out), out_(out) {}

    PatternFault run();
    uint64_t moved() const { return moved_; }

private:
    bool fail(PatternFault fault) { return source_.fail(fault); }
    bool put(uint32_t word);
    bool make_room(uint32_t at, uint32_t count);
    bool atom(uint32_t c);
    bool escape();
    bool open_group();
    bool close_group();
    void end_branches(Group* group);
    bool alternate();
    bool quantifier();
    bool braces(uint32_t* least, uint32_t* most);
    bool count(uint32_t* out);
    bool repeat(uint32_t least, uint32_t most);
    bool copy_atom(uint32_t size);
    bool make_optional(uint32_t begin, uint32_t size);

    PatternSource source_;
    JsonPattern* out_;
    Group groups_[json_pattern_depth_max + 1] = {};
    uint32_t depth_ = 0;
    uint32_t atom_ = no_place;  // where what a quantifier would repeat begins
    uint64_t moved_ = 0;        // words moved and copied, for the bill
};

bool Compiler::put(uint32_t word) {
    if (out_->words_count == json_pattern_words_max) return fail(PatternFault::too_large);
    out_->words[out_->words_count++] = word;
    ++moved_;
    return true;
}

// Moves the words from `at` on.
bool Compiler::make_room(uint32_t at, uint32_t count) {
    LEAT_CHECK(at <= out_->words_count);
    if (count > json_pattern_words_max - out_->words_count) return fail(PatternFault::too_large);
    const uint32_t moving = out_->words_count - at;
    memmove(out_->words + at + count, out_->words + at, moving * sizeof out_->words[0]);
    out_->words_count += count;
    moved_ += moving + count;
    return true;
}

bool Compiler::open_group() {
    if (depth_ == json_pattern_depth_max) return fail(PatternFault::too_large);
    if (!source_.skip_group_head()) return false;
    const uint32_t here = out_->words_count;
    groups_[++depth_] = Group{here, here, no_place};
    atom_ = no_place;
    return true;
}

// All jumps at the ends of branches lead to the next word.
void Compiler::end_branches(Group* group) {
    uint32_t at = group->last_jump;
    while (at != no_place) {
        const uint32_t before = pattern::operand_of(out_->words[at]);
        out_->words[at] = make_word(Op::jump, narrow<int32_t>(out_->words_count - at));
        at = before == 0 ? no_place : before;
    }
}

bool Compiler::close_group() {
    if (depth_ == 0) return fail(PatternFault::broken);
    Group* const group = &groups_[depth_--];
    end_branches(group);
    atom_ = group->begin;
    return true;
}

// A split in front of the branch that ends here, a jump behind it. The chain needs no mending: a
// room is made behind all of the group's earlier jumps. 0 ends the chain, as no jump is at word 0.
bool Compiler::alternate() {
    Group* const group = &groups_[depth_];
    if (!make_room(group->branch, 1)) return false;
    const uint32_t before = group->last_jump == no_place ? 0 : group->last_jump;
    group->last_jump = out_->words_count;
    if (!put(make_word(Op::jump, narrow<int32_t>(before)))) return false;
    const uint32_t size = out_->words_count - group->branch;
    out_->words[group->branch] = make_word(Op::split, narrow<int32_t>(size));
    group->branch = out_->words_count;
    atom_ = no_place;
    return true;
}

bool Compiler::count(uint32_t* out) {
    uint32_t c = 0;
    uint32_t value = 0;
    size_t digits = 0;
    while (source_.peek(&c) && c >= '0' && c <= '9') {
        source_.skip();
        value = min_of(value * 10 + (c - '0'), repeat_limit);
        ++digits;
    }
    *out = value;
    return digits > 0 || fail(PatternFault::broken);
}

// {n} {n,} {n,m}; the opening brace is behind us.
bool Compiler::braces(uint32_t* least, uint32_t* most) {
    if (!count(least)) return false;
    *most = *least;
    if (source_.take(',')) {
        *most = endless;
        uint32_t c = 0;
        if (source_.peek(&c) && c != '}' && !count(most)) return false;
    }
    if (!source_.take('}') || *most < *least) return fail(PatternFault::broken);
    return true;
}

// Reads a quantifier, if one stands here, and applies it. One atom may have one quantifier.
bool Compiler::quantifier() {
    uint32_t least = 0;
    uint32_t most = endless;
    if (source_.take('*')) {
    } else if (source_.take('+')) {
        least = 1;
    } else if (source_.take('?')) {
        most = 1;
    } else if (source_.take('{')) {
        if (!braces(&least, &most)) return false;
    } else {
        return true;
    }
    (void)source_.take('?');  // lazy: which match is found first is nothing to us
    const bool repeated = repeat(least, most);
    atom_ = no_place;
    return repeated;
}

// Appends the `size` words from atom_ on once more.
bool Compiler::copy_atom(uint32_t size) {
    if (size > json_pattern_words_max - out_->words_count) return fail(PatternFault::too_large);
    memcpy(out_->words + out_->words_count, out_->words + atom_, size * sizeof out_->words[0]);
    out_->words_count += size;
    moved_ += size;
    return true;
}

// The `size` words from `begin` on become optional: a single character by another word in its
// place, all else by a split in front.
bool Compiler::make_optional(uint32_t begin, uint32_t size) {
    const Op op = op_of(out_->words[begin]);
    if (size == 1 && static_cast<uint32_t>(op) <= static_cast<uint32_t>(Op::in_class)) {
        constexpr uint32_t step = static_cast<uint32_t>(Op::optional_character);
        out_->words[begin] += step;
        return true;
    }
    if (!make_room(begin, 1)) return false;
    out_->words[begin] = make_word(Op::split, narrow<int32_t>(size + 1));
    return true;
}

// What begins at atom_ becomes x{least,most}.
bool Compiler::repeat(uint32_t least, uint32_t most) {
    LEAT_CHECK(atom_ != no_place);
    const uint32_t size = out_->words_count - atom_;
    if (size == 0) return true;
    if (most == 0) {
        out_->words_count = atom_;
        return true;
    }
    if (most == endless && least == 0) {  // x* : split past, x, jump back
        if (!make_room(atom_, 1)) return false;
        out_->words[atom_] = make_word(Op::split, narrow<int32_t>(size + 2));
        return put(make_word(Op::jump, -narrow<int32_t>(size + 1)));
    }
    // The first copy is there; the others are made of it before it changes.
    const uint32_t copies = most == endless ? least : most;
    for (uint32_t i = 1; i < least; ++i) {
        if (!copy_atom(size)) return false;
    }
    if (most == endless) return put(make_word(Op::split, -narrow<int32_t>(size)));
    const uint32_t kept = max_of(least, 1u);
    for (uint32_t i = kept; i < copies; ++i) {
        const uint32_t begin = out_->words_count;
        if (!copy_atom(size) || !make_optional(begin, size)) return false;
    }
    // x{0,m}: the first goes last, or its change would be copied.
    return least > 0 || make_optional(atom_, size);
}

bool Compiler::escape() {
    PatternSource::Escape escape;
    if (!source_.read_escape(&escape)) return false;
    switch (escape.kind) {
        case PatternSource::Kind::character:
            return put(make_word(Op::character, narrow<int32_t>(escape.code_point)));
        case PatternSource::Kind::set:
            return put(make_word(Op::in_class, narrow<int32_t>(escape.class_index)));
        case PatternSource::Kind::word_edge:
            atom_ = no_place;
            return put(make_word(Op::word_edge, 0));
        case PatternSource::Kind::word_inner:
            atom_ = no_place;
            return put(make_word(Op::word_inner, 0));
    }
    return false;
}

// One atom or assertion that begins with c, which is behind us.
bool Compiler::atom(uint32_t c) {
    atom_ = out_->words_count;
    switch (c) {
        case '(':
            return open_group();
        case ')':
            return close_group();
        case '|':
            return alternate();
        case '^':
        case '$':
            atom_ = no_place;
            return put(make_word(c == '^' ? Op::begin : Op::end, 0));
        case '.':
            return put(make_word(Op::any, 0));
        case '\\':
            return escape();
        case '[': {
            uint32_t index = 0;
            if (!source_.read_class(&index)) return false;
            return put(make_word(Op::in_class, narrow<int32_t>(index)));
        }
        case '*':
        case '+':
        case '?':
        case '{':
        case '}':
        case ']':
            return fail(PatternFault::broken);
        default:
            return put(make_word(Op::character, narrow<int32_t>(c)));
    }
}

PatternFault Compiler::run() {
    groups_[0] = Group{0, 0, no_place};
    uint32_t c = 0;
    while (source_.peek(&c)) {
        source_.skip();
        if (!atom(c)) return source_.fault();
        if (atom_ != no_place && !quantifier()) return source_.fault();
    }
    if (depth_ != 0) return PatternFault::broken;
    end_branches(&groups_[0]);
    (void)put(make_word(Op::match, 0));
    return source_.fault();
}

}  // namespace

PatternFault json_pattern_compile(Text raw, JsonWork* work, JsonPattern* pattern) {
    LEAT_CHECK(work != nullptr && pattern != nullptr);
    pattern->words_count = 0;
    pattern->ranges_count = 0;
    pattern->classes_count = 0;
    if (raw.size > json_pattern_bytes_max || !work->spend(raw.size)) return PatternFault::too_large;
    Compiler compiler(raw, pattern);
    const PatternFault fault = compiler.run();
    if (!work->spend(compiler.moved())) return PatternFault::too_large;
    LEAT_CHECK(pattern->words_count <= json_pattern_words_max);
    return fault;
}

}  // namespace leat
