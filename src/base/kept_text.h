// base/kept_text.h: text of bounded size that its owner keeps in place, where there is no arena to copy it
// to. Invariant: size <= N; what does not fit is not kept at all.
#pragma once

#include "base/bytes.h"

namespace leat {

template <size_t N>
struct KeptText {
    char bytes[N];
    size_t size;

    Text view() const { return text(bytes, size); }
    // False, and empty, when it does not fit.
    bool set(Text t) {
        size = t.size <= N ? t.size : 0;
        if (size > 0) memcpy(bytes, t.data, size);
        return size == t.size;
    }
    void clear() { size = 0; }
};

}  // namespace leat
