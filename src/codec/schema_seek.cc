// codec/schema_seek.cc: looking members up in turn, see schema_finding.h.
// Depends on base, json_scan, json_characters and json_work.
#include "base/check.h"
#include "codec/json_characters.h"
#include "codec/json_work.h"
#include "codec/schema_finding.h"

namespace leat {

// From where the cursor stands to `end`, or to the object's end.
bool MemberSeeker::search(const JsonValue& name, size_t end, JsonValue* value) {
    JsonValue key;
    while (at_.offset() < end && at_.member(&key)) {
        if (json_strings_equal(key, name)) return at_.take(value);
    }
    return false;
}

bool MemberSeeker::seek(const JsonValue& name, JsonValue* value, JsonWork* work) {
    LEAT_CHECK(value != nullptr && work != nullptr);
    LEAT_CHECK(name.type == JsonType::string);
    if (at_.depth() == 0) {  // at the object's end
        at_ = JsonCursor(object_);
        if (!at_.enter_object()) return false;
    }
    const size_t begin = at_.offset();
    bool found = search(name, object_.size, value);
    size_t cost = at_.offset() - begin;
    if (!found && at_.status() == LEAT_OK) {
        at_ = JsonCursor(object_);
        if (!at_.enter_object()) return false;
        found = search(name, begin, value);
        cost += at_.offset();
    }
    return work->spend(1 + name.raw.size + cost) && found;
}

}  // namespace leat
