// api/simple.cc: the blocking calls: a batch of one, and a batch of prompts whose texts go into the
// caller's memory. Depends on the batch's public functions, and on flow for what only the engine knows.
// Invariant: whatever is answered, no batch stays open but that of a result which leat_complete gave out.
#include <leat/leat.h>

#include "base/narrow.h"
#include "flow/engine.h"
#include "flow/outcome/outcome.h"

namespace {

using leat::Text;

// An empty prompt is a message without content: a request that has neither is taken for a mistake.
constexpr leat_message turn_of_user() {
    leat_message turn{};
    turn.role = leat::text("user");
    return turn;
}

constexpr leat_message empty_turn = turn_of_user();

// One leat_run_prompts on its way.
struct Run {
    leat_batch* batch;
    const Text* prompts;
    size_t count;
    size_t submitted;
    bool hides_failures;
    leat_texts* texts;
    size_t used_bytes;
    bool overflowed;
};

// The text of one prompt in its parts, which stand one behind the other.
struct Parts {
    Text list[4];
};

void put(Run* run, uint64_t index, leat_status status, const Parts& parts) {
    leat_texts* const texts = run->texts;
    size_t bytes = 0;
    for (const Text part : parts.list) bytes += part.size;
    texts->needed_bytes += bytes;
    const bool fits = bytes <= texts->buffer_bytes - run->used_bytes;
    texts->list[index] = Text{nullptr, 0};
    if (fits && bytes > 0) {
        texts->list[index] = Text{texts->buffer + run->used_bytes, bytes};
        for (const Text part : parts.list) {
            if (!leat::empty(part)) memcpy(texts->buffer + run->used_bytes, part.data, part.size);
            run->used_bytes += part.size;
        }
    }
    run->overflowed = run->overflowed || !fits;
    if (texts->statuses != nullptr) texts->statuses[index] = fits ? status : LEAT_E_TOO_LARGE;
}

void put_failure(Run* run, uint64_t index, leat_status status, Text reason) {
    if (leat::empty(reason)) reason = leat::text_of(leat_status_hint(status));
    char digits[20];
    const Text number = leat::text(digits, leat::print_u64(digits, index + 1));
    Parts parts{};
    const uint32_t marker =
        run->hides_failures ? uint32_t{LEAT_MARKER_NONE} : leat::enum_number(run->texts->marker);
    if (marker == LEAT_MARKER_PROMPT) {
        parts = {{leat::text("Error processing prompt "), number, leat::text(": "), reason}};
    } else if (marker == LEAT_MARKER_ERROR) {
        parts = {{leat::text("Error: "), reason, {}, {}}};
    }
    put(run, index, status, parts);
}

void put_result(Run* run, const leat_result& result) {
    if (result.status == LEAT_OK) {
        put(run, result.index, LEAT_OK, {{result.text, {}, {}, {}}});
    } else {
        put_failure(run, result.index, result.status, result.error_message);
    }
}

// As many as there is room for.
leat_status submit_some(Run* run) {
    while (run->submitted < run->count && !run->batch->finished) {
        leat_request request;
        leat_request_init(&request);
        request.prompt = run->prompts[run->submitted];
        if (leat::empty(request.prompt)) {
            request.messages = &empty_turn;
            request.messages_count = 1;
        }
        const leat_status status = leat_submit(run->batch, &request, nullptr);
        if (status == LEAT_E_WOULD_BLOCK) return LEAT_OK;
        LEAT_TRY(status);
        ++run->submitted;
    }
    return leat_batch_finish(run->batch);
}

leat_status run_to_its_end(Run* run) {
    for (;;) {
        LEAT_TRY(submit_some(run));
        const leat_result* result = nullptr;
        const leat_status status = leat_batch_next(run->batch, &result);
        if (status == LEAT_E_DONE) return LEAT_OK;
        if (status == LEAT_OK) {
            put_result(run, *result);
            leat_result_release(run->batch, result);
        } else {
            LEAT_TRY(leat_batch_run(run->batch));
        }
    }
}

// How the batch ended as a whole.
leat_status end_of(const Run& run) {
    const leat_batch& batch = *run.batch;
    if (batch.stop == leat::BatchStop::none) return run.overflowed ? LEAT_E_TOO_LARGE : LEAT_OK;
    const bool by_failure =
        batch.stop_status == LEAT_E_ABORTED && batch.summary.first_error != LEAT_OK;
    return by_failure ? batch.summary.first_error : batch.stop_status;
}

leat_status texts_status(const leat_texts* texts, const Text* prompts, size_t count) {
    if (texts == nullptr) return LEAT_E_ARGUMENT;
    if (texts->struct_size != sizeof *texts) return LEAT_E_STRUCT_SIZE;
    bool is_sound = leat::enum_number(texts->marker) <= LEAT_MARKER_NONE &&
                    (texts->buffer != nullptr || texts->buffer_bytes == 0) &&
                    (count == 0 || (prompts != nullptr && texts->list != nullptr));
    for (size_t i = 0; is_sound && i < count; ++i) is_sound = leat::is_sound(prompts[i]);
    return is_sound ? LEAT_OK : LEAT_E_ARGUMENT;
}

}  // namespace

