// cli/ids.cc: open addressing with linear steps; an all-zero slot is free.
// The lowest bit of `low` is the seen mark and takes no part in comparing.
#include "cli/ids.h"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/types.h>
#include <unistd.h>

namespace cli {

namespace {

constexpr uint64_t seen_bit = 1;
constexpr size_t slots_min = 1024;

Hash128* map_slots(size_t count) {
    size_t bytes = 0;
    if (__builtin_mul_overflow(count, sizeof(Hash128), &bytes)) {
        return nullptr;
    }
    void* block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return block == MAP_FAILED ? nullptr : static_cast<Hash128*>(block);
}

bool is_free(const Hash128& slot) { return slot.low == 0 && slot.high == 0; }

}  // namespace

Ids::~Ids() {
    if (slots_ != nullptr) {
        munmap(slots_, bytes());
    }
}

bool Ids::open(uint64_t count) {
    if (getentropy(&key_, sizeof key_) != 0) {
        key_ = SipKey{0x9e3779b97f4a7c15u, 0xd1b54a32d192ed03u};
    }
    capacity_ = count + count / 8 + slots_min;
    slots_ = map_slots(capacity_);
    used_ = 0;
    return slots_ != nullptr;
}

Hash128 Ids::hash(leat_str id) const {
    Hash128 hash = siphash(key_, id.data, id.size);
    hash.low &= ~seen_bit;
    if (is_free(hash)) {
        hash.high = 1;
    }
    return hash;
}

Hash128* Ids::find(const Hash128& hash) {
    // The high half times the capacity, shifted: spreads without a division.
    __extension__ typedef unsigned __int128 wide;
    size_t at = static_cast<size_t>((static_cast<wide>(hash.high) * capacity_) >> 64);
    while (!is_free(slots_[at])) {
        if (slots_[at].high == hash.high && (slots_[at].low & ~seen_bit) == hash.low) {
            break;
        }
        at = at + 1 == capacity_ ? 0 : at + 1;
    }
    return &slots_[at];
}

bool Ids::make_room() {
    if (used_ < capacity_ - capacity_ / 16) {
        return true;
    }
    Hash128* const old_slots = slots_;
    const size_t old_capacity = capacity_;
    Hash128* const new_slots = map_slots(old_capacity * 2);
    if (new_slots == nullptr) {
        return false;
    }
    slots_ = new_slots;
    capacity_ = old_capacity * 2;
    for (size_t i = 0; i < old_capacity; ++i) {
        if (!is_free(old_slots[i])) {
            *find(Hash128{old_slots[i].low & ~seen_bit, old_slots[i].high}) = old_slots[i];
        }
    }
    munmap(old_slots, old_capacity * sizeof(Hash128));
    return true;
}

Ids::Answer Ids::meet(leat_str id) {
    if (!make_room()) {
        return Answer::full;
    }
    const Hash128 wanted = hash(id);
    Hash128* slot = find(wanted);
    if (is_free(*slot)) {
        *slot = Hash128{wanted.low | seen_bit, wanted.high};
        ++used_;
        return Answer::fresh;
    }
    if ((slot->low & seen_bit) != 0) {
        return Answer::repeated;
    }
    slot->low |= seen_bit;
    return Answer::done;
}

bool Ids::has(leat_str id) { return !is_free(*find(hash(id))); }

bool Ids::note_done(leat_str id) {
    if (!make_room()) {
        return false;
    }
    const Hash128 wanted = hash(id);
    Hash128* slot = find(wanted);
    const bool fresh = is_free(*slot);
    if (fresh) {
        *slot = wanted;
        ++used_;
    }
    return fresh;
}

}  // namespace cli
