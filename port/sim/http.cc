// port/sim/http.cc: the reading half of the scripted HTTP server: heads, Content-Length bodies,
// counters and the transcript.
// Depends on http.h; it is a user of leat/sim.h like any other. It reads what a correct client
// sends and counts the rest as malformed. Invariant: a request is counted in flight from its head
// being whole until its answer is out or its connection is gone.
#include "http.h"

namespace leat_simulator {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

leat_str header_of(leat_str head, leat_str name) {
    size_t at = 0;
    while (at < head.size) {
        size_t end = at;
        while (end < head.size && head.data[end] != '\r') ++end;
        size_t i = 0;
        while (i < name.size && at + i < end &&
               lower(head.data[at + i]) == lower(name.data[i])) {
            ++i;
        }
        if (i == name.size && at + i < end && head.data[at + i] == ':') {
            size_t begin = at + i + 1;
            while (begin < end && head.data[begin] == ' ') ++begin;
            return leat_str{head.data + begin, end - begin};
        }
        at = end + 2;
    }
    return leat_str{nullptr, 0};
}

// False when there is a Content-Length that is no number.
bool body_size(leat_str head, uint64_t* out) {
    *out = 0;
    const leat_str value = header_of(head, LEAT_STR("content-length"));
    for (size_t i = 0; i < value.size; ++i) {
        if (value.data[i] < '0' || value.data[i] > '9') return false;
        *out = *out * 10 + static_cast<uint64_t>(value.data[i] - '0');
    }
    return true;
}

void transcribe(leat_sim_http* http, leat_str bytes) {
    if (http->transcript == nullptr) return;
    const size_t room = http->transcript_max - http->transcript_size;
    const size_t kept = bytes.size < room ? bytes.size : room;
    if (kept > 0) memcpy(http->transcript + http->transcript_size, bytes.data, kept);
    http->transcript_size += kept;
}

leat_sim_request request_of(HttpConn* self) {
    leat_sim_request request = {};
    const char* const buffer = buffer_of(self);
    request.head = leat_str{buffer, self->head_size};
    request.body = leat_str{buffer + self->head_size, self->stored - self->head_size};
    request.body_bytes = self->body_taken;
    request.number = self->http->requests_begun - 1;
    request.on_connection = self->requests - 1;
    request.conn = self->conn;
    request.conn_number = leat_sim_conn_number(self->conn);
    request.at_ns = leat_sim_now_ns(leat_sim_conn_sim(self->conn));
    request.in_flight = self->http->in_flight;
    size_t first = 0;
    while (first < self->head_size && buffer[first] != ' ' && buffer[first] != '\r') ++first;
    size_t second = first + 1;
    while (second < self->head_size && buffer[second] != ' ' && buffer[second] != '\r') ++second;
    request.method = leat_str{buffer, first};
    if (second < self->head_size) {
        request.target = leat_str{buffer + first + 1, second - first - 1};
    }
    return request;
}

void fresh_response(HttpConn* self) {
    memset(static_cast<void*>(&self->response), 0, sizeof self->response);
    self->response.status = 200;
    self->response.content_length = -1;
}

void malformed(HttpConn* self) {
    ++self->http->malformed;
    self->closing = true;
    leat_sim_conn_close(self->conn);
}

void head_is_whole(HttpConn* self) {
    leat_sim_http* const http = self->http;
    self->head_size = self->stored;
    const leat_str head = {buffer_of(self), self->head_size};
    if (self->answering || !body_size(head, &self->body_bytes)) {
        malformed(self);
        return;
    }
    ++self->requests;
    ++http->requests_begun;
    if (++http->in_flight > http->in_flight_peak) http->in_flight_peak = http->in_flight;
    self->reading = Reading::body;
    self->body_taken = 0;
    self->answered_early = false;
    if (http->early == nullptr) return;
    fresh_response(self);
    const leat_sim_request request = request_of(self);
    if (http->early(http->user, &request, &self->response) == 0) return;
    self->answered_early = true;
    answer_begin(self);
}

void request_is_whole(HttpConn* self) {
    leat_sim_http* const http = self->http;
    ++http->requests;
    self->reading = Reading::head;
    if (!self->answered_early) {
        fresh_response(self);
        const leat_sim_request request = request_of(self);
        if (http->respond != nullptr) http->respond(http->user, &request, &self->response);
        self->stored = 0;
        answer_begin(self);
    }
    self->stored = 0;
}

size_t take_head(HttpConn* self, leat_str bytes) {
    char* const buffer = buffer_of(self);
    for (size_t i = 0; i < bytes.size; ++i) {
        if (self->stored == self->buffer_bytes) {
            malformed(self);
            return bytes.size;
        }
        buffer[self->stored++] = bytes.data[i];
        const bool whole =
            self->stored >= 4 && memcmp(buffer + self->stored - 4, "\r\n\r\n", 4) == 0;
        if (whole) {
            head_is_whole(self);
            return i + 1;
        }
    }
    return bytes.size;
}

size_t take_body(HttpConn* self, leat_str bytes) {
    const uint64_t left = self->body_bytes - self->body_taken;
    const size_t taken = bytes.size < left ? bytes.size : static_cast<size_t>(left);
    const size_t room = self->buffer_bytes - self->stored;
    const size_t kept = taken < room ? taken : room;
    if (kept > 0) memcpy(buffer_of(self) + self->stored, bytes.data, kept);
    self->stored += static_cast<uint32_t>(kept);
    self->body_taken += taken;
    return taken;
}

void http_accept(void* user, leat_sim_conn* conn) {
    leat_sim_http* const http = static_cast<leat_sim_http*>(user);
    size_t bytes = 0;
    HttpConn* const self = static_cast<HttpConn*>(leat_sim_conn_scratch(conn, &bytes));
    self->http = http;
    self->conn = conn;
    self->buffer_bytes = static_cast<uint32_t>(bytes - sizeof(HttpConn));
    ++http->connections;
    if (http->greet == nullptr) return;
    const leat_str greeting = http->greet(http->user, conn);
    if (greeting.size > 0) (void)leat_sim_conn_send(conn, greeting, 0);
}

HttpConn* state_of(leat_sim_conn* conn) {
    return static_cast<HttpConn*>(leat_sim_conn_scratch(conn, nullptr));
}

void http_bytes(void* user, leat_sim_conn* conn, leat_str bytes) {
    HttpConn* const self = state_of(conn);
    transcribe(static_cast<leat_sim_http*>(user), bytes);
    if (self->answering && self->reading == Reading::head) ++self->http->pipelined;
    while (bytes.size > 0 && !self->closing) {
        const bool head = self->reading == Reading::head;
        const size_t taken = head ? take_head(self, bytes) : take_body(self, bytes);
        bytes.data += taken;
        bytes.size -= taken;
        if (self->closing || self->reading == Reading::head) continue;
        if (self->body_taken == self->body_bytes) request_is_whole(self);
    }
}

void http_room(void*, leat_sim_conn* conn) { answer_pump(state_of(conn)); }

void http_timer(void*, leat_sim_conn* conn) { answer_timer(state_of(conn)); }

void http_close(void*, leat_sim_conn* conn) {
    HttpConn* const self = state_of(conn);
    const bool begun = self->reading == Reading::body && !self->answered_early;
    if (self->answering) {
        answer_over(self, false);
    } else if (begun) {
        --self->http->in_flight;
    }
    self->reading = Reading::head;
    self->closing = true;
}

}  // namespace
}  // namespace leat_simulator

using namespace leat_simulator;

void leat_sim_http_init(leat_sim_http* http) {
    if (http != nullptr) *http = leat_sim_http{};
}

leat_sim_handler leat_sim_http_handler(leat_sim_http* http) {
    leat_sim_handler handler = {};
    handler.user = http;
    handler.on_accept = http_accept;
    handler.on_bytes = http_bytes;
    handler.on_room = http_room;
    handler.on_timer = http_timer;
    handler.on_close = http_close;
    return handler;
}

leat_str leat_sim_request_header(const leat_sim_request* request, leat_str name) {
    return header_of(request->head, name);
}

leat_str leat_sim_response_text(leat_sim_response* response, leat_str text) {
    const size_t room = sizeof response->storage - response->storage_used;
    char* const to = response->storage + response->storage_used;
    const size_t kept = text.size < room ? text.size : room;
    if (kept > 0) memcpy(to, text.data, kept);
    response->storage_used += static_cast<uint32_t>(kept);
    return leat_str{to, kept};
}
