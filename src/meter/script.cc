// meter/script.cc: see script.h. Ranges of Unicode, coarse: what the estimate needs, no more.
// Depends on base.
#include "meter/script.h"

namespace leat {

namespace {

struct Range {
    uint32_t last;  // from the one behind the range before
    Script script;
};

// From U+0080 on.
constexpr Range ranges[] = {
    {0x84, Script::sign},      {0x85, Script::line_end},   {0x9f, Script::sign},
    {0xa0, Script::blank},     {0xa9, Script::mark},       {0xaa, Script::accented},
    {0xb4, Script::mark},      {0xb5, Script::accented},   {0xb9, Script::mark},
    {0xba, Script::accented},  {0xbf, Script::mark},       {0xd6, Script::accented},
    {0xd7, Script::mark},      {0xf6, Script::accented},   {0xf7, Script::mark},
    {0xff, Script::accented},  {0x36f, Script::far},       {0x3ff, Script::greek},
    {0x52f, Script::cyrillic}, {0x58f, Script::rare},      {0x60b, Script::semitic},
    {0x60c, Script::mark},     {0x61a, Script::semitic},   {0x61f, Script::mark},
    {0x65f, Script::semitic},  {0x669, Script::digit},     {0x6d3, Script::semitic},
    {0x6d4, Script::mark},     {0x6ef, Script::semitic},   {0x6f9, Script::digit},
    {0x8ff, Script::semitic},  {0x963, Script::indic},     {0x965, Script::mark},
    {0x96f, Script::digit},    {0xdff, Script::indic},     {0xeff, Script::thai},
    {0x10ff, Script::rare},    {0x11ff, Script::hangul},   {0x1dff, Script::rare},
    {0x1eff, Script::far},     {0x1fff, Script::greek},    {0x200a, Script::blank},
    {0x2027, Script::mark},    {0x2029, Script::line_end}, {0x202e, Script::mark},
    {0x202f, Script::blank},   {0x20cf, Script::mark},     {0x2bff, Script::picture},
    {0x2e7f, Script::rare},    {0x2fff, Script::han},      {0x3000, Script::blank},
    {0x3004, Script::mark},    {0x3007, Script::han},      {0x303f, Script::mark},
    {0x30ff, Script::kana},    {0x312f, Script::rare},     {0x318f, Script::hangul},
    {0x31ef, Script::han},     {0x31ff, Script::kana},     {0x33ff, Script::picture},
    {0x9fff, Script::han},     {0xabff, Script::rare},     {0xd7ff, Script::hangul},
    {0xf8ff, Script::picture}, {0xfaff, Script::han},      {0xfdff, Script::semitic},
    {0xfe6f, Script::mark},    {0xfefe, Script::semitic},  {0xff20, Script::mark},
    {0xff3a, Script::rare},    {0xff40, Script::mark},     {0xff5a, Script::rare},
    {0xff65, Script::mark},    {0xff9f, Script::kana},     {0xffdf, Script::hangul},
    {0xffff, Script::mark},    {0x1bfff, Script::rare},    {0x1ffff, Script::picture},
    {0x3ffff, Script::han},
};

Script script_of_ascii(char c) {
    if (c >= 'a' && c <= 'z') return Script::lower;
    if (c >= 'A' && c <= 'Z') return Script::upper;
    if (is_digit(c)) return Script::digit;
    if (c == '\n' || c == '\r') return Script::line_end;
    return c == ' ' || (c >= '\t' && c <= '\f') ? Script::blank : Script::sign;
}

Script script_of(uint32_t code) {
    constexpr size_t count = sizeof ranges / sizeof ranges[0];
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (ranges[middle].last < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < count ? ranges[low].script : Script::mark;
}

}  // namespace

Character character_at(Text t, size_t at) {
    if (at >= t.size) return Character{0, 0, Script::line_end};
    const auto first = static_cast<unsigned char>(t.data[at]);
    if (first < 0x80) return Character{first, 1, script_of_ascii(t.data[at])};
    const uint8_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const Character broken = {0xfffd, 1, Script::mark};
    if (first < 0xc2 || first > 0xf4 || size > t.size - at) return broken;
    uint32_t code = first & (0x7fu >> size);
    for (uint8_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(t.data[at + i]);
        if ((next & 0xc0) != 0x80) return broken;
        code = code << 6 | (next & 0x3f);
    }
    return Character{code, size, script_of(code)};
}

}  // namespace leat
