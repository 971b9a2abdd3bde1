/* Counts every call that can bring or return memory, between heap_count_begin and
 * heap_count_end, in whatever thread it happens. Link leat_heap_count into a program, or preload
 * libleat_heap_count.so into any other: then the counts from start to exit are printed when
 * HEAP_COUNT_PRINT is set. Counting changes nothing: every call goes on to the C library. */
#ifndef LEAT_TESTS_HEAP_COUNT_H
#define LEAT_TESTS_HEAP_COUNT_H

#ifdef __cplusplus
extern "C" {
#endif

typedef struct heap_count {
    unsigned long malloc_count;
    unsigned long calloc_count;
    unsigned long realloc_count;
    unsigned long free_count;    /* free(NULL) does nothing and is not counted */
    unsigned long aligned_count; /* posix_memalign, aligned_alloc, memalign */
    unsigned long map_count;     /* mmap, munmap */
    unsigned long break_count;   /* brk, sbrk */
    unsigned long total_count;   /* all of the above */
    const char* first_name;      /* the function called first, NULL when none was */
    void* first_caller;          /* and its return address: addr2line -e PROGRAM */
} heap_count;

void heap_count_begin(void);

/* Stops counting and says what was seen since heap_count_begin. */
heap_count heap_count_end(void);

#ifdef __cplusplus
}
#endif
#endif
