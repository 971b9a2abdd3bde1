// port/sim/http_answer.cc: the writing half of the scripted HTTP server: heads, framings, pieces
// with silence between them, and faults at any byte.
// Depends on http.h. The answer is never in memory as a whole, so it may be endless.
// Invariant: next_bytes and step together walk the parts in order; sent counts every byte.
#include "http.h"

namespace leat_simulator {
namespace {

constexpr uint32_t headers_max =
    sizeof(leat_sim_response::headers) / sizeof(leat_sim_response::headers[0]);

uint64_t now_of(HttpConn* self) { return leat_sim_now_ns(leat_sim_conn_sim(self->conn)); }

void append(HttpConn* self, leat_str text) {
    const size_t room = sizeof self->head - self->head_bytes;
    const size_t kept = text.size < room ? text.size : room;
    if (kept > 0) memcpy(self->head + self->head_bytes, text.data, kept);
    self->head_bytes += static_cast<uint32_t>(kept);
}

void append_number(HttpConn* self, uint64_t value) {
    char digits[20];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = static_cast<char>('0' + value % 10);
        value /= 10;
    } while (value > 0);
    append(self, leat_str{digits + sizeof digits - count, count});
}

void render_head(HttpConn* self) {
    const leat_sim_response* const response = &self->response;
    self->head_bytes = 0;
    append(self, LEAT_STR("HTTP/1.1 "));
    append_number(self, static_cast<uint64_t>(response->status));
    append(self, LEAT_STR(" Scripted\r\n"));
    for (uint32_t i = 0; i < response->headers_count && i < headers_max; ++i) {
        append(self, response->headers[i].name);
        append(self, LEAT_STR(": "));
        append(self, response->headers[i].value);
        append(self, LEAT_STR("\r\n"));
    }
    if (response->framing == LEAT_SIM_CONTENT_LENGTH) {
        append(self, LEAT_STR("Content-Length: "));
        append_number(self, response->content_length < 0
                                ? self->body_total
                                : static_cast<uint64_t>(response->content_length));
        append(self, LEAT_STR("\r\n"));
    }
    if (response->framing == LEAT_SIM_CHUNKED) {
        append(self, LEAT_STR("Transfer-Encoding: chunked\r\n"));
    }
    if (response->close != 0) append(self, LEAT_STR("Connection: close\r\n"));
    append(self, LEAT_STR("\r\n"));
}

void render_chunk(HttpConn* self) {
    const uint64_t left = self->body_total - self->body_sent;
    const uint64_t size = self->response.chunk_bytes == 0 ? left : self->response.chunk_bytes;
    self->chunk_left = size < left ? size : left;
    uint64_t value = self->chunk_left;
    char digits[16];
    size_t count = 0;
    do {
        digits[sizeof digits - ++count] = "0123456789abcdef"[value % 16];
        value /= 16;
    } while (value > 0);
    memcpy(self->small, digits + sizeof digits - count, count);
    memcpy(self->small + count, "\r\n", 2);
    self->small_size = static_cast<uint8_t>(count + 2);
}

Part after_body(const HttpConn* self) {
    return self->response.framing == LEAT_SIM_CHUNKED && self->response.raw.size == 0
               ? Part::last
               : Part::surplus;
}

// The part that follows; chunks begin and end here.
Part following(HttpConn* self) {
    switch (self->part) {
        case Part::head:
        case Part::prefix:
        case Part::chunk_end:
            if (self->body_sent == self->body_total) return after_body(self);
            if (after_body(self) == Part::surplus) return Part::body;
            render_chunk(self);
            return Part::chunk_size;
        case Part::chunk_size: return Part::chunk;
        case Part::chunk: return Part::chunk_end;
        case Part::body:
        case Part::last: return Part::surplus;
        case Part::surplus:
        case Part::end: break;
    }
    return Part::end;
}

leat_str body_bytes(const HttpConn* self, uint64_t left) {
    const bool raw = self->response.raw.size > 0;
    const leat_str body = raw ? self->response.raw : self->response.body;
    const uint64_t at = self->body_sent % body.size;
    const uint64_t size = body.size - at < left ? body.size - at : left;
    return leat_str{body.data + at, static_cast<size_t>(size)};
}

leat_str rest_of(leat_str text, uint64_t offset) {
    return leat_str{text.data + offset, text.size - static_cast<size_t>(offset)};
}

// The next bytes in one piece; empty at the end of the present part.
leat_str part_bytes(const HttpConn* self) {
    switch (self->part) {
        case Part::head: return rest_of(leat_str{self->head, self->head_bytes}, self->offset);
        case Part::prefix: return rest_of(self->response.raw_prefix, self->offset);
        case Part::body:
            if (self->body_sent == self->body_total) break;
            return body_bytes(self, self->body_total - self->body_sent);
        case Part::chunk_size:
            return rest_of(leat_str{self->small, self->small_size}, self->offset);
        case Part::chunk:
            if (self->chunk_left == 0) break;
            return body_bytes(self, self->chunk_left);
        case Part::chunk_end: return rest_of(LEAT_STR("\r\n"), self->offset);
        case Part::last: return rest_of(LEAT_STR("0\r\n\r\n"), self->offset);
        case Part::surplus: return rest_of(self->response.surplus, self->offset);
        case Part::end: break;
    }
    return leat_str{nullptr, 0};
}

leat_str next_bytes(HttpConn* self) {
    leat_str bytes = part_bytes(self);
    while (bytes.size == 0 && self->part != Part::end) {
        self->part = following(self);
        self->offset = 0;
        bytes = part_bytes(self);
    }
    return bytes;
}

void step(HttpConn* self, uint64_t size) {
    self->offset += size;
    self->sent += size;
    if (self->part == Part::body || self->part == Part::chunk) self->body_sent += size;
    if (self->part == Part::chunk) self->chunk_left -= size;
}

// Arms the one timer for whichever comes first.
void wait_for_time(HttpConn* self) {
    const uint64_t now_ns = now_of(self);
    uint64_t next = UINT64_MAX;
    if (self->answering && self->go_at_ns > now_ns) next = self->go_at_ns;
    if (self->close_at_ns != 0 && self->close_at_ns < next) next = self->close_at_ns;
    if (next != UINT64_MAX) {
        leat_sim_conn_timer(self->conn, next > now_ns ? next - now_ns : 0);
    }
}

void end_connection(HttpConn* self, bool by_reset) {
    self->closing = true;
    if (by_reset) {
        leat_sim_conn_reset(self->conn);
    } else {
        leat_sim_conn_close(self->conn);
    }
}

void answer_end(HttpConn* self) {
    const leat_sim_response* const response = &self->response;
    ++self->http->responses;
    answer_over(self, true);
    const bool raw = response->raw.size > 0 || response->raw_prefix.size > 0;
    const bool until_close = response->framing == LEAT_SIM_UNTIL_CLOSE && !raw;
    if (response->hand_over != nullptr) {
        self->closing = true;  // and over it goes in a moment: this memory goes with it
        self->handing_over = true;
        leat_sim_conn_timer(self->conn, 0);
    } else if (response->close != 0 || until_close) {
        end_connection(self, false);
    } else if (response->fault == LEAT_SIM_FAULT_CLOSE_AFTER ||
               response->fault == LEAT_SIM_FAULT_RESET_AFTER) {
        self->close_at_ns = now_of(self) + response->fault_ns;
        self->close_by_reset = response->fault == LEAT_SIM_FAULT_RESET_AFTER;
        if (response->fault_ns == 0) end_connection(self, self->close_by_reset);
        if (response->fault_ns != 0) wait_for_time(self);
    }
}

bool cuts(leat_sim_fault fault) {
    return fault == LEAT_SIM_FAULT_RESET || fault == LEAT_SIM_FAULT_TRUNCATE ||
           fault == LEAT_SIM_FAULT_STALL;
}

void cut_here(HttpConn* self) {
    if (self->response.fault == LEAT_SIM_FAULT_STALL) return;  // still answering, for ever
    answer_over(self, false);
    end_connection(self, self->response.fault == LEAT_SIM_FAULT_RESET);
}

// How many of size bytes pacing and faults allow now.
uint64_t allowance(const HttpConn* self, uint64_t size) {
    const leat_sim_response* const response = &self->response;
    if (response->piece_bytes != 0 && self->piece_left < size) size = self->piece_left;
    if (cuts(response->fault)) {
        const uint64_t left = response->fault_at - self->sent;
        if (left < size) size = left;
    }
    return size;
}

}  // namespace

