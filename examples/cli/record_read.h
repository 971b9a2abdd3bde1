// cli/record_read.h: a line of an output, read back: what `report` and `retry-failed` want to know of
// it. Depends on the JSON scanner; texts are decoded where they lie, in the reader's buffer.
// Invariant: whatever the line holds, every number is finite and within its range, or not known.
#pragma once

#include <leat/types.h>

#include "cli/reader.h"
#include "cli/simulate_series.h"

namespace cli {

// No record is longer, however large --item-bytes was; only the pages that are used are there.
constexpr uint64_t record_line_bytes = 256ull << 20;

// Numbers are < 0 where they are not known.
struct RecordFacts {
    leat_str id;
    bool failed;
    bool cached;
    int32_t http_status;
    leat_str status;  // leat's word
    leat_str error_code;
    leat_str error_message;
    leat_str model;
    leat_str endpoint;
    int64_t attempts;
    int64_t rate_limited;
    int64_t tool_rounds;
    int64_t input_tokens;
    int64_t output_tokens;
    int64_t cached_input_tokens;
    int64_t reasoning_tokens;
    double cost_usd;
    double energy_kwh;
    double gwp_kgco2eq;
    double started_ms;  // Unix clock
    double queued_ms;
    double first_byte_ms;
    double first_token_ms;
    double total_ms;
    double item_ms;
    double limited_ms[limiters_count];
    leat_str settings;  // of the first line: an object
};

enum class RecordLine : uint8_t { record, settings, broken };

// The line's text is changed. Facts live as long as it.
RecordLine read_record(const Line& line, RecordFacts* facts);

// The status of that word; false when there is none.
bool status_of_word(leat_str word, int32_t* status);

}  // namespace cli
