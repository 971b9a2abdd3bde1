// Making and delivering answers, good and badly delivered ones. See server.h; heads are in reply.h,
// what is said in turn.h, how it is written in format.h.
//
// Invariant: every request that is answered passes exactly one of send_now, begin_stream, or a
// delivery below that ends in finish_request or close_connection.
#include "format.h"
#include "listing.h"
#include "server.h"

namespace mock {
namespace {

constexpr std::string_view kHtml =
    "<!doctype html>\n<html><head><title>Welcome</title></head>\n"
    "<body><h1>This is not the API</h1><p>Somebody's gateway answers here.</p></body></html>\n";

constexpr std::string_view kSurplusBody =
    "{\"id\":\"chatcmpl-surplus\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":"
    "\"surplus\","
    "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"surplus\"},"
    "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_"
    "tokens\":2}}";

constexpr std::string_view kInterim[3] = {
    "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"};

void append_surplus(Buffer& out) {
    out.append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ");
    out.append_u64(kSurplusBody.size());
    out.append("\r\n\r\n");
    out.append(kSurplusBody);
}

// A body in pieces of odd sizes, one of them with an extension, hexadecimal in both cases.
void append_odd_chunks(Buffer& out, std::string_view body) {
    constexpr size_t kSizes[] = {1, 3, 27, 2, 171, 7, 13};
    for (size_t i = 0; !body.empty(); ++i) {
        const std::string_view piece = body.substr(0, kSizes[i % 7]);
        body = body.substr(piece.size());
        const size_t digits_at = out.size();
        out.append_hex(piece.size());
        if (i % 2 == 1) {
            for (size_t at = digits_at; at < out.size(); ++at) {
                if (out.data()[at] >= 'a') out.data()[at] = static_cast<char>(out.data()[at] - 32);
            }
        }
        if (i == 1) out.append(";piece=odd");
        out.append("\r\n");
        out.append(piece);
        out.append("\r\n");
    }
    out.append("0\r\n\r\n");
}

}  // namespace

Context Server::context_of(const Conn& conn) const {
    return {&config_, &conn.request, &conn.turn, conn.request_id, conn.created_s};
}

Head Server::make_head(Conn& conn, unsigned status, const Action* retry) {
    ++stats_.answered[status];
    provider_head_ = {conn.request.kind,
                      conn.request.azure,
                      conn.request_id,
                      (now_ns_ - conn.arrived_ns) / 1000000,
                      limiter_.enabled() || config_.rate_headers != 0 ? &conn.limits : nullptr,
                      retry};
    Head head;
    head.status = status;
    head.close = conn.finish != Finish::KeepAlive;
    head.provider = &provider_head_;
    return head;
}

void Server::send_reply(Conn& conn) {
    std::string_view bytes = reply_.bytes();
    if (conn.parser.method == HTTP_HEAD) bytes = bytes.substr(0, reply_.head_size());
    send_now(conn, bytes);
}

// Health and administration: plain, uncounted.
void Server::answer_local(Conn& conn) {
    Head head;
    head.close = conn.finish != Finish::KeepAlive;
    reply_.finish(head, now_s_);
    send_reply(conn);
}

void Server::answer_listing(Conn& conn, ListingKind kind) {
    reply_.begin();
    reply_.body().append(listing_text(kind));
    reply_.finish(make_head(conn, 200, nullptr), now_s_);
    send_reply(conn);
}

// The time has come.
void Server::answer(Conn& conn) {
    const Action& action = conn.action;
    switch (action.kind) {
        case ActionKind::Status:
            return answer_injected(conn);
        case ActionKind::Raw:
            conn.finish = Finish::Close;
            return send_now(conn, injector_.raw(action.raw_index));
        case ActionKind::Reset:
            if (action.after_bytes <= 0) return close_connection(conn, true);
            break;
        case ActionKind::Ok:
        case ActionKind::Close:
            if (conn.request.stream) return begin_stream(conn);
            break;
        case ActionKind::Truncate:
        case ActionKind::Slow:
        case ActionKind::Hang:
        case ActionKind::Chunked:
        case ActionKind::Surplus:
        case ActionKind::Html:
        case ActionKind::Eof:
        case ActionKind::Interim:
        case ActionKind::BadJson:
            break;
        case ActionKind::Midway:
            if (!conn.request.stream) return answer_injected(conn);
            break;
    }
    make_answer(conn);
    deliver(conn);
}

// Puts the whole response into reply_.
void Server::make_answer(Conn& conn) {
    const ActionKind kind = conn.action.kind;
    if (kind == ActionKind::Eof) conn.finish = Finish::Close;
    if (conn.request.kind == FormatKind::GeminiCache) return make_cache_answer(conn);
    Head head = make_head(conn, 200, nullptr);
    reply_.begin();
    if (kind == ActionKind::Html) {
        head.content_type = "text/html; charset=utf-8";
        head.provider = nullptr;
        reply_.body().append(kHtml);
    } else if (conn.request.stream) {
        head.content_type = stream_type(conn);
        head.chunked = kind != ActionKind::Eof && conn.parser.http_minor != 0;
        head.measured = false;
        if (!head.chunked) conn.finish = Finish::Close;
        make_whole_stream(conn);
    } else {
        const Format& format = format_of(conn.request.kind);
        head.content_type = format.whole_type;
        format.append_whole(reply_.body(), context_of(conn));
        if (kind == ActionKind::BadJson)
            reply_.body().resize(reply_.body().size() - reply_.body_size() / 2);
        head.chunked = kind == ActionKind::Chunked;
        head.measured = kind != ActionKind::Eof;
    }
    reply_.finish(head, now_s_);
}

std::string_view Server::stream_type(const Conn& conn) const {
    const Format& format = format_of(conn.request.kind);
    return conn.request.array_stream ? format.whole_type : format.stream_type;
}

void Server::make_whole_stream(Conn& conn) {
    const Context context = context_of(conn);
    const bool framed = conn.action.kind != ActionKind::Eof && conn.parser.http_minor != 0;
    stream_begin(conn.stream, context);
    int64_t left = conn.action.kind != ActionKind::Midway ? INT64_MAX
                   : conn.action.after_bytes >= 0         ? conn.action.after_bytes
                                                          : 3;
    while (conn.stream.step != Step::End && left > 0) {
        event_.clear();
        if (append_stream_event(event_, context, conn.stream)) --left;
        append_framed(reply_.body(), event_.view(), framed);
    }
    if (conn.action.kind == ActionKind::Midway) {
        event_.clear();
        append_stream_error(event_, conn.request, conn.stream, conn.request_id);
        append_framed(reply_.body(), event_.view(), framed);
    }
    if (framed) reply_.body().append("0\r\n\r\n");
}

void Server::begin_stream(Conn& conn) {
    const bool framed = conn.parser.http_minor != 0;
    if (!framed) conn.finish = Finish::Close;
    Head head = make_head(conn, 200, nullptr);
    head.content_type = stream_type(conn);
    head.chunked = framed;
    head.measured = false;
    reply_.begin();
    reply_.finish(head, now_s_);
    if (conn.action.kind == ActionKind::Close) conn.finish = Finish::Close;
    conn.out.clear();
    conn.out_at = 0;
    conn.out.append(reply_.bytes());
    stream_begin(conn.stream, context_of(conn));
    conn.stream_due_ns = now_ns_;
    conn.phase = Phase::Streaming;
    make_events(conn);  // so that head and first events leave together
    pump(conn);
}

void Server::deliver_part(Conn& conn, size_t body_bytes, Finish finish) {
    const size_t kept = body_bytes < reply_.body_size() ? body_bytes : reply_.body_size();
    conn.finish = finish;
    send_now(conn, reply_.bytes().substr(0, reply_.head_size() + kept));
}

void Server::deliver(Conn& conn) {
    const int64_t after = conn.action.after_bytes;
    const std::string_view bytes = reply_.bytes();
    event_.clear();
    switch (conn.action.kind) {
        case ActionKind::Truncate:
            return deliver_part(conn,
                                after >= 0 ? static_cast<size_t>(after) : reply_.body_size() / 2,
                                Finish::Close);
        case ActionKind::Reset:
            return deliver_part(conn, static_cast<size_t>(after), Finish::Reset);
        case ActionKind::Slow: {
            const size_t head_bytes = reply_.head_size();
            conn.out.clear();
            conn.out.append(bytes.substr(head_bytes));
            conn.out_at = 0;
            bool failed = false;
            // The head is small and the socket idle; should it not fit, the peer is not reading.
            if (write_bytes(conn, bytes.data(), head_bytes, &failed) != head_bytes)
                return abandon(conn);
            conn.phase = Phase::Dripping;
            return timers_.arm(&conn, now_ns_);
        }
        case ActionKind::Close:
            conn.finish = Finish::Close;
            return send_reply(conn);
        case ActionKind::Chunked:
            if (conn.request.stream) return send_reply(conn);
            event_.append(bytes.substr(0, reply_.head_size()));
            append_odd_chunks(event_, bytes.substr(reply_.head_size()));
            return send_now(conn, event_.view());
        case ActionKind::Surplus:
            event_.append(bytes);
            append_surplus(event_);
            return send_now(conn, event_.view());
        case ActionKind::Interim:
            for (int64_t i = 0; i < (after >= 0 ? after : 3); ++i) event_.append(kInterim[i % 3]);
            event_.append(bytes);
            return send_now(conn, event_.view());
        case ActionKind::Ok:
        case ActionKind::Status:
        case ActionKind::Hang:
        case ActionKind::Html:
        case ActionKind::Raw:
        case ActionKind::Eof:
        case ActionKind::BadJson:
        case ActionKind::Midway:
            break;
    }
    send_reply(conn);
}

}  // namespace mock
