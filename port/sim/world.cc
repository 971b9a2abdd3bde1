// port/sim/world.cc: lays a world out in the caller's memory, keeps its hosts, fills the port
// tables.
// Depends on world.h. The plan below is the only place that knows the layout: with no memory it
// adds up the bytes, with memory it hands out the parts. Invariant: both walks are the same code.
#include "world.h"

namespace leat_simulator {
namespace {

constexpr uint64_t millisecond_ns = 1000000;

struct Plan {
    char* memory;  // nullptr: only count
    size_t used;
};

void* part(Plan* plan, size_t count, size_t each) {
    void* const at = plan->memory == nullptr ? nullptr : plan->memory + plan->used;
    plan->used += (count * each + 15) & ~static_cast<size_t>(15);
    return at;
}

template <typename T>
T* table(Plan* plan, size_t count) {
    static_assert(alignof(T) <= 16);
    T* const items = static_cast<T*>(part(plan, count, sizeof(T)));
    if (items != nullptr) memset(static_cast<void*>(items), 0, count * sizeof(T));
    return items;
}

leat_sim* lay_out(Plan* plan, const leat_sim_config* config) {
    const uint32_t connections = config->connections_max;
    leat_sim* const sim = table<leat_sim>(plan, 1);
    leat_sim_conn* const conns = table<leat_sim_conn>(plan, connections);
    leat_sim_conn** const heap = table<leat_sim_conn*>(plan, connections);
    uint32_t* const free_conns = table<uint32_t>(plan, connections);
    leat_sim_host* const hosts = table<leat_sim_host>(plan, config->hosts_max);
    Name* const names = table<Name>(plan, config->names_max);
    char* const log = static_cast<char*>(part(plan, 1, config->log_bytes));
    char* const pipes = static_cast<char*>(part(plan, connections, 2 * config->pipe_bytes));
    const size_t scratch_each = (config->scratch_bytes + 15u) & ~15u;
    char* const scratch = static_cast<char*>(part(plan, connections, scratch_each));
    if (plan->memory == nullptr) return nullptr;
    sim->conns = conns;
    sim->heap = heap;
    sim->free_conns = free_conns;
    sim->hosts = hosts;
    sim->names = names;
    sim->log = log;
    for (uint32_t i = 0; i < connections; ++i) {
        const size_t at = static_cast<size_t>(i) * 2 * config->pipe_bytes;
        conns[i].index = i;
        conns[i].heap_index = UINT32_MAX;
        conns[i].up.ring = pipes + at;
        conns[i].down.ring = pipes + at + config->pipe_bytes;
        conns[i].scratch = scratch + i * scratch_each;
        free_conns[connections - 1 - i] = i;
    }
    sim->free_count = connections;
    return sim;
}

leat_status check_config(const leat_sim_config* config) {
    if (config == nullptr) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_sim_config)) return LEAT_E_STRUCT_SIZE;
    if (config->reserved != 0) return LEAT_E_RESERVED;
    const bool counts = config->connections_max >= 1 && config->connections_max <= 65536 &&
                        config->hosts_max <= 65536 && config->names_max <= 65536;
    const bool sizes = config->pipe_bytes >= 256 && config->pipe_bytes <= (1u << 26) &&
                       config->scratch_bytes >= 4096 && config->scratch_bytes <= (1u << 26);
    const bool edges = static_cast<uint32_t>(config->edges) <= LEAT_SIM_EDGES_REARM;
    return counts && sizes && edges ? LEAT_OK : LEAT_E_CONFIG;
}

}  // namespace

leat_sim_host* find_host(leat_sim* sim, const leat_address* address) {
    for (uint32_t i = 0; i < sim->hosts_count; ++i) {
        if (same_address(&sim->hosts[i].address, address)) return &sim->hosts[i];
    }
    return nullptr;
}

}  // namespace leat_simulator

using namespace leat_simulator;

void leat_sim_config_init(leat_sim_config* config) {
    if (config == nullptr) return;
    *config = leat_sim_config{};
    config->struct_size = sizeof(leat_sim_config);
    config->connections_max = 64;
    config->hosts_max = 16;
    config->names_max = 16;
    config->pipe_bytes = 65536;
    config->scratch_bytes = 16384;
    config->log_bytes = 65536;
    config->seed = 1;
    config->start_ns = 1000 * millisecond_ns;
    config->wall_ms = 1767225600000;
    config->edges = LEAT_SIM_EDGES_STRICT;
}

