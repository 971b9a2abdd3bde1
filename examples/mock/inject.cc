// Choosing a fate: prompt marker first, then script, then rates. Parsing is in inject_parse.cc.
// What a rate draws is a function of seed and request number, not of what was drawn before.
#include "inject.h"

namespace mock {

bool Injector::open(const mock_config& config) {
    config_ = config;
    base_.retry_after_ms = config.retry_after_ms;
    base_.retry_form = config.retry_after_form;
    rules_ = static_cast<Rule*>(std::calloc(kRuleMax, sizeof(Rule)));
    seen_ = static_cast<Seen*>(std::calloc(kSeenMax, sizeof(Seen)));
    if (rules_ == nullptr || seen_ == nullptr) out_of_memory();
    if (config.script_text != nullptr && !load_script(config.script_text)) return false;
    if (config.script == nullptr) return true;
    FILE* file = std::fopen(config.script, "rb");
    if (file == nullptr) {
        std::snprintf(error_, sizeof error_, "cannot open script %s", config.script);
        return false;
    }
    Buffer text;
    char block[4096];
    size_t count = 0;
    while ((count = std::fread(block, 1, sizeof block, file)) != 0) text.append(block, count);
    std::fclose(file);
    return load_script(text.view());
}

void Injector::reset() { std::memset(seen_, 0, kSeenMax * sizeof(Seen)); }

Action Injector::choose(uint64_t number, std::string_view prompt) {
    Action action;
    if (choose_by_prompt(prompt, &action)) return action;
    if (choose_by_script(number, &action)) return action;
    return choose_by_rate(number);
}

// How often this prompt was seen before. A full neighbourhood forgets its first entry: bounded, and
// good enough.
uint64_t Injector::count_seen(std::string_view prompt) {
    const uint64_t hash = hash_bytes(prompt, 0x5eed) | 1U;
    const size_t home = hash >> 32;
    for (size_t probe = 0; probe < 16; ++probe) {
        Seen& slot = seen_[(home + probe) % kSeenMax];
        if (slot.hash != 0 && slot.hash != hash) continue;
        slot.hash = hash;
        return slot.count++;
    }
    seen_[home % kSeenMax] = {hash, 1};
    return 0;
}

bool Injector::choose_by_prompt(std::string_view prompt, Action* out) {
    constexpr std::string_view kOpen = "[[mock:";
    if (prompt.size() < kOpen.size()) return false;
    const void* found = memmem(prompt.data(), prompt.size(), kOpen.data(), kOpen.size());
    if (found == nullptr) return false;
    const size_t at = static_cast<size_t>(static_cast<const char*>(found) - prompt.data());
    const std::string_view rest = prompt.substr(at + kOpen.size());
    const size_t end = rest.find("]]");
    if (end == std::string_view::npos) return false;
    uint32_t times = 0;
    std::string_view raw_path;
    // A prompt may not name files: raw= belongs to scripts.
    if (!parse_action(rest.substr(0, end), base_, out, &times, &raw_path) || !raw_path.empty())
        return false;
    if (times != 0 && count_seen(prompt) >= times) *out = base_;
    return true;
}

bool Injector::choose_by_script(uint64_t number, Action* out) const {
    for (unsigned i = 0; i < rule_count_; ++i) {
        const Rule& rule = rules_[i];
        if (number < rule.first || number > rule.last || number % rule.every != 0) continue;
        *out = rule.action;
        return true;
    }
    return false;
}

Action Injector::choose_by_rate(uint64_t number) const {
    struct Share {
        double rate;
        ActionKind kind;
        uint16_t status;
    };
    const Share shares[] = {
        {config_.fail_429, ActionKind::Status, 429},
        {config_.fail_500, ActionKind::Status, 500},
        {config_.fail_503, ActionKind::Status, 503},
        {config_.fail_reset, ActionKind::Reset, 0},
        {config_.fail_truncate, ActionKind::Truncate, 0},
        {config_.fail_slow, ActionKind::Slow, 0},
    };
    Action action = base_;
    double drawn = unit_interval(mix64(config_.seed ^ mix64(number)));
    for (const Share& share : shares) {
        if (drawn < share.rate) {
            action.kind = share.kind;
            action.status = share.status != 0 ? share.status : action.status;
            return action;
        }
        drawn -= share.rate;
    }
    return action;
}

}  // namespace mock
