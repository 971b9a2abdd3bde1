// Deciding on a request: routes, the key, the JSON, the fate, the limit, the delay. Answers are
// made in answer.cc.
#include <cmath>

#include "server.h"

namespace mock {
namespace {

bool ends_with(std::string_view text, std::string_view tail) {
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

}  // namespace

void Server::serve(Conn& conn) {
    conn.arrived_ns = now_ns_;
    conn.created_s = now_s_;
    conn.request_id = id_salt_ + ++id_count_;
    conn.action = Action{};
    const bool last =
        config_.keepalive_requests != 0 && conn.served + 1 >= config_.keepalive_requests;
    conn.finish = conn.keep_alive && !last ? Finish::KeepAlive : Finish::Close;
    const std::string_view url{conn.url, conn.url_bytes};
    const std::string_view path = url.substr(0, url.find('?'));
    if (serve_admin(conn, path)) return;
    ++stats_.requests;
    conn.in_flight = true;
    stats_.begin_flight();
    if (!ends_with(path, "/chat/completions")) {
        char message[320];
        const int size =
            std::snprintf(message, sizeof message, "Invalid URL (%s %.*s)",
                          llhttp_method_name(static_cast<llhttp_method_t>(conn.parser.method)),
                          static_cast<int>(path.size()), path.data());
        const auto length = static_cast<size_t>(size);
        for (size_t i = 0; i < length; ++i) {
            if ((static_cast<unsigned char>(message[i]) & 0x80U) != 0)
                message[i] = '?';  // it goes into JSON
        }
        return answer_error(conn, 404, {{message, length}, "invalid_request_error", "", ""},
                            nullptr);
    }
    if (conn.parser.method != HTTP_POST) {
        return answer_error(conn, 405,
                            {"Not allowed: this path takes POST only.", "invalid_request_error",
                             "method", "method_not_supported"},
                            nullptr);
    }
    serve_chat(conn);
}

// True when the path was one of ours, which are not counted.
bool Server::serve_admin(Conn& conn, std::string_view path) {
    const bool get = conn.parser.method == HTTP_GET;
    const bool post = conn.parser.method == HTTP_POST;
    reply_.begin();
    if (path == "/health" && get) {
        reply_.body().append("{\"status\":\"ok\"}\n");
    } else if (path == "/admin/stats" && get) {
        log_.flush();
        stats_.append_json(reply_.body());
        reply_.body().append_char('\n');
    } else if (path == "/admin/reset" && post) {
        stats_.reset();
        injector_.reset();
        chat_count_ = 0;
        reply_.body().append("{\"status\":\"reset\"}\n");
    } else if (path == "/admin/stop" && post) {
        stopping_ = true;
        conn.finish = Finish::Close;
        reply_.body().append("{\"status\":\"stopping\"}\n");
    } else {
        return false;
    }
    answer_local(conn);
    return true;
}

bool Server::authorised(const Conn& conn) const {
    if (config_.require_key == nullptr) return true;
    std::string_view given{conn.authorization, conn.authorization_bytes};
    constexpr std::string_view kScheme = "Bearer ";
    if (given.substr(0, kScheme.size()) != kScheme) return false;
    return given.substr(kScheme.size()) == config_.require_key;
}

void Server::serve_chat(Conn& conn) {
    const uint64_t number = ++chat_count_;
    if (!authorised(conn)) return answer_error(conn, 401, injected_error(401), nullptr);
    const JsonVerdict verdict = read_chat_request(conn.body.data(), conn.body.size(), &conn.chat);
    if (verdict != JsonVerdict::Ok) return answer_verdict(conn, verdict);
    log_.add(conn.chat.text);
    conn.action = injector_.choose(number, conn.chat.text);
    stats_.count_injected(conn.action);
    schedule(conn);
}

double Server::draw_latency_ms() {
    if (config_.latency_sigma <= 0 || config_.latency_ms <= 0) return config_.latency_ms;
    const double u = unit_interval(mix64(config_.seed ^ mix64(chat_count_ ^ 0x1a7e)));
    const double v = unit_interval(mix64(config_.seed ^ mix64(chat_count_ ^ 0x9a55)));
    const double normal = std::sqrt(-2 * std::log(1 - u)) * std::cos(2 * M_PI * v);
    return config_.latency_ms * std::exp(config_.latency_sigma * normal);
}

// Now, later or never. What a gateway refuses (4xx) it refuses at once; the rest takes the model's
// time.
void Server::schedule(Conn& conn) {
    const Action& action = conn.action;
    const bool refused = action.kind == ActionKind::Status && action.status < 500;
    if (action.kind == ActionKind::Hang) {
        conn.phase = Phase::Hanging;
        timers_.arm(&conn, kNever);
        return;
    }
    if (action.kind != ActionKind::Status && limiter_.enabled()) {
        const uint64_t wanted =
            conn.chat.max_tokens > 0 ? static_cast<uint64_t>(conn.chat.max_tokens) : 16;
        const Limiter::Verdict verdict = limiter_.admit(prompt_tokens(conn.chat) + wanted, now_ns_);
        if (!verdict.admitted) return answer_limited(conn, verdict);
    }
    double delay_ms = static_cast<double>(action.latency_ms);
    if (delay_ms < 0) {
        delay_ms = refused ? 0 : draw_latency_ms();
        if (conn.chat.stream && !refused) delay_ms += config_.ttft_ms;
    }
    if (delay_ms <= 0) return answer(conn);
    conn.phase = Phase::Waiting;
    timers_.arm(&conn, now_ns_ + static_cast<uint64_t>(delay_ms * 1e6));
}

}  // namespace mock
