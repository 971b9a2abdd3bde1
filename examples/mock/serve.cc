// Deciding on a request: routes, the key, the body, the fate, the limit, the delay. Answers are
// made in answer.cc, refusals in refuse.cc.
//
// Invariant: what is refused before its fate is chosen (path, method, key, body) is refused at once.
#include <cmath>

#include "format.h"
#include "server.h"

namespace mock {
namespace {

// "Bearer K", or "Key K" as Maritaca's documents have it.
std::string_view bearer_key(std::string_view given) {
    for (const std::string_view scheme : {std::string_view{"Bearer "}, std::string_view{"Key "}}) {
        if (given.substr(0, scheme.size()) == scheme) return given.substr(scheme.size());
    }
    return {};
}

bool method_fits(const Conn& conn, const Route& route) {
    const uint8_t method = conn.parser.method;
    switch (route.route) {
        case RouteKind::Model:
            return method == HTTP_POST;
        case RouteKind::Listing:
            return method == HTTP_GET;
        case RouteKind::Cache:
            // The collection is made and listed; a resource is read, changed and deleted.
            if (route.name.empty()) return method == HTTP_POST || method == HTTP_GET;
            return method == HTTP_GET || method == HTTP_PATCH || method == HTTP_DELETE;
        case RouteKind::Unknown:
            break;
    }
    return false;
}

}  // namespace

void Server::serve(Conn& conn) {
    conn.arrived_ns = now_ns_;
    conn.limits = limiter_;
    conn.created_s = now_s_;
    conn.request_id = id_salt_ + ++id_count_;
    conn.action = Action{};
    conn.request = Request{};
    const bool last =
        config_.keepalive_requests != 0 && conn.served + 1 >= config_.keepalive_requests;
    conn.finish = conn.keep_alive && !last ? Finish::KeepAlive : Finish::Close;
    const std::string_view url{conn.url, conn.url_bytes};
    const size_t mark = url.find('?');
    const std::string_view path = url.substr(0, mark);
    if (serve_admin(conn, path)) return;
    ++stats_.requests;
    conn.in_flight = true;
    stats_.begin_flight();
    const std::string_view query =
        mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1);
    Route route = find_route(path, query);
    if (route.route == RouteKind::Listing && conn.has_version) {
        // Anthropic's list has the path of OpenAI's.
        route.kind = FormatKind::Anthropic;
        route.listing = ListingKind::Anthropic;
    }
    conn.request.kind = route.kind;
    conn.request.azure = route.azure;
    conn.request.vertex = route.vertex;
    conn.request.array_stream = route.array_stream;
    if (route.route == RouteKind::Unknown) return serve_unknown(conn, path);
    if (!method_fits(conn, route)) return answer_fault(conn, Fault::WrongMethod);
    if (route.route != RouteKind::Listing) ++chat_count_;
    const Fault fault = key_fault(conn, query);
    if (fault != Fault::None) return answer_fault(conn, fault);
    serve_route(conn, route);
}

void Server::serve_route(Conn& conn, const Route& route) {
    switch (route.route) {
        case RouteKind::Model:
            return serve_model(conn, route);
        case RouteKind::Listing:
            return answer_listing(conn, route.listing);
        case RouteKind::Cache:
            return serve_cache(conn, route);
        case RouteKind::Unknown:
            break;
    }
    serve_unknown(conn, {conn.url, conn.url_bytes});
}

void Server::serve_unknown(Conn& conn, std::string_view path) {
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
    answer_error(conn, 404, {{message, length}, "invalid_request_error", "", ""}, nullptr);
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
        prompt_cache_.clear();
        content_cache_.clear();
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

Fault Server::key_fault(const Conn& conn, std::string_view query) const {
    if (config_.require_key == nullptr) return Fault::None;
    const Request& request = conn.request;
    const bool google =
        request.kind == FormatKind::Gemini || request.kind == FormatKind::GeminiCache;
    const KeyHeader wanted = google                                  ? KeyHeader::Google
                             : request.kind == FormatKind::Anthropic ? KeyHeader::Anthropic
                             : request.azure                         ? KeyHeader::Azure
                                                                     : KeyHeader::None;
    std::string_view given = bearer_key({conn.authorization, conn.authorization_bytes});
    if (wanted != KeyHeader::None && conn.key_header == wanted) given = {conn.key, conn.key_bytes};
    if (given.empty() && google) given = query_value(query, "key");
    if (given.empty()) return Fault::NoKey;
    return given == config_.require_key ? Fault::None : Fault::WrongKey;
}

void Server::serve_model(Conn& conn, const Route& route) {
    Request& request = conn.request;
    request.model = route.model;
    request.stream = route.stream;
    if (request.kind == FormatKind::Anthropic && !conn.has_version)
        return answer_fault(conn, Fault::NoVersion);
    const Fault fault = format_of(request.kind).read(conn.body.data(), conn.body.size(), &request);
    if (fault != Fault::None) return answer_fault(conn, fault);
    if (!route.model.empty()) request.model = route.model;
    if (request.model == kUnknownModel) return answer_fault(conn, Fault::UnknownModel);
    log_.add(request.text);
    conn.action = injector_.choose(chat_count_, request.text);
    stats_.count_injected(conn.action);
    decide_turn(config_, request, conn.said, &conn.turn);
    if (conn.action.kind != ActionKind::Status && !use_content(conn)) return;
    if (conn.action.kind != ActionKind::Status) count_cached(conn);
    schedule(conn);
}

// A marked prefix is written to the provider's cache once, and read from there afterwards.
void Server::count_cached(Conn& conn) {
    const Request& request = conn.request;
    const uint64_t total = prompt_tokens(request);
    const uint64_t marked = (request.cache_bytes + 3) / 4;
    const uint64_t tokens = marked < total ? marked : total;
    if (request.cache_bytes == 0 || tokens < config_.cache_tokens_min) return;
    uint64_t& counted = prompt_cache_.touch(request.cache_hash, now_ns_) ? conn.turn.cache_read
                                                                         : conn.turn.cache_write;
    counted = tokens;
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
            conn.request.max_tokens > 0 ? static_cast<uint64_t>(conn.request.max_tokens) : 16;
        const Limiter::Verdict verdict =
            limiter_.admit(prompt_tokens(conn.request) + wanted, now_ns_);
        conn.limits = limiter_;
        if (!verdict.admitted) return answer_limited(conn, verdict);
    }
    double delay_ms = static_cast<double>(action.latency_ms);
    if (delay_ms < 0) {
        delay_ms = refused ? 0 : draw_latency_ms();
        if (conn.request.stream && !refused) delay_ms += config_.ttft_ms;
    }
    if (delay_ms <= 0) return answer(conn);
    conn.phase = Phase::Waiting;
    timers_.arm(&conn, now_ns_ + static_cast<uint64_t>(delay_ms * 1e6));
}

}  // namespace mock
