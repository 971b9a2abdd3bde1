// Which provider a path belongs to, and what it says about the request.
//
// Invariant: only the path and query are looked at; views point into them.
#pragma once

#include "request.h"

namespace mock {

enum class RouteKind : uint8_t {
    Unknown,
    Model,    // a request to a model, in `kind`'s format
    Cache,    // Gemini's cached contents
    Listing,  // models, tags, version
};

enum class ListingKind : uint8_t { OpenAi, Anthropic, Gemini, OllamaTags, OllamaVersion };

struct Route {
    RouteKind route = RouteKind::Unknown;
    FormatKind kind = FormatKind::Chat;
    ListingKind listing = ListingKind::OpenAi;
    bool azure = false;
    bool vertex = false;
    bool stream = false;        // the path says so
    bool array_stream = false;  // and the query does not ask for events
    std::string_view model;     // where the path names it: Gemini's models, Azure's deployments
    std::string_view name;      // of a cached content; empty for the collection
};

Route find_route(std::string_view path, std::string_view query);
// A parameter of a query, as it came; empty when it is not there.
std::string_view query_value(std::string_view query, std::string_view name);

}  // namespace mock
