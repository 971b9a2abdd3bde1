// meter/buckets.cc: see buckets.h. Depends on base.
// The search is linear: most values lie in the lower half of some fifteen bounds.
#include "meter/buckets.h"

#include "base/check.h"

namespace leat {

namespace {

constexpr double doubling[] = {0.01,   0.02,   0.04,   0.08,    0.16,    0.32,   0.64,
                               1.28,   2.56,   5.12,   10.24,   20.48,   40.96,  81.92,
                               163.84, 327.68, 655.36, 1310.72, 2621.44, 5242.88};
constexpr double fourfold[] = {1,     4,     16,     64,      256,     1024,     4096,
                               16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864};
constexpr uint32_t operation_count = 14;

static_assert(sizeof doubling / sizeof doubling[0] == bounds_max);
static_assert(doubling[operation_count - 1] == 81.92);
static_assert(sizeof fourfold / sizeof fourfold[0] <= bounds_max);

}  // namespace

const Bounds operation_bounds = {doubling, operation_count};
const Bounds token_bounds = {fourfold, sizeof fourfold / sizeof fourfold[0]};
const Bounds wait_bounds = {doubling, bounds_max};

void Buckets::note(const Bounds& bounds, double value) {
    LEAT_CHECK(bounds.count <= bounds_max);
    if (!(value >= 0)) return;
    uint32_t place = 0;
    while (place < bounds.count && value > bounds.list[place]) ++place;
    ++counts[place];
    ++count;
    sum += value;
}

}  // namespace leat
