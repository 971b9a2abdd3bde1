// cli/simulate_advice.cc: what follows from the rows: which one is best, what limited it, and what
// to pass to `leat run`. Depends on the rows only; writes into the caller's buffers.
// Invariant: advice names settings that were simulated, or says that it guesses.
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/simulate.h"
#include "cli/terminal.h"

namespace cli {

namespace {

constexpr double clean_share = 0.005;
constexpr double paused_share_max = 0.2;
constexpr double safe_pace = 0.95;  // of what the provider can keep up
constexpr double same_time = 1.01;  // times so near to each other are the same

// Text that is added piece by piece; what does not fit is cut.
class Line {
public:
    Line(char* out, size_t size) : out_(out), size_(size) { out_[0] = 0; }

    void add(const char* format, ...) __attribute__((format(printf, 2, 3))) {
        va_list arguments;
        va_start(arguments, format);
        const int put = vsnprintf(out_ + at_, size_ - at_, format, arguments);
        va_end(arguments);
        if (put > 0) {
            at_ += static_cast<size_t>(put);
            at_ = at_ < size_ ? at_ : size_ - 1;
        }
    }

private:
    char* out_;
    size_t size_;
    size_t at_ = 0;
};

bool is_clean(const Row& row) { return row.refused_share() < clean_share; }

// Less is lost, then less is refused (in so far as it matters), then it is sooner over, then it
// asks for less.
bool is_better(const Row& row, const Row& than) {
    const bool ended = row.stopped == LEAT_OK;
    if (ended != (than.stopped == LEAT_OK)) {
        return ended;
    }
    if (row.tally.succeeded != than.tally.succeeded) {
        return row.tally.succeeded > than.tally.succeeded;
    }
    if (is_clean(row) != is_clean(than)) {
        return is_clean(row);
    }
    if (row.time_ms * same_time < than.time_ms || than.time_ms * same_time < row.time_ms) {
        return row.time_ms < than.time_ms;
    }
    if (row.in_flight != than.in_flight) {
        return row.in_flight < than.in_flight;
    }
    return row.refused < than.refused;
}

// The row next above this one that was refused for asking more, and gained nothing; nullptr: none.
const Row* greedier_row(const Comparison& comparison, const Row& best) {
    const Row* found = nullptr;
    for (uint32_t i = 0; i < comparison.count; ++i) {
        const Row& row = comparison.rows[i];
        if (row.in_flight > best.in_flight && row.refused > best.refused &&
            row.time_ms > best.time_ms && (found == nullptr || row.in_flight < found->in_flight)) {
            found = &row;
        }
    }
    return found;
}

void say_in_flight(const Comparison& comparison, const Row& best, Line* line) {
    line->add("the requests in flight: %.0f %% of the time all %llu were out",
              best.limiter_share(LEAT_LIMITER_IN_FLIGHT) * 100,
              static_cast<unsigned long long>(best.in_flight));
    const Row* const greedier = greedier_row(comparison, best);
    if (best.capacity_share() >= 0.95) {
        line->add(". That is what the provider serves; more in flight gains nothing.");
    } else if (greedier != nullptr) {
        line->add(", but %llu of them met 429s (%s) and took %s.",
                  static_cast<unsigned long long>(greedier->in_flight),
                  count_words(greedier->refused).text,
                  time_words(greedier->time_ms).text);
    } else if (best.capacity_share() >= 0) {
        line->add(", and the provider could have served more. Try a larger -j.");
    } else {
        line->add(", and this provider has no limit. A larger -j is faster.");
    }
}

// What the provider has not got room for, where no setting helps.
void say_hopeless(const SimulateSettings& settings, Line* line) {
    if (settings.provider_rpd > 0 && settings.items > settings.provider_rpd) {
        line->add(" It serves %s a day, and there are %s items.",
                  count_words(settings.provider_rpd).text, count_words(settings.items).text);
    } else {
        line->add(" Try a smaller -j.");
    }
}

// What held the best row back, as the end of a sentence and perhaps one more.
void say_limiter(const SimulateSettings& settings, const Comparison& comparison, const Row& best,
                 Line* line) {
    const int limiter = best.main_limiter();
    if (best.paused_share() > paused_share_max) {
        line->add("the provider: %.0f %% of the time leat waited after a 429.",
                  best.paused_share() * 100);
        const Row& last = comparison.rows[comparison.count - 1];
        if (last.suggested && !best.suggested) {
            line->add(" Without any (--rpm %llu) it would take %s.",
                      static_cast<unsigned long long>(last.rpm), time_words(last.time_ms).text);
        } else {
            say_hopeless(settings, line);
        }
    } else if (limiter == LEAT_LIMITER_IN_FLIGHT) {
        say_in_flight(comparison, best, line);
    } else if (limiter == LEAT_LIMITER_REQUESTS) {
        line->add("requests per minute, %.0f %% of the time",
                  best.limiter_share(LEAT_LIMITER_REQUESTS) * 100);
        if (best.sustained_rpm > 0 && static_cast<double>(best.rpm) < best.sustained_rpm * 0.9) {
            line->add(", and the provider serves %.0f. A larger --rpm is faster.",
                      best.sustained_rpm);
        } else {
            line->add(". It is nearly what the provider can keep up.");
        }
    } else if (limiter == LEAT_LIMITER_TOKENS) {
        line->add("tokens per minute (--tpm %llu), %.0f %% of the time.",
                  static_cast<unsigned long long>(settings.run.tpm),
                  best.limiter_share(LEAT_LIMITER_TOKENS) * 100);
    } else if (limiter == LEAT_LIMITER_NONE) {
        line->add("nothing: all %s items were out at once.", count_words(settings.items).text);
    } else {
        line->add("%s, %.0f %% of the time.",
                  leat_limiter_name(static_cast<leat_limiter>(limiter)),
                  best.limiter_share(limiter) * 100);
    }
}

}  // namespace

double Row::per_minute() const {
    return time_ms > 0 ? static_cast<double>(tally.succeeded) / time_ms * 60000 : 0;
}

double Row::refused_share() const {
    return requests > 0 ? static_cast<double>(refused) / static_cast<double>(requests) : 0;
}

double Row::capacity_share() const {
    return capacity > 0 ? static_cast<double>(answered) / capacity : -1;
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

int Row::main_limiter() const {
    int best = 0;
    for (int i = 1; i < limiters_count; ++i) {
        if (limiter_ms[i] > limiter_ms[best]) {
            best = i;
        }
    }
    return best;
}

double cost_usd(const SimulateSettings& settings, const Row& row) {
    return (static_cast<double>(row.tally.input_tokens) * settings.price.first +
            static_cast<double>(row.tally.output_tokens) * settings.price.second) /
           1e6;
}

void choose_best(Comparison* comparison) {
    comparison->best = 0;
    for (uint32_t i = 1; i < comparison->count; ++i) {
        if (is_better(comparison->rows[i], comparison->rows[comparison->best])) {
            comparison->best = i;
        }
    }
    comparison->best_is_clean = is_clean(comparison->rows[comparison->best]);
}

bool suggest_row(const SimulateSettings& settings, Comparison* comparison) {
    const Row& best = comparison->rows[comparison->best];
    const bool daily = settings.provider_rpd > 0 && settings.items > settings.provider_rpd;
    if ((comparison->best_is_clean && best.paused_share() <= paused_share_max) || daily ||
        best.sustained_rpm < 2 || comparison->count == rows_max) {
        return false;
    }
    uint64_t in_flight = 0;
    for (uint32_t i = 0; i < settings.in_flight.count; ++i) {
        const uint64_t each = settings.in_flight.items[i];
        in_flight = each > in_flight ? each : in_flight;
    }
    const uint64_t at_once = settings.provider_concurrency;
    in_flight = at_once > 0 && in_flight > at_once ? at_once : in_flight;
    Row* const row = &comparison->rows[comparison->count];
    *row = Row{};
    row->suggested = true;
    row->in_flight = in_flight;
    row->rpm = static_cast<uint64_t>(best.sustained_rpm * safe_pace);
    return true;
}

void write_advice(const SimulateSettings& settings, const Comparison& comparison,
                  char (&advice)[advice_bytes]) {
    const Row& best = comparison.rows[comparison.best];
    Line line(advice, sizeof advice);
    if (best.stopped != LEAT_OK) {
        line.add("No setting comes to its end within a month: the provider's limits leave no room "
                 "for such requests.");
        return;
    }
    if (best.tally.succeeded == 0) {
        line.add("No item succeeds: the provider's limits leave no room for such requests.");
        return;
    }
    char flags[flags_bytes];
    write_flags(best, flags);
    if (comparison.best_is_clean) {
        line.add("Best is %s%s. What limited it: ", flags,
                 best.suggested ? ", a pace that the provider keeps up (the settings asked for lose "
                                  "their time to 429s)"
                                : "");
        say_limiter(settings, comparison, best, &line);
        if (best.tally.succeeded < settings.items) {
            line.add(" %s items fail: raise --max-attempts or --backoff.",
                     count_words(settings.items - best.tally.succeeded).text);
        }
        return;
    }
    line.add("%s is refused too often: %.1f %% of the requests are 429s%s.",
             comparison.count > 1 ? "Every setting" : "This setting", best.refused_share() * 100,
             comparison.count > 1 ? " even in the best" : "");
    say_hopeless(settings, &line);
}

void write_flags(const Row& row, char (&flags)[flags_bytes]) {
    Line line(flags, sizeof flags);
    line.add("-j %llu", static_cast<unsigned long long>(row.in_flight));
    if (row.rpm > 0) {
        line.add(" --rpm %llu", static_cast<unsigned long long>(row.rpm));
    }
}

void write_batch_words(const SimulateSettings& settings, char (&words)[scene_bytes]) {
    Line line(words, sizeof words);
    const bool exact = settings.output_spread.value <= 0;
    line.add("%s items of %s + %s%s tokens; an answer begins after %s",
             count_words(settings.items).text, count_words(settings.prompt_tokens).text,
             exact ? "" : "about ", count_words(settings.output_tokens).text,
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
    const Limit limits[] = {{settings.provider_rpm, "requests/min"},
                            {settings.provider_tpm, "tokens/min"},
                            {settings.provider_itpm, "input tokens/min"},
                            {settings.provider_otpm, "output tokens/min"},
                            {settings.provider_rpd, "requests/day"},
                            {settings.provider_concurrency, "at once"}};
    Line line(words, sizeof words);
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
