// Which format answers which kind. See format.h.
// A switch, so that a new kind without a format does not compile silently.
#include "format.h"

namespace mock {

const Format& format_of(FormatKind kind) {
    switch (kind) {
        case FormatKind::Chat:
            break;
        case FormatKind::Responses:
            return kResponsesFormat;
        case FormatKind::Anthropic:
            return kAnthropicFormat;
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            return kGeminiFormat;
        case FormatKind::Ollama:
            return kOllamaFormat;
    }
    return kChatFormat;
}

}  // namespace mock
