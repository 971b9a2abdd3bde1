// port/sim/provider_text.h: what a simulated provider writes: numbers, spans of time, dates, header
// values and bodies, into the storage of a scripted answer.
// Depends on leat/sim.h. Invariant: text that does not fit is cut, nothing is written past the end.
#pragma once

#include <leat/sim.h>

namespace leat_simulator {

// Text put together piece by piece at the end of an answer's storage.
class ProviderText {
public:
    explicit ProviderText(leat_sim_response* response)
        : response_(response), begin_(response->storage_used) {}

    ProviderText& add(leat_str text);
    ProviderText& number(uint64_t value, uint32_t digits_min = 1);
    // As Go prints a duration: "1m30.5s", "12ms", "6m0s".
    ProviderText& duration(uint64_t span_ms);
    // "2026-01-01T00:00:00Z"; a part of a second counts as a whole one.
    ProviderText& rfc3339(int64_t wall_ms);
    // "Thu, 01 Jan 2026 00:00:00 GMT"
    ProviderText& http_date(int64_t wall_ms);
    leat_str text() const {
        return {response_->storage + begin_, response_->storage_used - begin_};
    }

private:
    leat_sim_response* response_;
    uint32_t begin_;
};

// One more header; the value lives as long as the response.
void add_header(leat_sim_response* response, leat_str name, leat_str value);
void add_number_header(leat_sim_response* response, leat_str name, uint64_t value);

}  // namespace leat_simulator
