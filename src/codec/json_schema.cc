// codec/json_schema.cc: the two questions of json_schema.h, and their answer in words: a finding
// becomes a rule, a pointer and one line. See json_schema.h for the bounds.
// Depends on base and codec.
#include "codec/json_schema.h"

#include "base/check.h"
#include "codec/json_pointer.h"
#include "codec/json_scan.h"
#include "codec/json_work.h"
#include "codec/schema_check.h"
#include "codec/schema_validate.h"
#include "codec/utf8.h"

namespace leat {
namespace {

// Places in a schema are kept in 32 bits.
constexpr size_t schema_bytes_max = size_t{1} << 30;
constexpr size_t excerpt_bytes_max = 44;

// One line in fault->detail, which always has room for a NUL.
struct Detail {
    SchemaFault* fault;

    void put(Text t) {
        const size_t room = sizeof fault->detail - 1 - fault->detail_size;
        const Text part = head(t, room);
        const size_t whole = t.size > room ? utf8_valid_prefix(part) : part.size;
        if (whole == 0) return;
        memcpy(fault->detail + fault->detail_size, part.data, whole);
        fault->detail_size += static_cast<uint32_t>(whole);
    }

    void put_number(uint64_t number) {
        char digits[20];
        put(text(digits, print_u64(digits, number)));
    }

    // A value as it is written, its begin if it is long, on one line.
    void put_excerpt(const JsonValue& value) {
        const bool quoted = value.type == JsonType::string;
        const bool cut = value.raw.size > excerpt_bytes_max;
        Text part = head(value.raw, excerpt_bytes_max);
        if (cut) part = head(part, utf8_valid_prefix(part));
        if (quoted) put(text("\""));
        const uint32_t begin = fault->detail_size;
        put(part);
        for (uint32_t i = begin; i < fault->detail_size; ++i) {
            if (static_cast<unsigned char>(fault->detail[i]) < ' ') fault->detail[i] = ' ';
        }
        if (cut) put(text("..."));
        if (quoted) put(text("\""));
    }
};

void tell_path(Text whole, Text place, SchemaFault* fault) {
    LEAT_CHECK(place.data >= whole.data && place.data <= whole.data + whole.size);
    bool cut = false;
    const size_t offset = static_cast<size_t>(place.data - whole.data);
    const size_t size =
        json_pointer_print(whole, offset, fault->path, sizeof fault->path - 1, &cut);
    fault->path_size = static_cast<uint32_t>(size);
    fault->path_cut = cut ? 1 : 0;
}

// `whole` is the text in which the finding lies.
void tell(const SchemaFinding& finding, Text whole, SchemaFault* fault) {
    fault->rule = keyword_text(finding.rule);
    tell_path(whole, finding.at.raw, fault);
    Detail detail{fault};
    if (!empty(finding.why)) {
        detail.put(finding.why);
    } else if (finding.rule == Keyword::none) {
        detail.put(text("false"));
    } else {
        detail.put(fault->rule);
        detail.put(text(" "));
        detail.put_excerpt(finding.expected);
    }
    detail.put(text("; found "));
    detail.put_excerpt(finding.at);
}

void tell_broken_json(size_t offset, SchemaFault* fault) {
    Detail detail{fault};
    detail.put(text("no JSON from byte "));
    detail.put_number(offset);
    detail.put(text(" on"));
}

// Whether it is JSON; its value. `broken` is what is answered when it is none.
leat_status read_whole(Text document, leat_status broken, JsonWork* work, JsonValue* value,
                       SchemaFault* fault) {
    size_t offset = 0;
    if (!work->spend(1 + document.size)) return LEAT_E_TOO_LARGE;
    const leat_status status = json_validate(document, json_depth_max, &offset);
    if (status == LEAT_E_TOO_LARGE) return status;
    if (status != LEAT_OK) {
        tell_broken_json(offset, fault);
        return broken;
    }
    JsonCursor at(document);
    LEAT_CHECK(at.take(value));
    return LEAT_OK;
}

leat_status read_schema(Text schema, bool is_validated, JsonWork* work, JsonValue* value,
                        SchemaFault* fault) {
    if (schema.size > schema_bytes_max) return LEAT_E_TOO_LARGE;
    LEAT_TRY(read_whole(schema, LEAT_E_CONFIG, work, value, fault));
    if (is_validated) return LEAT_OK;
    SchemaValidation validation(schema, work);
    const leat_status status = validation.schema(*value);
    if (status == LEAT_E_CONFIG) tell(validation.finding(), schema, fault);
    return status;
}

leat_status check(Text schema, Text document, SchemaBounds bounds, SchemaFault* fault) {
    JsonWork work(bounds.work_max);
    JsonValue root;
    JsonValue value;
    LEAT_TRY(read_schema(schema, bounds.is_validated, &work, &root, fault));
    LEAT_TRY(read_whole(document, LEAT_E_JSON, &work, &value, fault));
    SchemaCheck checking(schema, bounds.depth_max, &work);
    switch (checking.apply(root, value)) {
        case Verdict::fits:
            return LEAT_OK;
        case Verdict::fails:
            tell(checking.finding(), document, fault);
            return LEAT_E_SCHEMA;
        case Verdict::stops:
            if (checking.status() == LEAT_E_CONFIG) tell(checking.finding(), schema, fault);
            return checking.status();
    }
    return LEAT_OK;
}

}  // namespace

leat_status json_schema_check(Text schema, Text document, SchemaFault* fault, SchemaBounds bounds) {
    LEAT_CHECK(bounds.depth_max >= 1 && bounds.depth_max <= LEAT_SCHEMA_DEPTH_MAX);
    SchemaFault unasked;
    if (fault == nullptr) fault = &unasked;
    *fault = SchemaFault{};
    return check(schema, document, bounds, fault);
}

leat_status json_schema_validate(Text schema, SchemaFault* fault, SchemaBounds bounds) {
    SchemaFault unasked;
    if (fault == nullptr) fault = &unasked;
    *fault = SchemaFault{};
    JsonWork work(bounds.work_max);
    JsonValue root;
    return read_schema(schema, false, &work, &root, fault);
}

}  // namespace leat
