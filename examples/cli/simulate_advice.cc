// cli/simulate_advice.cc: what follows from the rows: which one is best, what limited it, and what
// to pass to `leat run`. Depends on the rows only; writes into the caller's buffers.
// Invariant: advice names settings that were simulated, or says that it guesses.
#include "cli/simulate.h"
#include "cli/terminal.h"
#include "cli/text_line.h"

namespace cli {

namespace {

constexpr double paused_share_max = 0.2;
constexpr double capacity_share_least = 0.8;
constexpr double safe_pace = 0.95;  // of what the provider can keep up
constexpr double same_time = 1.01;  // times so near to each other are the same

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
    if (row.is_clean() != than.is_clean()) {
        return row.is_clean();
    }
    if (row.time_ms * same_time < than.time_ms || than.time_ms * same_time < row.time_ms) {
        return row.time_ms < than.time_ms;
    }
    if (row.is_auto() != than.is_auto()) {
        return row.is_auto();
    }
    if (row.in_flight != than.in_flight) {
        return row.in_flight < than.in_flight;
    }
    return row.refused < than.refused;
}

// The row next above this one that was refused for asking more, and gained nothing or was refused too
// often; nullptr: none.
const Row* greedier_row(const Comparison& comparison, const Row& best) {
    const Row* found = nullptr;
    for (uint32_t i = 0; i < comparison.count; ++i) {
        const Row& row = comparison.rows[i];
        const bool in_vain = row.time_ms > best.time_ms || !row.is_clean();
        if (!row.is_auto() && row.in_flight > best.in_flight && row.refused > best.refused &&
            in_vain && (found == nullptr || row.in_flight < found->in_flight)) {
            found = &row;
        }
    }
    return found;
}

void say_in_flight(const Comparison& comparison, const Row& best, TextLine* line) {
    const double share = best.limiter_share(LEAT_LIMITER_IN_FLIGHT) * 100;
    if (best.is_auto()) {
        line->add("the requests in flight, %.0f %% of the time: leat went up to %u.", share,
                  best.in_flight_peak);
        return;
    }
    line->add("the requests in flight: %.0f %% of the time all %llu were out", share,
              static_cast<unsigned long long>(best.in_flight));
    const Row* const greedier = greedier_row(comparison, best);
    if (best.capacity_share() >= 0.95) {
        line->add(". That is what the provider serves; more in flight gains nothing.");
    } else if (greedier != nullptr) {
        line->add(". With %llu leat met 429s (%s, %.1f %%) and took %s.",
                  static_cast<unsigned long long>(greedier->in_flight),
                  count_words(greedier->refused).text, greedier->refused_share() * 100,
                  time_words(greedier->time_ms).text);
    } else if (best.capacity_share() >= 0) {
        line->add(", and the provider could have served more. Try a larger -j.");
    } else {
        line->add(", and this provider has no limit. A larger -j is faster.");
    }
}

void say_requests(const Row& best, TextLine* line) {
    const double share = best.limiter_share(LEAT_LIMITER_REQUESTS) * 100;
    if (best.rpm == 0) {
        line->add("requests per minute, as the provider tells them, %.0f %% of the time.", share);
    } else if (best.sustained_rpm <= 0) {
        line->add("--rpm, %.0f %% of the time; this provider has no limit.", share);
    } else if (static_cast<double>(best.rpm) < best.sustained_rpm * 0.9) {
        line->add(
            "--rpm, %.0f %% of the time, and the provider keeps up %.0f. A larger --rpm is "
            "faster.",
            share, best.sustained_rpm);
    } else {
        line->add("--rpm, %.0f %% of the time. It is nearly what the provider can keep up.", share);
    }
}

// What the provider has not got room for, where no setting helps.
void say_hopeless(const SimulateSettings& settings, TextLine* line) {
    if (settings.provider_rpd > 0 && settings.items > settings.provider_rpd) {
        line->add(" It serves %s a day, and there are %s items.",
                  count_words(settings.provider_rpd).text, count_words(settings.items).text);
    } else {
        line->add(" Try a smaller -j.");
    }
}

// What held the best row back, as the end of a sentence and perhaps one more.
void say_limiter(const SimulateSettings& settings, const Comparison& comparison, const Row& best,
                 TextLine* line) {
    const int limiter = best.main_limiter();
    if (best.paused_share() > paused_share_max) {
        line->add("the provider: %.0f %% of the time leat waited after a 429.",
                  best.paused_share() * 100);
        const Row& last = comparison.rows[comparison.count - 1];
        if (last.suggested && !best.suggested) {
            line->add(" Without any (--rpm %llu) it would take %s.",
                      static_cast<unsigned long long>(last.rpm), time_words(last.time_ms).text);
        } else if (best.capacity_share() >= capacity_share_least) {
            line->add(" That is still %.0f %% of what it could serve.",
                      best.capacity_share() * 100);
        } else {
            say_hopeless(settings, line);
        }
    } else if (limiter == LEAT_LIMITER_IN_FLIGHT) {
        say_in_flight(comparison, best, line);
    } else if (limiter == LEAT_LIMITER_REQUESTS) {
        say_requests(best, line);
    } else if (limiter == LEAT_LIMITER_TOKENS) {
        const double share = best.limiter_share(LEAT_LIMITER_TOKENS) * 100;
        if (settings.run.tpm > 0) {
            line->add("--tpm %llu, %.0f %% of the time.",
                      static_cast<unsigned long long>(settings.run.tpm), share);
        } else {
            line->add("tokens per minute, as the provider tells them, %.0f %% of the time.", share);
        }
    } else if (limiter == LEAT_LIMITER_LEARNED) {
        line->add("the pace that 429s taught leat, %.0f %% of the time.",
                  best.limiter_share(LEAT_LIMITER_LEARNED) * 100);
    } else if (limiter == LEAT_LIMITER_OVERLOAD) {
        line->add("the provider's overload, %.0f %% of the time.",
                  best.limiter_share(LEAT_LIMITER_OVERLOAD) * 100);
    } else if (limiter == LEAT_LIMITER_NONE) {
        line->add("nothing: all was out at once.");
    } else {
        line->add("%s, %.0f %% of the time.", leat_limiter_name(static_cast<leat_limiter>(limiter)),
                  best.limiter_share(limiter) * 100);
    }
}

}  // namespace