size_t leat_sim_bytes(const leat_sim_config* config) {
    if (check_config(config) != LEAT_OK) return 0;
    Plan plan = {nullptr, 0};
    (void)lay_out(&plan, config);
    return plan.used;
}

leat_status leat_sim_open(void* memory, size_t bytes, const leat_sim_config* config,
                          leat_sim** out) {
    if (memory == nullptr || out == nullptr) return LEAT_E_ARGUMENT;
    const leat_status status = check_config(config);
    if (status != LEAT_OK) return status;
    if (bytes < leat_sim_bytes(config)) return LEAT_E_MEMORY;
    Plan plan = {static_cast<char*>(memory), 0};
    leat_sim* const sim = lay_out(&plan, config);
    sim->config = *config;
    sim->now_ns = config->start_ns;
    sim->wall_ms = config->wall_ms;
    sim->wall_at_ns = config->start_ns;
    sim->trace = 0xcbf29ce484222325u;
    sim->stats.misuse = "";
    random_seed(sim, config->seed);
    *out = sim;
    return LEAT_OK;
}

void leat_sim_ports(leat_sim* sim, leat_ports* out) {
    if (sim == nullptr || out == nullptr) return;
    *out = leat_ports{};
    out->struct_size = sizeof(leat_ports);
    const bool rearm = sim->config.edges == LEAT_SIM_EDGES_REARM;
    out->poller = rearm ? &poller_rearm_table : &poller_table;
    out->stream = &stream_table;
    out->tls = &tls_table;
    out->resolver = &resolver_table;
    out->clock = &clock_table;
    out->entropy = &entropy_table;
    out->log = &log_table;
    out->poller_user = sim;
    out->stream_user = sim;
    out->tls_user = sim;
    out->resolver_user = sim;
    out->clock_user = sim;
    out->entropy_user = sim;
    out->log_user = sim;
}

leat_status leat_sim_host_add(leat_sim* sim, leat_str address, uint16_t port,
                              const leat_sim_handler* handler, leat_sim_host** out) {
    if (sim == nullptr || handler == nullptr) return LEAT_E_ARGUMENT;
    leat_address parsed = {};
    if (!parse_address(address, &parsed)) return LEAT_E_ARGUMENT;
    parsed.port = port;
    if (find_host(sim, &parsed) != nullptr) return LEAT_E_STATE;
    if (sim->hosts == nullptr || sim->hosts_count == sim->config.hosts_max) {
        return LEAT_E_TOO_MANY;
    }
    leat_sim_host* const host = &sim->hosts[sim->hosts_count++];
    *host = leat_sim_host{};
    host->sim = sim;
    host->address = parsed;
    host->handler = *handler;
    host->link.connect_ns = millisecond_ns;
    host->link.up_ns = millisecond_ns / 2;
    host->link.down_ns = millisecond_ns / 2;
    if (out != nullptr) *out = host;
    return LEAT_OK;
}

leat_sim_link* leat_sim_host_link(leat_sim_host* host) { return &host->link; }
leat_sim_tls* leat_sim_host_tls(leat_sim_host* host) { return &host->tls; }

void leat_sim_host_get_stats(const leat_sim_host* host, leat_sim_host_stats* out) {
    *out = host->stats;
}

uint64_t leat_sim_now_ns(const leat_sim* sim) { return sim->now_ns; }

void leat_sim_wall_set(leat_sim* sim, int64_t wall_ms) {
    sim->wall_ms = wall_ms;
    sim->wall_at_ns = sim->now_ns;
}

void leat_sim_clock_back(leat_sim* sim, uint64_t ns) { sim->clock_back_ns += ns; }

void leat_sim_tls_sessions_max(leat_sim* sim, uint32_t sessions_max) {
    sim->tls_sessions_max = sessions_max;
}

leat_str leat_sim_log(const leat_sim* sim) { return leat_str{sim->log, sim->log_size}; }

void leat_sim_get_stats(const leat_sim* sim, leat_sim_stats* out) { *out = sim->stats; }
