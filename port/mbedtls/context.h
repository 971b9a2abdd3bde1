// port/mbedtls/context.h: what one client's TLS port consists of, and who may touch which part.
// Context lives in the state given to open, with the tickets and the pool behind it; a Session
// lives in memory of the caller's. Depends on leat/port.h and mbedTLS.
// Invariant: no session is READY unless its peer's leaf passed check_leaf in this handshake, or in
// the one that made the ticket it resumed from, for the same host.
#pragma once

#include <leat/mbedtls.h>

#include "compat.h"
#include "pool.h"

namespace leat::tls {

constexpr size_t host_max = 255;
constexpr size_t record_payload_max = 16384;
constexpr uint32_t idle_records_max = 64;  // records without data in a row before we hang up
constexpr int64_t ticket_age_max_ms = 24 * 3600 * 1000LL;  // since the certificate was checked

// Whom we want to talk to, in the form that certificates are compared with.
struct Peer {
    char name[host_max + 1];  // lower case, no trailing dot, ends in NUL
    uint32_t name_size;
    uint32_t ip_size;  // 4 or 16 when the name is an address, else 0
    uint8_t ip[16];
};

// What a handshake left behind for the next one with the same peer.
struct Ticket {
    bool is_set;
    Peer peer;
    int64_t checked_ms;    // when the certificate was verified
    int64_t not_after_ms;  // when the first certificate of its chain ends
    mbedtls_ssl_session session;
};

struct Context {
    Pool pool;
    uint32_t tickets_max;
    uint32_t certificates;  // trusted ones
    const leat_clock_ops* clock;
    void* clock_user;
    const leat_entropy_ops* entropy;
    void* entropy_user;
    uint64_t handshakes_full;
    uint64_t handshakes_resumed;
    Ticket* tickets;
    mbedtls_ssl_config config;
    mbedtls_x509_crt trusted;
    mbedtls_ctr_drbg_context random;
};

enum class Phase : uint8_t { handshake, ready, dead };

struct Session {
    Context* context;
    leat_tls_bio bio;
    Peer peer;
    Phase phase;
    bool offered_ticket;
    bool leaf_checked;      // in this handshake
    bool read_blocked;      // the stream had nothing when it was asked last
    leat_status failure;    // why it is dead
    leat_status stream;     // last failure of the stream
    leat_status verdict;    // what check_chain found, LEAT_OK so far
    uint32_t ticket_index;
    uint32_t idle_records;
    int64_t now_ms;         // the date during this handshake
    int64_t checked_ms;     // when this peer's certificate was verified (maybe long ago)
    int64_t not_after_ms;
    mbedtls_ssl_context ssl;
};

// peer.cc: false when host is empty, too long or no name that a certificate can have.
bool peer_set(Peer* peer, leat_str host);
bool peer_equal(const Peer& a, const Peer& b);

// names.cc: does a subjectAltName of the certificate name the peer? LEAT_OK, LEAT_E_TLS_NAME, or
// LEAT_E_TLS_NO_SAN when it names no host at all.
leat_status check_name(const mbedtls_x509_crt& leaf, const Peer& peer);

// verify.cc: mbedTLS calls it for each certificate of a chain, the leaf last; user is a Session.
extern "C" int leat_tls_check_certificate(void* user, mbedtls_x509_crt* certificate, int depth,
                                          uint32_t* flags);
extern const mbedtls_x509_crt_profile policy_profile;
// What the library's flags mean, the gravest first.
leat_status status_of_flags(uint32_t flags);

// trust.cc: fills context->trusted. LEAT_OK, LEAT_E_TLS_CA, LEAT_E_TLS_MEMORY.
leat_status load_trust(Context* context, const leat_tls_config& config);
size_t trust_bytes(const leat_tls_config& config);

// ticket.cc
Ticket* ticket_of(Context* context, uint32_t index);
void ticket_forget(Ticket* ticket);
void ticket_offer(Session* session);
void ticket_save(Session* session);

// bio.cc
int bio_read(void* user, unsigned char* bytes, size_t size);
int bio_write(void* user, const unsigned char* bytes, size_t size);

// errors.cc: the status for a code of the library's, given what the session knows.
leat_status status_of(const Session& session, int code);
// Ends the session with a status, for good; answers that status.
leat_status fail(Session* session, leat_status status);

// Port functions, see leat/port.h.
size_t port_state_bytes(const leat_tls_config* config);
leat_status port_open(void* state, size_t bytes, const leat_tls_config* config, void* user);
void port_close(void* state);
void port_stats(void* state, leat_tls_stats* out);
size_t port_session_bytes();
leat_status port_start(void* state, void* memory, uint32_t ticket_index, leat_str host,
                       const leat_tls_bio* bio);
leat_status port_handshake(void* state, void* memory);
int64_t port_read(void* state, void* memory, void* bytes, size_t size);
int64_t port_write(void* state, void* memory, const void* bytes, size_t size);
leat_status port_flush(void* state, void* memory);
void port_stop(void* state, void* memory);
int32_t port_has_ticket(void* state, uint32_t ticket_index);

}  // namespace leat::tls
