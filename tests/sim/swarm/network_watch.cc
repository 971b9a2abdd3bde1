// tests/sim/swarm/network_watch.cc: the handler around a service's own: it listens to requests, and
// holds back what a clogged connection would do. Depends on network.h.
// Invariant: the service inside sees each call once, in order, late at worst.
#include <string.h>

#include "sim/swarm/network.h"

namespace swarm {

namespace {

Service* service_of(void* user) { return static_cast<Service*>(user); }

void on_accept(void* user, leat_sim_conn* conn) {
    Service* const service = service_of(user);
    Watched watched;
    watched.conn = conn;
    service->open[leat_sim_conn_number(conn)] = watched;
    if (service->inner.on_accept != nullptr) service->inner.on_accept(service->inner.user, conn);
}

void on_bytes(void* user, leat_sim_conn* conn, leat_str bytes) {
    Service* const service = service_of(user);
    service->network->hear(service, leat_sim_conn_number(conn), bytes);
    if (service->inner.on_bytes != nullptr) {
        service->inner.on_bytes(service->inner.user, conn, bytes);
    }
}

// Room and timers of a clogged connection come when it is free again.
bool held_back(Service* service, leat_sim_conn* conn) {
    const uint64_t until_ns = service->network->clogged_until(service, conn);
    const uint64_t now_ns = leat_sim_now_ns(leat_sim_conn_sim(conn));
    if (until_ns <= now_ns) return false;
    leat_sim_conn_timer(conn, until_ns - now_ns);
    return true;
}

void on_room(void* user, leat_sim_conn* conn) {
    Service* const service = service_of(user);
    if (service->inner.on_room != nullptr) service->inner.on_room(service->inner.user, conn);
}

void on_timer(void* user, leat_sim_conn* conn) {
    Service* const service = service_of(user);
    if (held_back(service, conn)) return;
    if (service->inner.on_timer != nullptr) service->inner.on_timer(service->inner.user, conn);
}

void on_finish(void* user, leat_sim_conn* conn) {
    Service* const service = service_of(user);
    if (service->inner.on_finish != nullptr) service->inner.on_finish(service->inner.user, conn);
}

void on_close(void* user, leat_sim_conn* conn) {
    Service* const service = service_of(user);
    service->open.erase(leat_sim_conn_number(conn));
    if (service->inner.on_close != nullptr) service->inner.on_close(service->inner.user, conn);
}

uint64_t content_length(const std::string& head) {
    static const char name[] = "\r\ncontent-length:";
    const char* const found = strcasestr(head.c_str(), name);
    return found == nullptr ? 0 : strtoull(found + sizeof name - 1, nullptr, 10);
}

}  // namespace

leat_sim_handler watching_handler(Service* service) {
    leat_sim_handler handler = {};
    handler.user = service;
    handler.on_accept = on_accept;
    handler.on_bytes = on_bytes;
    handler.on_room = on_room;
    handler.on_timer = on_timer;
    handler.on_finish = on_finish;
    handler.on_close = on_close;
    return handler;
}

void Network::hear(Service* service, uint32_t number, leat_str bytes) {
    RequestEar* const ear = &service->open[number].ear;
    size_t at = 0;
    while (at < bytes.size) {
        if (ear->in_body) {
            const uint64_t taken = std::min<uint64_t>(ear->body_left, bytes.size - at);
            ear->body_left -= taken;
            at += taken;
            if (ear->body_left == 0) *ear = RequestEar{};
            continue;
        }
        if (ear->head.empty()) ear->begun_ns = leat_sim_now_ns(sim_);
        ear->head.push_back(bytes.data[at++]);
        if (ear->head.size() < 4 || ear->head.compare(ear->head.size() - 4, 4, "\r\n\r\n") != 0) {
            continue;
        }
        service->arrivals.push_back({ear->begun_ns, number});
        // One of its own keys, and no other one anywhere.
        const size_t key = ear->head.find(service->key);
        if (key == std::string::npos || ear->head.find(LEAT_SWARM_CANARY) != key ||
            ear->head.rfind(LEAT_SWARM_CANARY) != key) {
            verdict_->fail("credential", "a request at %s carries another key than its own",
                           service->name.c_str());
        }
        ear->body_left = content_length(ear->head);
        ear->in_body = true;
        if (ear->body_left == 0) *ear = RequestEar{};
    }
}

uint64_t Network::clogged_until(Service* service, leat_sim_conn* conn) {
    const auto found = service->open.find(leat_sim_conn_number(conn));
    return found == service->open.end() ? 0 : found->second.clogged_until_ns;
}

}  // namespace swarm
