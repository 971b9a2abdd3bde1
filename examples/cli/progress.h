// cli/progress.h: what a person sees while the run goes on, on stderr.
// On a terminal one line that is drawn over itself, at most ten times a second and never wider
// than the terminal; elsewhere a plain line every five seconds. Invariant: before anything else is
// printed, clear() has wiped the live line.
#pragma once

#include <leat/client.h>

#include "cli/tally.h"
#include "cli/terminal.h"

namespace cli {

struct ProgressState {
    const Tally* tally;
    uint32_t in_flight;
    leat_limiter limiter;
    bool stopping;
    double cost_usd;  // so far; < 0: nobody knows
};

class Progress {
public:
    enum class Mode : uint8_t { off, live, lines };

    // every: lines come after so many items each (B13); 0: after a time each.
    void start(Mode mode, const Terminal& terminal, uint64_t every, uint64_t now_ms);
    // Draws if it is time to. now_ms from any steady clock.
    void tick(const ProgressState& state, uint64_t now_ms);
    void clear();
    bool due(uint64_t now_ms, uint64_t done) const {
        const bool by_items = mode_ == Mode::lines && every_ > 0;
        return mode_ != Mode::off && (by_items ? done >= next_done_ : now_ms >= next_ms_);
    }

private:
    void draw_live(const ProgressState& state);
    void draw_line(const ProgressState& state);
    double rate() const;
    double eta_ms(const ProgressState& state) const;
    void measure(const ProgressState& state, uint64_t now_ms);

    Mode mode_ = Mode::off;
    Terminal terminal_{};
    uint64_t next_ms_ = 0;
    uint64_t start_ms_ = 0;
    uint64_t every_ = 0;
    uint64_t next_done_ = 0;
    bool drawn_ = false;
    // A ring of half-second samples: the rate is that of the last ten seconds.
    static constexpr uint32_t samples_max = 20;
    uint64_t sample_ms_[samples_max] = {};
    uint64_t sample_done_[samples_max] = {};
    uint32_t samples_ = 0;
    uint64_t now_ms_ = 0;
    uint64_t now_done_ = 0;
};

}  // namespace cli
