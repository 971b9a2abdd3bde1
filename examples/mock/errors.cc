// Error bodies: OpenAI's, Azure's, Anthropic's, Google's, Ollama's. See errors.h; what is said in
// them is in faults.cc.
// The texts are ours; types, codes and shapes are the providers'.
#include "errors.h"

#include "json_text.h"

namespace mock {
namespace {

void append_quoted(Buffer& out, std::string_view text) {
    out.append_char('"');
    append_json_escaped(out, text);
    out.append_char('"');
}

void append_openai(Buffer& out, const ErrorText& error) {
    auto field = [&out](std::string_view name, std::string_view value) {
        out.append(name);
        if (value.empty()) return out.append("null");
        append_quoted(out, value);
    };
    field("{\n  \"error\": {\n    \"message\": ", error.message);
    field(",\n    \"type\": ", error.type);
    field(",\n    \"param\": ", error.param);
    field(",\n    \"code\": ", error.code);
    out.append("\n  }\n}\n");
}

// Azure's gateway, which is not OpenAI's server, says less.
void append_azure(Buffer& out, const ErrorSite& site, const ErrorText& error) {
    const bool gateway = site.status == 401 || site.status == 404 || site.status == 429;
    if (!gateway) return append_openai(out, error);
    out.append("{\"error\":{\"code\":");
    append_quoted(out, error.code);
    out.append(",\"message\":");
    append_quoted(out, error.message);
    out.append("}}");
}

std::string_view anthropic_type(unsigned status) {
    switch (status) {
        case 401:
            return "authentication_error";
        case 402:
            return "billing_error";
        case 403:
            return "permission_error";
        case 404:
            return "not_found_error";
        case 409:
            return "conflict_error";
        case 413:
            return "request_too_large";
        case 429:
            return "rate_limit_error";
        case 504:
            return "timeout_error";
        case 529:
            return "overloaded_error";
        default:
            return status < 500 ? "invalid_request_error" : "api_error";
    }
}

void append_anthropic(Buffer& out, const ErrorSite& site, const ErrorText& error) {
    out.append("{\"type\":\"error\",\"error\":{\"type\":");
    append_quoted(out, anthropic_type(site.status));
    out.append(",\"message\":");
    append_quoted(out, error.message);
    out.append("},\"request_id\":\"");
    append_request_id(out, site.request_id);
    out.append("\"}");
}

std::string_view google_status(unsigned status) {
    switch (status) {
        case 400:
            return "INVALID_ARGUMENT";
        case 401:
            return "UNAUTHENTICATED";
        case 403:
            return "PERMISSION_DENIED";
        case 404:
            return "NOT_FOUND";
        case 409:
            return "ABORTED";
        case 429:
            return "RESOURCE_EXHAUSTED";
        case 499:
            return "CANCELLED";
        case 500:
            return "INTERNAL";
        case 503:
        case 529:
            return "UNAVAILABLE";
        case 504:
            return "DEADLINE_EXCEEDED";
        default:
            return status < 500 ? "FAILED_PRECONDITION" : "UNKNOWN";
    }
}

// "3s", "1.500s".
void append_seconds(Buffer& out, int64_t ms) {
    char text[40];
    const int size =
        ms % 1000 == 0
            ? std::snprintf(text, sizeof text, "%llds", static_cast<long long>(ms / 1000))
            : std::snprintf(text, sizeof text, "%lld.%03llds", static_cast<long long>(ms / 1000),
                            static_cast<long long>(ms % 1000));
    out.append(text, static_cast<size_t>(size));
}

constexpr std::string_view kTypeUrl = "{\"@type\":\"type.googleapis.com/google.rpc.";

// What a quota error says beside its message; Google has no header for it.
void append_quota(Buffer& out, const ErrorSite& site) {
    out.append(",\"details\":[");
    out.append(kTypeUrl);
    out.append(
        "QuotaFailure\",\"violations\":[{\"quotaMetric\":\"mock.invalid/"
        "generate_content_requests\",\"quotaId\":\"GenerateRequestsPerMinutePerProjectPerModel\","
        "\"quotaDimensions\":{\"location\":\"global\",\"model\":\"");
    append_json_escaped(out, site.request->model);
    out.append("\"},\"quotaValue\":\"60\"}]}");
    if (site.retry != nullptr && site.retry->retry_after_ms >= 0) {
        out.append_char(',');
        out.append(kTypeUrl);
        out.append("RetryInfo\",\"retryDelay\":\"");
        append_seconds(out, site.retry->retry_after_ms);
        out.append("\"}");
    }
    out.append_char(']');
}

void append_google(Buffer& out, const ErrorSite& site, const ErrorText& error) {
    const bool in_array = site.request->array_stream;
    out.append(in_array ? "[{\"error\":{\"code\":" : "{\"error\":{\"code\":");
    out.append_u64(site.status);
    out.append(",\"message\":");
    append_quoted(out, error.message);
    out.append(",\"status\":");
    append_quoted(out, google_status(site.status));
    if (site.status == 429) {
        append_quota(out, site);
    } else if (!site.reason.empty()) {
        out.append(",\"details\":[");
        out.append(kTypeUrl);
        out.append("ErrorInfo\",\"reason\":");
        append_quoted(out, site.reason);
        out.append(",\"domain\":\"mock.invalid\"}]");
    }
    out.append(in_array ? "}}]\n" : "}}\n");
}

}  // namespace

bool is_openai(FormatKind kind) {
    return kind == FormatKind::Chat || kind == FormatKind::Responses;
}

void append_request_id(Buffer& out, uint64_t id) {
    char hex[32];
    uint64_t bits = mix64(id);
    for (size_t i = 0; i < sizeof hex; ++i) {
        if (i == 16) bits = mix64(bits);
        hex[i] = "0123456789abcdef"[bits >> (i % 16 * 4) & 15];
    }
    out.append("req_");
    out.append(hex, sizeof hex);
}

void append_error(Buffer& out, const ErrorSite& site, const ErrorText& error) {
    switch (site.request->kind) {
        case FormatKind::Chat:
        case FormatKind::Responses:
            if (site.request->azure) return append_azure(out, site, error);
            return append_openai(out, error);
        case FormatKind::Anthropic:
            return append_anthropic(out, site, error);
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            return append_google(out, site, error);
        case FormatKind::Ollama:
            out.append("{\"error\":");
            append_quoted(out, error.message);
            return out.append("}");
    }
}

void append_stream_error(Buffer& out, const Request& request, const Stream& stream,
                         uint64_t request_id) {
    constexpr std::string_view kGoogleError =
        "{\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":"
        "\"UNAVAILABLE\"}}";
    switch (request.kind) {
        case FormatKind::Chat:
            return out.append(
                "data: {\"error\":{\"message\":\"The server had an error while processing your "
                "request.\",\"type\":\"server_error\",\"param\":null,\"code\":null}}\n\n");
        case FormatKind::Responses:
            out.append("event: error\ndata: {\"type\":\"error\",\"sequence_number\":");
            out.append_u64(stream.sequence);
            return out.append(
                ",\"code\":\"server_error\",\"message\":\"The server had an error while "
                "processing your request.\",\"param\":null}\n\n");
        case FormatKind::Anthropic:
            out.append(
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":"
                "\"overloaded_error\",\"message\":\"Overloaded\"},\"request_id\":\"");
            append_request_id(out, request_id);
            return out.append("\"}\n\n");
        case FormatKind::Gemini:
        case FormatKind::GeminiCache:
            if (!request.array_stream) out.append("data: ");
            if (request.array_stream) out.append(stream.sequence == 0 ? "[" : ",\r\n");
            out.append(kGoogleError);
            return out.append(request.array_stream ? "]" : "\r\n\r\n");
        case FormatKind::Ollama:
            return out.append("{\"error\":\"the model runner has stopped\"}\n");
    }
}

}  // namespace mock
