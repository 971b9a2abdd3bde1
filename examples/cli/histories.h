// cli/histories.h: the conversations of a run: what --context says before every item, and the chains
// of --history sequential, one for each name that lines give and one for those without.
// Depends on the client, the item parser and mapped memory. Invariant: a name keeps its conversation to
// the end of the run.
#pragma once

#include <leat/conversation.h>

#include "cli/item.h"
#include "cli/mapped_block.h"
#include "cli/options.h"
#include "cli/siphash.h"

namespace cli {

class Histories {
public:
    // Options that do not go together. False after it has said why.
    static bool are_sound(const Settings& settings);
    // False after it has said why. parser is borrowed for the call, client until the object ends.
    bool open(const Settings& settings, const Defaults& defaults, leat_client* client,
              ItemParser* parser);

    // Gives the request the conversation that it belongs to. False: *fault says why it has none.
    bool join(leat_str name, leat_request* request, Fault* fault);
    // The transcript, as settings ask for it. False after it has said why.
    bool write_transcript(const char* path) const;

    bool has_chains() const { return settings_ != nullptr && settings_->has_chains(); }
    // Its items are turns of it; what all share is none.
    bool is_chain(const leat_conversation* conversation) const {
        return conversation != nullptr && conversation != context_;
    }

private:
    struct Chain {
        Hash128 key;
        leat_conversation* conversation;
        uint32_t name_size;
        char name[conversation_name_bytes];
    };
    bool read_context(leat_str context, ItemParser* parser);
    leat_status open_conversation(leat_history mode, leat_conversation** conversation) const;
    leat_conversation* chain_of(leat_str name, Fault* fault);
    Chain* chains() const { return static_cast<Chain*>(chains_.data()); }

    const Settings* settings_ = nullptr;
    leat_client* client_ = nullptr;
    leat_conversation* context_ = nullptr;  // what every item and every chain begins with
    MappedBlock chains_;
    uint32_t count_ = 0;
    uint32_t named_ = 0;
};

}  // namespace cli
