// codec/stream_log.cc: see stream_log.h. Records lie unaligned one behind the other, so they are
// read and written by memcpy.
#include "codec/stream_log.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/json_scan.h"

using leat::StreamKey;
using leat::Text;

namespace {

bool same(StreamKey a, StreamKey b) {
    return a.delta == b.delta && a.choice == b.choice && a.tool == b.tool;
}

constexpr StreamKey key_of(leat_delta delta, uint32_t choice, uint32_t tool = 0) {
    return StreamKey{static_cast<uint8_t>(delta), static_cast<uint8_t>(choice),
                     static_cast<uint8_t>(tool), 0};
}

// Facts of which a later one replaces the earlier.
bool last_stays(StreamKey key) {
    return key.delta == LEAT_DELTA_FINISH_REASON || key.delta == LEAT_DELTA_SAFETY_JSON;
}

}  // namespace

void leat_stream::open(leat::Arena* store) {
    LEAT_CHECK(store != nullptr);
    *this = leat_stream{};
    store_ = store;
    begin_ = store->begin_text();
    usage = leat_usage{LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN,
                       LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN, LEAT_TOKENS_UNKNOWN};
}

bool leat_stream::next(size_t* at, Record* record, leat_str* bytes) const {
    if (*at >= bytes_) return false;
    LEAT_CHECK(*at + sizeof(Record) <= bytes_);
    memcpy(record, begin_ + *at, sizeof *record);
    *bytes = leat::text(begin_ + *at + sizeof *record, record->size);
    *at += sizeof *record + record->size;
    LEAT_CHECK(*at <= bytes_);
    return true;
}

// Room for `size` more bytes under this key: at the end of the last record if it is of this key.
char* leat_stream::reserve(StreamKey key, size_t size) {
    Record record{};
    if (bytes_ > 0) memcpy(&record, begin_ + last_at_, sizeof record);
    const bool goes_on = bytes_ > 0 && same(record.key, key) && !last_stays(key);
    if (!goes_on) {
        if (store_->room() < sizeof record || store_->room() - sizeof record < size) return nullptr;
        last_at_ = bytes_;
        record = Record{key, 0};
        memcpy(store_->extend(sizeof record), &record, sizeof record);
        bytes_ += sizeof record;
    }
    return size <= store_->room() ? store_->extend(size) : nullptr;
}

// Of these the first one stays.
bool leat_stream::is_known_fact(StreamKey key) const {
    switch (key.delta) {
        case LEAT_DELTA_MODEL: return has_model_;
        case LEAT_DELTA_RESPONSE_ID: return has_response_id_;
        case LEAT_DELTA_BLOCK_REASON: return has_block_reason_;
        case LEAT_DELTA_TOOL_ID: return ids_[key.choice].has(key.tool);
        case LEAT_DELTA_TOOL_NAME: return names_[key.choice].has(key.tool);
        default: return false;
    }
}

void leat_stream::note_fact(StreamKey key) {
    switch (key.delta) {
        case LEAT_DELTA_MODEL: has_model_ = true; break;
        case LEAT_DELTA_RESPONSE_ID: has_response_id_ = true; break;
        case LEAT_DELTA_BLOCK_REASON: has_block_reason_ = true; break;
        case LEAT_DELTA_TOOL_ID: ids_[key.choice].add(key.tool); break;
        case LEAT_DELTA_TOOL_NAME: names_[key.choice].add(key.tool); break;
        default: break;
    }
}

