// Requests about cached contents, and requests that use one. See server.h and content_cache.h.
//
// Invariant: what a call asks for happens when it is answered, so that one that is made to fail
// changes nothing.
#include <ctime>

#include "format.h"
#include "server.h"

namespace mock {
namespace {

constexpr size_t kPageDefault = 50;
constexpr size_t kPageMax = 1000;

int64_t wall_ms() {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return static_cast<int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1000000;
}

bool all_digits(std::string_view text, size_t size_max) {
    if (text.size() > size_max) return false;
    for (const char c : text) {
        if (c < '0' || c > '9') return false;
    }
    return true;
}

std::string_view query_of(const Conn& conn) {
    const std::string_view url{conn.url, conn.url_bytes};
    const size_t mark = url.find('?');
    return mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1);
}

// "projects/p/locations/l/", or nothing at Google's own path.
std::string_view parent_of(const Conn& conn) {
    const std::string_view url{conn.url, conn.url_bytes};
    const size_t begin = url.find("projects/");
    const size_t end = url.find("cachedContents");
    return begin < end ? url.substr(begin, end - begin) : std::string_view{};
}

}  // namespace

void Server::serve_cache(Conn& conn, const Route& route) {
    Request& request = conn.request;
    request.cached_content = route.name;
    if (conn.parser.method == HTTP_POST || conn.parser.method == HTTP_PATCH) {
        const Fault fault = read_gemini(conn.body.data(), conn.body.size(), &request);
        if (fault != Fault::None) return answer_fault(conn, fault);
        request.cached_content = route.name;
        if (conn.parser.method == HTTP_POST && request.model.empty())
            return answer_fault(conn, Fault::NoModel);
        if (request.model == kUnknownModel) return answer_fault(conn, Fault::UnknownModel);
    }
    log_.add(request.text);
    conn.action = injector_.choose(chat_count_, request.text);
    stats_.count_injected(conn.action);
    schedule(conn);
}

// Puts the answer, or the provider's error, into reply_.
void Server::make_cache_answer(Conn& conn) {
    const Request& request = conn.request;
    const int64_t now_ms = wall_ms();
    CachedContent* entry = nullptr;
    Fault fault = Fault::None;
    ContentCache::Status status = ContentCache::Status::Done;
    reply_.begin();
    if (conn.parser.method == HTTP_POST) {
        if (prompt_tokens(request) < config_.cache_tokens_min) {
            fault = Fault::SmallCache;
        } else {
            status =
                content_cache_.create(request, parent_of(conn), conn.request_id, now_ms, &entry);
        }
    } else if (conn.parser.method == HTTP_PATCH) {
        status = content_cache_.update(request, request.cached_content, now_ms, &entry);
    } else if (conn.parser.method == HTTP_DELETE) {
        if (!content_cache_.remove(request.cached_content, now_ms)) fault = Fault::UnknownCache;
        reply_.body().append("{}\n");
    } else if (!request.cached_content.empty()) {
        entry = content_cache_.find(request.cached_content, now_ms);
        if (entry == nullptr) fault = Fault::UnknownCache;
    } else {
        fault = append_page(conn, now_ms);
    }
    if (status == ContentCache::Status::Unknown) fault = Fault::UnknownCache;
    if (status == ContentCache::Status::BadTime) fault = Fault::BadTime;
    if (entry != nullptr) content_cache_.append(reply_.body(), *entry);
    finish_cache_answer(conn, fault);
}

Fault Server::append_page(Conn& conn, int64_t now_ms) {
    const std::string_view size_text = query_value(query_of(conn), "pageSize");
    const std::string_view token = query_value(query_of(conn), "pageToken");
    if (!all_digits(size_text, 9) || !all_digits(token, 18)) return Fault::BadField;
    size_t size = 0;
    for (const char c : size_text) size = size * 10 + static_cast<size_t>(c - '0');
    if (size == 0) size = kPageDefault;
    content_cache_.append_list(reply_.body(), size < kPageMax ? size : kPageMax, token, now_ms);
    return Fault::None;
}

void Server::finish_cache_answer(Conn& conn, Fault fault) {
    unsigned status = 200;
    if (fault != Fault::None) {
        char room[kFaultRoom];
        const FaultText text = fault_text(conn.request, fault, room);
        status = text.status;
        reply_.begin();
        append_error(reply_.body(), {&conn.request, status, nullptr, conn.request_id, text.reason},
                     text.error);
    }
    Head head = make_head(conn, status, nullptr);
    head.content_type = format_of(conn.request.kind).whole_type;
    head.chunked = conn.action.kind == ActionKind::Chunked;
    head.measured = conn.action.kind != ActionKind::Eof;
    reply_.finish(head, now_s_);
}

// The cached content that a request to a model names. False when it was refused.
bool Server::use_content(Conn& conn) {
    const Request& request = conn.request;
    if (request.cached_content.empty()) return true;
    const CachedContent* entry = content_cache_.find(request.cached_content, wall_ms());
    Fault fault = Fault::None;
    if (request.sets_context) {
        fault = Fault::CacheAndContext;
    } else if (entry == nullptr) {
        fault = Fault::UnknownCache;
    } else if (entry->model_view() != request.model) {
        fault = Fault::OtherModelCache;
    } else {
        conn.turn.cache_read = entry->tokens;
    }
    if (fault != Fault::None) answer_fault(conn, fault);
    return fault == Fault::None;
}

}  // namespace mock
