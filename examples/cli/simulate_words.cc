// cli/simulate_words.cc: what a row comes to in shares and money, and what was simulated, in words.
// Depends on simulate.h. Pure: the same settings give the same words.
#include "cli/simulate.h"
#include "cli/terminal.h"
#include "cli/text_line.h"

namespace cli {

namespace {

constexpr double clean_share = 0.005;

}  // namespace

double Row::per_minute() const {
    return time_ms > 0 ? static_cast<double>(tally.succeeded) / time_ms * 60000 : 0;
}

double Row::refused_share() const {
    return requests > 0 ? static_cast<double>(refused) / static_cast<double>(requests) : 0;
}

bool Row::is_clean() const { return refused_share() < clean_share; }

double Row::capacity_share() const {
    const double share = capacity > 0 ? static_cast<double>(answered) / capacity : -1;
    return share > 1 ? 1 : share;  // a bucket that fills during an overload is not in the yardstick
}

double Row::limiter_share(int limiter) const {
    double sum = 0;
    for (const double ms : limiter_ms) {
        sum += ms;
    }
    return sum > 0 ? limiter_ms[limiter] / sum : 0;
}

double Row::paused_share() const {
    return limiter_share(LEAT_LIMITER_COOLDOWN) + limiter_share(LEAT_LIMITER_SLOW_START);
}

int Row::main_limiter() const { return longest_limiter(limiter_ms); }

double cost_usd(const SimulateSettings& settings, const Row& row) {
    return (static_cast<double>(row.tally.input_tokens) * settings.price.first +
            static_cast<double>(row.tally.output_tokens) * settings.price.second) /
           1e6;
}

Words cost_words(const SimulateSettings& settings, const Row& row) {
    const double cost = cost_usd(settings, row);
    Words words;
    snprintf(words.text, sizeof words.text, "$%.*f", cost < 0.1 ? 4 : 2, cost);
    return words;
}

void write_flags(const Row& row, char (&flags)[flags_bytes]) {
    TextLine line(flags, sizeof flags);
    if (row.is_auto()) {
        line.add("-j auto");
    } else {
        line.add("-j %llu", static_cast<unsigned long long>(row.in_flight));
    }
    if (row.rpm > 0) {
        line.add(" --rpm %llu", static_cast<unsigned long long>(row.rpm));
    }
}

void write_batch_words(const SimulateSettings& settings, char (&words)[scene_bytes]) {
    TextLine line(words, sizeof words);
    const bool exact = settings.output_spread.value <= 0;
    line.add("%s item%s of %s + %s%s tokens; an answer begins after %s",
             count_words(settings.items).text, settings.items == 1 ? "" : "s",
             count_words(settings.prompt_tokens).text, exact ? "" : "about ",
             count_words(settings.output_tokens).text,
             time_words(static_cast<double>(settings.latency_ms)).text);
    if (settings.token_ms.value > 0) {
        line.add(", then %g ms a token", settings.token_ms.value);
    }
}

void write_provider_words(const SimulateSettings& settings, char (&words)[scene_bytes]) {
    struct Limit {
        uint64_t value;
        const char* unit;
    };
    const Limit limits[] = {
        {settings.provider_rpm, "requests/min"},      {settings.provider_tpm, "tokens/min"},
        {settings.provider_itpm, "input tokens/min"}, {settings.provider_otpm, "output tokens/min"},
        {settings.provider_rpd, "requests/day"},      {settings.provider_concurrency, "at once"}};
    TextLine line(words, sizeof words);
    bool any = false;
    line.add("a provider that serves ");
    for (const Limit& limit : limits) {
        if (limit.value > 0) {
            line.add("%s%s %s", any ? ", " : "", count_words(limit.value).text, limit.unit);
            any = true;
        }
    }
    line.add("%s", any ? "" : "whatever comes");
    if (any && settings.burst_ms != 60000) {
        line.add(", bursts of %s", time_words(static_cast<double>(settings.burst_ms)).text);
    }
    if (settings.halve_at_ms > 0) {
        line.add(", half of it after %s",
                 time_words(static_cast<double>(settings.halve_at_ms)).text);
    }
    if (settings.overload_s.is_set) {
        line.add(", overloaded for %s of every %s",
                 time_words(settings.overload_s.first * 1000).text,
                 time_words(settings.overload_s.second * 1000).text);
    }
    if (settings.error_rate.value > 0) {
        line.add(", %g %% errors", settings.error_rate.value * 100);
    }
    constexpr const char* headers[] = {"", ", with openai's headers", ", with anthropic's headers"};
    constexpr const char* waits[] = {"", ", with Retry-After", ", with retry-after-ms"};
    line.add("%s%s", headers[settings.headers], waits[settings.retry_after]);
}

}  // namespace cli
