// Wiping: every byte of the range, and none beside it.
#include "base/secret.h"

#include <gtest/gtest.h>

namespace leat {
namespace {

TEST(SecretTest, wipes_the_range_and_nothing_beside_it) {
    for (size_t size = 0; size <= 70; ++size) {
        char memory[80];
        memset(memory, 's', sizeof memory);
        wipe(memory + 5, size);
        for (size_t i = 0; i < sizeof memory; ++i) {
            ASSERT_EQ(memory[i], i >= 5 && i < 5 + size ? 0 : 's') << size << " at " << i;
        }
    }
    wipe(nullptr, 0);
}

}  // namespace
}  // namespace leat
