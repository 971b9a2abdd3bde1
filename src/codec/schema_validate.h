// codec/schema_validate.h: whether a schema's keywords have values that mean something, everywhere
// where a schema stands. Depends on base and codec.
// Invariant: recursion follows the schema's nesting, at most json_depth_max levels.
#pragma once

#include "codec/json_work.h"
#include "codec/schema_finding.h"

namespace leat {

class SchemaValidation {
public:
    SchemaValidation(Text root, JsonWork* work) : root_(root), work_(work) {}

    // LEAT_OK; LEAT_E_CONFIG: see finding(); LEAT_E_TOO_LARGE.
    [[nodiscard]] leat_status schema(const JsonValue& value);
    const SchemaFinding& finding() const { return finding_; }

private:
    leat_status broken(const JsonValue& at, Text why);
    leat_status keyword(Keyword keyword, const JsonValue& value);
    leat_status simple(SchemaShape shape, const JsonValue& value);
    leat_status schema_or_list(const JsonValue& value);
    leat_status schema_list(const JsonValue& value);
    leat_status map(SchemaShape shape, const JsonValue& value);
    leat_status unique_names(const JsonValue& map);
    leat_status names(const JsonValue& value);
    leat_status types(const JsonValue& value);
    leat_status pattern(const JsonValue& value);
    leat_status reference(const JsonValue& value);

    Text root_;
    JsonWork* work_;
    Keyword rule_ = Keyword::none;
    SchemaFinding finding_;
};

}  // namespace leat
