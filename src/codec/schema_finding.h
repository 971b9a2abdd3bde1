// codec/schema_finding.h: what a schema check found, as views of the two texts; it becomes a fault
// with words and a path only at the end, when it is known to be the one that is told.
// Depends on base and codec's scanner. Invariant: the views live as long as the texts.
#pragma once

#include "base/bytes.h"
#include "codec/json_scan.h"
#include "codec/schema_keywords.h"

namespace leat {

struct SchemaFinding {
    Keyword rule = Keyword::none;
    JsonValue at;  // the value that is wrong: of the document, or of the schema when why is set
    JsonValue expected;    // what the rule asks for
    Text why{nullptr, 0};  // what is wrong with the schema
};

// Looks members of one object up. Names that come in the object's order cost one walk in all, since
// each search begins where the last one ended.
class MemberSeeker {
public:
    explicit MemberSeeker(Text object) : object_(object), at_(object) { (void)at_.enter_object(); }

    // A member of that name. False when there is none and when the work runs out.
    [[nodiscard]] bool seek(const JsonValue& name, JsonValue* value, class JsonWork* work);

private:
    bool search(const JsonValue& name, size_t end, JsonValue* value);

    Text object_;
    JsonCursor at_;
};

}  // namespace leat
