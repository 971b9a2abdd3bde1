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
        case FormatKind::Ollama:
        case FormatKind::GeminiCache:
            break;
    }
    return kChatFormat;
}

}  // namespace mock
