/* The interposer watches itself being used: every function it claims to count is called once,
 * and a stretch that calls none must count nothing. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heap_count.h"

static int failed_count;

static void check(int holds, const char* name) {
    printf("%s - heap_count: %s\n", holds ? "ok" : "not ok", name);
    failed_count += !holds;
}

/* Kept from the optimiser, which may drop an allocation nobody looks at. */
static void* volatile keep;

static void test_quiet(void) {
    char bytes[64];
    heap_count count;
    heap_count_begin();
    memset(bytes, 1, sizeof bytes);
    keep = bytes;
    free(NULL);
    count = heap_count_end();
    check(count.total_count == 0 && count.first_name == NULL, "sees nothing where nothing is");
    keep = NULL;
}

static void test_each(void) {
    void* aligned = NULL;
    int works = 1;
    heap_count count;
    heap_count_begin();
    keep = malloc(10);
    keep = realloc(keep, 1000);
    free(keep);
    keep = calloc(3, 4);
    free(keep);
    works &= posix_memalign(&aligned, 64, 128) == 0;
    free(aligned);
    keep = aligned_alloc(64, 128);
    free(keep);
    keep = memalign(64, 128);
    free(keep);
    keep = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    works &= keep != MAP_FAILED && munmap(keep, 4096) == 0;
    keep = sbrk(0);
    works &= keep != (void*)-1 && brk(keep) == 0;
    count = heap_count_end();
    check(works, "calls go through");
    check(count.malloc_count == 1, "sees malloc");
    check(count.realloc_count == 1, "sees realloc");
    check(count.calloc_count == 1, "sees calloc");
    check(count.free_count == 5, "sees free");
    check(count.aligned_count == 3, "sees posix_memalign, aligned_alloc, memalign");
    check(count.map_count == 2, "sees mmap and munmap");
    check(count.break_count == 2, "sees brk and sbrk");
    check(count.total_count == 15, "adds them up");
    check(count.first_name != NULL && strcmp(count.first_name, "malloc") == 0, "names the first");
    check(count.first_caller != NULL, "says where the first came from");
}

/* strdup allocates inside the C library: such a call has to be seen as well. */
static void test_from_library(void) {
    heap_count count;
    heap_count_begin();
    keep = strdup("text");
    count = heap_count_end();
    free(keep);
    check(count.malloc_count == 1, "sees a library's malloc");
}

int main(void) {
    setvbuf(stdout, NULL, _IONBF, 0);
    test_quiet();
    test_each();
    test_from_library();
    return failed_count != 0;
}
