/* The memory that a configuration needs is exact: one byte less is refused, exactly that many
 * work, the report's lines add up to it, in every configuration of a grid. And every field of
 * leat_config at its bounds: one below, at, one above. */
#include <leat/leat.h>
#include <leat/mbedtls.h>
#include <leat/posix.h>
#include <stdio.h>
#include <string.h>

#define TAP_ABOUT "memory"
#include "tap.h"

static void base_config(leat_config* config) {
    leat_config_init(config);
    leat_posix_ports(&config->ports);
    leat_mbedtls_port(&config->ports);
}

/* ---------------------------------------------------------------- the sum */

typedef struct tally {
    size_t bytes;
    size_t lines;
    int broken; /* a line without texts, or less than count x each */
} tally;

static void add_line(void* user, const leat_memory_line* line) {
    tally* const t = user;
    t->bytes += line->bytes;
    ++t->lines;
    if (line->consumer == NULL || line->consumer[0] == '\0') t->broken = 1;
    if (line->reason == NULL || line->reason[0] == '\0') t->broken = 1;
    if (line->bytes < line->count * line->each_bytes) t->broken = 1;
}

/* 0 when all holds, else which part did not. */
static int try_config(const leat_config* config) {
    const size_t bytes = leat_memory_required(config);
    tally t = {0, 0, 0};
    leat_client* client = NULL;
    leat_endpoint_config endpoint;
    leat_endpoint index = 0;
    void* block = NULL;
    size_t used = 0;
    int fault = 0;
    if (bytes == 0 || leat_memory_report(config, add_line, &t) != LEAT_OK) return 1;
    if (t.bytes != bytes || t.lines == 0 || t.broken) return 2;
    if (leat_posix_map(bytes, &block) != LEAT_OK) return 3;
    if (leat_open(config, block, bytes - 1, &client) != LEAT_E_MEMORY || client != NULL) fault = 4;
    if (fault == 0 && leat_open(config, block, 0, &client) != LEAT_E_MEMORY) fault = 5;
    if (fault == 0 && leat_open(config, block, bytes, &client) != LEAT_OK) fault = 6;
    if (fault == 0 && (leat_memory_block(client, &used) != block || used != bytes)) fault = 7;
    leat_endpoint_config_init(&endpoint);
    endpoint.provider = LEAT_STR("openai");
    endpoint.base_url = LEAT_STR("http://127.0.0.1:9/v1");
    if (fault == 0 && leat_endpoint_add(client, &endpoint, &index) != LEAT_OK) fault = 8;
    leat_close(client);
    leat_posix_unmap(block, bytes);
    return fault;
}

static void test_grid(void) {
    static const uint32_t items[] = {1, 3, 64, 1000};
    static const size_t item_bytes[] = {4096, 4097, 65536};
    static const uint32_t connections[] = {1, 7, 64};
    static const uint32_t rings[] = {1, 5, 256};
    static const size_t intakes[] = {0, 1, 100000};
    size_t i = 0;
    unsigned tried = 0;
    unsigned bad = 0;
    char line[160];
    /* Every combination, by counting in mixed radix; with and without TLS. */
    for (i = 0; i < 4u * 3 * 3 * 3 * 3 * 2; ++i) {
        leat_config config;
        size_t left = i;
        int fault = 0;
        base_config(&config);
        config.items_max = items[left % 4], left /= 4;
        config.item_bytes = item_bytes[left % 3], left /= 3;
        config.connections_max = connections[left % 3], left /= 3;
        config.ring_entries = rings[left % 3], left /= 3;
        config.intake_bytes = intakes[left % 3], left /= 3;
        config.use_tls = left % 2 != 0 && i % 7 == 0; /* reading the system's bundle takes time */
        config.staging_bytes = i % 2 == 0 ? 4096 : 4099;
        config.receive_bytes = i % 3 == 0 ? 4096 : 65537;
        config.endpoints_max = (uint32_t)(1 + i % 5);
        config.batches_max = (uint32_t)(1 + i % 3);
        fault = try_config(&config);
        ++tried;
        if (fault != 0 && bad++ < 5)
            printf("#  configuration %lu: fault %d\n", (unsigned long)i, fault);
    }
    (void)snprintf(line, sizeof line, "%u configurations: the sum is exact to the byte", tried);
    check(bad == 0, line);
}

/* ---------------------------------------------------------------- bounds of every field */

enum width { u8, u32, u64, size };

typedef struct bound {
    const char* name;
    size_t offset;
    enum width width;
    uint64_t least;
    uint64_t most;
} bound;