void answer_over(HttpConn* self, bool whole) {
    leat_sim_http* const http = self->http;
    self->answering = false;
    --http->in_flight;
    if (http->over != nullptr) http->over(http->user, &self->response, whole ? 1 : 0);
}

void answer_begin(HttpConn* self) {
    const leat_sim_response* const response = &self->response;
    const bool raw = response->raw.size > 0 || response->raw_prefix.size > 0;
    const leat_str body = raw ? response->raw : response->body;
    const uint64_t given = raw ? response->raw_repeat : response->body_repeat;
    const uint64_t repeat = given == 0 ? 1 : given;
    const bool endless = body.size > 0 && repeat > UINT64_MAX / body.size;
    self->body_total = endless ? UINT64_MAX : body.size * repeat;
    if (response->framing == LEAT_SIM_NO_BODY && !raw) self->body_total = 0;
    self->body_sent = 0;
    self->sent = 0;
    self->offset = 0;
    self->part = raw ? Part::prefix : Part::head;
    self->piece_left = response->piece_bytes;
    if (!raw) render_head(self);
    self->answering = true;
    self->go_at_ns = now_of(self) + response->delay_ns;
    answer_pump(self);
}

void answer_pump(HttpConn* self) {
    while (self->answering && !self->closing) {
        if (self->go_at_ns > now_of(self)) {
            wait_for_time(self);
            return;
        }
        if (cuts(self->response.fault) && self->sent >= self->response.fault_at) {
            cut_here(self);
            return;
        }
        const leat_str bytes = next_bytes(self);
        if (bytes.size == 0) {
            answer_end(self);
            return;
        }
        const size_t wanted = static_cast<size_t>(allowance(self, bytes.size));
        const size_t taken = leat_sim_conn_send(self->conn, leat_str{bytes.data, wanted}, 0);
        step(self, taken);
        if (taken < wanted) return;  // on_room goes on
        if (self->response.piece_bytes == 0) continue;
        self->piece_left -= taken;
        if (self->piece_left > 0 || next_bytes(self).size == 0) continue;
        self->piece_left = self->response.piece_bytes;
        self->go_at_ns = now_of(self) + self->response.gap_ns;
    }
}

void answer_timer(HttpConn* self) {
    if (self->handing_over) {
        leat_sim_conn_hand_over(self->conn, self->response.hand_over);
        return;
    }
    if (self->closing) return;
    if (self->close_at_ns != 0 && self->close_at_ns <= now_of(self)) {
        if (self->answering) answer_over(self, false);
        self->close_at_ns = 0;
        end_connection(self, self->close_by_reset);
        return;
    }
    answer_pump(self);
    if (!self->closing) wait_for_time(self);
}

}  // namespace leat_simulator
