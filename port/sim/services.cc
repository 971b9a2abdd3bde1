// port/sim/services.cc: the small tables: resolver, clock, entropy and log; and IP literals.
// Depends on world.h. Names come from the world's own table, chance from its seed.
// Invariant: the clock that clients see is virtual time less what leat_sim_clock_back took off.
#include "world.h"

namespace leat_simulator {
namespace {

bool same_text(leat_str a, leat_str b) {
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; ++i) {
        const char x = a.data[i];
        const char y = b.data[i];
        const bool letters = (x | 0x20) >= 'a' && (x | 0x20) <= 'z';
        if (x != y && !(letters && (x | 0x20) == (y | 0x20))) return false;
    }
    return true;
}

bool parse_v4(leat_str literal, uint8_t* bytes) {
    size_t at = 0;
    for (int part = 0; part < 4; ++part) {
        if (part > 0 && (at >= literal.size || literal.data[at++] != '.')) return false;
        uint32_t value = 0;
        size_t digits = 0;
        while (at < literal.size && literal.data[at] >= '0' && literal.data[at] <= '9') {
            value = value * 10 + static_cast<uint32_t>(literal.data[at++] - '0');
            if (++digits > 3 || value > 255) return false;
        }
        if (digits == 0) return false;
        bytes[part] = static_cast<uint8_t>(value);
    }
    return at == literal.size;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Up to four hexadecimal digits.
bool parse_group(leat_str literal, size_t* at, uint8_t* bytes) {
    uint32_t value = 0;
    int digits = 0;
    while (*at < literal.size && hex_value(literal.data[*at]) >= 0) {
        value = value * 16 + static_cast<uint32_t>(hex_value(literal.data[(*at)++]));
        if (++digits > 4) return false;
    }
    bytes[0] = static_cast<uint8_t>(value >> 8);
    bytes[1] = static_cast<uint8_t>(value & 0xff);
    return digits > 0;
}

bool parse_v6(leat_str literal, uint8_t* bytes) {
    uint8_t groups[16] = {};
    size_t count = 0;
    size_t gap = 16;  // where "::" stands, in bytes
    size_t at = 0;
    while (at < literal.size) {
        const bool colon = literal.data[at] == ':';
        if (colon && at + 1 < literal.size && literal.data[at + 1] == ':' && gap == 16) {
            gap = count;
            at += 2;
            continue;
        }
        const bool first = count == 0 || gap == count;
        if (!first && (!colon || ++at >= literal.size)) return false;
        if (count == 16 || !parse_group(literal, &at, groups + count)) return false;
        count += 2;
    }
    if (gap == 16 && count != 16) return false;
    if (gap != 16 && count == 16) return false;
    const size_t before = min_of(gap, count);
    memset(bytes, 0, 16);
    memcpy(bytes, groups, before);
    memcpy(bytes + 16 - (count - before), groups + before, count - before);
    return true;
}

bool matches(const Name* name, leat_str text) {
    return same_text(leat_str{name->text, name->size}, text);
}

leat_status resolve_name(leat_sim* sim, leat_str host, uint16_t port, leat_address* addresses,
                         uint32_t addresses_max, uint32_t* count) {
    *count = 0;
    if (addresses_max > 0 && parse_address(host, &addresses[0])) {
        addresses[0].port = port;
        *count = 1;
        return LEAT_OK;
    }
    for (uint32_t i = 0; i < sim->names_count && *count < addresses_max; ++i) {
        if (!matches(&sim->names[i], host)) continue;
        addresses[*count] = sim->names[i].address;
        addresses[(*count)++].port = port;
    }
    return *count > 0 ? LEAT_OK : LEAT_E_RESOLVE;
}

leat_status resolver_resolve(void* user, leat_str host, uint16_t port, leat_address* addresses,
                             uint32_t addresses_max, uint32_t* count) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status status = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_RESOLVE, &status)) return status;
    status = resolve_name(sim, host, port, addresses, addresses_max, count);
    trace_bytes(sim, host.data, host.size);
    trace_numbers(sim, 0x6001, *count, static_cast<uint64_t>(status));
    return status;
}

