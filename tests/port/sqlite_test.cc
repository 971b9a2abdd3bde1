// tests/port/sqlite_test.cc: what only a store in a file can meet: files that are none, locks, a disk that
// is full, a process that ends at any moment, another process beside it.
// Depends on sqlite_world.h and sqlite_faults.h. Rule: each has its status, and the file stays whole.
#include <gtest/gtest.h>

#include "sqlite_faults.h"
#include "sqlite_world.h"

#ifdef LEAT_HAS_SQLITE
#include <sys/stat.h>

namespace port_test {
namespace {

TEST_F(Sqlite, S12_what_was_kept_is_there_after_it_was_opened_again) {
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(put(1, "one"), LEAT_OK);
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(rig.get(1, 1000), "=one");
    ASSERT_EQ(open(file, 1), LEAT_OK);
    EXPECT_EQ(rig.get(1, 1000), "=one");
}

TEST_F(Sqlite, people_read_it_with_sql) {
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(rig.put(0xab, "{\"x\":5}", 1000, 9000), LEAT_OK);
    std::string hex;
    for (int i = 0; i < 32; ++i) hex += "ab";
    EXPECT_EQ(query(file, "SELECT key FROM entries"), hex);
    EXPECT_EQ(query(file, "SELECT provider || model || status || bytes FROM entries"), "openaim2007");
    EXPECT_EQ(query(file, "SELECT created_ms || '-' || expires_ms || '-' || last_used_ms FROM entries"),
              "1000-9000-1000");
    EXPECT_EQ(query(file, "SELECT typeof(value) || (value->>'$.x') FROM entries"), "text5");
    EXPECT_EQ(rig.get(0xab, 2000), "={\"x\":5}");
    EXPECT_EQ(query(file, "SELECT last_used_ms FROM entries"), "2000");
    EXPECT_EQ(put(2, "v"), LEAT_OK);
    EXPECT_EQ(query(file, "SELECT expires_ms FROM entries WHERE bytes = 1"), "NULL");
    EXPECT_EQ(query(file, "DELETE FROM keys WHERE bytes = 1"), "none");
    EXPECT_EQ(query(file, "SELECT entries || '/' || bytes FROM totals"), "1/7");
    EXPECT_EQ(query(file, "SELECT count(*) FROM answers"), "1");
}

TEST_F(Sqlite, a_file_that_is_no_store_is_refused_and_stays_as_it_is) {
    const std::string noise(5000, '#');
    write_file(file, noise);
    EXPECT_EQ(open(file), LEAT_E_STORE);
    std::ifstream in(file, std::ios::binary);
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), noise);
    const std::string other = folder.path + "/other.db";
    write_file(other, "");
    EXPECT_EQ(query(other, "CREATE TABLE theirs(x)"), "none");
    EXPECT_EQ(open(other), LEAT_E_STORE);
    EXPECT_EQ(open(other, 1), LEAT_E_STORE);
    EXPECT_EQ(query(other, "SELECT count(*) FROM sqlite_schema"), "1");
}

TEST_F(Sqlite, an_empty_file_becomes_a_store) {
    write_file(file, "");
    EXPECT_EQ(open(file, 1), LEAT_E_STORE);
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(put(1, "v"), LEAT_OK);
}

TEST_F(Sqlite, a_later_version_is_refused) {
    ASSERT_EQ(open(file), LEAT_OK);
    close();
    EXPECT_EQ(query(file, "PRAGMA user_version = 2"), "none");
    EXPECT_EQ(open(file), LEAT_E_STORE);
    EXPECT_EQ(query(file, "PRAGMA user_version = 1; DROP TABLE totals"), "none");
    EXPECT_EQ(open(file), LEAT_E_STORE);
}

TEST_F(Sqlite, a_file_that_is_not_there_can_not_be_read) {
    EXPECT_EQ(open(file, 1), LEAT_E_NOT_FOUND);
    EXPECT_EQ(open(folder.path + "/no/such/folder.db"), LEAT_E_PORT);
    EXPECT_EQ(open(folder.path), LEAT_E_PORT);
}

TEST_F(Sqlite, read_only_is_read_only) {
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(put(1, "v"), LEAT_OK);
    ASSERT_EQ(open(file, 1), LEAT_OK);
    EXPECT_EQ(put(2, "v"), LEAT_E_STORE_READ_ONLY);
    EXPECT_EQ(rig.remove(1), LEAT_E_STORE_READ_ONLY);
    EXPECT_EQ(rig.ops->clear(rig.store), LEAT_E_STORE_READ_ONLY);
    EXPECT_EQ(rig.ops->expire(rig.store, 0, nullptr), LEAT_E_STORE_READ_ONLY);
    EXPECT_EQ(rig.get(1, 5000), "=v");
    EXPECT_EQ(query(file, "SELECT last_used_ms FROM keys"), "1000");
}

