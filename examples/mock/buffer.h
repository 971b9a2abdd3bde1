// A growing byte buffer, and the two number formatters everything here needs.
//
// Each is reused for the life of its owner, so that once warm the hot path does not allocate.
// Invariant: size() <= capacity; running out of memory ends the process (a test server has nothing
// better to do).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace mock {

[[noreturn]] inline void out_of_memory() {
    std::fputs("mock: out of memory\n", stderr);
    std::abort();
}

class Buffer {
public:
    Buffer() = default;
    Buffer(const Buffer&) = delete;
    Buffer& operator=(const Buffer&) = delete;
    ~Buffer() { std::free(data_); }

    char* data() { return data_; }
    const char* data() const { return data_; }
    size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    size_t capacity() const { return capacity_; }
    std::string_view view() const { return {data_, size_}; }
    void clear() { size_ = 0; }
    void resize(size_t size) {
        reserve(size);
        size_ = size;
    }

    void reserve(size_t capacity) {
        if (capacity <= capacity_) return;
        size_t grown = capacity_ < 256 ? 256 : capacity_ * 2;
        if (grown < capacity) grown = capacity;
        void* moved = std::realloc(data_, grown);
        if (moved == nullptr) out_of_memory();
        data_ = static_cast<char*>(moved);
        capacity_ = grown;
    }

    void append(const char* bytes, size_t count) {
        if (count == 0) return;
        reserve(size_ + count);
        std::memcpy(data_ + size_, bytes, count);
        size_ += count;
    }
    void append(std::string_view text) { append(text.data(), text.size()); }
    void append_char(char c) {
        reserve(size_ + 1);
        data_[size_++] = c;
    }
    void append_u64(uint64_t value) {
        char digits[20];
        size_t at = sizeof digits;
        do {
            digits[--at] = static_cast<char>('0' + value % 10);
            value /= 10;
        } while (value != 0);
        append(digits + at, sizeof digits - at);
    }
    void append_hex(uint64_t value) {
        char digits[16];
        size_t at = sizeof digits;
        do {
            digits[--at] = "0123456789abcdef"[value & 15];
            value >>= 4;
        } while (value != 0);
        append(digits + at, sizeof digits - at);
    }

    void erase_front(size_t count) {
        if (count < size_) std::memmove(data_, data_ + count, size_ - count);
        size_ -= count < size_ ? count : size_;
    }

    // Gives a large block back, so that thousands of idle connections stay cheap.
    void release_above(size_t kept_bytes) {
        size_ = 0;
        if (capacity_ <= kept_bytes) return;
        std::free(data_);
        data_ = nullptr;
        capacity_ = 0;
    }

private:
    char* data_ = nullptr;
    size_t size_ = 0;
    size_t capacity_ = 0;
};

// SplitMix64's finaliser: turns a counter or a hash into well spread bits.
inline uint64_t mix64(uint64_t x) {
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
}

inline double unit_interval(uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1p-53; }

inline uint64_t hash_bytes(std::string_view text, uint64_t seed) {
    uint64_t hash = mix64(seed ^ text.size());
    const char* p = text.data();
    size_t left = text.size();
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word;
        std::memcpy(&word, p, 8);
        hash = mix64(hash ^ word);
    }
    uint64_t tail = 0;
    if (left != 0) std::memcpy(&tail, p, left);
    return mix64(hash ^ tail);
}

}  // namespace mock