void leat_stream::put(StreamKey key, leat_str piece, bool escaped) {
    if (status_ != LEAT_OK) return;
    const bool is_raw = key.delta == leat::stream_raw;
    if (!is_raw) {
        choices_seen_ |= uint32_t{1} << key.choice;
        const bool of_tool = key.delta >= LEAT_DELTA_TOOL_ARGUMENTS &&
                             key.delta <= LEAT_DELTA_TOOL_ID;
        if (of_tool) tools_[key.choice].add(key.tool);
        if (is_known_fact(key)) return;
    }
    if (piece.size == 0) return;
    char* const to = reserve(key, piece.size);
    if (to == nullptr) {
        status_ = LEAT_E_ITEM_MEMORY;
        return;
    }
    size_t size = piece.size;
    if (escaped) {
        const leat_status decoded = leat::json_string_decode(piece, to, piece.size, &size);
        if (decoded != LEAT_OK) {
            status_ = LEAT_E_PARSE;
            size = 0;
        }
        store_->rewind(store_->mark() - (piece.size - size));
    } else {
        memcpy(to, piece.data, piece.size);
    }
    Record record{};
    memcpy(&record, begin_ + last_at_, sizeof record);
    record.size += leat::narrow<uint32_t>(size);
    bytes_ += size;
    memcpy(begin_ + last_at_, &record, sizeof record);
    if (is_raw || status_ != LEAT_OK) return;
    note_fact(key);
    const bool is_text = key.delta <= LEAT_DELTA_TOOL_ARGUMENTS;
    has_text_ = has_text_ || is_text;
    if (size == 0 || (!is_text && key.delta != LEAT_DELTA_TOOL_NAME)) return;
    if (on_piece != nullptr) on_piece(user, this, key, leat::text(to, size));
}

// All pieces of one key as one text: as it lies when it is one record, else a copy. Of facts that
// are replaced only the last record counts.
leat_status leat_stream::join(StreamKey key, leat_str* out) {
    size_t records = 0;
    size_t total = 0;
    size_t at = 0;
    Record record{};
    Text bytes{nullptr, 0};
    Text found{nullptr, 0};
    while (next(&at, &record, &bytes)) {
        if (!same(record.key, key)) continue;
        ++records;
        total += bytes.size;
        found = bytes;
    }
    if (records == 0) return LEAT_OK;
    *out = found;
    if (records == 1 || last_stays(key)) return LEAT_OK;
    char* const joined = static_cast<char*>(store_->take(total, 1));
    if (joined == nullptr) return LEAT_E_ITEM_MEMORY;
    size_t filled = 0;
    at = 0;
    while (next(&at, &record, &bytes)) {
        if (!same(record.key, key)) continue;
        memcpy(joined + filled, bytes.data, bytes.size);
        filled += bytes.size;
    }
    LEAT_CHECK(filled == total);
    *out = leat::text(joined, total);
    return LEAT_OK;
}

leat_status leat_stream::assemble_tools(uint32_t choice, leat_choice* to) {
    const leat::ToolSet& known = tools_[choice];
    const uint32_t count = known.count();
    if (count == 0) return LEAT_OK;
    leat_tool_call* const calls = store_->make<leat_tool_call>(count);
    if (calls == nullptr) return LEAT_E_ITEM_MEMORY;
    uint32_t n = 0;
    for (uint32_t tool = 0; tool < leat::stream_tools_max; ++tool) {
        if (!known.has(tool)) continue;
        leat_tool_call* const call = &calls[n++];
        *call = leat_tool_call{};
        LEAT_TRY(join(key_of(LEAT_DELTA_TOOL_ID, choice, tool), &call->id));
        LEAT_TRY(join(key_of(LEAT_DELTA_TOOL_NAME, choice, tool), &call->name));
        call->arguments_json = leat::text("{}");
        LEAT_TRY(join(key_of(LEAT_DELTA_TOOL_ARGUMENTS, choice, tool), &call->arguments_json));
    }
    to->tool_calls = calls;
    to->tool_calls_count = count;
    return LEAT_OK;
}

