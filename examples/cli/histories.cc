// cli/histories.cc: see histories.h. The context is read by the parser of lines, so that it may say what
// "messages" in a line may; the transcript is written by transcript.cc.
#include "cli/histories.h"

#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "codec/json_scan.h"

namespace cli {

namespace {

bool fail(Fault* fault, const char* code, const char* reason) {
    fault->code = code;
    snprintf(fault->reason, sizeof fault->reason, "%s", reason);
    return false;
}

}  // namespace

leat_status Histories::open_conversation(leat_history mode, leat_conversation** conversation) const {
    leat_conversation_config config;
    leat_conversation_config_init(&config);
    config.mode = mode;
    config.on_full = static_cast<leat_history_full>(settings_->when_full);
    config.tokens_max = settings_->history_tokens;
    leat_conversation_messages(context_, &config.messages, &config.messages_count);
    return leat_conversation_open(client_, &config, conversation);
}

// As the "messages" of a line, or as one message of the system.
bool Histories::read_context(leat_str context, ItemParser* parser) {
    leat_message system{};
    leat_request request;
    leat_request_init(&request);
    MappedBlock memory;
    system.role = leat::text("system");
    system.content = leat::json_trim(context);
    request.messages = &system;
    request.messages_count = leat::empty(system.content) ? 0 : 1;
    if (!leat::empty(system.content) && system.content.data[0] == '[') {
        constexpr char before[] = "{\"messages\":";
        constexpr size_t before_bytes = sizeof before - 1;
        if (!memory.map(context.size + before_bytes + 1)) {
            fprintf(stderr, "leat run: no memory for --context\n");
            return false;
        }
        char* const bytes = static_cast<char*>(memory.data());
        memcpy(bytes, before, before_bytes);
        memcpy(bytes + before_bytes, context.data, context.size);
        bytes[before_bytes + context.size] = '}';
        Line line{};
        line.data = bytes;
        line.size = context.size + before_bytes + 1;
        Fault fault;
        if (!parser->parse_json(line, &request, &fault)) {
            fprintf(stderr, "leat run: --context %s: %s\n", settings_->context, fault.reason);
            return false;
        }
    }
    leat_status status = open_conversation(LEAT_HISTORY_SHARED, &context_);
    if (status == LEAT_OK) {
        status = leat_conversation_append(context_, request.messages, request.messages_count);
    }
    if (status != LEAT_OK) {
        fprintf(stderr, "leat run: --context %s: %s%s\n", settings_->context, leat_status_hint(status),
                status == LEAT_E_CONVERSATION_FULL ? "; raise --conversation-bytes" : "");
    }
    return status == LEAT_OK;
}

bool Histories::are_sound(const Settings& settings) {
    if (settings.transcript != nullptr && !settings.has_chains()) {
        fprintf(stderr, "leat run: --transcript needs --history sequential\n");
        return false;
    }
    if (settings.only_failed && settings.has_chains()) {
        fprintf(stderr, "leat retry-failed: an item of a chain cannot be asked again out of its turn: "
                        "no --history sequential\n");
        return false;
    }
    if (settings.resume && settings.has_chains() && !settings.no_history &&
        static_cast<OnError>(settings.on_error) == OnError::skip) {
        fprintf(stderr, "leat run: a chain is resumed from the records of all its items: "
                        "no --on-error skip\n");
        return false;
    }
    return true;
}

bool Histories::open(const Settings& settings, const Defaults& defaults, leat_client* client,
                     ItemParser* parser) {
    settings_ = &settings;
    client_ = client;
    if (settings.no_history && !settings.quiet && (settings.has_chains() || settings.context != nullptr)) {
        fprintf(stderr, "leat run: --no-history: %s\n",
                settings.has_chains() ? "items go one after the other, but none sees those before it"
                                      : "--context is not sent");
    }
    if (!settings.has_conversations()) {
        return true;
    }
    if (!read_context(settings.no_history ? leat_str{nullptr, 0} : defaults.context(), parser)) {
        return false;
    }
    if (settings.has_chains() && !chains_.map(sizeof(Chain) * (settings.conversations + 1))) {
        fprintf(stderr, "leat run: no memory for the names of --conversations\n");
        return false;
    }
    return true;
}

leat_conversation* Histories::chain_of(leat_str name, Fault* fault) {
    const Hash128 key = siphash(SipKey{0, 0}, name.data, name.size);
    for (uint32_t i = 0; i < count_; ++i) {
        const Chain& chain = chains()[i];
        if (chain.key.low == key.low && chain.key.high == key.high &&
            leat::equal(leat::text(chain.name, chain.name_size), name)) {
            return chain.conversation;
        }
    }
    const bool is_named = !leat::empty(name);
    Chain* const chain = &chains()[count_];
    const leat_history mode = settings_->no_history ? LEAT_HISTORY_STATELESS : LEAT_HISTORY_SEQUENTIAL;
    if ((is_named && named_ == settings_->conversations) ||
        open_conversation(mode, &chain->conversation) != LEAT_OK) {
        (void)fail(fault, "too_many_conversations", "there are more names than --conversations");
        return nullptr;
    }
    chain->key = key;
    chain->name_size = static_cast<uint32_t>(name.size);
    if (name.size > 0) {
        memcpy(chain->name, name.data, name.size);
    }
    named_ += is_named ? 1 : 0;
    ++count_;
    return chain->conversation;
}

bool Histories::join(leat_str name, leat_request* request, Fault* fault) {
    if (!leat::empty(name) && !has_chains()) {
        return fail(fault, "no_chains", "\"conversation\" needs --history sequential or named");
    }
    const bool is_alone = settings_->only_named() && leat::empty(name);
    const bool has_context = settings_->context != nullptr && !settings_->no_history;
    if (!settings_->has_conversations() || (is_alone && !has_context)) {
        return true;
    }
    if (!leat::empty(request->body_json) && !settings_->no_history) {
        return fail(fault, "two_forms",
                    "nothing can go before a \"body\"; use \"messages\", or --no-history");
    }
    request->conversation = has_chains() && !is_alone ? chain_of(name, fault) : context_;
    return request->conversation != nullptr;
}

}  // namespace cli
