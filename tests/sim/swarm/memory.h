// tests/sim/swarm/memory.h: blocks that one world after the other is opened in, and views of text.
// Depends on leat's public headers. Invariant: a block is aligned for anything and only grows.
#pragma once

#include <leat/leat.h>
#include <stddef.h>

#include <string>
#include <vector>

namespace swarm {

inline leat_str view(const std::string& text) { return {text.data(), text.size()}; }

class Memory {
public:
    // At least so many bytes; the block before is gone when it was smaller.
    void* of(size_t bytes) {
        const size_t cells = bytes / sizeof(max_align_t) + 1;
        if (cells_.size() < cells) cells_.resize(cells);
        return cells_.data();
    }

private:
    std::vector<max_align_t> cells_;
};

}  // namespace swarm
