// pace/peaks.cc: see peaks.h. The list is short enough to be moved by hand.
// Depends on base only.
#include "pace/peaks.h"

#include "base/check.h"

namespace leat {

void Peaks::note(uint64_t number, uint64_t fill_ns) {
    LEAT_CHECK(count_ <= notes_max);
    LEAT_CHECK(count_ == 0 || notes_[count_ - 1].number <= number);
    while (count_ > 0 && notes_[count_ - 1].fill_ns <= fill_ns) --count_;
    if (count_ == notes_max) {
        // The older one was fuller: it stands for both, under the later one's number.
        notes_[1].fill_ns = notes_[0].fill_ns;
        for (uint32_t i = 1; i < count_; ++i) notes_[i - 1] = notes_[i];
        --count_;
    }
    notes_[count_++] = {number, fill_ns};
}

void Peaks::raise(uint64_t more_ns) {
    for (uint32_t i = 0; i < count_; ++i) notes_[i].fill_ns += more_ns;
}

uint64_t Peaks::after(uint64_t number) const {
    for (uint32_t i = 0; i < count_; ++i) {
        if (notes_[i].number > number) return notes_[i].fill_ns;
    }
    return 0;
}

}  // namespace leat
