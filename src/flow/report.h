// flow/report.h: what goes to the log port. Depends on the state of flow. Invariant: every line has its
// credentials taken out.
#pragma once

#include "flow/item.h"

namespace leat {

// report.cc: one line to the log port, credentials taken out.
void report(Engine* engine, leat_log_level level, const Endpoint* endpoint, Text what,
            leat_status status);
// The same about the client as a whole; both texts are leat's own.
void report_line(Engine* engine, leat_log_level level, Text what, Text detail);

}  // namespace leat
