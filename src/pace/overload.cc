// pace/overload.cc: see overload.h. To ask again after a share of the outage bounds both the time
// that is lost at its end and the number of requests that are spent on finding out.
// Depends on base.
#include "pace/overload.h"

#include "base/check.h"
#include "base/narrow.h"

namespace leat {

namespace {
constexpr uint32_t row_that_opens = 3;
constexpr uint64_t share_of_outage = 10;
constexpr uint64_t pause_least_ns = UINT64_C(500000000);
constexpr uint64_t refusals_outlived = 4;
constexpr uint64_t probe_least_ns = UINT64_C(50000000);
constexpr uint64_t pause_most_ns = UINT64_C(30000000000);
}  // namespace

uint64_t Overload::overloaded(uint64_t now_ns, const Ticket& ticket, uint64_t latest,
                              uint64_t wait_ns) {
    const uint64_t number = ticket.totals.number;
    LEAT_CHECK(number <= latest);
    LEAT_CHECK(ticket.admitted_ns <= now_ns);
    refusal_ns_ = (refusal_ns_ + (now_ns - ticket.admitted_ns)) / 2;
    if (in_a_row_ == 0) since_ns_ = now_ns;
    last_number_ = max_of(last_number_, number);
    if (in_a_row_ < row_that_opens) ++in_a_row_;
    if (number <= stale_number_) return 0;
    const uint64_t outage_ns = now_ns - since_ns_;
    open_ = (open_ || in_a_row_ >= row_that_opens) && outage_ns <= outage_most_ns_;
    if (!open_) return 0;
    stale_number_ = latest;
    const uint64_t own_ns =
        min_of(max_of(outage_ns / share_of_outage, pause_least_ns), pause_most_ns);
    return max_of(own_ns, wait_ns);
}

void Overload::admitted(uint64_t now_ns, uint64_t number) {
    if (!open_) return;
    probe_number_ = number;
    probe_until_ns_ = now_ns + max_of(refusals_outlived * refusal_ns_, probe_least_ns);
}

void Overload::succeeded(uint64_t number) {
    if (number <= last_number_) return;
    in_a_row_ = 0;
    open_ = false;
}

}  // namespace leat
