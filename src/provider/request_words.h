// provider/request_words.h: what the request sides of several adapters have in common: roles, the
// schema that a format stands for, the parts of a turn. Depends on codec and base. Pure.
#pragma once

#include <leat/adapter.h>

#include "base/bytes.h"

namespace leat {

enum class Role : uint8_t { system, user, assistant, tool, other };

// "developer" counts as system, "model" as assistant, "function" as tool.
Role role_of(Text word);

// The name under which a schema goes out; "answer" when the format names none.
Text format_name(const leat_format& format);

// The schema a format demands: its own, or for LEAT_FORMAT_CHOICE an object with one member
// "choice" that is one of the choices. Not for TEXT and JSON.
void put_format_schema(leat_rope* rope, const leat_format& format);

// Whether the format demands a schema.
bool has_schema(const leat_format* format);

// The parameters of a tool, an empty object schema when it names none.
Text tool_parameters(const leat_tool& tool);

// "data:image/png;base64,...." inside a JSON string, quotes included.
void put_data_url(leat_rope* rope, const leat_part& part);

// The base64 of a part's image inside a JSON string, quotes included.
void put_image_base64(leat_rope* rope, const leat_part& part);

}  // namespace leat