void choose_best(Comparison* comparison) {
    comparison->best = 0;
    for (uint32_t i = 1; i < comparison->count; ++i) {
        if (is_better(comparison->rows[i], comparison->rows[comparison->best])) {
            comparison->best = i;
        }
    }
}

bool suggest_row(const SimulateSettings& settings, Comparison* comparison) {
    const Row& best = comparison->rows[comparison->best];
    const bool daily = settings.provider_rpd > 0 && settings.items > settings.provider_rpd;
    // What is slow without a refusal wants more in flight, not a slower pace.
    const bool content = best.capacity_share() < 0 || best.capacity_share() >= capacity_share_least;
    const bool good = comparison->best_is_clean() && (content || best.refused == 0);
    if (good || daily || best.sustained_rpm < 2 || comparison->count == rows_max) {
        return false;
    }
    uint64_t in_flight = 0;
    for (uint32_t i = 0; i < settings.in_flight.count; ++i) {
        const uint64_t each = settings.in_flight.items[i];  // auto is the largest of all
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
    TextLine line(advice, sizeof advice);
    if (best.stopped != LEAT_OK) {
        line.add(
            "No setting comes to its end within a month: the provider's limits leave no room "
            "for such requests.");
        return;
    }
    if (best.tally.succeeded == 0) {
        line.add("No item succeeds: the provider's limits leave no room for such requests.");
        return;
    }
    char flags[flags_bytes];
    write_flags(best, flags);
    if (comparison.best_is_clean()) {
        line.add("Best is %s%s. What limited it: ", flags,
                 best.suggested
                     ? ", a pace that the provider keeps up (the settings asked for lose "
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

}  // namespace cli
