// flow/lifecycle.h: making an engine out of a block, and ending it. Depends on the whole of flow.
// Invariant: after engine_close no byte of the block holds a credential or an answer.
#pragma once

#include "flow/batch.h"
#include "flow/layout.h"

namespace leat {

// block is aligned to 16 and has layout.end bytes; config is valid.
leat_status engine_open(const leat_config& config, const Layout& layout, void* block,
                        Engine** out);

// Closes every connection, ends every batch without a word, wipes what may hold a credential.
void engine_close(Engine* engine);

// Lays out a batch slot for a new batch. The first free one; nullptr when all are open.
Batch* free_batch(Engine* engine);
void batch_fill(Engine* engine, Batch* batch, const leat_batch_config& config);

}  // namespace leat
