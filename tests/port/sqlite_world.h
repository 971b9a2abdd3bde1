// tests/port/sqlite_world.h: a store in a file of its own folder, and a look into the file beside it.
// Depends on store_rig.h and sqlite3.
#pragma once

#include <gtest/gtest.h>

#include "store_rig.h"

#ifdef LEAT_HAS_SQLITE
#include <sqlite3.h>
#include <sys/wait.h>

#include <fstream>

namespace port_test {

class Sqlite : public ::testing::Test {
protected:
    ~Sqlite() override { close(); }
    leat_sqlite_config config_of(const std::string& path) {
        leat_sqlite_config config;
        leat_sqlite_config_init(&config);
        path_ = path;
        config.path = leat_str{path_.data(), path_.size()};
        config.wait_ms = 1;
        return config;
    }
    leat_status open(const std::string& path, uint8_t read_only = 0) {
        leat_sqlite_config config = config_of(path);
        config.read_only = read_only;
        return open(config);
    }
    leat_status open(const leat_sqlite_config& config) {
        close();
        leat_sqlite_store* opened = nullptr;
        const leat_status status = leat_sqlite_store_open(&config, state_, &opened);
        EXPECT_EQ(opened != nullptr, status == LEAT_OK);
        rig.ops = &leat_sqlite_store_ops;
        rig.store = opened;
        return status;
    }
    void close() {
        leat_sqlite_store_close(static_cast<leat_sqlite_store*>(rig.store));
        rig.store = nullptr;
    }
    leat_status put(uint8_t key, const std::string& value) {
        return rig.put(key, value, 1000, LEAT_STORE_FOR_EVER);
    }
    // The first column of the first row, or the error.
    std::string query(const std::string& path, const char* sql) {
        sqlite3* base = nullptr;
        std::string found = "none";
        char* error = nullptr;
        EXPECT_EQ(sqlite3_open_v2(path.c_str(), &base, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
        const auto take = [](void* out, int, char** columns, char**) {
            *static_cast<std::string*>(out) = columns[0] == nullptr ? "NULL" : columns[0];
            return 0;
        };
        if (sqlite3_exec(base, sql, take, &found, &error) != SQLITE_OK) found = error;
        sqlite3_free(error);
        sqlite3_close(base);
        return found;
    }
    void write_file(const std::string& path, const std::string& bytes) {
        std::ofstream(path, std::ios::binary) << bytes;
    }

    TempFolder folder;
    std::string file = folder.path + "/cache.db";
    StoreRig rig;

private:
    std::string path_;
    alignas(16) char state_[LEAT_SQLITE_STORE_BYTES];
};

}  // namespace port_test
#endif
