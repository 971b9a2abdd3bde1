// pace/learned.h: the rate of requests that a service seems to allow which tells no limits. It is
// kept between two bounds. A refusal shows that the rate in force is too much; what went through
// from one refusal to the next, when the service's bucket was empty both times, is the rate itself,
// give or take one request and the pause between. While nothing is refused the rate is tried in the
// middle of the bounds, and beyond the upper one when that was found long ago.
// Where refusals go on below a rate that had been seen to work, they come by chance: then no rate is
// believed for a while.
// Depends on bucket.h, base. Time is an argument.
// Invariant: before a refusal has shown a rate there is none.
#pragma once

#include <stdint.h>

#include "pace/bucket.h"

namespace leat {

class Learned {
public:
    void open() { *this = Learned{}; }
    Bucket* bucket() { return &bucket_; }
    const Bucket& bucket() const { return bucket_; }

    // One was refused for no reason that is known, the first after a pause: the
    // request of that number; latest: the newest one's. is_other: it was no matter of rate, but a
    // bucket may be empty all the same. True when it takes back a step that had just been tried, or
    // shows the rate.
    bool refused(uint64_t now_ns, uint64_t number, uint64_t latest, bool is_other);
    // Refusals have shown no rate although they were many enough: they come by chance.
    bool is_chance(uint64_t now_ns) const { return now_ns < chance_until_ns_; }
    // Nothing was sent for so long.
    void paused(uint64_t pause_ns) { paused_ns_ += pause_ns; }
    // The rate held a request back: only then is there a reason to raise it.
    void note_use() { used_ = true; }
    // Raises the rate when its time has come.
    void review(uint64_t now_ns, uint64_t latest);

private:
    void begin_window(uint64_t now_ns, uint64_t latest);
    bool measure(uint64_t now_ns, uint64_t number, double* rate);
    void set_rate(uint64_t now_ns, double per_second, uint64_t latest);
    void plan_review(uint64_t now_ns);
    bool comes_by_chance(uint64_t now_ns, uint64_t number);
    void note_surprise(uint64_t now_ns, uint64_t number);
    bool is_rare(uint64_t number) const;
    void leave_to_chance(uint64_t now_ns, uint64_t latest);

    Bucket bucket_;
    double rate_ = 0;             // per second
    double low_ = 0;              // seems to work
    double high_ = 0;             // was too much; 0: not known
    double step_ = 0;             // beyond all bounds; doubles
    uint64_t window_ns_ = 0;      // when the service's bucket was empty; 0: never yet
    uint64_t window_number_ = 0;  // requests up to this one are not of the window
    uint64_t refused_ = 0;        // in the window
    uint64_t paused_ns_ = 0;      // of the window
    uint64_t review_ns_ = 0;
    uint64_t hold_ns_ = 0;  // how long high_ is believed; doubles
    uint64_t high_until_ns_ = 0;
    uint64_t chance_until_ns_ = 0;  // refusals mean nothing until then
    uint64_t chance_wait_ns_ = 0;   // doubles
    uint64_t count_number_ = 0;  // requests up to this one were sent before it was counted anew ...
    uint64_t count_refused_ = 0;  // ... how many are refused
    uint32_t surprises_ = 0;      // refusals at rates that had worked, against expected ones
    bool used_ = false;
    bool tries_ = false;   // rate_ is above low_ ...
    bool beyond_ = false;  // ... and above what high_ was
};

}  // namespace leat
