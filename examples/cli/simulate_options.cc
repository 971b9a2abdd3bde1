// cli/simulate_options.cc: every option of `leat simulate`; the pace options are those of `leat run`,
// save that two of them take lists. Depends on options.h only.
// The defaults alone are a comparison that says something: a usual first tier, three settings.
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/service.h"
#include "cli/simulate.h"

namespace cli {

namespace {

constexpr uint64_t tokens_most = 100000000000;
constexpr uint64_t day_ms = 86400000;
constexpr uint64_t million = 1000000;

#define AT(field) offsetof(SimulateSettings, field)

constexpr Option compared_options[] = {
    {"max-in-flight", 'j', Kind::counts, "N|auto,...", "auto,5,20,50", AT(in_flight), 1, 16384,
     "requests on the wire at once; auto: leat finds out. Each is a row", LEAT_AUTO},
    {"rpm", 0, Kind::counts, "N,N,...", "0", AT(rpm), 0, UINT32_MAX,
     "requests per minute that leat keeps to; 0: no limit"},
};

constexpr Option batch_options[] = {
    {"items", 'n', Kind::count, "N", "1000", AT(items), 1, 100 * million, "prompts in the batch"},
    {"prompt-tokens", 0, Kind::count, "N", "200", AT(prompt_tokens), 1, million,
     "tokens of each prompt"},
    {"output-tokens", 0, Kind::count, "N", "150", AT(output_tokens), 1, 100000,
     "tokens of the middle answer"},
    {"output-spread", 0, Kind::number, "S", "0.4", AT(output_spread), 0, 3,
     "how much answers differ: sigma of a log-normal; 0: not at all"},
    {"latency", 0, Kind::seconds, "S", "0.5", AT(latency_ms), 0, 1000000,
     "until an answer begins, in the middle"},
    {"latency-spread", 0, Kind::number, "S", "0.3", AT(latency_spread), 0, 3,
     "how much that differs: sigma of a log-normal"},
    {"token-time", 0, Kind::number, "MS", "10", AT(token_ms), 0, 1000,
     "each token of an answer, in milliseconds"},
};

constexpr Option provider_options[] = {
    {"provider-rpm", 0, Kind::count, "N", "500", AT(provider_rpm), 0, UINT32_MAX,
     "requests per minute that it serves; 0 is no limit, here and below"},
    {"provider-tpm", 0, Kind::count, "N", "0", AT(provider_tpm), 0, tokens_most,
     "tokens per minute, input and output"},
    {"provider-itpm", 0, Kind::count, "N", "0", AT(provider_itpm), 0, tokens_most,
     "input tokens per minute"},
    {"provider-otpm", 0, Kind::count, "N", "0", AT(provider_otpm), 0, tokens_most,
     "output tokens per minute"},
    {"provider-rpd", 0, Kind::count, "N", "0", AT(provider_rpd), 0, tokens_most,
     "requests per day"},
    {"provider-concurrency", 0, Kind::count, "N", "0", AT(provider_concurrency), 0, UINT32_MAX,
     "requests at once; one more is a 429"},
    {"burst", 0, Kind::seconds, "S", "60", AT(burst_ms), 1000, day_ms,
     "what its buckets hold, as seconds of each limit; full at first"},
    {"headers", 0, Kind::choice, "none|openai|anthropic", "none", AT(headers), 0, 0,
     "the rate-limit headers on its answers"},
    {"retry-after", 0, Kind::choice, "none|seconds|ms", "none", AT(retry_after), 0, 0,
     "what a 429 says about when to come back"},
    {"overload", 0, Kind::pair, "ON/PERIOD", nullptr, AT(overload_s), 0, 0,
     "seconds of 503s in each period of so many seconds"},
    {"error-rate", 0, Kind::number, "X", "0", AT(error_rate), 0, 1,
     "share of requests that get a 500, 0 to 1"},
    {"halve-at", 0, Kind::seconds, "S", nullptr, AT(halve_at_ms), 1, day_ms * 365,
     "from then on its limits are half of that"},
};

constexpr Option result_options[] = {
    {"price", 0, Kind::pair, "IN/OUT", nullptr, AT(price), 0, 0,
     "USD per million tokens, for the cost: 0.15/0.60"},
    {"seed", 0, Kind::whole, "N", "1", AT(run.seed), 0, 1ull << 53,
     "of all chance; the same seed gives the same result"},
    {"json", 0, Kind::flag, nullptr, nullptr, AT(json), 0, 0, "print JSON instead of the table"},
    {"csv", 0, Kind::text, "FILE", nullptr, AT(csv), 0, 0,
     "a line for each setting; - prints it instead of the table"},
    {"chart", 0, Kind::text, "FILE.html", nullptr, AT(chart), 0, 0,
     "a page that shows each setting over time"},
    {"help", 'h', Kind::flag, nullptr, nullptr, AT(run.help), 0, 0, "this text"},
};

#undef AT

static_assert(offsetof(SimulateSettings, run) == 0, "the pace options are fields of Settings");

bool refuse(const char* option, const char* why) {
    fprintf(stderr, "leat simulate: --%s: %s\n", option, why);
    return false;
}

// Writes " --name value" when the field is not what the default makes it. Bytes written.
size_t put_if_changed(const Option& option, const void* field, const void* initial, char* out,
                      size_t size) {
    uint64_t value = 0;
    uint64_t usual = 0;
    int put = 0;
    switch (option.kind) {
        case Kind::count:
        case Kind::seconds:
            memcpy(&value, field, sizeof value);
            memcpy(&usual, initial, sizeof usual);
            if (value != usual && option.kind == Kind::count) {
                put = snprintf(out, size, " --%s %llu", option.name,
                               static_cast<unsigned long long>(value));
            } else if (value != usual) {
                put =
                    snprintf(out, size, " --%s %g", option.name, static_cast<double>(value) / 1000);
            }
            break;
        case Kind::flag:
            if (*static_cast<const bool*>(field)) {
                put = snprintf(out, size, " --%s", option.name);
            }
            break;
        case Kind::choice: {
            int32_t word = *static_cast<const int32_t*>(field);
            if (word == *static_cast<const int32_t*>(initial)) {
                break;
            }
            const char* begin = option.argument;
            for (; word > 0; --word) {
                begin += strcspn(begin, "|") + 1;
            }
            put = snprintf(out, size, " --%s %.*s", option.name,
                           static_cast<int>(strcspn(begin, "|")), begin);
            break;
        }
        case Kind::number: {
            leat_number number{};
            memcpy(&number, field, sizeof number);
            if (number.is_set != 0) {
                put = snprintf(out, size, " --%s %g", option.name, number.value);
            }
            break;
        }
        case Kind::text:
        case Kind::bytes:
        case Kind::whole:
        case Kind::families:
        case Kind::list:
        case Kind::counts:
        case Kind::pair:
            break;
    }
    return put > 0 && static_cast<size_t>(put) < size ? static_cast<size_t>(put) : 0;
}

}  // namespace

void write_run_flags(const SimulateSettings& settings, const Row& row,
                     char (&flags)[run_flags_bytes]) {
    char own[flags_bytes];
    write_flags(row, own);
    size_t at = static_cast<size_t>(snprintf(flags, sizeof flags, "%s", own));
    SimulateSettings usual{};
    if (!parse_options(simulate_options(), 0, nullptr, &usual, nullptr)) {
        return;
    }
    const OptionGroup pace = pace_option_group();
    for (size_t i = 0; i < pace.count; ++i) {
        const Option& option = pace.options[i];
        if (!simulate_options().hides(option)) {
            at += put_if_changed(option, reinterpret_cast<const char*>(&settings) + option.offset,
                                 reinterpret_cast<const char*>(&usual) + option.offset, flags + at,
                                 sizeof flags - at);
        }
    }
}

const OptionTable& simulate_options() {
    static const OptionGroup groups[] = {
        option_group("Settings to compare", compared_options),
        option_group("Batch", batch_options),
        option_group("Provider", provider_options),
        pace_option_group(),
        option_group("Result", result_options),
    };
    static const OptionTable table = {"simulate", groups, sizeof groups / sizeof groups[0]};
    return table;
}

bool parse_simulate(int argc, char** argv, SimulateSettings* settings) {
    *settings = SimulateSettings{};
    if (!parse_options(simulate_options(), argc, argv, settings, nullptr)) {
        return false;
    }
    if (settings->in_flight.count * settings->rpm.count > rows_max) {
        return refuse("rpm", "at most 64 settings can be compared in one call");
    }
    if (settings->overload_s.is_set && settings->overload_s.second < settings->overload_s.first) {
        return refuse("overload", "the period is shorter than its overload");
    }
    if (settings->overload_s.is_set && settings->overload_s.second > 1e9) {
        return refuse("overload", "the period is longer than a life");
    }
    return check_pace("simulate", settings->run);
}

}  // namespace cli
