// Two models, in each provider's list. See listing.h.
// Fields that clients' types require are there; the rest is left out.
#include "listing.h"

namespace mock {

std::string_view listing_text(ListingKind kind) {
    switch (kind) {
        case ListingKind::OpenAi:
            break;
        case ListingKind::Anthropic:
            return "{\"data\":[{\"type\":\"model\",\"id\":\"mock-large\",\"display_name\":\"Mock "
                   "large\",\"created_at\":\"2026-01-01T00:00:00Z\"},{\"type\":\"model\",\"id\":"
                   "\"mock-small\",\"display_name\":\"Mock small\",\"created_at\":\"2026-01-01T00:"
                   "00:00Z\"}],\"has_more\":false,\"first_id\":\"mock-large\",\"last_id\":"
                   "\"mock-small\"}";
        case ListingKind::Gemini:
            return "{\"models\":[{\"name\":\"models/mock-large\",\"version\":\"1\",\"displayName\":"
                   "\"Mock large\",\"inputTokenLimit\":1000000,\"outputTokenLimit\":65536,"
                   "\"supportedGenerationMethods\":[\"generateContent\",\"createCachedContent\"]},{"
                   "\"name\":\"models/mock-small\",\"version\":\"1\",\"displayName\":\"Mock "
                   "small\","
                   "\"inputTokenLimit\":32768,\"outputTokenLimit\":8192,"
                   "\"supportedGenerationMethods\":[\"generateContent\"]}]}\n";
        case ListingKind::OllamaTags:
            return "{\"models\":[{\"name\":\"mock:latest\",\"model\":\"mock:latest\","
                   "\"modified_at\":\"2026-01-01T00:00:00Z\",\"size\":1000000,\"digest\":\"0\","
                   "\"details\":{\"format\":\"gguf\",\"family\":\"mock\",\"parameter_size\":\"1B\","
                   "\"quantization_level\":\"Q4_0\"}}]}";
        case ListingKind::OllamaVersion:
            return "{\"version\":\"0.0.0\"}";
    }
    return "{\"object\":\"list\",\"data\":[{\"id\":\"mock-large\",\"object\":\"model\",\"created\":"
           "1767225600,\"owned_by\":\"mock\"},{\"id\":\"mock-small\",\"object\":\"model\","
           "\"created\":1767225600,\"owned_by\":\"mock\"}]}\n";
}

}  // namespace mock
