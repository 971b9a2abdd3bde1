// The table of formats. See format.h.
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
