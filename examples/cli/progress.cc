// cli/progress.cc: the live line is made of parts in order of importance; parts that do not fit
// are left out from the end, so that a narrow terminal still shows done/total.
#include "cli/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

namespace cli {

namespace {

constexpr uint64_t live_every_ms = 100;
constexpr uint64_t line_every_ms = 5000;
constexpr uint64_t sample_every_ms = 500;

// A line under construction: bytes with colours, and the columns they take.
class LiveLine {
public:
    explicit LiveLine(int columns) : columns_(columns) {}

    // Adds a part with a colour if all of it fits; text is ASCII.
    void add(const char* colour, const char* plain, const char* format, ...)
        __attribute__((format(printf, 4, 5))) {
        char part[96];
        va_list arguments;
        va_start(arguments, format);
        const int size = vsnprintf(part, sizeof part, format, arguments);
        va_end(arguments);
        if (full_ || size < 0 || used_ + size > columns_) {
            full_ = true;
            return;
        }
        used_ += size;
        put(colour);
        put(part);
        put(plain);
    }
    void add_bar(const Terminal& terminal, double share) {
        constexpr int cells = 20;
        if (full_ || used_ + cells + 1 > columns_) {
            full_ = true;
            return;
        }
        used_ += cells + 1;
        const int done = static_cast<int>(share * cells + 0.5);
        put(terminal.green());
        for (int i = 0; i < cells; ++i) {
            if (i == done) {
                put(terminal.plain());
                put(terminal.dim());
            }
            put(terminal.unicode ? "\u2501" : (i < done ? "=" : "."));
        }
        put(terminal.plain());
        put(" ");
    }
    void put(const char* bytes) {
        const size_t size = strlen(bytes);
        if (size_ + size < sizeof text_) {
            memcpy(text_ + size_, bytes, size);
            size_ += size;
        }
    }
    void write_out() const {
        const ssize_t put = write(STDERR_FILENO, text_, size_);
        (void)put;  // a terminal that is gone is nobody's loss
    }

private:
    int columns_;
    int used_ = 0;
    bool full_ = false;
    size_t size_ = 0;
    char text_[1024];
};

// The service does not let us, rather than we keep to what is known of it.
bool is_alarming(leat_limiter limiter) {
    return limiter == LEAT_LIMITER_COOLDOWN || limiter == LEAT_LIMITER_SLOW_START ||
           limiter == LEAT_LIMITER_OVERLOAD || limiter == LEAT_LIMITER_DAY ||
           limiter == LEAT_LIMITER_BUDGET;
}

}  // namespace

void Progress::start(Mode mode, const Terminal& terminal, uint64_t every, uint64_t now_ms) {
    mode_ = mode;
    every_ = every;
    next_done_ = every;
    terminal_ = terminal;
    start_ms_ = now_ms;
    next_ms_ = now_ms + (mode == Mode::live ? live_every_ms : line_every_ms);
}

void Progress::measure(const ProgressState& state, uint64_t now_ms) {
    now_ms_ = now_ms;
    now_done_ = state.tally->finished();
    const uint32_t last = (samples_ + samples_max - 1) % samples_max;
    if (samples_ == 0 || now_ms - sample_ms_[last] >= sample_every_ms) {
        sample_ms_[samples_ % samples_max] = now_ms;
        sample_done_[samples_ % samples_max] = now_done_;
        ++samples_;
    }
}

double Progress::rate() const {
    const uint32_t oldest = samples_ > samples_max ? samples_ % samples_max : 0;
    uint64_t from_ms = sample_ms_[oldest];
    uint64_t from_done = sample_done_[oldest];
    if (samples_ <= samples_max) {
        from_ms = start_ms_;
        from_done = 0;
    }
    const double seconds = static_cast<double>(now_ms_ - from_ms) / 1000;
    return seconds > 0.05 ? static_cast<double>(now_done_ - from_done) / seconds : 0;
}

double Progress::eta_ms(const ProgressState& state) const {
    const Tally& tally = *state.tally;
    const uint64_t done = tally.finished() + tally.done_before;
    if (tally.total <= done || rate() <= 0) {
        return -1;
    }
    return static_cast<double>(tally.total - done) / rate() * 1000;
}

void Progress::draw_live(const ProgressState& state) {
    const Tally& tally = *state.tally;
    const uint64_t done = tally.finished() + tally.done_before;
    LiveLine line(Terminal::width() - 1);
    const char* const plain = terminal_.plain();
    line.put("\r\033[K");
    if (tally.total > 0) {
        const double share = static_cast<double>(done) / static_cast<double>(tally.total);
        if (Terminal::width() >= 60) {
            line.add_bar(terminal_, share > 1 ? 1 : share);
        }
        line.add(terminal_.bold(), plain, "%s/%s", count_words(done).text,
                 count_words(tally.total).text);
    } else {
        line.add(terminal_.bold(), plain, "%s done", count_words(done).text);
    }
    line.add("", "", "  %s ok", count_words(tally.succeeded).text);
    line.add(tally.failed > 0 ? terminal_.red() : "", tally.failed > 0 ? plain : "",
             "  %s failed", count_words(tally.failed).text);
    const double eta = eta_ms(state);
    line.add("", "", "  %s", rate_words(rate()).text);
    if (eta >= 0) {
        line.add("", "", "  ETA %s", eta < 1000 ? "1 s" : time_words(eta).text);
    }
    line.add("", "", "  %u in flight", state.in_flight);
    const double tokens = static_cast<double>(tally.input_tokens + tally.output_tokens);
    line.add("", "", "  %s tok", short_count(tokens).text);
    if (state.cost_usd >= 0) {
        line.add("", "", "  %s", money_words(state.cost_usd).text);
    }
    if (state.stopping) {
        line.add(terminal_.yellow(), plain, "  stopping");
    } else if (state.limiter != LEAT_LIMITER_NONE) {
        line.add(is_alarming(state.limiter) ? terminal_.yellow() : terminal_.dim(), plain, "  limit: %s",
                 leat_limiter_name(state.limiter));
    }
    line.write_out();
    drawn_ = true;
}

void Progress::draw_line(const ProgressState& state) {
    const Tally& tally = *state.tally;
    const double eta = eta_ms(state);
    const double tokens = static_cast<double>(tally.input_tokens + tally.output_tokens);
    char total[40] = "";
    if (tally.total > 0) {
        snprintf(total, sizeof total, "/%s", count_words(tally.total).text);
    }
    char left[48] = "";
    if (eta >= 0) {
        snprintf(left, sizeof left, ", ETA %s", eta < 1000 ? "1 s" : time_words(eta).text);
    }
    char money[48] = "";
    if (state.cost_usd >= 0) {
        snprintf(money, sizeof money, ", %s", money_words(state.cost_usd).text);
    }
    fprintf(stderr,
            "leat run: %s%s done, %s ok, %s failed, %u in flight, %s, %s tokens%s%s, limit: %s\n",
            count_words(tally.finished() + tally.done_before).text, total,
            count_words(tally.succeeded).text, count_words(tally.failed).text, state.in_flight,
            rate_words(rate()).text, short_count(tokens).text, money, left,
            state.stopping ? "stopping" : leat_limiter_name(state.limiter));
}

void Progress::tick(const ProgressState& state, uint64_t now_ms) {
    const uint64_t done = state.tally->finished();
    if (!due(now_ms, done)) {
        return;
    }
    measure(state, now_ms);
    if (mode_ == Mode::live) {
        draw_live(state);
        next_ms_ = now_ms + live_every_ms;
    } else {
        draw_line(state);
        next_ms_ = now_ms + line_every_ms;
        next_done_ = done + every_;
    }
}

void Progress::clear() {
    if (drawn_) {
        fputs("\r\033[K", stderr);
        drawn_ = false;
    }
}

}  // namespace cli
