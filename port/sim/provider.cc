// port/sim/provider.cc: the public face of simulated providers: a model behind the scripted HTTP
// server.
// Depends on provider_model.h, provider_http.h, and world.h for links and the wall clock.
// Invariant: what the model admits leaves it exactly once: its answer out, cut or in vain.
#include <leat/sim_provider.h>
#include <string.h>

#include "provider_http.h"
#include "provider_model.h"
#include "world.h"

struct leat_sim_provider {
    leat_sim* sim;
    leat_sim_http http;
    leat_simulator::ProviderModel model;
    uint64_t answered;
    uint64_t paused_sends;
    uint64_t refused_at_ns;  // the last refusal that named a wait
    uint64_t wait_until_ns;
};

namespace leat_simulator {
namespace {

constexpr uint64_t millisecond_ns = 1000000;
enum Tag : uint64_t { tag_outside = 0, tag_admitted = 1 };

bool ends_with(leat_str text, leat_str end) {
    return text.size >= end.size &&
           memcmp(text.data + text.size - end.size, end.data, end.size) == 0;
}

int64_t wall_ms_of(leat_sim* sim) { return clock_table.wall_ms(sim); }

// The refusal was sent at refused_at_ns and took the way down; this request took the way up. Only
// one that set out after the refusal's arrival can have known better.
void count_paused_send(leat_sim_provider* self, const leat_sim_request* request) {
    const leat_sim_link& link = request->conn->link;
    const uint64_t way_ns = link.up_ns + link.down_ns + 2 * link.jitter_ns;
    const bool known = self->refused_at_ns != 0 && request->at_ns > self->refused_at_ns + way_ns;
    if (known && request->at_ns < self->wait_until_ns) ++self->paused_sends;
}

void note_refusal(leat_sim_provider* self, const ProviderVerdict& verdict, uint64_t at_ns) {
    const leat_sim_wait said = self->model.config().wait;
    if (verdict.status != 429 || said == LEAT_SIM_WAIT_UNSAID || verdict.wait_ms == 0) return;
    const bool seconds = said == LEAT_SIM_WAIT_SECONDS;
    const uint64_t wait_ms = seconds ? (verdict.wait_ms + 999) / 1000 * 1000 : verdict.wait_ms;
    self->refused_at_ns = at_ns;
    self->wait_until_ns = at_ns + wait_ms * millisecond_ns;
}

void make_fault(leat_sim_provider* self, ProviderFault fault, leat_sim_response* response) {
    if (fault != ProviderFault::reset && fault != ProviderFault::stall) return;
    response->fault = fault == ProviderFault::reset ? LEAT_SIM_FAULT_RESET : LEAT_SIM_FAULT_STALL;
    // Less than the body has, and the head goes before it: the fault is always before the end.
    response->fault_at = self->model.chance()->below(response->body.size);
}

void provider_respond(void* user, const leat_sim_request* request, leat_sim_response* response) {
    leat_sim_provider* const self = static_cast<leat_sim_provider*>(user);
    if (!ends_with(request->target, LEAT_STR("/chat/completions"))) {
        response->status = 404;
        response->body = LEAT_STR("{\"error\":{\"message\":\"Not found.\",\"code\":null}}");
        return;
    }
    count_paused_send(self, request);
    const uint64_t input_tokens = request->body_bytes / 4;
    const ProviderVerdict verdict =
        self->model.arrive(request->at_ns, input_tokens, read_max_tokens(request->body));
    note_refusal(self, verdict, request->at_ns);
    const leat_str tool = read_tool(request->body, self->model.config().tool_rounds);
    write_answer(self->model, verdict, tool, wall_ms_of(self->sim), response);
    make_fault(self, verdict.fault, response);
    response->tag = verdict.reason == ProviderReason::admitted ? tag_admitted : tag_outside;
}

void provider_over(void* user, const leat_sim_response* response, int32_t whole) {
    leat_sim_provider* const self = static_cast<leat_sim_provider*>(user);
    if (response->tag != tag_admitted) return;
    self->model.leave();
    if (whole != 0 && response->status == 200) ++self->answered;
}

}  // namespace
}  // namespace leat_simulator

using namespace leat_simulator;

size_t leat_sim_provider_bytes(void) { return sizeof(leat_sim_provider); }

leat_status leat_sim_provider_open(void* memory, size_t bytes, leat_sim* sim,
                                   const leat_sim_provider_config* config,
                                   leat_sim_provider** provider) {
    const bool given = memory != nullptr && sim != nullptr && config != nullptr;
    if (!given || provider == nullptr || bytes < sizeof(leat_sim_provider)) return LEAT_E_ARGUMENT;
    if (config->struct_size != sizeof(leat_sim_provider_config)) return LEAT_E_STRUCT_SIZE;
    if (!ProviderModel::config_is_valid(*config)) return LEAT_E_CONFIG;
    leat_sim_provider* const self = static_cast<leat_sim_provider*>(memory);
    memset(static_cast<void*>(self), 0, sizeof *self);
    self->sim = sim;
    self->model.open(*config, leat_sim_random(sim), leat_sim_now_ns(sim));
    leat_sim_http_init(&self->http);
    self->http.user = self;
    self->http.respond = provider_respond;
    self->http.over = provider_over;
    *provider = self;
    return LEAT_OK;
}

leat_sim_handler leat_sim_provider_handler(leat_sim_provider* provider) {
    return leat_sim_http_handler(&provider->http);
}

void leat_sim_provider_get_stats(const leat_sim_provider* provider, leat_sim_provider_stats* out) {
    *out = provider->model.stats();
    out->answered = provider->answered;
    out->paused_sends = provider->paused_sends;
}

double leat_sim_provider_capacity(const leat_sim_provider* provider, uint64_t from_ms,
                                  uint64_t to_ms, double input_tokens) {
    return provider->model.capacity(from_ms, to_ms, input_tokens);
}

void leat_sim_provider_mend(leat_sim_provider* provider) { provider->model.mend(); }
