// tests/server/engine_probe.cc: runs a batch through the whole engine and says how it went, as one
// JSON object of plain counts. For the t_* scripts of this folder; sees the public API only.
//     engine_probe url=URL [items=N] [c=N] [ca=FILE] [proxy=URL] [keyfile=FILE] [resolve=H:P:A]...
//         [attempts=N] [backoff=MS] [attempt_ms=MS] [connect_ms=MS] [first_ms=MS] [idle_ms=MS]
//         [keepalive=MS] [bytes=N] [fates=A|B|...] [item_bytes=N] [connections=N] [log=FILE]
//         [limit_s=N] [scan=1]
// Each prompt is "item I ", x to `bytes`, and its fate in turn. scan=1: once the client is closed,
// its block and this process' whole memory are searched for the key. The program itself keeps the
// key masked only. Exit code: 0 ran to its end, 1 did not, 2 wrong use. Every wait is bounded.
#include <dirent.h>
#include <fcntl.h>
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "probe_key.h"

namespace {

constexpr size_t prompt_room = 64;

leat_str view(const char* text) { return leat_str{text, text == nullptr ? 0 : strlen(text)}; }

// ---- options ------------------------------------------------------------------------------------

const char* option(char** arguments, const char* name, const char* otherwise) {
    const size_t size = strlen(name);
    for (char** at = arguments; *at != nullptr; ++at) {
        if (strncmp(*at, name, size) == 0 && (*at)[size] == '=') return *at + size + 1;
    }
    return otherwise;
}

uint32_t number(char** arguments, const char* name, uint32_t otherwise) {
    const char* const text = option(arguments, name, nullptr);
    return text == nullptr ? otherwise : static_cast<uint32_t>(strtoul(text, nullptr, 10));
}

// ---- the batch ----------------------------------------------------------------------------------

struct Tally {
    leat_status status;
    uint64_t count;
};

struct Run {
    uint32_t items;
    uint32_t made;
    uint32_t prompt_bytes;
    const char* fates[64];
    uint32_t fates_count;
    char* prompt;  // of the item being made; leat copies it
    unsigned char* seen;
    uint64_t results;
    uint64_t twice;
    uint64_t key_in_results;
    uint64_t key_in_bodies;
    uint64_t http_200;
    uint64_t attempts_most;
    Tally tally[64];
    uint32_t tally_count;
    char message[200];
    long rss_early;
    long rss_late;
};

long rss_kib() {
    long pages = 0;
    char text[128] = "";
    const int from = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    const ssize_t got = from < 0 ? 0 : read(from, text, sizeof text - 1);
    if (from >= 0) close(from);
    if (got > 0) (void)sscanf(text, "%*d %ld", &pages);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

leat_status source(void* user, leat_request* request) {
    Run* const run = static_cast<Run*>(user);
    if (run->made == run->items) return LEAT_E_DONE;
    const uint32_t index = run->made++;
    char* const slot = run->prompt;
    const int begin = snprintf(slot, prompt_room, "item %u ", index);
    size_t size = static_cast<size_t>(begin);
    if (run->prompt_bytes > size) {
        memset(slot + size, 'x', run->prompt_bytes - size);
        size = run->prompt_bytes;
    }
    if (run->fates_count > 0) {
        const char* const fate = run->fates[index % run->fates_count];
        const size_t bytes = strlen(fate);
        memcpy(slot + size, fate, bytes);
        size += bytes;
    }
    request->prompt = leat_str{slot, size};
    request->flags = LEAT_COPY;
    request->user_number = index;
    return LEAT_OK;
}

void count_status(Run* run, leat_status status) {
    for (uint32_t i = 0; i < run->tally_count; ++i) {
        if (run->tally[i].status == status) {
            ++run->tally[i].count;
            return;
        }
    }
    if (run->tally_count < 64) run->tally[run->tally_count++] = Tally{status, 1};
}

leat_keep on_result(void* user, const leat_result* result) {
    Run* const run = static_cast<Run*>(user);
    ++run->results;
    if (result->index >= run->items || run->seen[result->index]++ != 0) ++run->twice;
    count_status(run, result->status);
    run->http_200 += result->http_status == 200;
    if (result->attempts > run->attempts_most) run->attempts_most = result->attempts;
    run->key_in_results += count_key(result->text) + count_key(result->error_message) +
                           count_key(result->error_code) + count_key(result->id) +
                           count_key(result->request_id);
    run->key_in_bodies += count_key(result->body);
    if (run->message[0] == '\0' && result->error_message.size > 0) {
        const size_t size = result->error_message.size < sizeof run->message
                                ? result->error_message.size
                                : sizeof run->message - 1;
        for (size_t i = 0; i < size; ++i) {
            const char c = result->error_message.data[i];
            run->message[i] = c < ' ' || c == '"' || c == '\\' ? ' ' : c;
        }
    }
    if (run->results == run->items / 5) run->rss_early = rss_kib();
    if (run->results == run->items) run->rss_late = rss_kib();
    return LEAT_RELEASE;
}

uint32_t descriptors() {
    uint32_t count = 0;
    DIR* const folder = opendir("/proc/self/fd");
    if (folder == nullptr) return 0;
    while (readdir(folder) != nullptr) ++count;
    closedir(folder);
    return count;
}

double now_s() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// "a|b|c" into its parts, in place.
void split_fates(char* text, Run* run) {
    while (text != nullptr && run->fates_count < 64) {
        char* const bar = strchr(text, '|');
        if (bar != nullptr) *bar = '\0';
        run->fates[run->fates_count++] = text;
        text = bar == nullptr ? nullptr : bar + 1;
    }
}

// "host:port:address" into a leat_resolve, in place.
bool read_resolve(char* text, leat_resolve* out) {
    char* const port = strchr(text, ':');
    char* const address = port == nullptr ? nullptr : strchr(port + 1, ':');
    if (address == nullptr) return false;
    *port = *address = '\0';
    *out = leat_resolve{};
    out->host = view(text);
    out->port = static_cast<uint16_t>(strtoul(port + 1, nullptr, 10));
    out->address = view(address + 1);
    return true;
}

leat_status add_endpoint(leat_client* client, char** arguments, const leat_resolve* resolve,
                         uint32_t resolve_count, char* plain_key, leat_endpoint* endpoint) {
    leat_endpoint_config config;
    leat_endpoint_config_init(&config);
    config.provider = view("openai");
    config.base_url = view(option(arguments, "url", ""));
    config.proxy = view(option(arguments, "proxy", ""));
    config.model = view("m");
    config.api_key = leat_str{plain_key, key.size};
    config.max_in_flight = number(arguments, "c", 8);
    config.keepalive_ms = number(arguments, "keepalive", 30000);
    config.retry.attempts_max = number(arguments, "attempts", 3);
    config.abort_on = 0;  // failures are what is looked at ...
    config.ignore_learned = 1;  // ... and they come by chance, not by rate
    config.retry.backoff_initial_ms = number(arguments, "backoff", 5);
    config.retry.backoff_max_ms = config.retry.backoff_initial_ms * 4;
    config.timeouts.attempt_ms = number(arguments, "attempt_ms", 20000);
    config.timeouts.connect_ms = number(arguments, "connect_ms", 10000);
    config.timeouts.first_byte_ms = number(arguments, "first_ms", 0);
    config.timeouts.idle_ms = number(arguments, "idle_ms", 60000);
    config.cooldown.initial_ms = 5;
    config.cooldown.max_ms = 20;
    config.cooldown.retry_after_max_ms = 5;
    config.cooldown.retries_max = 100000;
    config.cooldown.slow_start_items = 0;
    config.resolve = resolve;
    config.resolve_count = resolve_count;
    return leat_endpoint_add(client, &config, endpoint);
}

void print(const Run& run, const leat_stats& stats, const leat_summary& sum) {
    uint64_t missing = 0;
    for (uint32_t i = 0; i < run.items; ++i) missing += run.seen[i] == 0;
    printf("\"items\":%u,\"results\":%lu,\"missing\":%lu,\"twice\":%lu,", run.items, run.results,
           missing, run.twice);
    printf("\"succeeded\":%lu,\"failed\":%lu,\"cancelled\":%lu,\"http_200\":%lu,", sum.succeeded,
           sum.failed, sum.cancelled, run.http_200);
    for (uint32_t i = 0; i < run.tally_count; ++i) {
        printf("\"%s\":%lu,", leat_status_name(run.tally[i].status), run.tally[i].count);
    }
    printf("\"attempts_most\":%lu,\"sent\":%lu,\"responses\":%lu,\"opened\":%lu,\"reused\":%lu,",
           run.attempts_most, stats.requests_sent, stats.responses, stats.connections_opened,
           stats.connections_reused);
    printf("\"replayed\":%lu,\"full\":%lu,\"resumed\":%lu,\"retries\":%lu,\"rate_limited\":%lu,",
           stats.connections_replayed, stats.tls_full_handshakes, stats.tls_resumed_handshakes,
           stats.retries, stats.rate_limited);
    printf("\"bytes_sent\":%lu,\"bytes_received\":%lu,\"rss_early\":%ld,\"rss_late\":%ld,",
           stats.bytes_sent, stats.bytes_received, run.rss_early, run.rss_late);
    printf("\"message\":\"%s\",\"key_in_results\":%lu,\"key_in_bodies\":%lu,", run.message,
           run.key_in_results, run.key_in_bodies);
}

leat_config client_config(char** arguments, leat_posix_log_options* log) {
    leat_config config;
    leat_config_init(&config);
    leat_posix_ports(&config.ports);
    leat_mbedtls_port(&config.ports);
    config.connections_max = number(arguments, "connections", number(arguments, "c", 8));
    config.items_max = 2 * config.connections_max + 8;
    config.item_bytes = number(arguments, "item_bytes", 256 * 1024);
    config.tls_ca_file = view(option(arguments, "ca", ""));
    config.use_tls = strncmp(option(arguments, "url", ""), "https:", 6) == 0;
    const char* const file = option(arguments, "log", nullptr);
    if (file != nullptr) {
        log->descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        config.log_level = LEAT_LOG_DEBUG;
        config.ports.log_user = log;
    }
    return config;
}

Run* new_run(char** arguments) {
    Run* const run = static_cast<Run*>(calloc(1, sizeof(Run)));
    run->items = number(arguments, "items", 1);
    run->prompt_bytes = number(arguments, "bytes", 0);
    run->prompt = static_cast<char*>(calloc(1, prompt_room + run->prompt_bytes + 4096));
    run->seen = static_cast<unsigned char*>(malloc(run->items));
    memset(run->seen, 0, run->items);  // touched now, so that it does not count as growth
    split_fates(const_cast<char*>(option(arguments, "fates", nullptr)), run);
    return run;
}

// Steps until the batch is done. True when it is, in time.
bool run_batch(leat_client* client, leat_endpoint endpoint, Run* run, double end_s) {
    leat_batch_config config;
    leat_batch_config_init(&config);
    config.endpoint = endpoint;
    config.user = run;
    config.source = source;
    config.on_result = on_result;
    leat_batch* batch = nullptr;
    if (leat_batch_open(client, &config, &batch) != LEAT_OK) return false;
    bool done = false;
    while (!done && now_s() < end_s && leat_step(client, 100) == LEAT_OK) {
        done = leat_batch_done(batch) != 0;
    }
    leat_stats stats{};
    leat_summary sum{};
    leat_get_stats(client, &stats);
    leat_batch_summary(batch, &sum);
    print(*run, stats, sum);
    leat_batch_close(batch);
    return done;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    char** const arguments = argv + 1;
    setvbuf(stdout, nullptr, _IOLBF, 0);
    char* const plain_key = static_cast<char*>(calloc(1, key_bytes_max));
    const char* const key_file = option(arguments, "keyfile", nullptr);
    if (key_file != nullptr) read_key(key_file, plain_key);

    leat_resolve resolve[8];
    uint32_t resolve_count = 0;
    for (char** at = arguments; *at != nullptr; ++at) {
        if (strncmp(*at, "resolve=", 8) != 0 || resolve_count == 8) continue;
        if (!read_resolve(*at + 8, &resolve[resolve_count++])) return 2;
    }
    leat_posix_log_options log = {2, LEAT_LOG_DEBUG};
    const leat_config config = client_config(arguments, &log);
    Run* const run = new_run(arguments);

    const uint32_t descriptors_before = descriptors();
    const double begin_s = now_s();
    const size_t bytes = leat_memory_required(&config);
    void* block = nullptr;
    leat_client* client = nullptr;
    leat_endpoint endpoint = 0;
    leat_status status = leat_posix_map(bytes, &block);
    if (status == LEAT_OK) status = leat_open(&config, block, bytes, &client);
    if (status == LEAT_OK) {
        status = add_endpoint(client, arguments, resolve, resolve_count, plain_key, &endpoint);
    }
    wipe(plain_key, key_bytes_max);
    printf("{\"open\":\"%s\",", leat_status_name(status));
    const double end_s = begin_s + number(arguments, "limit_s", 60);
    const bool done = status != LEAT_OK || run_batch(client, endpoint, run, end_s);
    leat_close(client);
    printf("\"ms\":%.0f,\"descriptors_before\":%u,\"descriptors_after\":%u,",
           (now_s() - begin_s) * 1e3, descriptors_before, descriptors());
    if (number(arguments, "scan", 0) != 0) {
        printf("\"key_in_block\":%lu,", count_key(static_cast<const char*>(block), bytes));
        printf("\"key_in_memory\":%lu,", count_key_everywhere());
    }
    printf("\"ended\":%d}\n", done ? 1 : 0);
    leat_posix_unmap(block, bytes);
    free(run->prompt);
    free(run->seen);
    free(run);
    free(plain_key);
    return done ? 0 : 1;
}
