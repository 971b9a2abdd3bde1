// cli/limits.cc: `leat limits`, and the configuration of client and batch behind `run`, `limits` and
// `simulate`, so that what is printed is what is used.
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>

#include "cli/record.h"
#include "cli/tables.h"
#include "cli/terminal.h"

#if LEAT_CLI_HAS_TLS
#include <leat/mbedtls.h>
#endif

namespace cli {

namespace {

void print_line(void*, const leat_memory_line* line) {
    printf("  %-28s %10s x %11s  %11s  %s\n", line->consumer, count_words(line->count).text,
           byte_words(line->each_bytes).text, byte_words(line->bytes).text, line->reason);
}

void print_own(const char* consumer, uint64_t bytes, const char* reason) {
    printf("  %-28s %24s  %11s  %s\n", consumer, "", byte_words(bytes).text, reason);
}

// A place for a message in each KiB of text.
uint32_t messages_of(uint64_t bytes) {
    const uint64_t count = bytes / 1024;
    return static_cast<uint32_t>(count < 256 ? 256 : count > 65536 ? 65536 : count);
}

// Keys and services that the options name; what the names mean is another matter.
uint32_t endpoints_wanted(const Settings& settings) {
    uint32_t keys = 1;
    for (const char* at = settings.api_key_env; at != nullptr && *at != 0; ++at) {
        keys += *at == ',' ? 1 : 0;
    }
    return keys + settings.balance.count + settings.fallbacks.count;
}

}  // namespace

void set_room(const Settings& settings, uint32_t in_flight, leat_config* config) {
    const bool ordered = static_cast<Order>(settings.order) == Order::input;
    // Twice the permits and some: items that sleep before a retry keep their memory, not a permit.
    config->items_max = in_flight * 2 + (ordered ? 1024 : 64);
    config->connections_max = in_flight + 2;
}

void fill_client_config(const Settings& settings, leat_config* config) {
    const bool is_auto = settings.max_in_flight == LEAT_AUTO;
    leat_config_init(config);
    set_room(settings, is_auto ? auto_in_flight_max : static_cast<uint32_t>(settings.max_in_flight),
             config);
    config->item_bytes = settings.item_bytes;
    config->endpoints_max = endpoints_wanted(settings);
    config->batches_max = 1;
    config->contexts_max = settings.context_cache != nullptr ? 1 : 0;
    config->ring_entries = 1;
    config->intake_bytes = 0;
    config->body_bytes_max = settings.item_bytes;
    if (settings.has_conversations()) {
        // The context's own, that of lines without a name, and those with one.
        config->conversations_max =
            settings.has_chains() ? 2 + static_cast<uint32_t>(settings.conversations) : 1;
        config->conversation_bytes = settings.conversation_bytes;
        config->conversation_messages_max = messages_of(settings.conversation_bytes);
    }
    config->seed = settings.seed.is_set != 0 ? static_cast<uint64_t>(settings.seed.value) + 1 : 0;
    config->log_level = settings.verbose ? LEAT_LOG_INFO : LEAT_LOG_WARNING;
    leat_posix_ports(&config->ports);
#if LEAT_CLI_HAS_TLS
    leat_mbedtls_port(&config->ports);
#else
    config->use_tls = 0;
#endif
}

void fill_batch_config(const Settings& settings, leat_batch_config* config) {
    leat_batch_config_init(config);
    const OnError on_error = static_cast<OnError>(settings.on_error);
    config->on_failure = on_error == OnError::fail_fast ? LEAT_ON_FAILURE_FAIL_FAST
                         : on_error == OnError::skip    ? LEAT_ON_FAILURE_SKIP
                                                        : LEAT_ON_FAILURE_CONTINUE;
    config->order = static_cast<Order>(settings.order) == Order::input ? LEAT_ORDER_INPUT
                                                                       : LEAT_ORDER_COMPLETION;
    config->retry_failed =
        settings.retry_failed ? LEAT_RETRY_FAILED_RETRYABLE : LEAT_RETRY_FAILED_OFF;
    config->deadline_ms = settings.deadline_ms;
    config->hedge.percentile = static_cast<double>(settings.hedge) / 100;
    // Over all services together.
    config->max_in_flight =
        settings.max_in_flight == LEAT_AUTO ? 0 : static_cast<uint32_t>(settings.max_in_flight);
}

int run_limits(int argc, char** argv) {
    char input[] = "-";
    Settings settings;
    char* words[128];
    int count = 0;
    words[count++] = input;
    for (int i = 0; i < argc && count < 127; ++i) {
        words[count++] = argv[i];
    }
    if (!parse_run(count, words, &settings)) {
        return 2;
    }
    leat_config config;
    fill_client_config(settings, &config);
    printf("The client's block with %u items, %u connections, %s an item:\n\n", config.items_max,
           config.connections_max, byte_words(config.item_bytes).text);
    const leat_status status = leat_memory_report(&config, print_line, nullptr);
    if (status != LEAT_OK) {
        fprintf(stderr, "leat limits: %s: %s\n", leat_status_hint(status),
                leat_config_error(&config));
        return 2;
    }
    print_own("sum", leat_memory_required(&config), "");
    puts("\nThe command's own buffers:\n");
    print_own("input line", settings.max_line_bytes, "longest line, and one read more");
    print_own("output records", record_bytes_max(settings.item_bytes),
              "one record at its largest, escaped, and 256 KiB to gather");
    print_own("record scratch", settings.item_bytes * 3, "an answer that is no UTF-8, repaired");
    print_own("id table", 18, "for each line of IN: 16 bytes, and an eighth to spare");
    puts("\nAddress space, not memory: pages that no item ever touched cost nothing.");
    return 0;
}

}  // namespace cli
