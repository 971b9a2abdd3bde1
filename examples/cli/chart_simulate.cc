// cli/chart_simulate.cc: the page of `leat simulate`.
// A placeholder.
#include "cli/simulate.h"

namespace cli {

bool write_chart(const SimulateSettings&, const Comparison&) { return true; }

}  // namespace cli