#define BOUND(field, width, least, most) \
    { #field, offsetof(leat_config, field), width, least, most }
#define KIB 1024u
#define GIB (1024ull * 1024 * 1024)

static const bound bounds[] = {
    BOUND(items_max, u32, 1, 65536),
    BOUND(item_bytes, size, 4 * KIB, GIB),
    BOUND(connections_max, u32, 1, 65536),
    BOUND(endpoints_max, u32, 1, 256),
    BOUND(batches_max, u32, 1, 256),
    BOUND(ring_entries, u32, 1, 1048576),
    BOUND(intake_bytes, size, 0, GIB),
    BOUND(header_bytes_max, u32, KIB, KIB* KIB),
    BOUND(events_per_step, u32, 1, 4096),
    BOUND(body_bytes_max, u64, 1, UINT64_MAX),
    BOUND(staging_bytes, u32, 4 * KIB, KIB* KIB),
    BOUND(receive_bytes, u32, 4 * KIB, KIB* KIB),
    BOUND(use_tls, u8, 0, 1),
    BOUND(block_is_zero, u8, 0, 1),
    BOUND(log_level, u32, LEAT_LOG_ERROR, LEAT_LOG_DEBUG),
};

static void put(leat_config* config, const bound* b, uint64_t value) {
    unsigned char* const at = (unsigned char*)config + b->offset;
    const uint8_t as_u8 = (uint8_t)value;
    const uint32_t as_u32 = (uint32_t)value;
    const size_t as_size = (size_t)value;
    switch (b->width) {
        case u8:
            memcpy(at, &as_u8, sizeof as_u8);
            break;
        case u32:
            memcpy(at, &as_u32, sizeof as_u32);
            break;
        case u64:
            memcpy(at, &value, sizeof value);
            break;
        case size:
            memcpy(at, &as_size, sizeof as_size);
            break;
    }
}

/* What leat_open says; accepted fields are seen by LEAT_E_MEMORY for a block of 16 bytes. */
static leat_status verdict(const leat_config* config) {
    static union {
        char bytes[16];
        long double aligned;
    } block;
    leat_client* client = NULL;
    return leat_open(config, &block, sizeof block.bytes, &client);
}

static int at_value(const bound* b, uint64_t value, leat_status expected) {
    leat_config config;
    leat_status seen = LEAT_OK;
    base_config(&config);
    config.use_tls = 0;
    put(&config, b, value);
    seen = verdict(&config);
    if (seen != expected) {
        printf("#  %s = %llu: %s\n", b->name, (unsigned long long)value, leat_status_name(seen));
        return 0;
    }
    if (expected != LEAT_E_CONFIG) return leat_config_error(&config)[0] == '\0';
    if (strstr(leat_config_error(&config), b->name) == NULL) {
        printf("#  %s = %llu: leat_config_error says \"%s\"\n", b->name, (unsigned long long)value,
               leat_config_error(&config));
        return 0;
    }
    return leat_memory_required(&config) == 0;
}

static void test_bounds(void) {
    size_t i = 0;
    for (i = 0; i < sizeof bounds / sizeof bounds[0]; ++i) {
        const bound* const b = &bounds[i];
        const uint64_t widest = b->width == u8    ? UINT8_MAX
                                : b->width == u32 ? UINT32_MAX
                                                  : UINT64_MAX;
        char line[120];
        int holds = at_value(b, b->least, LEAT_E_MEMORY) & at_value(b, b->most, LEAT_E_MEMORY);
        if (b->least > 0) holds &= at_value(b, b->least - 1, LEAT_E_CONFIG);
        if (b->least > 1) holds &= at_value(b, 0, LEAT_E_CONFIG);
        if (b->least < b->most) holds &= at_value(b, b->least + 1, LEAT_E_MEMORY);
        if (b->most < widest) {
            holds &= at_value(b, b->most + 1, LEAT_E_CONFIG);
            holds &= at_value(b, widest, LEAT_E_CONFIG);
        }
        (void)snprintf(line, sizeof line, "%s is held to its range", b->name);
        check(holds, line);
    }
}

static void test_all_at_most(void) {
    leat_config config;
    size_t i = 0;
    base_config(&config);
    for (i = 0; i < sizeof bounds / sizeof bounds[0]; ++i) put(&config, &bounds[i], bounds[i].most);
    /* 64 TiB of arenas and more: the sum must not wrap round to something small. */
    check(leat_memory_required(&config) == 0 || leat_memory_required(&config) > 65536 * GIB,
          "every field at its largest does not overflow");
    config.tls_pool_bytes = SIZE_MAX - 100;
    check(verdict(&config) == LEAT_E_MEMORY, "a TLS pool larger than the address space is refused");
    check(leat_memory_required(&config) == 0 || leat_memory_required(&config) > 65536 * GIB,
          "... and its size does not wrap round");
}

/* ---------------------------------------------------------------- statuses of leat_open */

static void clear_poller(leat_config* c) { c->ports.poller = NULL; }
static void clear_stream(leat_config* c) { c->ports.stream = NULL; }
static void clear_resolver(leat_config* c) { c->ports.resolver = NULL; }
static void clear_clock(leat_config* c) { c->ports.clock = NULL; }
static void clear_entropy(leat_config* c) { c->ports.entropy = NULL; }
static void clear_tls(leat_config* c) { c->ports.tls = NULL; }
static void clear_log(leat_config* c) { c->ports.log = NULL; }
static void size_zero(leat_config* c) { c->struct_size = 0; }
static void size_less(leat_config* c) { --c->struct_size; }
static void size_more(leat_config* c) { ++c->struct_size; }
static void ports_size(leat_config* c) { c->ports.struct_size = 1; }
static void reserved_first(leat_config* c) { c->reserved8[0] = 1; }
static void reserved_last(leat_config* c) { c->reserved8[sizeof c->reserved8 - 1] = 1; }
static void reserved_word(leat_config* c) { c->reserved32 = 1; }
static void ports_reserved(leat_config* c) { c->ports.reserved = 1; }
static void ca_missing(leat_config* c) { c->tls_ca_file = LEAT_STR("/nonexistent/ca.pem"); }
static void ca_broken(leat_config* c) { c->tls_ca_pem = LEAT_STR("no certificate here"); }
static void nothing(leat_config* c) { (void)c; }

static const struct {
    const char* name;
    void (*change)(leat_config* c);
    leat_status expected;
} opens[] = {
    {"as initialised", nothing, LEAT_OK},
    {"no log port", clear_log, LEAT_OK},
    {"no poller", clear_poller, LEAT_E_CONFIG},
    {"no stream", clear_stream, LEAT_E_CONFIG},
    {"no resolver", clear_resolver, LEAT_E_CONFIG},
    {"no clock", clear_clock, LEAT_E_CONFIG},
    {"no entropy", clear_entropy, LEAT_E_CONFIG},
    {"TLS without its port", clear_tls, LEAT_E_CONFIG},
    {"struct_size 0", size_zero, LEAT_E_STRUCT_SIZE},
    {"struct_size one less", size_less, LEAT_E_STRUCT_SIZE},
    {"struct_size one more", size_more, LEAT_E_STRUCT_SIZE},
    {"struct_size of ports", ports_size, LEAT_E_STRUCT_SIZE},
    {"first reserved byte", reserved_first, LEAT_E_RESERVED},
    {"last reserved byte", reserved_last, LEAT_E_RESERVED},
    {"reserved32", reserved_word, LEAT_E_RESERVED},
    {"reserved of ports", ports_reserved, LEAT_E_RESERVED},
    {"CA file that is not there", ca_missing, LEAT_E_TLS_CA},
    {"CA text without a certificate", ca_broken, LEAT_E_TLS_CA},
};

static void test_opens(void) {
    size_t i = 0;
    for (i = 0; i < sizeof opens / sizeof opens[0]; ++i) {
        leat_config config;
        leat_client* client = NULL;
        leat_status seen = LEAT_OK;
        char line[120];
        base_config(&config);
        config.items_max = 2;
        config.connections_max = 2;
        opens[i].change(&config);
        seen = leat_open_mapped(&config, &client);
        if (seen != opens[i].expected) printf("#  %s\n", leat_status_name(seen));
        (void)snprintf(line, sizeof line, "leat_open, %s: %s", opens[i].name,
                       leat_status_name(opens[i].expected));
        check(seen == opens[i].expected && (seen == LEAT_OK) == (client != NULL), line);
        leat_close_mapped(client);
    }
}

static void test_alignment(void) {
    leat_config config;
    leat_client* client = NULL;
    void* block = NULL;
    size_t bytes = 0;
    size_t shift = 0;
    int holds = 1;
    base_config(&config);
    config.use_tls = 0;
    config.items_max = 1;
    bytes = leat_memory_required(&config);
    if (leat_posix_map(bytes + 64, &block) != LEAT_OK) return;
    for (shift = 1; shift < 16; ++shift) {
        holds &= leat_open(&config, (char*)block + shift, bytes, &client) == LEAT_E_ARGUMENT;
    }
    check(holds, "a block that is not aligned to 16 is refused");
    for (shift = 0; shift < 64; shift += 16) {
        holds &= leat_open(&config, (char*)block + shift, bytes, &client) == LEAT_OK;
        leat_close(client);
    }
    check(holds, "a block aligned to 16, and no more, is enough");
    leat_posix_unmap(block, bytes + 64);
}

int main(void) {
    (void)setvbuf(stdout, NULL, _IONBF, 0);
    test_opens();
    test_bounds();
    test_all_at_most();
    test_alignment();
    test_grid();
    return failed_count != 0;
}
