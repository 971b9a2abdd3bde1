// Escaping, and cutting between characters. See json_text.h.
// What needs no escape is copied in runs.
#include "json_text.h"

namespace mock {

void append_json_escaped(Buffer& out, std::string_view text) {
    const char* p = text.data();
    const char* end = p + text.size();
    const char* run = p;
    for (; p < end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(run, static_cast<size_t>(p - run));
        run = p + 1;
        switch (c) {
            case '"':
                out.append("\\\"");
                break;
            case '\\':
                out.append("\\\\");
                break;
            case '\n':
                out.append("\\n");
                break;
            case '\r':
                out.append("\\r");
                break;
            case '\t':
                out.append("\\t");
                break;
            default:
                out.append("\\u00");
                out.append_char("0123456789abcdef"[c >> 4]);
                out.append_char("0123456789abcdef"[c & 15]);
        }
    }
    out.append(run, static_cast<size_t>(p - run));
}

std::string_view utf8_prefix(std::string_view text, size_t bytes_max) {
    if (text.size() <= bytes_max) return text;
    size_t cut = bytes_max;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0U) == 0x80U) --cut;
    return text.substr(0, cut);
}

}  // namespace mock
