// cli/record_leat.cc: the object "leat" of a record: what leat knows of the item beside the
// provider's answer. Members always stand in the same order; what is not known is null.
#include "cli/record_leat.h"

#include <math.h>

#include "base/bytes.h"
#include "cli/impact.h"

namespace cli {

using leat::JsonWriter;

namespace {

void count_or_null(JsonWriter* json, leat_str name, int64_t value) {
    json->key(name);
    if (value < 0) {
        json->null();
    } else {
        json->integer(value);
    }
}

void milliseconds(JsonWriter* json, leat_str name, double value) {
    json->key(name);
    if (value < 0) {
        json->null();
    } else {
        json->number(round(value * 1000) / 1000);
    }
}

void write_usage(JsonWriter* json, const leat_usage& usage) {
    json->key(leat::text("usage"));
    json->begin_object();
    count_or_null(json, leat::text("input_tokens"), usage.input_tokens);
    count_or_null(json, leat::text("output_tokens"), usage.output_tokens);
    count_or_null(json, leat::text("cached_input_tokens"), usage.cached_input_tokens);
    count_or_null(json, leat::text("reasoning_tokens"), usage.reasoning_tokens);
    count_or_null(json, leat::text("total_tokens"), usage.total_tokens);
    json->end_object();
}

void write_timing(JsonWriter* json, const leat_timing& timing) {
    json->key(leat::text("timing_ms"));
    json->begin_object();
    milliseconds(json, leat::text("queued"), timing.queued_ms);
    milliseconds(json, leat::text("connect"), timing.connect_ms);
    milliseconds(json, leat::text("first_byte"), timing.first_byte_ms);
    milliseconds(json, leat::text("first_token"), timing.first_token_ms);
    milliseconds(json, leat::text("total"), timing.total_ms);
    milliseconds(json, leat::text("item"), timing.item_ms);
    json->end_object();
}

// Only what held for some time; null when nothing did.
void write_held(JsonWriter* json, const Held* held) {
    json->key(leat::text("limited_ms"));
    if (held == nullptr || held->is_empty()) {
        json->null();
        return;
    }
    json->begin_object();
    for (int i = 0; i < limiters_count; ++i) {
        if (held->ms(i) >= Held::least_ms) {
            milliseconds(json, leat::text_of(leat_limiter_name(static_cast<leat_limiter>(i))),
                         held->ms(i));
        }
    }
    json->end_object();
}

void write_tool_calls(JsonWriter* json, const leat_tool_call* calls, uint32_t count) {
    json->key(leat::text("tool_calls"));
    json->begin_array();
    for (uint32_t i = 0; i < count; ++i) {
        const leat_tool_call& call = calls[i];
        json->begin_object();
        put_text(json, "id", call.id);
        json->key(leat::text("name"));
        json->string(call.name);
        json->key(leat::text("arguments"));
        json->string(call.arguments_json);
        json->end_object();
    }
    json->end_array();
}

// The calls that were run, with what the model was told.
void write_tool_steps(JsonWriter* json, const leat_tool_step* step) {
    json->key(leat::text("tool_steps"));
    if (step == nullptr) {
        json->null();
        return;
    }
    json->begin_array();
    for (; step != nullptr; step = step->next) {
        json->begin_object();
        json->key(leat::text("round"));
        json->integer(step->round);
        json->key(leat::text("name"));
        json->string(step->call.name);
        json->key(leat::text("arguments"));
        json->string(step->call.arguments_json);
        json->key(leat::text("result"));
        json->string(step->result);
        json->key(leat::text("error"));
        json->boolean(step->is_error != 0);
        json->end_object();
    }
    json->end_array();
}

// What is not known is null. Of energy and carbon the mean of what they may be.
void write_costs(JsonWriter* json, const leat_result& result, const leat_footprint* footprint) {
    const bool is_known = footprint != nullptr;
    put_number(json, "cost_usd", result.cost_usd < 0 ? -1 : round(result.cost_usd * 1e12) / 1e12);
    put_number(json, "energy_kwh", is_known ? footprint->energy_kwh.mean : -1);
    put_number(json, "gwp_kgco2eq", is_known ? footprint->gwp_kgco2eq.mean : -1);
}

// The way of an item through several services.
void write_way(JsonWriter* json, const leat_result& result, const char* who) {
    put_text(json, "endpoint", view(who));
    json->key(leat::text("fallbacks"));
    json->integer(result.fallbacks);
    json->key(leat::text("hedged"));
    if (result.hedged == 0) {
        json->null();
    } else {
        json->string(leat::text_of(result.hedged == 1 ? "sent" : "won"));
    }
}

leat_str finish_of(const leat_result& result) {
    const bool is_own = result.finish == LEAT_FINISH_TOOL_LIMIT;
    if (result.outcome != LEAT_SUCCEEDED || (!is_own && !leat::empty(result.finish_reason))) {
        return result.finish_reason;
    }
    return result.finish == LEAT_FINISH_UNKNOWN ? leat_str{nullptr, 0}
                                                : leat::text_of(leat_finish_name(result.finish));
}

// All answers, where several were asked for.
void write_choices(JsonWriter* json, const leat_result& result) {
    json->key(leat::text("choices"));
    if (result.choices_count < 2) {
        json->null();
        return;
    }
    json->begin_array();
    for (uint32_t i = 0; i < result.choices_count; ++i) {
        const leat_choice& choice = result.choices[i];
        json->begin_object();
        json->key(leat::text("text"));
        json->string(choice.text);
        put_text(json, "finish_reason", choice.finish_reason);
        write_tool_calls(json, choice.tool_calls, choice.tool_calls_count);
        json->end_object();
    }
    json->end_array();
}

// Options that the provider has not got.
void write_ignored(JsonWriter* json, uint32_t fields) {
    json->key(leat::text("ignored"));
    json->begin_array();
    const char* name = nullptr;
    for (uint32_t bit = 0; (name = leat_field_name(bit)) != nullptr; ++bit) {
        if ((fields >> bit & 1) != 0) {
            json->string(leat::text_of(name));
        }
    }
    json->end_array();
}

}  // namespace

void write_leat(JsonWriter* json, const leat_result& result, const RunFacts& run, const char* who,
                const leat_footprint* footprint) {
    const bool good = result.outcome == LEAT_SUCCEEDED;
    json->key(leat::text("leat"));
    json->begin_object();
    json->key(leat::text("index"));
    json->integer(static_cast<int64_t>(result.user_number));
    json->key(leat::text("status"));
    json->string(leat::text_of(leat_status_word(result.status)));
    json->key(leat::text("text"));
    if (good || !leat::empty(result.text)) {  // a failure's text: what came of a stream, or its misfit
        json->string(result.text);
    } else {
        json->null();
    }
    put_text(json, "finish_reason", finish_of(result));
    json->key(leat::text("attempts"));
    json->integer(result.attempts);
    json->key(leat::text("rate_limited"));
    json->integer(result.rate_limited);
    json->key(leat::text("retried"));
    json->boolean(result.retried != 0);
    json->key(leat::text("cached"));
    json->boolean(result.cached != 0);
    put_text(json, "model", result.model);
    write_usage(json, result.usage);
    write_costs(json, result, footprint);
    write_way(json, result, who);
    count_or_null(json, leat::text("started_ms"), run.started_ms);
    write_timing(json, result.timing);
    write_held(json, run.held);
    write_tool_calls(json, result.tool_calls, result.tool_calls_count);
    json->key(leat::text("tool_rounds"));
    json->integer(result.tool_rounds);
    write_tool_steps(json, result.tool_steps);
    put_text(json, "thinking", result.thinking);
    put_text(json, "refusal", result.refusal);
    json->key(leat::text("choice"));
    if (result.choice < 0) {
        json->null();
    } else {
        json->integer(result.choice);
    }
    write_choices(json, result);
    json->key(leat::text("partial"));
    json->boolean(result.partial != 0);
    write_ignored(json, result.ignored_fields);
    json->key(leat::text("metadata"));
    json->raw(leat::empty(result.metadata) ? leat::text("null") : result.metadata);
    json->end_object();
}

}  // namespace cli