TEST_F(Sqlite, a_file_that_may_not_be_written_is_read_only) {
    ASSERT_EQ(open(file), LEAT_OK);
    close();
    EXPECT_EQ(chmod(file.c_str(), 0444), 0);
    EXPECT_EQ(chmod(folder.path.c_str(), 0755), 0);
    const pid_t pid = fork();
    if (pid == 0) {
        if (geteuid() == 0 && setuid(65534) != 0) _exit(9);  // root may write everything
        const bool file_is = open(file) == LEAT_E_STORE_READ_ONLY;
        const bool folder_is = geteuid() != 65534 || open(folder.path + "/new") == LEAT_E_PORT;
        _exit((file_is ? 0 : 1) + (folder_is ? 0 : 2));
    }
    int status = 0;
    EXPECT_EQ(waitpid(pid, &status, 0), pid);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(Sqlite, who_waits_for_another_writer_waits_no_longer_than_it_may) {
    ASSERT_EQ(open(file), LEAT_OK);
    EXPECT_EQ(put(1, "v"), LEAT_OK);
    sqlite3* holder = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &holder), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(holder, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    EXPECT_EQ(put(2, "v"), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(rig.remove(1), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(rig.ops->clear(rig.store), LEAT_E_WOULD_BLOCK);
    EXPECT_EQ(rig.get(1, 1000), "=v") << "a reader need not wait";
    EXPECT_EQ(sqlite3_exec(holder, "COMMIT", nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(holder);
    EXPECT_EQ(put(2, "v"), LEAT_OK);
}

TEST_F(Sqlite, its_bounds_are_exact) {
    leat_sqlite_config config = config_of(file);
    config.value_max_bytes = 1000;
    ASSERT_EQ(open(config), LEAT_OK);
    EXPECT_EQ(put(1, std::string(999, 'v')), LEAT_OK);
    EXPECT_EQ(put(1, std::string(1000, 'v')), LEAT_OK);
    EXPECT_EQ(put(1, std::string(1001, 'v')), LEAT_E_TOO_LARGE);
    EXPECT_EQ(rig.get(1, 1000), "=" + std::string(1000, 'v'));
    config.value_max_bytes = 0;
    EXPECT_EQ(open(config), LEAT_E_CONFIG);
    config.value_max_bytes = (1u << 30) + 1;
    EXPECT_EQ(open(config), LEAT_E_CONFIG);
    config = config_of(std::string(1024, 'x'));
    EXPECT_EQ(open(config), LEAT_E_CONFIG);
    config = config_of("");
    EXPECT_EQ(open(config), LEAT_E_CONFIG);
    config = config_of(std::string("a\0b", 3));
    EXPECT_EQ(open(config), LEAT_E_CONFIG);
    config = config_of(file);
    config.reserved[1] = 1;
    EXPECT_EQ(open(config), LEAT_E_RESERVED);
    config = config_of(file);
    config.struct_size = 1;
    EXPECT_EQ(open(config), LEAT_E_STRUCT_SIZE);
}

TEST_F(Sqlite, a_smaller_bound_holds_from_the_next_entry_on) {
    ASSERT_EQ(open(file), LEAT_OK);
    const std::string value(100, 'v');
    for (uint8_t key = 1; key <= 20; ++key) EXPECT_EQ(rig.put(key, value, key, 9000), LEAT_OK);
    leat_sqlite_config config = config_of(file);
    config.bytes_max = 500;
    ASSERT_EQ(open(config), LEAT_OK);
    EXPECT_EQ(rig.put(30, std::string(100, 'v'), 50, 9000), LEAT_OK);
    leat_store_stats stats{};
    EXPECT_EQ(rig.ops->stats(rig.store, &stats), LEAT_OK);
    EXPECT_EQ(stats.value_bytes, 500u);
    EXPECT_EQ(stats.evictions, 16u);
    EXPECT_EQ(rig.get(17, 60), "=" + std::string(100, 'v'));
    EXPECT_EQ(rig.get(16, 60), "LEAT_E_NOT_FOUND");
}

// Whatever fails at whichever place: a status of the list, no entry half there, and a whole file.
TEST_F(Sqlite, writes_that_fail_at_every_place_leave_a_whole_file) {
    Faults& faults = Faults::get();
    faults.install();
    for (const bool for_ever : {false, true}) {
        for (const int result : {SQLITE_FULL, SQLITE_IOERR_WRITE}) {
            int places = 0;
            for (int n = 1; n < 200; ++n) {
                const std::string name = folder.path + "/f" + std::to_string(n);
                faults.arm(0, false, result);
                ASSERT_EQ(open(name), LEAT_OK);
                ASSERT_EQ(put(1, "first"), LEAT_OK);
                faults.arm(n, for_ever, result);
                const leat_status replaced = put(1, std::string(9000, 'r'));
                const leat_status added = put(2, std::string(9000, 'a'));
                const leat_status wanted = result == SQLITE_FULL ? LEAT_E_STORE_FULL : LEAT_E_PORT;
                EXPECT_TRUE(replaced == LEAT_OK || replaced == wanted) << leat_status_name(replaced);
                EXPECT_TRUE(added == LEAT_OK || added == wanted) << leat_status_name(added);
                close();
                const bool fired = faults.fired() > 0;
                faults.arm(0, false, result);
                ASSERT_EQ(open(name), LEAT_OK) << n;
                const std::string first = replaced == LEAT_OK ? std::string(9000, 'r') : "first";
                EXPECT_EQ(rig.get(1, 1000), "=" + first) << n;
                const std::string second = "=" + std::string(9000, 'a');
                EXPECT_EQ(rig.get(2, 1000), added == LEAT_OK ? second : "LEAT_E_NOT_FOUND") << n;
                close();
                EXPECT_EQ(query(name, "PRAGMA integrity_check"), "ok") << n;
                EXPECT_EQ(query(name, "SELECT entries = (SELECT count(*) FROM keys) AND bytes = "
                                      "(SELECT sum(length(value)) FROM answers) FROM totals"), "1") << n;
                unlink(name.c_str());
                if (!fired) break;
                ++places;
            }
            EXPECT_GE(places, 8);
            EXPECT_LT(places, 199);
        }
    }
    faults.remove();
}

TEST_F(Sqlite, opening_that_fails_at_every_place_has_a_status_and_can_be_done_again) {
    Faults& faults = Faults::get();
    faults.install();
    int places = 0;
    for (int n = 1; n < 200; ++n) {
        const std::string name = folder.path + "/o" + std::to_string(n);
        faults.arm(n, false, SQLITE_FULL);
        const leat_status status = open(name);
        const bool fired = faults.fired() > 0;
        EXPECT_TRUE(status == LEAT_OK || status == LEAT_E_STORE_FULL || status == LEAT_E_PORT)
            << leat_status_name(status);
        close();
        faults.arm(0, false, SQLITE_FULL);
        ASSERT_EQ(open(name), LEAT_OK) << n;
        EXPECT_EQ(put(1, "v"), LEAT_OK) << n;
        close();
        if (!fired) break;
        ++places;
    }
    EXPECT_GE(places, 5);
    faults.remove();
}

TEST_F(Sqlite, a_damaged_file_has_a_status_and_no_crash) {
    ASSERT_EQ(open(file), LEAT_OK);
    for (uint8_t key = 1; key <= 50; ++key) EXPECT_EQ(put(key, std::string(3000, 'v')), LEAT_OK);
    close();
    std::ifstream in(file, std::ios::binary);
    const std::string whole(std::istreambuf_iterator<char>(in), {});
    in.close();
    for (size_t at = 100; at < whole.size(); at += 1531) {
        std::string damaged = whole;
        const size_t end = std::min(at + 64, damaged.size());
        for (size_t k = at; k < end; ++k) damaged[k] = static_cast<char>(damaged[k] ^ 0x5a);
        write_file(file, damaged);
        unlink((file + "-wal").c_str());
        unlink((file + "-shm").c_str());
        if (open(file) != LEAT_OK) continue;
        for (uint8_t key = 1; key <= 50; ++key) (void)rig.get(key, 1000);
        (void)put(60, "new");
        (void)rig.ops->expire(rig.store, 5000, nullptr);
        leat_store_stats stats{};
        (void)rig.ops->stats(rig.store, &stats);
        close();
    }
}

TEST_F(Sqlite, two_processes_may_use_one_file) {
    ASSERT_EQ(open(file), LEAT_OK);
    close();
    std::vector<pid_t> children;
    for (int child = 0; child < 3; ++child) {
        const pid_t pid = fork();
        if (pid == 0) {
            leat_sqlite_config config = config_of(file);
            config.wait_ms = 10000;
            if (open(config) != LEAT_OK) _exit(1);
            for (int i = 0; i < 60; ++i) {
                const uint8_t key = static_cast<uint8_t>(child * 60 + i);
                if (put(key, std::string(500, 'v')) != LEAT_OK) _exit(2);
                if (rig.get(key, 1000) != "=" + std::string(500, 'v')) _exit(3);
            }
            close();
            _exit(0);
        }
        children.push_back(pid);
    }
    for (const pid_t pid : children) {
        int status = 0;
        EXPECT_EQ(waitpid(pid, &status, 0), pid);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    }
    EXPECT_EQ(query(file, "SELECT entries || '/' || bytes FROM totals"), "180/90000");
    EXPECT_EQ(query(file, "PRAGMA integrity_check"), "ok");
}

TEST_F(Sqlite, a_name_is_a_name_whatever_it_looks_like) {
    char before[4096];
    ASSERT_NE(getcwd(before, sizeof before), nullptr);
    ASSERT_EQ(chdir(folder.path.c_str()), 0);
    for (const char* const name : {":memory:", "file:x.db?mode=memory", "plain.db"}) {
        ASSERT_EQ(open(name), LEAT_OK) << name;
        close();
        struct stat seen;
        EXPECT_EQ(stat((folder.path + "/" + name).c_str(), &seen), 0) << name;
    }
    ASSERT_EQ(chdir(before), 0);
}

}  // namespace
}  // namespace port_test
#endif
