// base/poison.h: tells AddressSanitizer which bytes of the caller's block are out of use, so that
// a block given by the caller does not hide overflows from it. Nothing in other builds.
#pragma once

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEAT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEAT_ASAN 1
#endif
#endif

#ifdef LEAT_ASAN
extern "C" void __asan_poison_memory_region(void const volatile* address, size_t size);
extern "C" void __asan_unpoison_memory_region(void const volatile* address, size_t size);
#endif

namespace leat {

// Bytes kept out of use between neighbours, so that a run over the end is seen.
#ifdef LEAT_ASAN
constexpr size_t red_zone_bytes = 32;
inline void poison(void* at, size_t size) { __asan_poison_memory_region(at, size); }
inline void unpoison(void* at, size_t size) { __asan_unpoison_memory_region(at, size); }
#else
constexpr size_t red_zone_bytes = 0;
inline void poison(void*, size_t) {}
inline void unpoison(void*, size_t) {}
#endif

}  // namespace leat
