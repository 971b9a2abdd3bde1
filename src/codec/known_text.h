// codec/known_text.h: texts that many ropes refer to, and what is known of them: that they are UTF-8, and
// how they look inside a JSON string. A rope that knows them refers to that form, and neither checks nor
// measures nor escapes them again.
// Depends on base. Invariant: the texts lie at ascending addresses and do not overlap.
#pragma once

#include <stdint.h>

#include "base/bytes.h"

namespace leat {

struct KnownText {
    Text text;
    Text escaped;     // the text itself where nothing needs escaping; empty: not known
    uint64_t tokens;  // about so many
};

class KnownTexts {
public:
    KnownTexts() = default;
    KnownTexts(const KnownText* list, uint32_t count) : list_(list), count_(count) {}

    // The one that is this very text, at the same address; nullptr for any other.
    const KnownText* find(Text t) const {
        uint32_t first = 0;
        uint32_t end = count_;
        while (first < end) {
            const uint32_t middle = first + (end - first) / 2;
            if (address(list_[middle].text) < address(t)) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        if (first == count_) return nullptr;
        const KnownText& known = list_[first];
        const bool same = known.text.data == t.data && known.text.size == t.size;
        return same && !empty(known.escaped) ? &known : nullptr;
    }

private:
    static uintptr_t address(Text t) { return reinterpret_cast<uintptr_t>(t.data); }

    const KnownText* list_ = nullptr;
    uint32_t count_ = 0;
};

}  // namespace leat
