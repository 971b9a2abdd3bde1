// base/check.h: assertions. LEAT_CHECK is always on; LEAT_DCHECK is on unless NDEBUG is set.
// They are for programming errors only: no byte from a peer may ever make one fail.
// A failed check calls leat::check_failed, which never returns.
#pragma once

namespace leat {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace leat

#define LEAT_CHECK(condition)                                        \
    do {                                                             \
        if (__builtin_expect(!(condition), 0)) {                     \
            ::leat::check_failed(#condition, __FILE__, __LINE__); \
        }                                                            \
    } while (false)

#ifdef NDEBUG
#define LEAT_DCHECK(condition) \
    do {                       \
    } while (false)
#else
#define LEAT_DCHECK(condition) LEAT_CHECK(condition)
#endif

// The only control-flow macro: hand a failure to the caller.
#define LEAT_TRY(expression)                                   \
    do {                                                       \
        const leat_status leat_try_status_ = (expression);     \
        if (leat_try_status_ != LEAT_OK) return leat_try_status_; \
    } while (false)
