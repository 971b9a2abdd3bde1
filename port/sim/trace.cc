// port/sim/trace.cc: chance, the trace hash, scripted faults and misuse.
// Depends on world.h, provider_draw.h. Chance is xoshiro256** seeded through splitmix64; the trace
// is FNV-1a over 64-bit words and bytes. Invariant: every draw and every traced value follows from
// the seed and from the calls made, never from an address.
#include "provider_draw.h"
#include "world.h"

namespace leat_simulator {
namespace {

uint64_t rotate_left(uint64_t value, unsigned bits) {
    return (value << bits) | (value >> (64 - bits));
}

constexpr uint64_t fnv_prime = 0x100000001b3u;

// One step of the hash for a whole word; the shift spreads the high bits that a multiplication
// alone would leave where they are.
uint64_t fold(uint64_t hash, uint64_t word) {
    hash = (hash ^ word) * fnv_prime;
    return hash ^ (hash >> 29);
}

// What a call answers when a script does not say.
leat_status default_status(leat_sim_call call) {
    switch (call) {
        case LEAT_SIM_POLLER_OPEN: return LEAT_E_DESCRIPTORS;
        case LEAT_SIM_POLLER_ADD:
        case LEAT_SIM_POLLER_WAIT: return LEAT_E_PORT;
        case LEAT_SIM_STREAM_OPEN:
        case LEAT_SIM_STREAM_FINISH: return LEAT_E_CONNECT;
        case LEAT_SIM_STREAM_READ:
        case LEAT_SIM_STREAM_WRITE: return LEAT_E_IO;
        case LEAT_SIM_TLS_OPEN:
        case LEAT_SIM_TLS_START: return LEAT_E_TLS_MEMORY;
        case LEAT_SIM_TLS_HANDSHAKE: return LEAT_E_TLS_HANDSHAKE;
        case LEAT_SIM_TLS_READ: return LEAT_E_TLS_RECORD;
        case LEAT_SIM_TLS_WRITE: return LEAT_E_TLS_MEMORY;
        case LEAT_SIM_TLS_FLUSH: return LEAT_E_IO;
        case LEAT_SIM_RESOLVE: return LEAT_E_RESOLVE;
        case LEAT_SIM_ENTROPY_FILL: return LEAT_E_PORT;
        case LEAT_SIM_CALLS_COUNT: break;
    }
    return LEAT_E_PORT;
}

bool is_call(leat_sim_call call) {
    return static_cast<uint32_t>(call) < static_cast<uint32_t>(LEAT_SIM_CALLS_COUNT);
}

}  // namespace

void random_seed(leat_sim* sim, uint64_t seed) {
    ProviderChance chance = {seed};
    for (uint64_t& word : sim->random) word = chance.next();
}

uint64_t random64(leat_sim* sim) {
    uint64_t* const s = sim->random;
    const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t random_below(leat_sim* sim, uint64_t limit) {
    return limit == 0 ? 0 : random64(sim) % limit;
}

void trace_numbers(leat_sim* sim, uint64_t a, uint64_t b, uint64_t c) {
    sim->trace = fold(fold(fold(fold(sim->trace, sim->now_ns), a), b), c);
}

void trace_bytes(leat_sim* sim, const void* bytes, size_t size) {
    const unsigned char* const from = static_cast<const unsigned char*>(bytes);
    uint64_t hash = sim->trace;
    for (size_t i = 0; i < size; ++i) hash = (hash ^ from[i]) * fnv_prime;
    sim->trace = fold(hash, size);
}

bool call_fails(leat_sim* sim, leat_sim_call call, leat_status* status) {
    const uint64_t number = ++sim->calls[call];
    const Fault* const fault = &sim->faults[call];
    if (fault->nth == 0 || number < fault->nth) return false;
    if (number > fault->nth && !fault->forever) return false;
    *status = fault->status;
    trace_numbers(sim, 0xfa117, static_cast<uint64_t>(call), number);
    return true;
}

void misuse(leat_sim* sim, const char* what) {
    if (sim->stats.misuses == 0) sim->stats.misuse = what;
    ++sim->stats.misuses;
}

}  // namespace leat_simulator

using namespace leat_simulator;

void leat_sim_fail(leat_sim* sim, leat_sim_call call, uint64_t nth, int32_t forever,
                   leat_status status) {
    if (sim == nullptr || !is_call(call)) return;
    Fault* const fault = &sim->faults[call];
    fault->nth = nth == 0 ? 0 : sim->calls[call] + nth;
    fault->forever = forever != 0;
    fault->status = status == LEAT_OK ? default_status(call) : status;
}

uint64_t leat_sim_calls(const leat_sim* sim, leat_sim_call call) {
    return sim == nullptr || !is_call(call) ? 0 : sim->calls[call];
}

uint64_t leat_sim_trace_hash(const leat_sim* sim) { return sim == nullptr ? 0 : sim->trace; }

uint64_t leat_sim_random(leat_sim* sim) { return sim == nullptr ? 0 : random64(sim); }

uint64_t leat_sim_random_below(leat_sim* sim, uint64_t limit) {
    return sim == nullptr ? 0 : random_below(sim, limit);
}