uint64_t clock_now_ns(void* user) {
    const leat_sim* const sim = static_cast<const leat_sim*>(user);
    return sim->now_ns > sim->clock_back_ns ? sim->now_ns - sim->clock_back_ns : 0;
}

int64_t clock_wall_ms(void* user) {
    const leat_sim* const sim = static_cast<const leat_sim*>(user);
    if (sim->wall_ms == 0) return 0;
    return sim->wall_ms + static_cast<int64_t>((sim->now_ns - sim->wall_at_ns) / 1000000);
}

leat_status entropy_fill(void* user, void* bytes, size_t size) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    leat_status failed = LEAT_OK;
    if (call_fails(sim, LEAT_SIM_ENTROPY_FILL, &failed)) return failed;
    unsigned char* const to = static_cast<unsigned char*>(bytes);
    for (size_t i = 0; i < size; ++i) to[i] = static_cast<unsigned char>(random64(sim) >> 32);
    trace_numbers(sim, 0x6002, size, 0);
    return LEAT_OK;
}

void log_write(void* user, leat_log_level level, leat_str line) {
    leat_sim* const sim = static_cast<leat_sim*>(user);
    trace_bytes(sim, line.data, line.size);
    trace_numbers(sim, 0x6003, static_cast<uint64_t>(level), line.size);
    const size_t room = sim->config.log_bytes - sim->log_size;
    if (room == 0) return;
    const size_t kept = min_of(line.size, room - 1);
    if (kept > 0) memcpy(sim->log + sim->log_size, line.data, kept);
    sim->log[sim->log_size + kept] = '\n';
    sim->log_size += kept + 1;
}

}  // namespace

bool parse_address(leat_str literal, leat_address* out) {
    *out = leat_address{};
    if (parse_v4(literal, out->bytes)) {
        out->family = 4;
        return true;
    }
    if (literal.size < 2 || !parse_v6(literal, out->bytes)) {
        *out = leat_address{};
        return false;
    }
    out->family = 6;
    return true;
}

bool same_address(const leat_address* a, const leat_address* b) {
    const size_t size = a->family == 4 ? 4 : 16;
    return a->family == b->family && a->port == b->port && memcmp(a->bytes, b->bytes, size) == 0;
}

const leat_resolver_ops resolver_table = {sizeof(leat_resolver_ops), 0, "simulated",
                                          resolver_resolve};
const leat_clock_ops clock_table = {sizeof(leat_clock_ops), 0, clock_now_ns, clock_wall_ms};
const leat_entropy_ops entropy_table = {sizeof(leat_entropy_ops), 0, entropy_fill};
const leat_log_ops log_table = {sizeof(leat_log_ops), 0, log_write};

}  // namespace leat_simulator

using namespace leat_simulator;

leat_status leat_sim_name_add(leat_sim* sim, leat_str name, leat_str address) {
    if (sim == nullptr || name.size == 0 || name.size > name_bytes_max) return LEAT_E_ARGUMENT;
    if (sim->names_count == sim->config.names_max) return LEAT_E_TOO_MANY;
    Name* const entry = &sim->names[sim->names_count];
    *entry = Name{};
    if (!parse_address(address, &entry->address)) return LEAT_E_ARGUMENT;
    memcpy(entry->text, name.data, name.size);
    entry->size = static_cast<uint32_t>(name.size);
    ++sim->names_count;
    return LEAT_OK;
}

void leat_sim_name_remove(leat_sim* sim, leat_str name) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < sim->names_count; ++i) {
        if (!matches(&sim->names[i], name)) sim->names[kept++] = sim->names[i];
    }
    sim->names_count = kept;
}
