// api/observe.cc: observers, metrics and middleware in the public C API: arguments are checked, then flow
// does the work. Depends on flow. Invariant: the engine's mask is the union of its observers'.
#include <leat/leat.h>

#include "base/narrow.h"
#include "flow/engine.h"
#include "flow/observe/metric_list.h"

const char* leat_observed_name(leat_observed what) {
#define LEAT_OBSERVED_NAME(name, number, word) word,
    static constexpr const char* names[] = {LEAT_OBSERVED_LIST(LEAT_OBSERVED_NAME)};
#undef LEAT_OBSERVED_NAME
    static_assert(sizeof names / sizeof names[0] == LEAT_OBSERVED_END_);
    const uint32_t number = leat::enum_number(what);
    return number < LEAT_OBSERVED_END_ ? names[number] : nullptr;
}

void leat_observer_init(leat_observer* observer) {
    if (observer == nullptr) return;
    *observer = leat_observer{};
    observer->struct_size = sizeof *observer;
    observer->events = LEAT_OBSERVED_ALL;
}

leat_status leat_observer_add(leat_client* client, const leat_observer* observer) {
    if (client == nullptr || observer == nullptr) return LEAT_E_ARGUMENT;
    if (observer->struct_size != sizeof *observer) return LEAT_E_STRUCT_SIZE;
    if (observer->on_event == nullptr) return LEAT_E_ARGUMENT;
    if (observer->reserved != 0 || (observer->events & ~LEAT_OBSERVED_ALL) != 0)
        return LEAT_E_RESERVED;
    if (client->observers_count == LEAT_OBSERVERS_MAX) return LEAT_E_TOO_MANY;
    client->observers[client->observers_count++] = *observer;
    client->observed |= observer->events;
    return LEAT_OK;
}

void leat_middleware_init(leat_middleware* middleware) {
    if (middleware == nullptr) return;
    *middleware = leat_middleware{};
    middleware->struct_size = sizeof *middleware;
}

void leat_metric_init(leat_metric* metric) {
    if (metric == nullptr) return;
    *metric = leat_metric{};
    metric->struct_size = sizeof *metric;
}

leat_status leat_metric_at(const leat_client* client, uint32_t index, leat_metric* metric) {
    if (client == nullptr || metric == nullptr) return LEAT_E_ARGUMENT;
    if (metric->struct_size != sizeof *metric) return LEAT_E_STRUCT_SIZE;
    return leat::metric_at(*client, index, metric) ? LEAT_OK : LEAT_E_DONE;
}

double leat_metric_quantile(const leat_metric* metric, double share) {
    if (metric == nullptr || metric->kind != LEAT_METRIC_HISTOGRAM || metric->count == 0) return -1;
    if (!(share >= 0 && share <= 1)) return -1;
    const double wanted = share * static_cast<double>(metric->count);
    double below = 0;
    double least = 0;
    for (uint32_t i = 0; i < metric->buckets_count; ++i) {
        const double here = static_cast<double>(metric->counts[i]);
        const double most = metric->bounds[i];
        if (here > 0 && below + here >= wanted)
            return least + (most - least) * (wanted - below) / here;
        below += here;
        least = most;
    }
    return least;
}

void leat_metrics_reset(leat_client* client) {
    if (client != nullptr) leat::metrics_reset(client);
}

leat_status leat_metrics_json(const leat_client* client, leat_text_sink sink, void* user) {
    if (client == nullptr || sink == nullptr) return LEAT_E_ARGUMENT;
    return leat::metrics_json(*client, sink, user);
}

leat_status leat_metrics_prometheus(const leat_client* client, leat_text_sink sink, void* user) {
    if (client == nullptr || sink == nullptr) return LEAT_E_ARGUMENT;
    return leat::metrics_prometheus(*client, sink, user);
}

leat_status leat_text_to_buffer(void* user, leat_str piece) {
    leat_text_buffer* const buffer = static_cast<leat_text_buffer*>(user);
    if (buffer->size < buffer->capacity) {
        const leat_str part = leat::head(piece, buffer->capacity - buffer->size);
        memcpy(buffer->data + buffer->size, part.data, part.size);
    }
    buffer->size += piece.size;
    return LEAT_OK;
}
