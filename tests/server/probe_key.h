// tests/server/probe_key.h: the key that engine_probe uses, which it keeps masked only, and the
// search for it. Nothing here ever puts the key together again, so whatever is found is a leak.
// Depends on POSIX and Linux (/proc).
#pragma once

#include <fcntl.h>
#include <leat/types.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

namespace {

constexpr size_t key_bytes_max = 256;
constexpr unsigned char mask = 0x5a;

struct Key {
    unsigned char masked[key_bytes_max];
    size_t size;
};

Key key;

// Bytes of the key found in [data, data + size): compared without ever being put together.
uint64_t count_key(const char* data, size_t size) {
    uint64_t count = 0;
    if (key.size == 0) return 0;
    for (size_t i = 0; i + key.size <= size; ++i) {
        size_t same = 0;
        while (same < key.size &&
               (static_cast<unsigned char>(data[i + same]) ^ mask) == key.masked[same]) {
            ++same;
        }
        if (same == key.size) ++count;
    }
    return count;
}

uint64_t count_key(const leat_str& text) { return count_key(text.data, text.size); }

// Reads the key into `plain`, which the caller wipes.
void read_key(const char* file, char* plain) {
    const int from = open(file, O_RDONLY | O_CLOEXEC);
    const ssize_t got = from < 0 ? -1 : read(from, plain, key_bytes_max);
    if (from >= 0) close(from);
    key.size = got > 0 ? static_cast<size_t>(got) : 0;
    if (key.size > 0 && plain[key.size - 1] == '\n') --key.size;
    for (size_t i = 0; i < key.size; ++i) {
        key.masked[i] = static_cast<unsigned char>(plain[i]) ^ mask;
    }
}

void wipe(void* at, size_t size) {
    memset(at, 0, size);
    __asm__ __volatile__("" : : "r"(at) : "memory");
}

// Searches every readable mapping of this process through /proc/self/mem, save the window that it
// reads them into.
uint64_t count_key_everywhere() {
    constexpr size_t window_bytes = 1 << 20;
    char* const window = static_cast<char*>(
        mmap(nullptr, window_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    FILE* const maps = fopen("/proc/self/maps", "re");
    uint64_t count = 0;
    char line[512];
    while (maps != nullptr && fgets(line, sizeof line, maps) != nullptr) {
        unsigned long from = 0;
        unsigned long to = 0;
        char rights[8] = "";
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[0] != 'r') continue;
        const unsigned long own = reinterpret_cast<unsigned long>(window);
        while (from < to) {
            if (from >= own && from < own + window_bytes) {
                from = own + window_bytes;
                continue;
            }
            unsigned long end = to < from + window_bytes ? to : from + window_bytes;
            if (from < own && end > own) end = own;
            const ssize_t got = pread(memory, window, end - from, static_cast<off_t>(from));
            if (got <= 0) break;
            const uint64_t here = count_key(window, static_cast<size_t>(got));
            if (here > 0) fprintf(stderr, "key in %s", line);
            count += here;
            // Windows overlap by a key, so that one across their border is seen.
            const unsigned long step = static_cast<unsigned long>(got);
            from += end < to && step > key.size ? step - key.size + 1 : step;
        }
        wipe(window, window_bytes);
    }
    if (maps != nullptr) fclose(maps);
    if (memory >= 0) close(memory);
    munmap(window, window_bytes);
    return count;
}

}  // namespace
