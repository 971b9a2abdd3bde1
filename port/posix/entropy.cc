// port/posix/entropy.cc: bytes fit for keys from the system's generator: getrandom on Linux,
// getentropy elsewhere. Depends on system.h.
// Invariant: LEAT_OK means that every byte was filled; there is no weaker source to fall back on.
// May wait at system start until the kernel has gathered enough, as keys must.
#if defined(__APPLE__)
// sys/random.h uses these two and forgets to include them.
#include <Availability.h>
#include <stddef.h>
#endif
#if defined(__linux__) || defined(__APPLE__)
#include <sys/random.h>
#endif
#include <unistd.h>

#include "system.h"

namespace leat_posix {
namespace {

// Both calls take this much without being cut short.
constexpr size_t piece_bytes_max = 256;

#if defined(__linux__)
// How many bytes came; 0 when the system has failed.
size_t take(unsigned char* bytes, size_t size) {
    for (;;) {
        const ssize_t got = getrandom(bytes, size, 0);
        if (got > 0) return static_cast<size_t>(got);
        if (got == 0 || errno != EINTR) return 0;
    }
}
#else
size_t take(unsigned char* bytes, size_t size) { return getentropy(bytes, size) == 0 ? size : 0; }
#endif

leat_status entropy_fill(void*, void* bytes, size_t size) {
    unsigned char* const out = static_cast<unsigned char*>(bytes);
    size_t filled = 0;
    while (filled < size) {
        const size_t left = size - filled;
        const size_t got = take(out + filled, left < piece_bytes_max ? left : piece_bytes_max);
        if (got == 0) return LEAT_E_PORT;
        filled += got;
    }
    return LEAT_OK;
}

}  // namespace
}  // namespace leat_posix

const leat_entropy_ops leat_posix_entropy = {
    sizeof(leat_entropy_ops),
    0,
    leat_posix::entropy_fill,
};
