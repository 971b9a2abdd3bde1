// provider/extra_members.h: the caller's extra_json where an adapter writes an object of its own
// under the same name ("text", "options"): the two become one, so that no name goes out twice.
// Depends on codec and base. The caller's text is only referred to.
#pragma once

#include "provider/json_members.h"

namespace leat {

class ExtraMembers {
public:
    explicit ExtraMembers(Text json) : json_(json) {}

    bool has(Text name) const {
        JsonValue value;
        return !empty(json_) && json_find(json_, name, &value);
    }
    // Whether the member is this very JSON ("true", "5").
    bool is(Text name, Text raw) const {
        JsonValue value;
        return !empty(json_) && json_find(json_, name, &value) && equal(value.raw, raw);
    }
    // The members of the caller's object of this name, if any. LEAT_OK or LEAT_E_JSON.
    leat_status put_inside(Text name, JsonMembers* object) const {
        JsonValue value;
        if (empty(json_) || !json_find(json_, name, &value)) return LEAT_OK;
        return json_copy_members(value.raw, object, [](const JsonValue&) { return false; });
    }
    // All members save those that were put inside. LEAT_OK or LEAT_E_JSON.
    template <size_t N>
    leat_status put_rest(const Text (&put)[N], JsonMembers* body) const {
        if (empty(json_)) return LEAT_OK;
        return json_copy_members(json_, body, [&](const JsonValue& key) {
            for (const Text name : put) {
                if (json_is(key, name)) return true;
            }
            return false;
        });
    }

private:
    Text json_;
};

}  // namespace leat
