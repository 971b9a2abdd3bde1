// port/sim/world.h: what a simulated world is made of, and which file may do what to it.
// Depends on the public headers only. A connection has two pipes: up (client to server) and down;
// bytes in a pipe are first on their way (segments) and then arrived. Invariant: nothing happens
// but through the schedule, in the order of (time, connection), so a run repeats exactly.
#pragma once

#include <leat/sim.h>
#include <string.h>

namespace leat_simulator {

constexpr uint64_t never = UINT64_MAX;
constexpr uint32_t segments_max = 64;
constexpr uint32_t acts_max = 64;
constexpr uint32_t name_bytes_max = 63;
constexpr uint32_t tls_message_bytes_max = 96;  // round, verdict, ticket and a name

template <typename T>
constexpr T min_of(T a, T b) {
    return a < b ? a : b;
}
template <typename T>
constexpr T max_of(T a, T b) {
    return a > b ? a : b;
}
constexpr uint64_t add_time(uint64_t a, uint64_t b) { return a > never - b ? never : a + b; }

struct Segment {
    uint64_t at_ns;
    uint64_t bytes;
};

struct Pipe {
    char* ring;
    uint64_t capacity;
    uint64_t begin;    // of the first byte that is not consumed
    uint64_t filled;   // not consumed: arrived or on their way
    uint64_t arrived;  // of these, there already
    uint64_t last_at_ns;
    uint64_t finish_at_ns;  // never: none on its way
    uint64_t reset_at_ns;
    uint32_t segments_first;
    uint32_t segments_count;
    bool finish_sent;
    bool finish_arrived;
    bool reset_sent;
    bool reset_arrived;
    Segment segments[segments_max];
};

// What the server's TLS has in hand for one connection.
struct TlsServer {
    leat_sim_tls config;
    bool open;        // the handshake is over
    bool dead;        // failed, or stalled by script
    bool resumed;
    bool reply_final; // which message waits behind the padding
    bool reply_waits;
    uint8_t header_size;
    uint8_t type;
    uint8_t header[3];
    uint32_t round;
    uint32_t left;          // bytes of the present record still to come
    uint32_t message_size;
    uint32_t padding_left;
    uint64_t reply_at_ns;
    char message[tls_message_bytes_max];
};

enum class Client : uint8_t { closed, connecting, open, failed };

}  // namespace leat_simulator

struct leat_sim_host {
    leat_sim* sim;
    leat_address address;
    leat_sim_handler handler;
    leat_sim_link link;
    leat_sim_tls tls;
    leat_sim_host_stats stats;
};

struct leat_sim_conn {
    leat_sim* sim;
    leat_sim_host* host;
    leat_sim_link link;
    uint32_t index;
    uint32_t number;
    uint32_t generation;
    bool used;

    leat_simulator::Client client;
    bool registered;
    uint32_t armed;  // edges that the client wants to hear of
    uint32_t edges;  // edges that it has not heard of
    uint64_t token;
    void* poller;
    uint64_t client_read;
    uint64_t client_written;
    leat_sim_conn* ready_previous;
    leat_sim_conn* ready_next;
    bool ready_queued;

    bool accepted;       // by the host
    bool served;         // its handler knows of it
    bool server_closed;  // takes no more bytes
    bool stalled;
    bool wants_room;
    bool release;  // both sides are through with it
    uint64_t connect_at_ns;
    uint64_t timer_at_ns;
    uint64_t room_at_ns;
    uint64_t deliver_at_ns;
    uint64_t due_ns;
    uint32_t heap_index;

    leat_simulator::Pipe up;
    leat_simulator::Pipe down;
    leat_simulator::TlsServer tls;
    char* scratch;
};

namespace leat_simulator {

struct Name {
    char text[name_bytes_max + 1];
    uint32_t size;
    leat_address address;
};

struct Act {
    uint64_t at_ns;
    uint64_t order;
    void (*act)(void* user, leat_sim* sim);
    void* user;
};

struct Fault {
    uint64_t nth;  // absolute number of the call that fails; 0: none
    leat_status status;
    bool forever;
};

}  // namespace leat_simulator

struct leat_sim {
    leat_sim_config config;
    uint64_t random[4];
    uint64_t now_ns;
    uint64_t clock_back_ns;
    int64_t wall_ms;
    uint64_t wall_at_ns;
    uint64_t trace;
    uint64_t order;

    leat_sim_conn* conns;
    leat_sim_conn** heap;
    uint32_t heap_size;
    uint32_t* free_conns;
    uint32_t free_count;
    uint32_t conn_numbers;
    leat_sim_conn* ready_first;
    leat_sim_conn* ready_last;

    leat_sim_host* hosts;
    uint32_t hosts_count;
    leat_simulator::Name* names;
    uint32_t names_count;
    leat_simulator::Act acts[leat_simulator::acts_max];
    uint32_t acts_count;

