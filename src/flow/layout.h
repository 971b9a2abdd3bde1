// flow/layout.h: the plan of a client's block: which part serves whom, how large it is and why.
// One plan serves leat_memory_required, leat_memory_report and leat_open, so they cannot disagree.
// Pure. Invariant: parts do not overlap, each is aligned to 64 bytes, and end is their sum.
#pragma once

#include <leat/memory.h>

namespace leat {

enum class Part : uint32_t {
    client,
    items,
    endpoints,
    batches,
    contexts,
    rings,
    intakes,
    connections,
    timers,
    poller,
    ready,
    staging,
    receive,
    records,
    tls,
    conversations,
    histories,
    arenas,
    count
};

constexpr uint32_t parts_count = static_cast<uint32_t>(Part::count);

struct Layout {
    leat_memory_line lines[parts_count];
    size_t offsets[parts_count];
    size_t end;  // 0 when the sum does not fit a size_t

    size_t offset(Part part) const { return offsets[static_cast<uint32_t>(part)]; }
    const leat_memory_line& line(Part part) const { return lines[static_cast<uint32_t>(part)]; }
};

// config is valid.
void plan_layout(const leat_config& config, Layout* layout);

leat_tls_config tls_config_of(const leat_config& config);

}  // namespace leat
