// codec/stream_log.h: a streamed answer while it grows, and what stands behind the public name
// leat_stream. Pieces are appended to the end of the item's arena as records {key, size, bytes};
// a piece that continues the record before it just lengthens that record, so that an answer which
// came in one run is never copied a second time. Depends on base and codec/json_scan.
// Invariants: the log is the arena from its first record to the cursor; nothing else is taken from
// that arena before assemble(); pieces of one key stay in the order in which they came.
#pragma once

#include <leat/adapter.h>

#include "base/arena.h"

namespace leat {

constexpr uint32_t stream_choices_max = 8;
constexpr uint32_t stream_tools_max = 128;

// A record's key. raw: the stream's own bytes (LEAT_KEEP_STREAM), which is no leat_delta.
struct StreamKey {
    uint8_t delta;
    uint8_t choice;
    uint8_t tool;
    uint8_t reserved;
};
constexpr uint8_t stream_raw = 255;

// A set of tool numbers.
struct ToolSet {
    uint64_t words[stream_tools_max / 64];
    bool has(uint32_t tool) const { return (words[tool / 64] >> (tool % 64) & 1) != 0; }
    void add(uint32_t tool) { words[tool / 64] |= uint64_t{1} << (tool % 64); }
    uint32_t count() const {
        uint32_t n = 0;
        for (const uint64_t word : words) n += static_cast<uint32_t>(__builtin_popcountll(word));
        return n;
    }
};

}  // namespace leat

struct leat_stream {
    // Told each text and each tool name as it is put; may be nullptr.
    void (*on_piece)(void* user, const leat_stream* stream, leat::StreamKey key, leat_str piece) =
        nullptr;
    void* user = nullptr;

    // Begins at the arena's cursor.
    void open(leat::Arena* store);
    void put(leat::StreamKey key, leat_str piece, bool escaped);
    // All that came so far, each text in one piece; may take memory behind the log. `answer` keeps
    // what it has where the stream said nothing. LEAT_OK or LEAT_E_ITEM_MEMORY.
    leat_status assemble(leat_answer* answer);
    // The bytes that were put as stream_raw.
    leat_status raw(leat_str* bytes) {
        return join(leat::StreamKey{leat::stream_raw, 0, 0, 0}, bytes);
    }
    // The first refusal stays.
    void refuse(leat_status status) {
        if (status_ == LEAT_OK) status_ = status;
    }
    leat_status status() const { return status_; }
    bool has_text() const { return has_text_; }
    const leat::ToolSet& tools(uint32_t choice) const { return tools_[choice]; }
    // The index of the call that the service counts as `number`; stream_tools_max when all are taken.
    uint32_t tool_of_number(uint32_t number);
    leat_usage usage;
    uint64_t slot;  // the adapter's own

private:
    struct Record {
        leat::StreamKey key;
        uint32_t size;
    };
    bool next(size_t* at, Record* record, leat_str* bytes) const;
    char* reserve(leat::StreamKey key, size_t size);
    bool is_known_fact(leat::StreamKey key) const;
    void note_fact(leat::StreamKey key);
    leat_status join(leat::StreamKey key, leat_str* out);
    leat_status assemble_tools(uint32_t choice, leat_choice* to);
    leat_status assemble_choice(uint32_t choice, leat_choice* to);
    uint32_t choices() const;

    leat::Arena* store_;
    char* begin_;
    size_t bytes_;
    size_t last_at_;      // of the last record
    leat::ToolSet tools_[leat::stream_choices_max];
    leat::ToolSet ids_[leat::stream_choices_max];
    leat::ToolSet names_[leat::stream_choices_max];
    uint32_t numbers_[leat::stream_tools_max];  // what the service calls each tool of choice 0
    uint32_t numbers_count_;
    uint32_t choices_seen_;  // a bit a choice
    leat_status status_;
    bool has_text_;
    bool has_model_;
    bool has_response_id_;
    bool has_block_reason_;
};
