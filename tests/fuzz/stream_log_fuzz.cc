// Pieces of an answer in any order: what the log assembles is what a plain map of strings holds, and
// what its listener heard. The first byte chooses how much memory there is; then come puts: what,
// whose, how many bytes, the bytes.
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <map>
#include <string>
#include <tuple>

#include "base/check.h"
#include "codec/json_scan.h"
#include "codec/stream_log.h"

namespace {

using Key = std::tuple<int, uint32_t, uint32_t>;  // delta, choice, tool

struct Model {
    std::map<Key, std::string> texts;
    std::map<Key, std::string> heard;
};

bool first_stays(int delta) {
    return delta == LEAT_DELTA_TOOL_NAME || delta == LEAT_DELTA_TOOL_ID ||
           delta == LEAT_DELTA_MODEL || delta == LEAT_DELTA_RESPONSE_ID ||
           delta == LEAT_DELTA_BLOCK_REASON;
}

void came(void* user, const leat_stream*, leat::StreamKey key, leat_str piece) {
    LEAT_CHECK(piece.size > 0);
    static_cast<Model*>(user)->heard[{key.delta, key.choice, key.tool}].append(piece.data,
                                                                               piece.size);
}

std::string of(leat_str t) { return t.size == 0 ? std::string() : std::string(t.data, t.size); }

class Fuzz {
public:
    void run(const uint8_t* data, size_t size) {
        leat::Arena arena;
        arena.open(memory_, data[0] >= 128 ? sizeof memory_ : size_t{data[0]} * 8);
        log_.open(&arena);
        log_.on_piece = came;
        log_.user = &model_;
        size_t at = 1;
        while (at + 4 <= size && log_.status() == LEAT_OK) at += put(data + at, size - at);
        leat_answer answer{};
        // A second time is allowed, and says the same.
        for (int times = 0; times < 2 && log_.status() == LEAT_OK; ++times) {
            answer = leat_answer{};
            if (log_.assemble(&answer) == LEAT_OK) compare(answer);
        }
    }

private:
    // One put from these bytes; how many it took.
    size_t put(const uint8_t* data, size_t size) {
        const int delta = data[0] % 11;
        const bool of_tool = delta >= LEAT_DELTA_TOOL_ARGUMENTS && delta <= LEAT_DELTA_TOOL_ID;
        const uint32_t choice = data[1] % 9;
        const uint32_t tool = of_tool ? data[2] % 130 : 0;
        const bool escaped = (data[3] & 128) != 0;
        const size_t wanted = data[3] & 63;
        const size_t bytes = wanted < size - 4 ? wanted : size - 4;
        const leat_str piece = {reinterpret_cast<const char*>(data + 4), bytes};
        leat_stream_put(&log_, static_cast<leat_delta>(delta), choice, tool, piece,
                        escaped ? uint32_t{LEAT_PUT_ESCAPED} : 0);
        if (choice > 7 || tool > 127) {
            LEAT_CHECK(log_.status() != LEAT_OK);
            return 4 + bytes;
        }
        if (log_.status() == LEAT_OK) note(delta, choice, tool, piece, escaped);
        return 4 + bytes;
    }
    void note(int delta, uint32_t choice, uint32_t tool, leat_str piece, bool escaped) {
        const Key key = {delta, delta >= LEAT_DELTA_MODEL ? 0 : choice, tool};
        std::string text = of(piece);
        std::string& known = model_.texts[key];
        if (first_stays(delta) && !known.empty()) return;
        if (escaped) {
            size_t decoded = 0;
            std::string out(text.size(), ' ');
            LEAT_CHECK(leat::json_string_decode(piece, out.data(), out.size(), &decoded) ==
                       LEAT_OK);
            text = out.substr(0, decoded);
        }
        const bool last_stays =
            delta == LEAT_DELTA_FINISH_REASON || delta == LEAT_DELTA_SAFETY_JSON;
        if (last_stays && !text.empty()) known.clear();
        known += text;
    }
    std::string modelled(int delta, uint32_t choice, uint32_t tool = 0) const {
        const auto found = model_.texts.find({delta, choice, tool});
        return found == model_.texts.end() ? std::string() : found->second;
    }
    void compare_choice(uint32_t choice, const leat_choice& seen) const {
        LEAT_CHECK(of(seen.text) == modelled(LEAT_DELTA_TEXT, choice));
        LEAT_CHECK(of(seen.refusal) == modelled(LEAT_DELTA_REFUSAL, choice));
        LEAT_CHECK(of(seen.thinking) == modelled(LEAT_DELTA_THINKING, choice));
        LEAT_CHECK(of(seen.finish_reason) == modelled(LEAT_DELTA_FINISH_REASON, choice));
        uint32_t n = 0;
        for (uint32_t tool = 0; tool < 128; ++tool) {
            bool known = false;
            for (int delta = LEAT_DELTA_TOOL_ARGUMENTS; delta <= LEAT_DELTA_TOOL_ID; ++delta) {
                known = known || model_.texts.count({delta, choice, tool}) > 0;
            }
            if (!known) continue;
            LEAT_CHECK(n < seen.tool_calls_count);
            const leat_tool_call& call = seen.tool_calls[n++];
            LEAT_CHECK(of(call.id) == modelled(LEAT_DELTA_TOOL_ID, choice, tool));
            LEAT_CHECK(of(call.name) == modelled(LEAT_DELTA_TOOL_NAME, choice, tool));
            const std::string arguments = modelled(LEAT_DELTA_TOOL_ARGUMENTS, choice, tool);
            LEAT_CHECK(of(call.arguments_json) == arguments ||
                       (arguments.empty() && of(call.arguments_json) == "{}"));
        }
        LEAT_CHECK(n == seen.tool_calls_count);
    }
    void compare(const leat_answer& answer) const {
        leat_choice first{};
        first.text = answer.text;
        first.refusal = answer.refusal;
        first.thinking = answer.thinking;
        first.finish_reason = answer.finish_reason;
        first.tool_calls = answer.tool_calls;
        first.tool_calls_count = answer.tool_calls_count;
        compare_choice(0, first);
        for (uint32_t i = 0; i < answer.choices_count; ++i) compare_choice(i, answer.choices[i]);
        LEAT_CHECK(of(answer.model) == modelled(LEAT_DELTA_MODEL, 0));
        LEAT_CHECK(of(answer.response_id) == modelled(LEAT_DELTA_RESPONSE_ID, 0));
        LEAT_CHECK(of(answer.block_reason) == modelled(LEAT_DELTA_BLOCK_REASON, 0));
        LEAT_CHECK(of(answer.safety_json) == modelled(LEAT_DELTA_SAFETY_JSON, 0));
        for (const auto& [key, text] : model_.texts) {
            const int delta = std::get<0>(key);
            if (delta > LEAT_DELTA_TOOL_NAME) continue;
            const auto heard = model_.heard.find(key);
            LEAT_CHECK((heard == model_.heard.end() ? "" : heard->second) == text);
        }
    }

    alignas(16) char memory_[16384];
    leat_stream log_;
    Model model_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0) return 0;
    Fuzz fuzz;
    fuzz.run(data, size);
    return 0;
}
