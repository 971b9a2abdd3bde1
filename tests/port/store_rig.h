// tests/port/store_rig.h: a store to be examined, and the stores that there are. A new store is added to
// store_subjects(). Depends on the public headers.
// Invariant: a rig owns what its store lives in, and removes it.
#pragma once

#include <leat/store.h>
#include <stdlib.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace port_test {

struct StoreKey {
    uint8_t bytes[LEAT_STORE_KEY_BYTES];
    explicit StoreKey(uint8_t fill) {
        for (uint8_t& byte : bytes) byte = fill;
    }
};

struct StoreRig {
    virtual ~StoreRig() = default;

    leat_status put(uint8_t key, const std::string& value, int64_t wall_ms, int64_t expires_ms) {
        leat_store_entry entry{};
        entry.value = leat_str{value.data(), value.size()};
        entry.expires_ms = expires_ms;
        entry.provider = LEAT_STR("openai");
        entry.model = LEAT_STR("m");
        entry.http_status = 200;
        return ops->put(store, StoreKey(key).bytes, wall_ms, &entry);
    }
    // "=value", or the status' name.
    std::string get(uint8_t key, int64_t wall_ms) {
        std::string value(300000, '\0');
        size_t size = 0;
        const leat_status status =
            ops->get(store, StoreKey(key).bytes, wall_ms, value.data(), value.size(), &size);
        return status == LEAT_OK ? "=" + value.substr(0, size) : leat_status_name(status);
    }
    leat_status remove(uint8_t key) { return ops->remove(store, StoreKey(key).bytes); }

    const leat_store_ops* ops = nullptr;
    void* store = nullptr;
};

struct MemoryRig : StoreRig {
    explicit MemoryRig(size_t bytes) : block(bytes / 16 + 1) {
        leat_memory_store* opened = nullptr;
        const leat_status status = leat_memory_store_open(block.data(), bytes, &opened);
        ops = status == LEAT_OK ? &leat_memory_store_ops : nullptr;
        store = opened;
    }
    struct alignas(16) Unit {
        char bytes[16];
    };
    std::vector<Unit> block;
};

// A folder of its own.
struct TempFolder {
    TempFolder() {
        char name[] = "/tmp/leat_store_XXXXXX";
        if (mkdtemp(name) != nullptr) path = name;
    }
    ~TempFolder() {
        const std::string command = "rm -rf '" + path + "'";
        if (!path.empty() && system(command.c_str()) != 0) abort();
    }
    TempFolder(const TempFolder&) = delete;
    std::string path;
};

#ifdef LEAT_HAS_SQLITE
struct SqliteRig : StoreRig {
    explicit SqliteRig(uint64_t bytes_max) {
        file = folder.path + "/cache.db";
        leat_sqlite_config config;
        leat_sqlite_config_init(&config);
        config.path = leat_str{file.data(), file.size()};
        config.bytes_max = bytes_max;
        leat_sqlite_store* opened = nullptr;
        const leat_status status = leat_sqlite_store_open(&config, state, &opened);
        ops = status == LEAT_OK ? &leat_sqlite_store_ops : nullptr;
        store = opened;
    }
    ~SqliteRig() override { leat_sqlite_store_close(static_cast<leat_sqlite_store*>(store)); }
    TempFolder folder;
    std::string file;
    alignas(16) char state[LEAT_SQLITE_STORE_BYTES];
};
#endif

struct StoreSubject {
    std::string name;
    // A store for about so many bytes of values.
    std::function<std::unique_ptr<StoreRig>(size_t value_bytes)> open;
};

inline std::vector<StoreSubject> store_subjects() {
    std::vector<StoreSubject> all;
    const auto add = [&all](const char* name, auto open) { all.push_back(StoreSubject{name, open}); };
    add("memory", [](size_t bytes) { return std::make_unique<MemoryRig>(bytes); });
#ifdef LEAT_HAS_SQLITE
    add("sqlite", [](size_t bytes) { return std::make_unique<SqliteRig>(bytes); });
#endif
    return all;
}

}  // namespace port_test