    char* log;
    size_t log_size;
    uint64_t tickets_given;
    uint32_t tls_sessions_max;

    uint64_t calls[LEAT_SIM_CALLS_COUNT];
    leat_simulator::Fault faults[LEAT_SIM_CALLS_COUNT];
    leat_sim_stats stats;
};

namespace leat_simulator {

// trace.cc
uint64_t random64(leat_sim* sim);
uint64_t random_below(leat_sim* sim, uint64_t limit);
void random_seed(leat_sim* sim, uint64_t seed);
void trace_numbers(leat_sim* sim, uint64_t a, uint64_t b, uint64_t c);
void trace_bytes(leat_sim* sim, const void* bytes, size_t size);
// Counts a port call; true when it is to fail, with the status in *status.
bool call_fails(leat_sim* sim, leat_sim_call call, leat_status* status);
void misuse(leat_sim* sim, const char* what);

// schedule.cc
void reschedule(leat_sim_conn* conn);
void unschedule(leat_sim_conn* conn);
uint64_t next_due(const leat_sim* sim);
// Lets everything happen that is due until at_ns, and moves the clock there.
void run_until(leat_sim* sim, uint64_t at_ns);

// pipe.cc
void pipe_open(Pipe* pipe, char* ring, uint64_t capacity);
uint64_t pipe_write(Pipe* pipe, const char* bytes, uint64_t size, uint64_t at_ns);
// The arrived bytes that lie in one piece.
leat_str pipe_front(const Pipe* pipe);
void pipe_consume(Pipe* pipe, uint64_t size);
uint64_t pipe_due(const Pipe* pipe);
// What arrives by now_ns; true when bytes, an end or a reset did.
bool pipe_arrive(Pipe* pipe, uint64_t now_ns);
void pipe_finish(Pipe* pipe, uint64_t at_ns);
void pipe_reset(Pipe* pipe, uint64_t at_ns);
void pipe_drop_all(Pipe* pipe);

// link.cc: the life of a connection
leat_sim_conn* conn_take(leat_sim* sim, leat_sim_host* host);
void conn_release(leat_sim_conn* conn);
void conn_fire(leat_sim_conn* conn);
uint64_t conn_due(const leat_sim_conn* conn);
uint64_t arrival_time(leat_sim_conn* conn, uint64_t link_ns, uint64_t delay_ns);
uint64_t client_room(const leat_sim_conn* conn);

// poller.cc
void edge(leat_sim_conn* conn, uint32_t events);
void arm(leat_sim_conn* conn, uint32_t events);
void consider(leat_sim_conn* conn);
void poller_forget(leat_sim_conn* conn);
uint32_t level_of(const leat_sim_conn* conn);
leat_sim_conn* conn_of(leat_sim* sim, int64_t descriptor);
int64_t descriptor_of(const leat_sim_conn* conn);

// server.cc, tls_server.cc
void server_accept(leat_sim_conn* conn);
void server_take(leat_sim_conn* conn);
size_t raw_room(const leat_sim_conn* conn);
void raw_send(leat_sim_conn* conn, const char* bytes, size_t size, uint64_t delay_ns);
void tls_server_open(leat_sim_conn* conn);
void tls_server_bytes(leat_sim_conn* conn, leat_str bytes);
void tls_server_pump(leat_sim_conn* conn);
void tls_server_end(leat_sim_conn* conn);
size_t tls_server_send(leat_sim_conn* conn, leat_str bytes, uint64_t delay_ns);
void server_plain(leat_sim_conn* conn, leat_str bytes);

// services.cc
bool parse_address(leat_str literal, leat_address* out);
bool same_address(const leat_address* a, const leat_address* b);
leat_sim_host* find_host(leat_sim* sim, const leat_address* address);

// The bytes on a simulated TLS wire.
constexpr size_t tls_header_bytes = 3;
constexpr size_t tls_record_bytes_max = 4096;
constexpr char tls_mask = 0x5a;  // plain text never shows on the wire
enum TlsType : uint8_t {
    tls_client_round = 'h',  // round, ticket
    tls_padding = 'p',
    tls_server_round = 's',
    tls_server_final = 'f',  // verdict, resumed, ticket, name
    tls_data = 'd',
    tls_notify = 'n',
    tls_alert = 'a'
};

// Tables, put together in ports.cc.
extern const leat_poller_ops poller_table;
extern const leat_poller_ops poller_rearm_table;
extern const leat_stream_ops stream_table;
extern const leat_tls_ops tls_table;
extern const leat_resolver_ops resolver_table;
extern const leat_clock_ops clock_table;
extern const leat_entropy_ops entropy_table;
extern const leat_log_ops log_table;

}  // namespace leat_simulator
