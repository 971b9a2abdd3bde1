// Header lines by provider. See provider_head.h.
// Google has neither rate-limit nor retry headers: its errors say so in the body (errors.cc).
#include "provider_head.h"

#include "errors.h"
#include "http_time.h"

namespace mock {
namespace {

void append_retry(Buffer& out, const ProviderHead& head, uint64_t now_s) {
    const Action& action = *head.retry;
    if (action.retry_after_ms < 0) return;
    const auto ms = static_cast<uint64_t>(action.retry_after_ms);
    const uint64_t seconds = (ms + 999) / 1000;
    char date[48];
    switch (action.retry_form) {
        case MOCK_RETRY_DATE:
            out.append("retry-after: ");
            out.append(date, format_http_date(now_s + seconds, date));
            break;
        case MOCK_RETRY_MILLISECONDS:
            if (is_openai(head.kind)) {
                out.append("retry-after-ms: ");
                out.append_u64(ms);
                out.append("\r\n");
            }
            [[fallthrough]];
        case MOCK_RETRY_SECONDS:
            out.append("retry-after: ");
            out.append_u64(seconds);
            break;
    }
    out.append("\r\n");
}

void append_openai(Buffer& out, const ProviderHead& head) {
    if (head.azure) {
        out.append("x-ms-region: Mock\r\napim-request-id: ");
        append_request_id(out, head.request_id);
        out.append("\r\nx-request-id: ");
    } else {
        out.append(
            "openai-organization: org-mock\r\nopenai-version: "
            "2020-10-01\r\nopenai-processing-ms: ");
        out.append_u64(head.processing_ms);
        out.append("\r\nx-request-id: ");
    }
    append_request_id(out, head.request_id);
    out.append("\r\n");
}

void append_anthropic(Buffer& out, const ProviderHead& head, unsigned status) {
    out.append("request-id: ");
    append_request_id(out, head.request_id);
    out.append("\r\nanthropic-organization-id: 00000000-0000-4000-8000-000000000000\r\n");
    const bool hopeless =
        status >= 400 && status < 500 && status != 408 && status != 409 && status != 429;
    if (hopeless) out.append("x-should-retry: false\r\n");
}

}  // namespace

void append_provider_head(Buffer& out, const ProviderHead& head, unsigned status, uint64_t now_s) {
    switch (head.kind) {
        case FormatKind::Chat:
        case FormatKind::Responses:
            append_openai(out, head);
            if (head.rate != nullptr) {
                head.rate->append_headers(out, head.azure ? RateStyle::Azure : RateStyle::OpenAi,
                                          now_s);
            }
            break;
        case FormatKind::Anthropic:
            append_anthropic(out, head, status);
            if (head.rate != nullptr) head.rate->append_headers(out, RateStyle::Anthropic, now_s);
            break;
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            out.append("x-gemini-service-tier: standard\r\nserver-timing: gfet4t7; dur=");
            out.append_u64(head.processing_ms);
            out.append("\r\n");
            return;
        case FormatKind::Ollama:
            break;
    }
    if (head.retry != nullptr) append_retry(out, head, now_s);
}

}  // namespace mock
