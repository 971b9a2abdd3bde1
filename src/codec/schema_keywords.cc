// codec/schema_keywords.cc: see schema_keywords.h. Tables from the one list, and readers of the
// simple values. Depends on base, json_scan and number. Pure.
#include "codec/schema_keywords.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/number.h"

namespace leat {
namespace {

struct Entry {
    Text spelling;
    SchemaShape shape;
};

#define LEAT_SCHEMA_ROW(name, spelling, shape) {text(spelling), SchemaShape::shape},
constexpr Entry entries[] = {LEAT_SCHEMA_KEYWORDS(LEAT_SCHEMA_ROW)};
#undef LEAT_SCHEMA_ROW
static_assert(sizeof entries / sizeof entries[0] == keywords_count);

struct TypeName {
    Text name;
    uint32_t bits;
};
constexpr TypeName type_names[] = {
    {text("null"), type_bit(JsonType::null)},
    {text("boolean"), type_bit(JsonType::boolean)},
    {text("object"), type_bit(JsonType::object)},
    {text("array"), type_bit(JsonType::array)},
    {text("number"), type_bit(JsonType::number) | whole_number_bit},
    {text("string"), type_bit(JsonType::string)},
    {text("integer"), whole_number_bit},
};

}  // namespace

Keyword keyword_of(const JsonValue& name) {
    for (uint32_t i = 0; i < keywords_count; ++i) {
        if (json_is(name, entries[i].spelling)) return static_cast<Keyword>(i);
    }
    return Keyword::none;
}

Text keyword_text(Keyword keyword) {
    if (keyword == Keyword::none) return Text{nullptr, 0};
    return entries[static_cast<uint32_t>(keyword)].spelling;
}

SchemaShape keyword_shape(Keyword keyword) {
    LEAT_CHECK(keyword != Keyword::none);
    return entries[static_cast<uint32_t>(keyword)].shape;
}

void gather_keywords(Text root, const JsonValue& schema, SchemaKeywords* found) {
    LEAT_CHECK(schema.type == JsonType::object && found != nullptr);
    LEAT_CHECK(schema.raw.data >= root.data && schema.raw.data < root.data + root.size);
    const size_t begin = static_cast<size_t>(schema.raw.data - root.data);
    JsonCursor at(schema.raw);
    JsonValue name;
    if (!at.enter_object()) return;
    while (at.member(&name)) {
        const Keyword keyword = keyword_of(name);
        if (keyword == Keyword::none) continue;
        (void)at.peek();
        const uint32_t index = static_cast<uint32_t>(keyword);
        found->at[index] = narrow<uint32_t>(begin + at.offset());
        found->present |= uint64_t{1} << index;
    }
}

JsonValue value_at(Text root, uint32_t offset) {
    LEAT_CHECK(offset > 0 && offset < root.size);
    JsonCursor at(tail(root, offset));
    JsonValue value;
    (void)at.take(&value);
    return value;
}

bool schema_count(const JsonValue& value, int64_t* out) {
    LEAT_CHECK(out != nullptr);
    if (json_to_count(value, out)) return true;
    int64_t count = 0;
    if (value.type != JsonType::number || !parse_int_saturated(value.raw, &count)) return false;
    if (count < 0) return false;
    *out = count;
    return true;
}

uint32_t type_bits_of(const JsonValue& name) {
    if (name.type != JsonType::string || name.escaped) return 0;
    for (const TypeName& one : type_names) {
        if (equal_ignoring_case(name.raw, one.name)) return one.bits;
    }
    return 0;
}

}  // namespace leat
