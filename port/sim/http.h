// port/sim/http.h: what the scripted HTTP server keeps in a connection's scratch.
// Depends on the public headers only. http.cc reads requests, http_answer.cc writes answers.
// Invariant: an answer is a sequence of parts; the cursor (part, offset) can stop at any byte.
#pragma once

#include <leat/sim.h>
#include <string.h>

namespace leat_simulator {

enum class Part : uint8_t { head, prefix, body, chunk_size, chunk, chunk_end, last, surplus, end };
enum class Reading : uint8_t { head, body };

constexpr size_t answer_head_bytes_max = 1024;

struct HttpConn {
    leat_sim_http* http;
    leat_sim_conn* conn;
    // the request
    uint64_t requests;       // of this connection
    uint64_t body_bytes;     // announced
    uint64_t body_taken;     // so many have come
    uint32_t head_size;
    uint32_t stored;         // head and body bytes in the buffer
    uint32_t buffer_bytes;
    Reading reading;
    bool answering;
    bool answered_early;     // the rest of this request's body is read over
    bool closing;
    bool handing_over;
    // the answer
    Part part;
    uint8_t small_size;
    char small[24];          // size line of the present chunk
    uint32_t head_bytes;
    uint64_t offset;         // in the present part
    uint64_t body_total;     // bytes of the body in all
    uint64_t body_sent;
    uint64_t chunk_left;
    uint64_t sent;
    uint64_t piece_left;
    uint64_t go_at_ns;       // nothing is sent before
    uint64_t close_at_ns;    // a scripted end after the answer; 0: none
    bool close_by_reset;
    char head[answer_head_bytes_max];
    leat_sim_response response;
    // the request's bytes follow
};

inline char* buffer_of(HttpConn* self) { return reinterpret_cast<char*>(self + 1); }

// The answer in response is to be sent, after its delay.
void answer_begin(HttpConn* self);
// Sends what can be sent now.
void answer_pump(HttpConn* self);
void answer_timer(HttpConn* self);
// The answer is out, or nothing more of it will be sent.
void answer_over(HttpConn* self, bool whole);

}  // namespace leat_simulator
