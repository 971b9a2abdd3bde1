// Matching paths by their ends, so that any base path works: /v1, /openai/v1, Azure's deployments,
// Vertex's projects, or none. See route.h.
// Percent-encoding is not undone: no path that is served needs it.
#include "route.h"

namespace mock {
namespace {

bool ends_with(std::string_view text, std::string_view tail) {
    return text.size() >= tail.size() && text.substr(text.size() - tail.size()) == tail;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

// What stands after `mark`, up to the next slash.
std::string_view segment_after(std::string_view path, std::string_view mark) {
    const size_t at = path.rfind(mark);
    if (at == std::string_view::npos) return {};
    const std::string_view rest = path.substr(at + mark.size());
    return rest.substr(0, rest.find('/'));
}

bool find_gemini(std::string_view path, std::string_view query, Route* out) {
    const std::string_view target = segment_after(path, "/models/");
    const size_t colon = target.find(':');
    if (colon == std::string_view::npos) return false;
    const std::string_view verb = target.substr(colon + 1);
    if (verb != "generateContent" && verb != "streamGenerateContent") return false;
    out->route = RouteKind::Model;
    out->kind = FormatKind::Gemini;
    out->model = target.substr(0, colon);
    out->vertex = contains(path, "/projects/");
    out->stream = verb[0] == 's';
    out->array_stream = out->stream && query_value(query, "alt") != "sse";
    return true;
}

bool find_listing(std::string_view path, Route* out) {
    struct Known {
        std::string_view tail;
        FormatKind kind;
        ListingKind listing;
    };
    constexpr Known kKnown[] = {
        {"/v1beta/models", FormatKind::Gemini, ListingKind::Gemini},
        {"/models", FormatKind::Chat, ListingKind::OpenAi},
        {"/api/tags", FormatKind::Ollama, ListingKind::OllamaTags},
        {"/api/version", FormatKind::Ollama, ListingKind::OllamaVersion},
    };
    for (const Known& known : kKnown) {
        if (!ends_with(path, known.tail)) continue;
        out->route = RouteKind::Listing;
        out->kind = known.kind;
        out->listing = known.listing;
        return true;
    }
    return false;
}

}  // namespace

std::string_view query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const size_t end = query.find('&');
        const std::string_view pair = query.substr(0, end);
        query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
        const size_t equals = pair.find('=');
        if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
        return pair.substr(equals + 1);
    }
    return {};
}

Route find_route(std::string_view path, std::string_view query) {
    Route out;
    out.route = RouteKind::Model;
    if (ends_with(path, "/chat/completions")) {
        out.azure = contains(path, "/openai/deployments/");
        if (out.azure) out.model = segment_after(path, "/deployments/");
        return out;
    }
    if (ends_with(path, "/responses")) {
        out.kind = FormatKind::Responses;
        return out;
    }
    if (ends_with(path, "/messages")) {
        out.kind = FormatKind::Anthropic;
        return out;
    }
    if (ends_with(path, "/api/chat")) {
        out.kind = FormatKind::Ollama;
        return out;
    }
    if (find_gemini(path, query, &out)) return out;
    if (ends_with(path, "/cachedContents") || contains(path, "/cachedContents/")) {
        out.route = RouteKind::Cache;
        out.kind = FormatKind::GeminiCache;
        out.vertex = contains(path, "/projects/");
        out.name = segment_after(path, "/cachedContents/");
        return out;
    }
    if (find_listing(path, &out)) return out;
    out.route = RouteKind::Unknown;
    return out;
}

}  // namespace mock
