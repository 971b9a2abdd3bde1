// One connection: its socket, its parser, the request it is working on and what is still to be
// sent.
//
// Invariant: one request at a time. While a request is being answered nothing is read; bytes that
// came after it wait in `pending`. Buffers grow with a request and shrink after it, so an idle
// connection costs about a kilobyte.
#pragma once

#include <llhttp.h>

#include "inject.h"
#include "limit.h"
#include "stream.h"
#include "timers.h"
#include "tls.h"

namespace mock {

enum class Phase : uint8_t {
    Handshake,
    Reading,    // a request, or waiting for one
    Waiting,    // the answer is due later
    Writing,    // the answer is in `out`
    Dripping,   // the answer is in `out` and leaves a byte at a time
    Streaming,  // events are still being made
    Hanging,    // never answers
    Lingering,  // answered and half closed; the peer's rest is read and dropped
    Closed,
};

enum class Finish : uint8_t { KeepAlive, Close, Linger, Reset };

enum class HeaderName : uint8_t { Other, Authorization, Expect, ApiKey };

// A key may come in several headers; which one counts depends on the provider.
enum class KeyHeader : uint8_t { None, Anthropic, Azure, Google };

struct Conn : TimerNode {
    Socket socket;
    TlsSession* tls = nullptr;
    Conn* next = nullptr;  // in the free list, or among those closed in this round
    Phase phase = Phase::Reading;
    Finish finish = Finish::KeepAlive;
    bool in_flight = false;
    bool queued = false;       // has a turn coming without an event
    bool expects = false;      // said "Expect: 100-continue"
    bool interim_due = false;  // and waits for the answer to that

    llhttp_t parser;
    bool keep_alive = false;
    bool complete = false;
    uint16_t refuse = 0;  // a status the parser asks for, when not 400
    HeaderName header = HeaderName::Other;
    uint8_t name_bytes = 0;
    char name[24];
    uint16_t url_bytes = 0;
    uint16_t authorization_bytes = 0;
    uint32_t header_bytes = 0;
    char url[256];
    char authorization[256];
    KeyHeader key_header = KeyHeader::None;
    bool has_version = false;  // anthropic-version
    uint16_t key_bytes = 0;
    char key[256];
    Buffer body;
    Buffer pending;

    uint32_t served = 0;  // requests on this connection
    uint64_t request_id = 0;
    uint64_t arrived_ns = 0;
    Limiter limits;  // as they stood when the request was admitted: what its answer tells
    uint64_t created_s = 0;  // the same in each event of a stream
    Action action;
    Request request;
    Turn turn;
    Buffer said;  // the turn's texts, where they are made
    Stream stream;
    uint64_t stream_due_ns = 0;
    Buffer out;
    size_t out_at = 0;
};

enum class ParseStatus : uint8_t { More, Complete, Refused };

// Ready for the next request on the same connection.
void parser_begin(Conn& conn);
// Feeds bytes; *used says how many belonged to this request. Refused leaves the status to answer in
// conn.refuse.
ParseStatus parser_feed(Conn& conn, const char* bytes, size_t size, uint64_t body_bytes_max,
                        size_t* used);

}  // namespace mock
