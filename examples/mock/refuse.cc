// Answering with an error: what could not be read, what is refused, what is over the limit, and
// what was asked to fail. See server.h; the words are in faults.cc, the shapes in errors.cc.
//
// Invariant: each ends in send_reply, with the shape of the provider whose path was asked.
#include "server.h"

namespace mock {

void Server::answer_error(Conn& conn, unsigned status, const ErrorText& error, const Action* retry,
                          std::string_view reason) {
    reply_.begin();
    append_error(reply_.body(), {&conn.request, status, retry, conn.request_id, reason}, error);
    reply_.finish(make_head(conn, status, retry), now_s_);
    send_reply(conn);
}

void Server::answer_fault(Conn& conn, Fault fault) {
    char room[kFaultRoom];
    const FaultText text = fault_text(conn.request, fault, room);
    answer_error(conn, text.status, text.error, nullptr, text.reason);
}

// What the parser would not take: the answer, then the connection ends.
void Server::answer_refused(Conn& conn) {
    ++stats_.requests;
    conn.arrived_ns = now_ns_;
    conn.limits = limiter_;
    conn.finish = Finish::Linger;
    conn.pending.clear();
    conn.request = Request{};
    const std::string_view url{conn.url, conn.url_bytes};
    conn.request.kind = find_route(url.substr(0, url.find('?')), {}).kind;
    char room[kFaultRoom];
    const FaultText text =
        fault_text(conn.request, conn.refuse == 400 ? Fault::Unreadable : Fault::TooLarge, room);
    answer_error(conn, conn.refuse, text.error, nullptr);
}

void Server::answer_limited(Conn& conn, const Limiter::Verdict& verdict) {
    ++stats_.limited;
    Action retry;
    retry.retry_after_ms = verdict.wait_ms;
    retry.retry_form = MOCK_RETRY_MILLISECONDS;
    char message[256];
    const double limit =
        verdict.by_tokens ? limiter_.tokens_per_minute() : limiter_.requests_per_minute();
    const int size = std::snprintf(
        message, sizeof message,
        "Rate limit reached for the model in organization org-mock on %s per min (%s): "
        "Limit %.0f. Please try again in %lldms.",
        verdict.by_tokens ? "tokens" : "requests", verdict.by_tokens ? "TPM" : "RPM", limit,
        static_cast<long long>(verdict.wait_ms));
    ErrorText error = injected_error(conn.request, 429);
    error.message = {message, static_cast<size_t>(size)};
    error.type = verdict.by_tokens ? "tokens" : "requests";
    answer_error(conn, 429, error, &retry);
}

void Server::answer_injected(Conn& conn) {
    Action& action = conn.action;
    if (action.kind == ActionKind::Midway) action.status = 500;  // where there is no stream
    const bool backs_off = action.status == 429 || action.status == 503 || action.status == 529;
    answer_error(conn, action.status, injected_error(conn.request, action.status),
                 backs_off || action.retry_asked ? &action : nullptr);
}

}  // namespace mock
