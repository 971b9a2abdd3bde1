// Defaults, the option table and its reader. See options.h.
// Numbers are read whole: a value with anything behind it, or out of range, is refused.
#include "options.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "cert.h"

namespace mock {
namespace {

using Setter = bool (*)(mock_config& config, const char* value);

struct Option {
    const char* name;
    const char* argument;  // nullptr: a flag
    const char* fallback;
    const char* help;
    Setter set;
};

bool read_double(const char* text, double low, double high, double* out) {
    char* end = nullptr;
    errno = 0;
    const double value = std::strtod(text, &end);
    if (end == text || *end != '\0' || errno != 0 || !(value >= low && value <= high)) return false;
    *out = value;
    return true;
}

bool read_u64(const char* text, uint64_t high, uint64_t* out) {
    char* end = nullptr;
    errno = 0;
    if (*text < '0' || *text > '9') return false;
    const unsigned long long value = std::strtoull(text, &end, 10);
    if (*end != '\0' || errno != 0 || value > high) return false;
    *out = value;
    return true;
}

template <typename T>
bool read_into(const char* text, uint64_t high, T* out) {
    uint64_t value = 0;
    if (!read_u64(text, high, &value)) return false;
    *out = static_cast<T>(value);
    return true;
}

bool read_rate(const char* text, double* out) {
    char copy[32];
    const size_t size = std::strlen(text);
    if (size == 0 || size >= sizeof copy) return false;
    std::memcpy(copy, text, size + 1);
    const bool percent = copy[size - 1] == '%';
    if (percent) copy[size - 1] = '\0';
    if (!read_double(copy, 0, percent ? 100 : 1, out)) return false;
    if (percent) *out /= 100;
    return true;
}

bool set_port(const char* text, int32_t* out) {
    if (std::strcmp(text, "off") == 0) {
        *out = -1;
        return true;
    }
    return read_into(text, 65535, out);
}

bool set_latency(mock_config& config, const char* text) {
    constexpr const char kPrefix[] = "lognormal:";
    config.latency_sigma = 0;
    if (std::strncmp(text, kPrefix, sizeof kPrefix - 1) != 0)
        return read_double(text, 0, 1e7, &config.latency_ms);
    char* end = nullptr;
    config.latency_ms = std::strtod(text + sizeof kPrefix - 1, &end);
    if (*end != ':' || !(config.latency_ms > 0 && config.latency_ms < 1e7)) return false;
    return read_double(end + 1, 0, 10, &config.latency_sigma);
}

bool set_tokens(mock_config& config, const char* text) {
    constexpr unsigned long kMax = 1000000;
    char* end = nullptr;
    if (*text < '0' || *text > '9') return false;
    const unsigned long low = std::strtoul(text, &end, 10);
    unsigned long high = low;
    if (*end == ':') high = std::strtoul(end + 1, &end, 10);
    if (*end != '\0' || low > high || high > kMax) return false;
    config.tokens_min = static_cast<uint32_t>(low);
    config.tokens_max = static_cast<uint32_t>(high);
    return true;
}

bool set_san(mock_config& config, const char* text) {
    if (*text == '\0' || std::strlen(text) > 128) return false;
    for (const char*& slot : config.san) {
        if (slot != nullptr) continue;
        slot = text;
        return true;
    }
    return false;
}

bool set_retry(mock_config& config, const char* text, mock_retry_form form) {
    uint64_t amount = 0;
    if (!read_u64(text, 1000000000000U, &amount)) return false;
    config.retry_after_ms =
        static_cast<int64_t>(form == MOCK_RETRY_MILLISECONDS ? amount : amount * 1000);
    config.retry_after_form = form;
    return true;
}

bool set_cert(mock_config& config, const char* text) {
    config.cert = text;
    return certificate_kind_known(text);
}

#define TEXT(field)                     \
    [](mock_config& c, const char* v) { \
        c.field = v;                    \
        return *v != '\0';              \
    }
#define FLAG(field)                   \
    [](mock_config& c, const char*) { \
        c.field = 1;                  \
        return true;                  \
    }
#define RATE(field) [](mock_config& c, const char* v) { return read_rate(v, &c.field); }
#define REAL(field, high) \
    [](mock_config& c, const char* v) { return read_double(v, 0, high, &c.field); }
#define COUNT(field, high) \
    [](mock_config& c, const char* v) { return read_into(v, high, &c.field); }
#define RETRY(form) [](mock_config& c, const char* v) { return set_retry(c, v, form); }

constexpr Option kOptions[] = {
    {"--port", "P", "0", "plain HTTP port on 127.0.0.1 and ::1; 0 picks one, off disables",
     [](mock_config& c, const char* v) { return set_port(v, &c.port); }},
    {"--tls-port", "P", "off", "HTTPS port; 0 picks one",
     [](mock_config& c, const char* v) { return set_port(v, &c.tls_port); }},
    {"--ca-out", "FILE", "leat-mock-ca.pem",
     "where the CA certificate (PEM) is written, with --tls-port", TEXT(ca_out)},
    {"--san", "NAME", "none", "one more DNS name or IP in the certificate (up to 8 times)",
     set_san},
    {"--cert", "KIND", "good",
     "good, expired, future, wrong-name, no-san, ca-leaf, self-signed, unknown-ca", set_cert},
    {"--tokens", "N|MIN:MAX", "16", "length of an answer; bounded by the request's max_tokens",
     set_tokens},
    {"--seed", "N", "1", "answers, failures and latencies follow from it", COUNT(seed, UINT64_MAX)},
    {"--echo", nullptr, "off", "answer with the last user message's text, never cut", FLAG(echo)},
    {"--require-key", "K", "none", "the provider's refusal unless its key header has K",
     TEXT(require_key)},
    {"--max-body", "BYTES", "67108864", "larger requests get 413",
     COUNT(body_bytes_max, uint64_t{1} << 40)},
    {"--cache-tokens", "N", "1024", "Anthropic and Gemini: the least that can be cached",
     COUNT(cache_tokens_min, UINT32_MAX)},
    {"--latency-ms", "X|lognormal:M:S", "0",
     "time before an answer, fixed or drawn (median ms, sigma)", set_latency},
    {"--ttft-ms", "X", "0", "streams: more time before the first event", REAL(ttft_ms, 1e7)},
    {"--token-ms", "X", "0", "streams: time between tokens", REAL(token_ms, 1e7)},
    {"--fail-429", "R", "0", "share of requests answered 429 (0.05 or 5%)", RATE(fail_429)},
    {"--fail-500", "R", "0", "share answered 500", RATE(fail_500)},
    {"--fail-503", "R", "0", "share answered 503", RATE(fail_503)},
    {"--fail-reset", "R", "0", "share of connections reset instead of an answer", RATE(fail_reset)},
    {"--fail-truncate", "R", "0", "share cut in mid-body, then closed", RATE(fail_truncate)},
    {"--fail-slow", "R", "0", "share whose body comes a byte at a time", RATE(fail_slow)},
    {"--slow-ms", "MS", "20", "time between such bytes", REAL(slow_ms, 1e7)},
    {"--retry-after", "S", "none", "on 429 and 503: Retry-After in seconds",
     RETRY(MOCK_RETRY_SECONDS)},
    {"--retry-after-ms", "MS", "none", "as retry-after-ms, seconds beside it",
     RETRY(MOCK_RETRY_MILLISECONDS)},
    {"--retry-after-date", "S", "none", "as an HTTP date S seconds ahead", RETRY(MOCK_RETRY_DATE)},
    {"--script", "FILE", "none", "fates by request number, see README", TEXT(script)},
    {"--rpm", "N", "0", "requests per minute before 429; 0 is no limit", REAL(rpm, 1e12)},
    {"--tpm", "N", "0", "tokens per minute before 429; 0 is no limit", REAL(tpm, 1e12)},
    {"--burst-s", "S", "60", "the limits' buckets hold this many seconds' worth",
     REAL(burst_s, 1e6)},
    {"--rate-headers", nullptr, "off", "rate-limit headers even without a limit",
     FLAG(rate_headers)},
    {"--keepalive-requests", "N", "0", "Connection: close on each connection's Nth; 0 is never",
     COUNT(keepalive_requests, UINT32_MAX)},
    {"--keepalive-s", "S", "75", "idle connections are closed after this; 0 is never",
     REAL(keepalive_s, 1e7)},
    {"--log", "FILE", "none", "append each request's text, 60 bytes of it, as JSON", TEXT(log)},
    {"--quiet", nullptr, "off", "do not print where it listens", FLAG(quiet)},
};

const Option* find_option(const char* name, size_t size) {
    for (const Option& option : kOptions) {
        if (std::strlen(option.name) == size && std::memcmp(option.name, name, size) == 0)
            return &option;
    }
    return nullptr;
}

ParseResult usage_error(const char* what, const char* argument) {
    std::fprintf(stderr, "leat-mock: %s: %s (see --help)\n", what, argument);
    return ParseResult::Error;
}

}  // namespace

void print_help() {
    std::printf(
        "leat-mock: an LLM provider on loopback, for tests and trials.\n\nUsage: leat-mock "
        "[options]\n\n");
    for (const Option& option : kOptions) {
        char left[64];
        std::snprintf(left, sizeof left, "%s%s%s", option.name,
                      option.argument != nullptr ? " " : "",
                      option.argument != nullptr ? option.argument : "");
        std::printf("  %-30s %s [%s]\n", left, option.help, option.fallback);
    }
    std::printf("  %-30s this text\n", "--help");
    std::printf(
        "\nFormats, whole and streamed, with tools and JSON schemas:\n"
        "  OpenAI Chat       POST .../chat/completions, .../openai/deployments/D/chat/completions\n"
        "  OpenAI Responses  POST .../responses\n"
        "  Anthropic         POST .../messages\n"
        "  Gemini, Vertex    POST .../models/M:generateContent, :streamGenerateContent[?alt=sse]\n"
        "  cached contents   POST, GET .../cachedContents; GET, PATCH, DELETE "
        ".../cachedContents/ID\n"
        "  Ollama            POST /api/chat; GET /api/tags, /api/version\n"
        "  models            GET /v1/models, /v1beta/models\n"
        "Its own: GET /health /admin/stats, POST /admin/reset /admin/stop\n");
}

ParseResult parse_options(int argc, char** argv, mock_config* out) {
    mock_config_default(out);
    out->ca_out = "leat-mock-ca.pem";
    for (int i = 1; i < argc; ++i) {
        const char* word = argv[i];
        if (std::strcmp(word, "--help") == 0 || std::strcmp(word, "-h") == 0)
            return ParseResult::Help;
        const char* equals = std::strchr(word, '=');
        const size_t size =
            equals != nullptr ? static_cast<size_t>(equals - word) : std::strlen(word);
        const Option* option = find_option(word, size);
        if (option == nullptr) return usage_error("unknown option", word);
        const char* value = "";
        if (option->argument == nullptr) {
            if (equals != nullptr) return usage_error("takes no value", word);
        } else if (equals != nullptr) {
            value = equals + 1;
        } else if (i + 1 < argc) {
            value = argv[++i];
        } else {
            return usage_error("needs a value", word);
        }
        if (!option->set(*out, value)) return usage_error("bad value", option->name);
    }
    const double failures = out->fail_429 + out->fail_500 + out->fail_503 + out->fail_reset +
                            out->fail_truncate + out->fail_slow;
    if (failures > 1 + 1e-9) return usage_error("the shares add up to more than 1", "--fail-*");
    if (out->port < 0 && out->tls_port < 0)
        return usage_error("nothing to listen on", "--port off");
    return ParseResult::Run;
}

}  // namespace mock

void mock_config_default(mock_config* config) {
    std::memset(config, 0, sizeof *config);
    config->tls_port = -1;
    config->cert = "good";
    config->seed = 1;
    config->tokens_min = 16;
    config->tokens_max = 16;
    config->body_bytes_max = uint64_t{64} << 20;
    config->cache_tokens_min = 1024;
    config->slow_ms = 20;
    config->retry_after_ms = -1;
    config->burst_s = 60;
    config->keepalive_s = 75;
}
