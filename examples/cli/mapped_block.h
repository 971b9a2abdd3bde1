// cli/mapped_block.h: a block of memory of the command: mapped once, given back at its end.
// Depends on the system's mmap. Pages are zero, and cost nothing until they are used.
#pragma once

#include <stddef.h>
#include <sys/mman.h>

namespace cli {

class MappedBlock {
public:
    MappedBlock() = default;
    MappedBlock(const MappedBlock&) = delete;
    MappedBlock& operator=(const MappedBlock&) = delete;
    ~MappedBlock() {
        if (data_ != nullptr) {
            munmap(data_, bytes_);
        }
    }
    bool map(size_t bytes) {
        void* const got = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (got == MAP_FAILED) {
            return false;
        }
        data_ = got;
        bytes_ = bytes;
        return true;
    }
    void* data() const { return data_; }
    size_t bytes() const { return bytes_; }

private:
    void* data_ = nullptr;
    size_t bytes_ = 0;
};

}  // namespace cli
