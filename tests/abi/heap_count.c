/* The heap interposer; heap_count.h says what it is for.
 * It defines the C library's own names, so the linker (or the loader, when preloaded) binds every
 * caller to it, and reaches the real functions by their glibc-internal names: those need no
 * dlsym, which itself allocates. Functions without such a name are looked up once, before main. */
#define _GNU_SOURCE
#include "heap_count.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#ifndef __GLIBC__
#error "the interposer knows glibc only"
#endif

void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* old, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* block);

static int counting;
static heap_count seen;

static void note(unsigned long* count, const char* name, void* caller) {
    const char* none = NULL;
    if (!__atomic_load_n(&counting, __ATOMIC_ACQUIRE)) {
        return;
    }
    __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
    __atomic_add_fetch(&seen.total_count, 1, __ATOMIC_RELAXED);
    if (__atomic_compare_exchange_n(&seen.first_name, &none, name, 0, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED)) {
        seen.first_caller = caller;
    }
}

#define NOTE(field, name) note(&seen.field, name, __builtin_return_address(0))

void heap_count_begin(void) {
    memset(&seen, 0, sizeof seen);
    __atomic_store_n(&counting, 1, __ATOMIC_RELEASE);
}

heap_count heap_count_end(void) {
    __atomic_store_n(&counting, 0, __ATOMIC_RELEASE);
    return seen;
}

void* malloc(size_t size) {
    NOTE(malloc_count, "malloc");
    return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
    NOTE(calloc_count, "calloc");
    return __libc_calloc(count, size);
}

void* realloc(void* old, size_t size) {
    NOTE(realloc_count, "realloc");
    return __libc_realloc(old, size);
}

void* reallocarray(void* old, size_t count, size_t size) {
    size_t bytes = 0;
    NOTE(realloc_count, "reallocarray");
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(old, bytes);
}

void free(void* block) {
    if (block != NULL) {
        NOTE(free_count, "free");
        __libc_free(block);
    }
}

int posix_memalign(void** result, size_t alignment, size_t size) {
    void* block = NULL;
    NOTE(aligned_count, "posix_memalign");
    if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0) {
        return EINVAL;
    }
    block = __libc_memalign(alignment, size);
    if (block == NULL) {
        return ENOMEM;
    }
    *result = block;
    return 0;
}

void* aligned_alloc(size_t alignment, size_t size) {
    NOTE(aligned_count, "aligned_alloc");
    return __libc_memalign(alignment, size);
}

void* memalign(size_t alignment, size_t size) {
    NOTE(aligned_count, "memalign");
    return __libc_memalign(alignment, size);
}

/* The mappings go straight to the kernel: no C library state hangs on them. */
static void* map(void* where, size_t size, int protection, int flags, int file, int64_t offset) {
#ifdef SYS_mmap2
    return (void*)syscall(SYS_mmap2, where, size, protection, flags, file, (long)(offset >> 12));
#else
    return (void*)syscall(SYS_mmap, where, size, protection, flags, file, offset);
#endif
}

void* mmap(void* where, size_t size, int protection, int flags, int file, off_t offset) {
    NOTE(map_count, "mmap");
    return map(where, size, protection, flags, file, offset);
}

void* mmap64(void* where, size_t size, int protection, int flags, int file, off64_t offset) {
    NOTE(map_count, "mmap64");
    return map(where, size, protection, flags, file, offset);
}

int munmap(void* where, size_t size) {
    NOTE(map_count, "munmap");
    return (int)syscall(SYS_munmap, where, size);
}

/* The break is the C library's own state, so these two must be its own functions. */
static int (*real_brk)(void* end);
static void* (*real_sbrk)(intptr_t step);

static void look_up(void) {
    void* found = dlsym(RTLD_NEXT, "brk");
    memcpy(&real_brk, &found, sizeof real_brk);
    found = dlsym(RTLD_NEXT, "sbrk");
    memcpy(&real_sbrk, &found, sizeof real_sbrk);
}

int brk(void* end) {
    NOTE(break_count, "brk");
    if (real_brk == NULL) {
        look_up();
    }
    return real_brk(end);
}

void* sbrk(intptr_t step) {
    NOTE(break_count, "sbrk");
    if (real_sbrk == NULL) {
        look_up();
    }
    return real_sbrk(step);
}

static void print_at_exit(void) {
    heap_count count = heap_count_end();
    fprintf(stderr,
            "heap_count: malloc %lu calloc %lu realloc %lu free %lu aligned %lu map %lu break %lu "
            "total %lu first %s\n",
            count.malloc_count, count.calloc_count, count.realloc_count, count.free_count,
            count.aligned_count, count.map_count, count.break_count, count.total_count,
            count.first_name == NULL ? "none" : count.first_name);
}

__attribute__((constructor)) static void start(void) {
    look_up();
    if (getenv("HEAP_COUNT_PRINT") != NULL) {
        atexit(print_at_exit);
        heap_count_begin();
    }
}
