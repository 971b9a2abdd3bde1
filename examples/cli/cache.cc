// cli/cache.cc: see cache.h; and `leat cache`, which looks into such a file.
// Depends on leat/store.h. Without the SQLite port both say so and stop.
#include "cli/cache.h"

#include <stddef.h>
#include <stdio.h>

#include "cli/run.h"
#include "cli/tables.h"
#include "cli/terminal.h"

namespace cli {

namespace {

constexpr size_t memory_bytes = size_t{64} << 20;
constexpr double hour_ms = 3600e3;

struct CacheSettings {
    const char* file;
    bool stats;
    bool clear;
    bool expire;
    bool help;
};

#define AT(field) offsetof(CacheSettings, field)

constexpr Option options[] = {
    {"stats", 0, Kind::flag, nullptr, nullptr, AT(stats), 0, 0, "what is in it (the default)"},
    {"expire", 0, Kind::flag, nullptr, nullptr, AT(expire), 0, 0, "forget what is over its time"},
    {"clear", 0, Kind::flag, nullptr, nullptr, AT(clear), 0, 0, "forget everything"},
    {"help", 'h', Kind::flag, nullptr, nullptr, AT(help), 0, 0, "this text"},
};

#undef AT

constexpr OptionGroup groups[] = {option_group("Options", options)};
constexpr OptionTable table = {"cache", groups, 1};

int refuse(const char* file, leat_status status) {
    fprintf(stderr, "leat cache: %s: %s\n", file, leat_status_hint(status));
    return 2;
}

int print_stats(const Cache& cache, const char* file) {
    leat_store_stats stats;
    const leat_status status = cache.ops()->stats(cache.store(), &stats);
    if (status != LEAT_OK) {
        return refuse(file, status);
    }
    printf("%s answers, %s\n", count_words(stats.entries).text, byte_words(stats.value_bytes).text);
    return 0;
}

int work_on(const Cache& cache, const CacheSettings& settings) {
    if (settings.clear) {
        const leat_status status = cache.ops()->clear(cache.store());
        if (status != LEAT_OK) {
            return refuse(settings.file, status);
        }
    }
    if (settings.expire) {
        uint64_t count = 0;
        const leat_status status = cache.ops()->expire(cache.store(), unix_ms(), &count);
        if (status != LEAT_OK) {
            return refuse(settings.file, status);
        }
        printf("%s answers were over their time\n", count_words(count).text);
    }
    return print_stats(cache, settings.file);
}

}  // namespace

#if LEAT_CLI_HAS_SQLITE

bool Cache::open_file(const char* command, const char* path, uint64_t bytes_max, bool read_only) {
    leat_sqlite_config config;
    leat_sqlite_config_init(&config);
    config.path = view(path);
    config.bytes_max = bytes_max;
    config.read_only = read_only ? 1 : 0;
    if (!block_.map(LEAT_SQLITE_MEMORY_BYTES)) {
        fprintf(stderr, "leat %s: no memory for SQLite\n", command);
        return false;
    }
    leat_sqlite_store* opened = nullptr;
    leat_status status = leat_sqlite_memory(block_.data(), block_.bytes());
    if (status == LEAT_OK) {
        is_file_ = true;
        status = leat_sqlite_store_open(&config, state_, &opened);
    }
    if (status != LEAT_OK) {
        const bool is_missing = status == LEAT_E_NOT_FOUND;
        const char* const hint = is_missing ? "there is no such file" : leat_status_hint(status);
        fprintf(stderr, "leat %s: %s: %s\n", command, path, hint);
        return false;
    }
    ops_ = &leat_sqlite_store_ops;
    store_ = opened;
    return true;
}

void Cache::close() {
    if (is_file_) {
        leat_sqlite_store_close(static_cast<leat_sqlite_store*>(store_));
        leat_sqlite_memory_end();
    }
    is_file_ = false;
    ops_ = nullptr;
    store_ = nullptr;
}

#else

bool Cache::open_file(const char* command, const char* path, uint64_t, bool) {
    fprintf(stderr, "leat %s: %s: this build has no SQLite, which the file needs\n", command, path);
    return false;
}

void Cache::close() {
    ops_ = nullptr;
    store_ = nullptr;
}

#endif

bool Cache::open_memory() {
    leat_memory_store* opened = nullptr;
    if (!block_.map(memory_bytes) ||
        leat_memory_store_open(block_.data(), block_.bytes(), &opened) != LEAT_OK) {
        fprintf(stderr, "leat run: no memory for --dedupe\n");
        return false;
    }
    ops_ = &leat_memory_store_ops;
    store_ = opened;
    return true;
}

bool Cache::open(const Settings& settings) {
    if (settings.cache == nullptr) {
        return static_cast<Dedupe>(settings.dedupe) != Dedupe::on || open_memory();
    }
    const bool read_only = static_cast<CacheMode>(settings.cache_mode) == CacheMode::read;
    return open_file("run", settings.cache, settings.cache_bytes, read_only);
}

void Cache::fill(const Settings& settings, leat_cache* cache) const {
    cache->store = ops_;
    cache->store_user = store_;
    // 0 is for ever, which a short time is not.
    const double ttl_ms = settings.cache_ttl_h.value * hour_ms;
    cache->ttl_ms = static_cast<uint64_t>(ttl_ms > 0 && ttl_ms < 1 ? 1 : ttl_ms);
    cache->mode = static_cast<leat_cache_mode>(settings.cache_mode);
    const Dedupe dedupe = static_cast<Dedupe>(settings.dedupe);
    cache->share = dedupe == Dedupe::off ? LEAT_OFF : dedupe == Dedupe::on ? LEAT_ON : LEAT_UNSET;
}

int run_cache(int argc, char** argv) {
    CacheSettings settings{};
    if (!parse_options(table, argc, argv, &settings, &settings.file)) {
        return 2;
    }
    if (settings.help) {
        print_cache_help();
        return 0;
    }
    if (settings.file == nullptr) {
        fprintf(stderr, "leat cache: which file? leat cache answers.db\n");
        return 2;
    }
    Cache cache;
    const bool read_only = !settings.clear && !settings.expire;
    const int code = cache.open_file("cache", settings.file, 0, read_only) ? work_on(cache, settings) : 2;
    cache.close();
    return code;
}

void print_cache_help() {
    puts("leat cache FILE [--stats] [--expire] [--clear]\n"
         "\n"
         "What `leat run --cache FILE` has kept. The file is an SQLite database; its view `entries` has\n"
         "key created_ms expires_ms last_used_ms provider model status bytes value:\n"
         "\n"
         "  sqlite3 FILE \"select model, bytes, datetime(created_ms/1000, 'unixepoch') from entries\"");
    print_options(table);
}

}  // namespace cli
