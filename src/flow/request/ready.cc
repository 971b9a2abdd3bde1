// flow/request/ready.cc: from a request's texts to the gate: it is built, and what is built goes on its way.
// Invariant: an item that comes here is in no list and leaves in exactly one: that of its domain, one in
// which it is parked, or its batch's done items.
#include "base/check.h"
#include "codec/scratch.h"
#include "codec/utf8.h"
#include "flow/admission/admission.h"
#include "flow/answer/answer.h"
#include "flow/cache/cache.h"
#include "flow/context/context.h"
#include "flow/exchange/exchange.h"
#include "flow/item.h"
#include "flow/outcome/outcome.h"
#include "flow/request/prepare.h"
#include "flow/request/request.h"
#include "meter/usage.h"

namespace leat {

namespace {

constexpr size_t echo_characters = 50;  // B15
constexpr Text dry_words = text("[dry run] ");

Text last_words(const leat_request& asked) {
    if (!empty(asked.prompt)) return asked.prompt;
    for (uint32_t i = asked.messages_count; i > 0; --i) {
        if (!empty(asked.messages[i - 1].content)) return asked.messages[i - 1].content;
    }
    return asked.body_json;
}

// The first characters of valid UTF-8.
Text first_characters(Text t, size_t count) {
    size_t size = 0;
    for (; size < t.size; ++size) {
        const bool begins = (static_cast<unsigned char>(t.data[size]) & 0xc0) != 0x80;
        if (begins && count-- == 0) break;
    }
    return head(t, size);
}

leat_status plain_dry_run(Item* item, leat_answer* answer) {
    const Text echo = first_characters(last_words(*item->asked), echo_characters);
    char* const room = static_cast<char*>(item->arena.take(dry_words.size + echo.size, 1));
    if (room == nullptr) return LEAT_E_ITEM_MEMORY;
    memcpy(room, dry_words.data, dry_words.size);
    if (echo.size > 0) memcpy(room + dry_words.size, echo.data, echo.size);
    answer->text = text(room, dry_words.size + echo.size);
    answer->finish = LEAT_FINISH_STOP;
    answer->model = item->model;
    answer->usage.input_tokens = 100;
    answer->usage.output_tokens = 50;
    answer->usage.total_tokens = 150;
    return LEAT_OK;
}

// An answer without a request.
void run_dry(Engine* engine, Item* item) {
    const leat_adapter& adapter = *item->endpoint->adapter;
    leat_answer answer{};
    answer.usage = unknown_usage();
    leat_scratch scratch;
    scratch.arena = &item->arena;
    const leat_build build = build_of(*item);
    const leat_status status = adapter.dry_run != nullptr ? adapter.dry_run(&build, &scratch, &answer)
                                                          : plain_dry_run(item, &answer);
    if (status != LEAT_OK) {
        finish_item(engine, item, LEAT_FAILED, status, LEAT_STAGE_BUILD);
        return;
    }
    keep_answer(item, answer);
    finish_item(engine, item, LEAT_SUCCEEDED, LEAT_OK, LEAT_STAGE_DONE);
}

}  // namespace

void begin_request(Engine* engine, Item* item) {
    LEAT_CHECK(item->connection == nullptr && !item->link.linked());
    item->state = ItemState::parked;  // a callback may cancel it
    item->parked_in = nullptr;
    item->build_again = false;
    forget_last_attempt(item);
    item->arena.rewind(item->request_mark);
    item->rope = Rope{};
    item->asked = &item->request;
    if (!prepare_admits(engine, item) || !context_admits(engine, item)) return;
    const leat_status built = build_request(engine, item);
    if (built != LEAT_OK) {
        finish_item(engine, item, LEAT_FAILED, built, LEAT_STAGE_BUILD);
        return;
    }
    ready_item(engine, item);
}

void ready_item(Engine* engine, Item* item) {
    if (item->batch->config.dry_run != 0) {
        run_dry(engine, item);
        return;
    }
    // While it was parked its endpoint may have been given up.
    const leat_status stopped = item->endpoint->stopped;
    if (stopped != LEAT_OK) {
        if (fall_back(engine, item, stopped)) return;
        finish_item(engine, item, LEAT_CANCELLED, stopped, LEAT_STAGE_WAITING);
        return;
    }
    if (cache_settles(engine, item)) return;
    to_waiting(engine, item);
}

}  // namespace leat
