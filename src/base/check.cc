// base/check.cc: what a failed assertion does: stop at once, with the condition in a register for
// the debugger. leat writes nowhere by itself, so no text is printed here.
#include "base/check.h"

namespace leat {

void check_failed(const char* condition, const char* file, int line) {
    volatile const char* reason = condition;
    volatile const char* where = file;
    volatile int at = line;
    (void)reason;
    (void)where;
    (void)at;
    __builtin_trap();
}

}  // namespace leat
