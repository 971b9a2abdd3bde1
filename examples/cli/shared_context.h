// cli/shared_context.h: what all items of a run have in common (--context-cache), kept by the service:
// read from its file before the run, opened with the client, closed when the last item is done.
// Depends on leat's public headers and item.h. Invariant: what it says stays in memory until it is closed.
#pragma once

#include <leat/context.h>

#include "cli/item.h"
#include "cli/service.h"

namespace cli {

class SharedContext {
public:
    SharedContext() = default;
    SharedContext(const SharedContext&) = delete;
    SharedContext& operator=(const SharedContext&) = delete;

    // Takes the file's text, and what the options ask of every item that belongs before it: their system
    // text and their tools. False after it has said why. parser keeps what was read: it is used for nothing
    // else.
    bool read(const Settings& settings, ItemParser* parser, Defaults* defaults);
    // Nothing when the settings have none. False after it has said why.
    bool open(const Settings& settings, leat_client* client, const Service& service, Defaults* defaults);
    // The batch is done. The cache is deleted unless it is to stay.
    void close();

    bool is_used() const { return used_; }
    bool is_kept() const { return kept_; }
    // As it was before it was closed; name() with it.
    const leat_context_info& info() const { return info_; }
    const char* name() const { return name_; }
    // Why the last call that failed did; "": none has.
    const char* reason() const { return reason_; }

private:
    bool read_tags(const char* list);

    leat_request content_{};
    leat_header tags_[16];
    uint32_t tags_count_ = 0;
    leat_context* context_ = nullptr;
    leat_context_info info_{};
    char name_[80] = "";
    char reason_[160] = "";
    bool used_ = false;
    bool kept_ = false;
};

// What the usage cost less because of cached input, in dollars; < 0: not known, or nothing was cached.
double saved_by_cache(const Service& service, const leat_usage& usage);

}  // namespace cli
