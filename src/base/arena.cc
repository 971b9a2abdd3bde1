// base/arena.cc: the bump allocator. See arena.h. Every piece is followed by a red zone under
// ASan where there is room for one, so that a run over its end is seen.
#include "base/arena.h"

#include "base/check.h"
#include "base/narrow.h"
#include "base/secret.h"

namespace leat {

void Arena::open(void* base, size_t bytes) {
    LEAT_CHECK(base != nullptr || bytes == 0);
    base_ = static_cast<char*>(base);
    cursor_ = base_;
    end_ = base_ + bytes;
    peak_ = 0;
    kept_peak_ = 0;
    lent_ = 0;
    kept_ = 0;
    poison(base_, bytes);
}

void Arena::reset() {
    rewind(0);
    LEAT_CHECK(lent_ == 0 || kept_ == 0);
    poison(end_, kept_);
    end_ += kept_;
    kept_ = 0;
}

void Arena::rewind(size_t mark) {
    LEAT_CHECK(mark <= this->mark());
    char* const to = base_ + mark;
    poison(to, static_cast<size_t>(cursor_ - to));
    cursor_ = to;
}

void* Arena::take(size_t size, size_t alignment) {
    LEAT_CHECK(alignment != 0 && (alignment & (alignment - 1)) == 0);
    const uintptr_t at = reinterpret_cast<uintptr_t>(cursor_);
    const size_t skip = ((at + alignment - 1) & ~(uintptr_t{alignment} - 1)) - at;
    const size_t left = room();
    if (skip > left || size > left - skip) return nullptr;
    char* const result = cursor_ + skip;
    const size_t zone = min_of(red_zone_bytes, left - skip - size);
    unpoison(result, size);
    cursor_ = result + size + zone;
    note_peak();
    return result;
}

bool Arena::copy(Text t, Text* out) {
    LEAT_CHECK(out != nullptr);
    *out = Text{nullptr, 0};
    if (t.size == 0) return true;
    char* const to = static_cast<char*>(take(t.size, 1));
    if (to == nullptr) return false;
    memcpy(to, t.data, t.size);
    *out = text(to, t.size);
    return true;
}

void* Arena::keep(size_t size, size_t alignment) {
    LEAT_CHECK(alignment != 0 && (alignment & (alignment - 1)) == 0);
    LEAT_CHECK(lent_ == 0);
    if (size > room()) return nullptr;
    const uintptr_t at = reinterpret_cast<uintptr_t>(end_ - size) & ~(uintptr_t{alignment} - 1);
    if (at < reinterpret_cast<uintptr_t>(cursor_)) return nullptr;
    kept_ += reinterpret_cast<uintptr_t>(end_) - at;
    end_ -= reinterpret_cast<uintptr_t>(end_) - at;
    if (kept_ > kept_peak_) kept_peak_ = kept_;
    unpoison(end_, size);
    return end_;
}

bool Arena::keep_copy(Text t, Text* out) {
    LEAT_CHECK(out != nullptr);
    *out = Text{nullptr, 0};
    if (t.size == 0) return true;
    char* const to = static_cast<char*>(keep(t.size, 1));
    if (to == nullptr) return false;
    memcpy(to, t.data, t.size);
    *out = text(to, t.size);
    return true;
}

char* Arena::lend_end(size_t bytes) {
    LEAT_CHECK(lent_ == 0 && bytes <= room());
    if (bytes == 0) return nullptr;
    end_ -= bytes;
    lent_ = bytes;
    unpoison(end_, bytes);
    return end_;
}

void Arena::take_end_back(size_t used) {
    LEAT_CHECK(used <= lent_);
    if (used > 0) memset(end_, 0, used);
    poison(end_, lent_);
    end_ += lent_;
    lent_ = 0;
}

void Arena::wipe_used() {
    unpoison(base_, peak_);
    wipe(base_, peak_);
    char* const kept = base_ + capacity() - kept_peak_;
    unpoison(kept, kept_peak_);
    wipe(kept, kept_peak_);
}

}  // namespace leat