void leat_texts_init(leat_texts* texts) {
    if (texts == nullptr) return;
    *texts = leat_texts{};
    texts->struct_size = sizeof *texts;
}

leat_status leat_complete(leat_client* client, leat_endpoint endpoint, const leat_request* request,
                          const leat_result** result) {
    if (result == nullptr) return LEAT_E_ARGUMENT;
    *result = nullptr;
    if (client == nullptr || request == nullptr) return LEAT_E_ARGUMENT;
    if (client->in_step) return LEAT_E_REENTRANT;
    leat_batch_config config;
    leat_batch* batch = nullptr;
    leat_batch_config_init(&config);
    config.endpoint = endpoint;
    LEAT_TRY(leat_batch_open(client, &config, &batch));
    leat_status status = leat_submit(batch, request, nullptr);
    if (status == LEAT_OK) status = leat_batch_finish(batch);
    if (status == LEAT_OK) status = leat_batch_run(batch);
    if (status == LEAT_OK) status = leat_batch_next(batch, result);
    if (*result == nullptr) {
        leat_batch_close(batch);
        return status;
    }
    batch->is_of_complete = true;
    return (*result)->status;
}

void leat_complete_release(leat_client* client, const leat_result* result) {
    if (client == nullptr || result == nullptr) return;
    const leat::Item* const item = leat::held_item(client, result);
    if (item != nullptr && item->batch->is_of_complete) leat_batch_close(item->batch);
}

leat_status leat_run_prompts(leat_client* client, const leat_batch_config* config,
                             const leat_str* prompts, size_t count, leat_texts* texts) {
    if (client == nullptr || config == nullptr) return LEAT_E_ARGUMENT;
    if (client->in_step) return LEAT_E_REENTRANT;
    LEAT_TRY(texts_status(texts, prompts, count));
    if (config->struct_size != sizeof *config) return LEAT_E_STRUCT_SIZE;
    const bool takes_results =
        config->source != nullptr || config->on_result != nullptr || config->on_writable != nullptr;
    if (takes_results) return LEAT_E_ARGUMENT;
    leat_batch_config own = *config;
    const bool hides_failures = leat::enum_number(config->on_failure) == LEAT_ON_FAILURE_SKIP;
    // The batch would drop them before their status is known here.
    if (hides_failures) own.on_failure = LEAT_ON_FAILURE_CONTINUE;
    Run run = {nullptr, prompts, count, 0, hides_failures, texts, 0, false};
    LEAT_TRY(leat_batch_open(client, &own, &run.batch));
    texts->needed_bytes = 0;
    leat_status status = run_to_its_end(&run);
    if (status == LEAT_OK) {
        // A batch that stopped took no more of them.
        for (size_t i = run.submitted; i < count; ++i) {
            put_failure(&run, i, run.batch->stop_status, Text{nullptr, 0});
        }
        status = end_of(run);
    }
    if (texts->summary != nullptr) leat_batch_summary(run.batch, texts->summary);
    leat_batch_close(run.batch);
    return status;
}
