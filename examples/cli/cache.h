// cli/cache.h: where a run keeps answers: an SQLite file (--cache), or memory of its own (--dedupe on).
// Depends on leat/store.h. Invariant: open once, close once; SQLite's memory is a block that is mapped here.
#pragma once

#include <leat/leat.h>

#include "cli/mapped_block.h"
#include "cli/options.h"

namespace cli {

class Cache {
public:
    // As the options say, perhaps nothing. False after it has said why.
    bool open(const Settings& settings);
    // For the batch.
    void fill(const Settings& settings, leat_cache* cache) const;
    void close();

    // The file of `leat cache`. False after it has said why, as `command`.
    bool open_file(const char* command, const char* path, uint64_t bytes_max, bool read_only);
    const leat_store_ops* ops() const { return ops_; }
    void* store() const { return store_; }

private:
    bool open_memory();

    const leat_store_ops* ops_ = nullptr;
    void* store_ = nullptr;
    bool is_file_ = false;
    MappedBlock block_;
    alignas(16) char state_[LEAT_SQLITE_STORE_BYTES];
};

}  // namespace cli
