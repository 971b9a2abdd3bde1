// tests/port/sqlite_memory_test.cc: SQLite in a fixed block: when it may be given, what fits, and what
// becomes of a store whose block is used up. Depends on sqlite_world.h.
#include "sqlite_world.h"

#ifdef LEAT_HAS_SQLITE
namespace port_test {
namespace {

TEST_F(Sqlite, memory_is_given_before_sqlite_is_in_use_or_not_at_all) {
    alignas(16) static char block[LEAT_SQLITE_MEMORY_BYTES_MIN];
    EXPECT_EQ(leat_sqlite_memory(nullptr, sizeof block), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_sqlite_memory(block + 1, sizeof block), LEAT_E_ARGUMENT);
    EXPECT_EQ(leat_sqlite_memory(block, sizeof block - 1), LEAT_E_MEMORY);
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(leat_sqlite_memory(block, sizeof block), LEAT_E_STATE);
    close();
}

// SQLite takes its block before it is first used: in a process of its own.
template <typename Body>
int in_child(Body body) {
    const pid_t pid = fork();
    if (pid == 0) _exit(sqlite3_shutdown() == SQLITE_OK ? body() : 100);
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

TEST_F(Sqlite, the_largest_value_fits_into_sqlites_block_again_and_again) {
    alignas(16) static char block[LEAT_SQLITE_MEMORY_BYTES_MIN];
    const int failed = in_child([this] {
        if (leat_sqlite_memory(block, sizeof block) != LEAT_OK) return 1;
        if (leat_sqlite_memory(block, sizeof block) != LEAT_E_STATE) return 2;
        leat_sqlite_config config = config_of(file);
        config.value_max_bytes = sizeof block / 8 + 1;
        if (open(config) != LEAT_E_CONFIG) return 3;
        config.value_max_bytes = sizeof block / 8;
        config.bytes_max = 4 * config.value_max_bytes;
        if (open(config) != LEAT_OK) return 4;
        std::string value(config.value_max_bytes, 'v');
        size_t size = 0;
        for (uint8_t n = 0; n < 40; ++n) {
            value[0] = static_cast<char>(n);
            const uint8_t key = static_cast<uint8_t>(n % 7);
            if (put(key, value) != LEAT_OK) return 5;
            std::string got(value.size(), '\0');
            const leat_status status = leat_sqlite_store_ops.get(
                rig.store, StoreKey(key).bytes, 1000, got.data(), got.size(), &size);
            if (status != LEAT_OK || got != value) return 6;
        }
        close();
        leat_sqlite_memory_end();
        return leat_sqlite_memory(block, sizeof block) == LEAT_OK ? 0 : 7;
    });
    EXPECT_EQ(failed, 0);
}

TEST_F(Sqlite, memory_that_runs_out_at_every_place_has_a_status_and_no_trace) {
    alignas(16) static char block[LEAT_SQLITE_MEMORY_BYTES_MIN];
    const int failed = in_child([this] {
        if (leat_sqlite_memory(block, sizeof block) != LEAT_OK) return 1;
        if (open(file) != LEAT_E_CONFIG) return 2;  // 1 MiB is over an eighth of that block
        leat_sqlite_config config = config_of(file);
        config.value_max_bytes = 100000;
        if (open(config) != LEAT_OK || put(1, std::string(20000, 'a')) != LEAT_OK) return 3;
        int refused = 0;
        for (int room = 0; room < 80000; room += 64) {
            (void)sqlite3_hard_heap_limit64(sqlite3_memory_used() + room);
            const leat_status added = put(2, std::string(20000, 'b'));
            const std::string got = rig.get(1, 1000);
            (void)sqlite3_hard_heap_limit64(0);
            if (added != LEAT_OK && added != LEAT_E_MEMORY) return 4;
            if (got != "LEAT_E_MEMORY" && got != "=" + std::string(20000, 'a')) return 5;
            refused += added == LEAT_E_MEMORY ? 1 : 0;
            const std::string other = rig.get(2, 1000);
            const std::string whole = "=" + std::string(20000, 'b');
            if (other != (added == LEAT_OK || refused == 0 ? whole : other)) return 6;
            if (other != whole && other != "LEAT_E_NOT_FOUND") return 7;
        }
        if (refused < 10 || put(2, "last") != LEAT_OK || rig.get(2, 1000) != "=last") return 8;
        close();
        return query(file, "PRAGMA integrity_check") == "ok" ? 0 : 9;
    });
    EXPECT_EQ(failed, 0);
}

}  // namespace
}  // namespace port_test
#endif
