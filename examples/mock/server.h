// The server: one thread, one epoll, every connection a small state machine.
//
// server.cc opens, accepts and loops; conn.cc moves one connection forward; serve.cc decides on a
// request, answer.cc answers it, refuse.cc refuses it, cache_calls.cc keeps cached contents.
// Invariant: nothing blocks except the wait; a connection closed in a round is reused in the next
// at the earliest, so a stale event never meets a new peer.
#pragma once

#include "conn.h"
#include "content_cache.h"
#include "errors.h"
#include "limit.h"
#include "prompt_cache.h"
#include "reply.h"
#include "route.h"
#include "stats.h"
#include "tls.h"

namespace mock {

// A model that no provider here has, so that its error can be seen.
constexpr std::string_view kUnknownModel = "no-such-model";

class Server {
public:
    Server() = default;
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // Binds and prepares everything. On failure a one-line reason is in error().
    [[nodiscard]] bool open(const mock_config& config, int lifeline);
    void run();
    const char* error() const { return error_; }
    uint16_t port() const { return port_; }
    uint16_t tls_port() const { return tls_port_; }
    const char* authority_pem() const { return tls_.authority_pem(); }

private:
    enum class Source : uint8_t { Plain, Tls, Signal, Lifeline };
    enum { kListenerMax = 4 };

    // server.cc
    bool fail(const char* what, const char* why);
    bool listen_on(int32_t wanted, Source source, uint16_t* bound);
    bool listen_one(int family, uint16_t port, Source source, uint16_t* bound);
    bool watch(int fd, Source source);
    void accept_some(unsigned index);
    void shed_one(int listener);
    void add_connection(int fd, bool encrypted);
    void dispatch(uint64_t tag, uint32_t events);
    void read_clock();
    int wait_ms() const;
    void recycle_closed();

    // conn.cc
    void advance(Conn& conn);
    void on_timer(Conn& conn);
    bool shake_hands(Conn& conn);
    bool read_some(Conn& conn);
    bool feed(Conn& conn, const char* bytes, size_t size);
    void linger(Conn& conn);
    IoStatus read_bytes(Conn& conn, char* into, size_t size, size_t* count);
    size_t write_bytes(Conn& conn, const char* bytes, size_t size, bool* failed);
    void send_now(Conn& conn, std::string_view bytes);
    bool flush(Conn& conn);
    void drip(Conn& conn);
    void pump(Conn& conn);
    void finish_request(Conn& conn);
    void close_connection(Conn& conn, bool reset);
    void abandon(Conn& conn);
    void enqueue(Conn& conn);
    void arm_idle(Conn& conn);
    bool push_out(Conn& conn);
    void make_events(Conn& conn);

    // serve.cc
    void serve(Conn& conn);
    void serve_route(Conn& conn, const Route& route);
    void serve_model(Conn& conn, const Route& route);
    void serve_unknown(Conn& conn, std::string_view path);
    bool serve_admin(Conn& conn, std::string_view path);
    Fault key_fault(const Conn& conn, std::string_view query) const;
    void count_cached(Conn& conn);

    void schedule(Conn& conn);
    double draw_latency_ms();

    // answer.cc
    void answer(Conn& conn);
    void make_answer(Conn& conn);
    void begin_stream(Conn& conn);
    void make_whole_stream(Conn& conn);
    void answer_local(Conn& conn);
    void answer_listing(Conn& conn, ListingKind kind);
    void deliver(Conn& conn);
    void deliver_part(Conn& conn, size_t body_bytes, Finish finish);
    void send_reply(Conn& conn);
    Head make_head(Conn& conn, unsigned status, const Action* retry);
    std::string_view stream_type(const Conn& conn) const;
    Context context_of(const Conn& conn) const;

    // cache_calls.cc
    void serve_cache(Conn& conn, const Route& route);
    void make_cache_answer(Conn& conn);
    Fault append_page(Conn& conn, int64_t now_ms);
    void finish_cache_answer(Conn& conn, Fault fault);
    bool use_content(Conn& conn);

    // refuse.cc
    void answer_refused(Conn& conn);
    void answer_error(Conn& conn, unsigned status, const ErrorText& error, const Action* retry,
                      std::string_view reason = {});
    void answer_fault(Conn& conn, Fault fault);
    void answer_limited(Conn& conn, const Limiter::Verdict& verdict);
    void answer_injected(Conn& conn);

    mock_config config_{};
    int epoll_ = -1;
    int signals_ = -1;
    int spare_ = -1;  // given up to take and shed a connection when descriptors run out
    int listeners_[kListenerMax] = {};
    Source listener_source_[kListenerMax] = {};
    unsigned listener_count_ = 0;
    uint16_t port_ = 0;
    uint16_t tls_port_ = 0;
    bool stopping_ = false;
    uint64_t now_ns_ = 0;
    uint64_t now_s_ = 0;  // wall clock
    uint64_t chat_count_ = 0;
    uint64_t id_count_ = 0;
    uint64_t id_salt_ = 0;

    Stats stats_;
    RequestLog log_;
    Injector injector_;
    PromptCache prompt_cache_;
    ContentCache content_cache_;
    Limiter limiter_;
    Timers timers_;
    Tls tls_;
    Reply reply_;
    ProviderHead provider_head_;  // of the reply that is being made
    Buffer event_;                // one stream event, or chunked pieces
    Conn* free_ = nullptr;
    Conn* closed_ = nullptr;
    Conn** connections_ = nullptr;  // every Conn ever made, for the end
    size_t connection_count_ = 0;
    size_t connection_capacity_ = 0;
    Conn** turns_ = nullptr;  // connections with a turn coming, as many slots as connections_
    size_t turn_count_ = 0;
    char* scratch_ = nullptr;
    char error_[256] = {};
};

}  // namespace mock
