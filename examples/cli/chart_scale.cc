// cli/chart_scale.cc: see chart_scale.h.
// Depends on libm.
#include "cli/chart_scale.h"

#include <math.h>
#include <stdio.h>

namespace cli {

namespace {

constexpr double second_ms = 1000;
constexpr double minute_ms = 60 * second_ms;
constexpr double hour_ms = 60 * minute_ms;
constexpr double day_ms = 24 * hour_ms;

constexpr double time_steps_ms[] = {1,
                                    2,
                                    5,
                                    10,
                                    20,
                                    50,
                                    100,
                                    200,
                                    500,
                                    second_ms,
                                    2 * second_ms,
                                    5 * second_ms,
                                    10 * second_ms,
                                    15 * second_ms,
                                    30 * second_ms,
                                    minute_ms,
                                    2 * minute_ms,
                                    5 * minute_ms,
                                    10 * minute_ms,
                                    15 * minute_ms,
                                    30 * minute_ms,
                                    hour_ms,
                                    2 * hour_ms,
                                    3 * hour_ms,
                                    6 * hour_ms,
                                    12 * hour_ms,
                                    day_ms,
                                    2 * day_ms,
                                    5 * day_ms,
                                    10 * day_ms};

}  // namespace

Ticks count_ticks(double most, uint32_t wanted) {
    Ticks ticks{};
    const double rough = most > 0 ? most / wanted : 1;
    const double power = pow(10, floor(log10(rough)));
    constexpr double factors[] = {1, 2, 5, 10};
    double step = power;
    for (const double factor : factors) {
        step = factor * power;
        if (step >= rough * 0.999) {
            break;
        }
    }
    step = step < 1 ? 1 : step;
    do {
        ticks.at[ticks.count] = step * ticks.count;
        ++ticks.count;
    } while (ticks.count < ticks_max && ticks.at[ticks.count - 1] < most * 0.999);
    return ticks;
}

Ticks time_ticks(double most_ms, uint32_t wanted) {
    Ticks ticks{};
    double step = time_steps_ms[0];
    for (const double candidate : time_steps_ms) {
        step = candidate;
        if (most_ms / step <= wanted) {
            break;
        }
    }
    while (ticks.count < ticks_max && step * ticks.count <= most_ms) {
        ticks.at[ticks.count] = step * ticks.count;
        ++ticks.count;
    }
    return ticks;
}

Words tick_count_words(double count) {
    Words words{};
    if (count < 1000) {
        snprintf(words.text, sizeof words.text, "%g", count);
    } else if (count < 1e6) {
        snprintf(words.text, sizeof words.text, "%gk", count / 1e3);
    } else {
        snprintf(words.text, sizeof words.text, "%gM", count / 1e6);
    }
    return words;
}

Words tick_time_words(double time_ms) {
    Words words{};
    if (time_ms <= 0) {
        snprintf(words.text, sizeof words.text, "0");
    } else if (time_ms < second_ms) {
        snprintf(words.text, sizeof words.text, "%.0f ms", time_ms);
    } else if (time_ms < minute_ms || (time_ms < 2 * minute_ms && time_ms != minute_ms)) {
        snprintf(words.text, sizeof words.text, "%g s", time_ms / second_ms);
    } else if (time_ms < hour_ms) {
        snprintf(words.text, sizeof words.text, "%g min", time_ms / minute_ms);
    } else if (time_ms < 2 * day_ms) {
        snprintf(words.text, sizeof words.text, "%g h", time_ms / hour_ms);
    } else {
        snprintf(words.text, sizeof words.text, "%g d", time_ms / day_ms);
    }
    return words;
}

}  // namespace cli
