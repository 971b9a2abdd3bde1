// flow/answer/validate.h: an answer against the form that its request demands (leat_format), and that
// form itself before anything is sent. Depends on codec.
// Invariant: one call does a bounded amount of work (format_work_max), whatever a peer wrote.
#pragma once

#include "flow/item.h"

namespace leat {

// What one answer's check may cost, as in leat/schema.h; it runs inside a step.
constexpr uint64_t format_work_max = UINT64_C(1) << 24;
constexpr uint32_t format_depth_max = 64;

// What is wrong, and where. The text is "PATH: RULE ...": a JSON pointer, the schema's keyword.
struct FormatFinding {
    leat_status status = LEAT_OK;
    uint32_t size = 0;
    char bytes[448];

    Text message() const { return text(bytes, size); }
    void put(Text t);
};

// The format that this request's answer is checked against; nullptr when there is none.
const leat_format* checked_format(const leat_request& request);

// Whether it can be asked for at all: LEAT_OK, or LEAT_E_CONFIG, in finding too.
leat_status format_validate(const leat_format& format, FormatFinding* finding);

// Whether item->result is what the request's format, once validated, demands: LEAT_OK;
// LEAT_E_SCHEMA: it is not; LEAT_E_TOO_LARGE: over the bounds above; LEAT_E_ITEM_MEMORY. Of a choice
// it sets the result's choice and text. Refusals, tool calls and answers that the provider blocked
// fit every format.
leat_status format_check(Item* item, FormatFinding* finding);

}  // namespace leat
