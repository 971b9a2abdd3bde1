// wire/connection.h: one connection from its socket up to bytes that the peer has proved to read:
// connecting, perhaps tunnelling through a proxy, the TLS handshake, then ready for requests.
// Depends on base and the port tables. Knows nothing of HTTP (the tunnel's talk is flow's).
// Invariants: a stream is registered with the poller once, and removed before it is closed; TLS
// read-ahead is empty whenever a connection is left alone; descriptor < 0 means not open.
#pragma once

#include <leat/port.h>

#include "base/list.h"
#include "wire/origin.h"

namespace leat {

class Wire;

enum class ConnectionState : uint8_t { free, connecting, tunnelling, handshaking, ready, idle };

struct Connection {
    Link link;  // in the wire's free list or its origin's idle list
    Wire* wire = nullptr;
    Origin* origin = nullptr;
    void* user = nullptr;          // who uses it: the item, nullptr while idle
    void* tls_session = nullptr;   // memory for one, also while TLS is off
    int64_t descriptor = -1;
    uint64_t opened_ns = 0;
    uint64_t idle_since_ns = 0;
    uint32_t slot = 0;
    uint32_t generation = 0;       // grows each time the slot is opened: old events are recognised
    uint32_t requests = 0;         // begun on it
    uint32_t address_index = 0;    // of the address being tried
    uint32_t addresses_tried = 0;
    ConnectionState state = ConnectionState::free;
    bool tls_active = false;       // a session is started in tls_session
    bool leads_handshake = false;  // counted in origin->handshakes
    bool had_ticket = false;       // its handshake could resume
    bool drained = false;          // the last read was short: nothing more until the next event
    bool share_used = false;       // no more may be read from the socket in this step
    bool hung_up = false;          // the poller saw an end or an error: read until it shows
};

struct WireCounters {
    uint64_t opened = 0;
    uint32_t open = 0;
};

class Wire {
public:
    static size_t connection_bytes(const leat_ports& ports, bool use_tls);

    // connections_memory: connections_max * connection_bytes. cipher: the window into which TLS
    // records are read.
    void open(const leat_ports* ports, bool use_tls, void* poller_state, void* tls_state,
              char* connections_memory, uint32_t connections_max, char* cipher,
              size_t cipher_bytes);
    void close();

    // A free slot, or nullptr when all are in use.
    Connection* take_free();
    bool has_free() { return !free_.empty(); }

    // Begins to connect to origin's first address. On failure the
    // caller drops it.
    leat_status connect(Connection* connection, Origin* origin, uint64_t now_ns);

    // Goes on as far as it can. LEAT_OK: ready, or tunnelling (the caller's turn). WOULD_BLOCK.
    // Another status: it failed at every address; the caller closes it.
    leat_status advance(Connection* connection);
    // The proxy has agreed: on to TLS. As advance.
    leat_status tunnel_done(Connection* connection);

    // As leat_stream_ops, over TLS where it is on.
    int64_t read(Connection* connection, void* bytes, size_t size);
    int64_t write(Connection* connection, const void* bytes, size_t size);
    leat_status flush(Connection* connection);

    // TLS records of this connection lie in the window: they must be taken before another
    // connection is served.
    bool has_read_ahead(const Connection* connection) const {
        return cipher_owner_ == connection && cipher_begin_ < cipher_end_;
    }

    // Closes and frees it, whatever its state.
    void drop(Connection* connection);

    // The connection that an event is for; nullptr when it is gone.
    Connection* find(uint64_t token);
    Connection* at(uint32_t slot) { return &connections_[slot]; }
    uint32_t capacity() const { return connections_max_; }
    static void note_event(Connection* connection, uint32_t events);

    const WireCounters& counters() const { return counters_; }
    const leat_ports& ports() const { return *ports_; }
    void* poller_state() { return poller_state_; }
    void* tls_state() { return tls_state_; }

private:
    static int64_t bio_read(void* user, void* bytes, size_t size);
    static int64_t bio_write(void* user, const void* bytes, size_t size);
    int64_t read_stream(Connection* connection, void* bytes, size_t size);
    int64_t write_stream(Connection* connection, const void* bytes, size_t size);
    leat_status open_address(Connection* connection);
    leat_status next_address(Connection* connection);
    leat_status after_connect(Connection* connection);
    leat_status start_tls(Connection* connection);
    leat_status handshake(Connection* connection);
    leat_status check_quiet(Connection* connection);
    void end_lead(Connection* connection);
    void close_stream(Connection* connection);

    const leat_ports* ports_ = nullptr;
    void* poller_state_ = nullptr;
    void* tls_state_ = nullptr;
    Connection* connections_ = nullptr;
    uint32_t connections_max_ = 0;
    List<Connection, &Connection::link> free_;
    char* cipher_ = nullptr;
    size_t cipher_capacity_ = 0;
    size_t cipher_begin_ = 0;
    size_t cipher_end_ = 0;
    Connection* cipher_owner_ = nullptr;
    WireCounters counters_;
};

}  // namespace leat
