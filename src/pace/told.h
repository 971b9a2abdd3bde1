// pace/told.h: the limits that a provider's answers tell, kept as buckets that are corrected by
// each answer. What an answer says remained is taken at its word, less what was sent after that
// request, plus what has been refilled since, less a margin: providers round, answers overtake each
// other, and what the requests on the wire really take is not known. The margin costs no rate, only
// the last of a burst. A window that refills continuously and one that is filled up at its end are
// told apart by their resets: the end of the latter stands still while requests go on.
// Depends on leat/limits.h for the struct alone, bucket.h, demand.h, base. Time is an argument.
// Invariant: a slot that was never told holds nothing back; no lie holds the domain for longer than
// patience_ns after the answer that told it; then one request at a time asks again.
#pragma once

#include <leat/limits.h>

#include "pace/bucket.h"
#include "pace/demand.h"

namespace leat {

// One told limit.
class ToldLimit {
public:
    void open(Resource resource, uint64_t window_guess_ns) {
        *this = ToldLimit{};
        resource_ = resource;
        window_guess_ns_ = window_guess_ns;
    }
    bool limited() const { return bucket_.limited(); }
    Resource resource() const { return resource_; }
    uint64_t ready_at(uint64_t now_ns, const Demand& demand) const;
    void take(uint64_t now_ns, const Ticket& ticket);
    void settle(uint64_t now_ns, uint64_t number, const Demand& reserved, const Demand& used);
    // Whether there was room for a request of that size, and not just so.
    bool has_room(uint64_t now_ns, const Demand& demand) const;

    // An answer to the request of `ticket` tells; totals are those of now.
    void told(uint64_t now_ns, const Ticket& ticket, const Totals& totals, const leat_limit& limit,
              uint64_t patience_ns);

private:
    void note_window(const leat_limit& limit);
    void compare_ends(uint64_t now_ns, uint64_t end_ns, uint64_t remaining, bool rounded);
    void note_end(uint64_t now_ns, const leat_limit& limit);
    bool fits(const leat_limit& limit, uint64_t whole);
    uint64_t size() const;
    double margin(uint64_t unsettled) const;

    Bucket bucket_;
    uint64_t window_guess_ns_ = Bucket::minute_ns;
    uint64_t window_ns_ = 0;
    uint64_t limit_ = 0;
    uint64_t remaining_most_ = 0;
    uint64_t patience_ns_ = 0;
    uint64_t patient_until_ns_ = 0;
    uint64_t told_number_ = 0;    // the newest request whose answer told; all up to it are counted
    uint64_t end_ns_ = 0;         // when it was last said to be whole again ...
    uint64_t end_told_ns_ = 0;    // ... when that was said ...
    uint64_t end_remaining_ = 0;  // ... and what remained then
    uint64_t fixed_end_ns_ =
        0;               // of a window that is filled up at its end; 0: refills continuously
    int32_t fixed_ = 0;  // ends that stood still (> 0) or moved on
    double spread_ = 0;  // mean square of what a request took beyond what was reserved
    Resource resource_ = Resource::requests;
};

class Told {
public:
    void open();
    // The moment from which the demand fits all that was told; *resource: of what there is too
    // little.
    uint64_t ready_at(uint64_t now_ns, const Demand& demand, Resource* resource) const;
    void take(uint64_t now_ns, const Ticket& ticket);
    void settle(uint64_t now_ns, uint64_t number, const Demand& reserved, const Demand& used);
    void told(uint64_t now_ns, const Ticket& ticket, const Totals& totals,
              const leat_rate_limits& limits, uint64_t patience_ns);
    bool any() const { return any_; }
    // A refusal is no surprise: something told was used up.
    bool explains_refusal(uint64_t now_ns, const Demand& demand) const;

private:
    static constexpr uint32_t slots_count = 8;

    ToldLimit slots_[slots_count];
    bool any_ = false;
};

}  // namespace leat