leat_status leat_stream::assemble_choice(uint32_t choice, leat_choice* to) {
    LEAT_TRY(join(key_of(LEAT_DELTA_TEXT, choice), &to->text));
    LEAT_TRY(join(key_of(LEAT_DELTA_REFUSAL, choice), &to->refusal));
    LEAT_TRY(join(key_of(LEAT_DELTA_THINKING, choice), &to->thinking));
    LEAT_TRY(join(key_of(LEAT_DELTA_FINISH_REASON, choice), &to->finish_reason));
    return assemble_tools(choice, to);
}

uint32_t leat_stream::tool_of_number(uint32_t number) {
    LEAT_CHECK(numbers_count_ <= leat::stream_tools_max);
    for (uint32_t i = numbers_count_; i > 0; --i) {
        if (numbers_[i - 1] == number) return i - 1;  // most often the newest
    }
    if (numbers_count_ == leat::stream_tools_max) return leat::stream_tools_max;
    numbers_[numbers_count_] = number;
    return numbers_count_++;
}

// Choices count up to the highest one that was seen.
uint32_t leat_stream::choices() const {
    return choices_seen_ == 0 ? 0 : 32 - static_cast<uint32_t>(__builtin_clz(choices_seen_));
}

leat_status leat_stream::assemble(leat_answer* answer) {
    LEAT_CHECK(answer != nullptr && store_ != nullptr);
    leat_choice first{};
    LEAT_TRY(assemble_choice(0, &first));
    answer->text = first.text;
    answer->refusal = first.refusal;
    answer->thinking = first.thinking;
    answer->finish_reason = first.finish_reason;
    answer->tool_calls = first.tool_calls;
    answer->tool_calls_count = first.tool_calls_count;
    answer->usage = usage;
    LEAT_TRY(join(key_of(LEAT_DELTA_MODEL, 0), &answer->model));
    LEAT_TRY(join(key_of(LEAT_DELTA_RESPONSE_ID, 0), &answer->response_id));
    LEAT_TRY(join(key_of(LEAT_DELTA_BLOCK_REASON, 0), &answer->block_reason));
    LEAT_TRY(join(key_of(LEAT_DELTA_SAFETY_JSON, 0), &answer->safety_json));
    const uint32_t count = choices();
    if (count < 2) return LEAT_OK;
    leat_choice* const all = store_->make<leat_choice>(count);
    if (all == nullptr) return LEAT_E_ITEM_MEMORY;
    all[0] = first;
    for (uint32_t i = 1; i < count; ++i) {
        all[i] = leat_choice{};
        LEAT_TRY(assemble_choice(i, &all[i]));
    }
    answer->choices = all;
    answer->choices_count = count;
    return LEAT_OK;
}

void leat_stream_put(leat_stream* stream, leat_delta delta, uint32_t choice, uint32_t tool,
                     leat_str piece, uint32_t flags) {
    LEAT_CHECK(stream != nullptr);
    LEAT_CHECK(delta >= LEAT_DELTA_TEXT && delta <= LEAT_DELTA_SAFETY_JSON);
    if (choice >= leat::stream_choices_max || tool >= leat::stream_tools_max) {
        stream->refuse(LEAT_E_TOO_MANY);
        return;
    }
    const bool of_all = delta >= LEAT_DELTA_MODEL;
    stream->put(key_of(delta, of_all ? 0 : choice, tool), piece, (flags & LEAT_PUT_ESCAPED) != 0);
}

leat_usage* leat_stream_usage(leat_stream* stream) {
    LEAT_CHECK(stream != nullptr);
    return &stream->usage;
}

uint32_t leat_stream_tools(const leat_stream* stream, uint32_t choice) {
    LEAT_CHECK(stream != nullptr);
    return choice < leat::stream_choices_max ? stream->tools(choice).count() : 0;
}

uint64_t* leat_stream_slot(leat_stream* stream) {
    LEAT_CHECK(stream != nullptr);
    return &stream->slot;
}

uint32_t leat_stream_tool(leat_stream* stream, uint32_t number) {
    LEAT_CHECK(stream != nullptr);
    return stream->tool_of_number(number);
}
