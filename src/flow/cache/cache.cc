// flow/cache/cache.cc: answers that need not be asked for: those in the batch's store, and those that an
// equal item of the batch is out for. See leat_cache in leat/batch.h.
// Depends on codec. Invariants: an item leads exactly while it stands among its batch's leaders; whoever
// follows one is parked in the batch's followers; a store's failure ends no item.
#include "flow/cache/cache.h"

#include "base/check.h"
#include "base/narrow.h"
#include "codec/scratch.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/cache/cache_value.h"
#include "flow/engine.h"
#include "flow/exchange/exchange.h"
#include "flow/report.h"
#include "meter/usage.h"

namespace leat {

namespace {

// Most answers are not longer: they take one look into the store.
constexpr size_t first_look_bytes = 16 * 1024;

bool reads(const leat_cache& cache) { return cache.store != nullptr && cache.mode != LEAT_CACHE_REFRESH; }

bool writes(const leat_cache& cache) { return cache.store != nullptr && cache.mode != LEAT_CACHE_READ_ONLY; }

bool shares(const leat_cache& cache) {
    return cache.share == LEAT_UNSET ? cache.store != nullptr : cache.share == LEAT_ON;
}

void count_failure(Engine* engine, Item* item, leat_status status) {
    Batch* const batch = item->batch;
    ++batch->summary.cache_failures;
    if (batch->cache_has_failed) return;
    batch->cache_has_failed = true;
    report(engine, LEAT_LOG_WARNING, item->endpoint, text("the cache fails"), status);
}

LeaderList* leaders_of(Item* item) {
    return &item->batch->leaders[item->cache_key.bytes[0] % leader_lists];
}

Item* find_leader(Item* item) {
    LeaderList* const leaders = leaders_of(item);
    Item* at = leaders->front();
    while (at != nullptr && !equal(text_of(at->cache_key), text_of(item->cache_key))) at = leaders->next(at);
    return at;
}

void stop_leading(Item* item) {
    leaders_of(item)->remove(item);
    item->leads = false;
}

// The kept texts as the answer that they were.
leat_status read_kept(Item* item, Text value, leat_answer* answer) {
    *answer = leat_answer{};
    answer->usage = unknown_usage();
    if (is_value(value)) {
        return read_value(const_cast<char*>(value.data), value.size, &item->arena, answer);
    }
    const leat_adapter& adapter = *item->endpoint->adapter;
    leat_reply reply{};
    reply.http_status = 200;
    reply.body = value;
    reply.context = adapter.context;
    leat_scratch scratch;
    scratch.arena = &item->arena;
    return adapter.parse(&reply, &scratch, answer);
}

void tell_call(Item* item, uint32_t choice, uint32_t tool, const leat_tool_call& call) {
    tell_token(item, LEAT_DELTA_TOOL_NAME, choice, tool, call.name);
    if (!empty(call.arguments_json)) {
        tell_token(item, LEAT_DELTA_TOOL_ARGUMENTS, choice, tool, call.arguments_json);
    }
}

// To who wants streams: each text in one piece.
template <typename Answer>
void tell_answer(Item* item, uint32_t choice, const Answer& answer) {
    if (!empty(answer.thinking)) tell_token(item, LEAT_DELTA_THINKING, choice, 0, answer.thinking);
    if (!empty(answer.text)) tell_token(item, LEAT_DELTA_TEXT, choice, 0, answer.text);
    if (!empty(answer.refusal)) tell_token(item, LEAT_DELTA_REFUSAL, choice, 0, answer.refusal);
    for (uint32_t i = 0; i < answer.tool_calls_count; ++i) tell_call(item, choice, i, answer.tool_calls[i]);
}

// The item, which is in no list, goes on with a kept answer that lies in its arena. False when that does
// not do for it; it is then as it was.
bool answer_with(Engine* engine, Item* item, Text value) {
    leat_answer answer;
    const leat_status status = read_kept(item, value, &answer);
    if (status == LEAT_OK) {
        keep_answer(item, answer);
        item->result.cached = 1;
        item->result.http_status = 200;
        if (!is_value(value)) item->result.body = value;
        if (judge_kept(engine, item)) return true;
    }
    forget_last_attempt(item);
    item->result.choice = -1;
    item->result.usage = unknown_usage();
    item->arena.rewind(item->attempt_mark);
    return false;
}

// Puts the stored value into the item's arena. LEAT_OK, or what the store answered.
leat_status fetch(Engine* engine, Item* item, Text* value) {
    const leat_cache& cache = item->batch->config.cache;
    Arena* const arena = &item->arena;
    size_t capacity = min_of(arena->room(), first_look_bytes);
    size_t size = 0;
    leat_status status = LEAT_E_TOO_LARGE;
    for (int look = 0; look < 2 && status == LEAT_E_TOO_LARGE && capacity <= arena->room(); ++look) {
        char* const place = arena->extend(capacity);
        status = cache.store->get(cache.store_user, item->cache_key.bytes, unix_ms(*engine), place,
                                  capacity, &size);
        arena->rewind(item->attempt_mark);
        if (status == LEAT_OK) *value = text(arena->extend(size), size);
        capacity = size;
    }
    return status;
}

bool answer_from_store(Engine* engine, Item* item) {
    Text value{nullptr, 0};
    const leat_status status = fetch(engine, item, &value);
    if (status == LEAT_OK && answer_with(engine, item, value)) return true;
    const bool is_miss = status == LEAT_OK || status == LEAT_E_NOT_FOUND || status == LEAT_E_TOO_LARGE;
    if (is_miss) {
        ++item->batch->summary.cache_misses;
    } else {
        count_failure(engine, item, status);
    }
    return false;
}

void put_into_store(Engine* engine, const Item& leader, Item* item, Text value) {
    const leat_cache& cache = item->batch->config.cache;
    const int64_t now_ms = unix_ms(*engine);
    leat_store_entry entry{};
    entry.value = value;
    entry.expires_ms = cache.ttl_ms == 0 ? LEAT_STORE_FOR_EVER
                                         : now_ms + static_cast<int64_t>(cache.ttl_ms);
    entry.provider = text_of(item->endpoint->adapter->name);
    entry.model = empty(item->model) ? item->result.model : item->model;
    entry.http_status = item->result.http_status;
    const leat_status status = cache.store->put(cache.store_user, leader.cache_key.bytes, now_ms, &entry);
    if (status == LEAT_OK) {
        ++item->batch->summary.cache_sets;
    } else if (status != LEAT_E_TOO_LARGE) {
        count_failure(engine, item, status);
    }
}

// The answer as it is kept: as the body that came, or as a text made of it.
Text value_of(Item* item) {
    const Text body = item->result.body;
    const bool is_whole = item->stream == nullptr && !empty(body) && !is_value(body);
    return is_whole ? body : write_value(item->result, &item->arena);
}

// Out of the followers, and on its way without anybody: it has asked for its key once.
void send_alone(Engine* engine, Item* item) {
    item->follows = nullptr;
    unpark(engine, item);
}

// What is built now asks again what was asked before: corrected, changed by on_attempt, or after the one
// that it had waited for. Its answer is that of the first words.
bool asks_again(const Item& item) {
    return item.has_cache_key && item.key_target == item.target &&
           item.key_rounds == item.result.tool_rounds;
}

void take_key(Item* item) {
    item->cache_key = cache_key_of(item);
    item->has_cache_key = true;
    item->key_target = item->target;
    item->key_rounds = item->result.tool_rounds;
}

void give_to(Engine* engine, Item* follower, Text value) {
    Text copy{nullptr, 0};
    if (!follower->arena.copy(value, &copy)) {
        send_alone(engine, follower);
        return;
    }
    leave_lists(engine, follower);
    follower->follows = nullptr;
    if (answer_with(engine, follower, copy)) {
        ++follower->batch->summary.cache_shared;
        return;
    }
    park(engine, follower, &follower->batch->followers);
    send_alone(engine, follower);
}

// For each of those that follow; the call takes it out of the list.
template <typename Act>
void for_each_follower(Item* leader, Act act) {
    ItemList* const followers = &leader->batch->followers;
    for (Item* at = followers->front(); at != nullptr;) {
        Item* const next = followers->next(at);
        if (at->follows == leader) act(at);
        at = next;
    }
}

}  // namespace

bool cache_settles(Engine* engine, Item* item) {
    const leat_cache& cache = item->batch->config.cache;
    if (asks_again(*item)) return false;
    if (item->leads) cache_leave(engine, item);
    item->has_cache_key = false;
    const bool is_used = cache.store != nullptr || shares(cache);
    if (!is_used || item->endpoint->adapter->start != nullptr || is_resource_call(*item)) return false;
    take_key(item);
    if (reads(cache) && answer_from_store(engine, item)) return true;
    if (!shares(cache)) return false;
    Item* const leader = find_leader(item);
    if (leader != nullptr) {
        item->follows = leader;
        park(engine, item, &item->batch->followers);
        return true;
    }
    leaders_of(item)->push_back(item);
    item->leads = true;
    return false;
}

void cache_keep(Engine* engine, Item* item) {
    // A second try has no key: the first one leads for both.
    Item* const leader = item->is_twin && item->twin != nullptr ? item->twin : item;
    if (!leader->has_cache_key) return;
    const bool is_kept = writes(item->batch->config.cache);
    if (!is_kept && !leader->leads) return;
    const Text value = value_of(item);
    if (empty(value)) return;
    if (is_kept) put_into_store(engine, *leader, item, value);
    for_each_follower(leader, [&](Item* follower) { give_to(engine, follower, value); });
    if (leader->leads) stop_leading(leader);
}

void cache_tell(Engine* engine, Item* item) {
    LEAT_CHECK(engine != nullptr && item->result.cached != 0);
    leat_result* const result = &item->result;
    leat_summary* const sum = &item->batch->summary;
    ++sum->cached;
    sum->saved_usd += cost_saved_usd(item);
    usage_add(&sum->usage_cached, result->usage);
    if (item->streams && item->batch->config.on_token != nullptr) {
        tell_answer(item, 0, *result);
        for (uint32_t i = 1; i < result->choices_count; ++i) tell_answer(item, i, result->choices[i]);
    }
    if (item->attempts_before + item->attempts == 0) return;
    // A round before was asked for: the item's usage is what it was billed.
    result->cached = 0;
    result->usage = unknown_usage();
}

void cache_leave(Engine* engine, Item* item) {
    LEAT_CHECK(item->leads);
    stop_leading(item);
    for_each_follower(item, [&](Item* follower) { send_alone(engine, follower); });
}

void cache_hand_over(Item* from, Item* to) {
    if (!from->has_cache_key) return;
    LEAT_CHECK(from->batch == to->batch && !to->leads);
    to->cache_key = from->cache_key;
    to->has_cache_key = true;
    to->key_target = from->key_target;
    to->key_rounds = from->key_rounds;
    if (!from->leads) return;
    stop_leading(from);
    leaders_of(to)->push_back(to);
    to->leads = true;
    for_each_follower(from, [to](Item* follower) { follower->follows = to; });
}

}  // namespace leat
