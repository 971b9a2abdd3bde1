// port/posix/mapped.cc: a client in a block that is mapped for it: two calls fewer for programs that
// do not manage memory themselves. Depends on the public headers only.
#include <leat/memory.h>
#include <leat/posix.h>

leat_status leat_open_mapped(const leat_config* config, leat_client** client) {
    if (config == nullptr || client == nullptr) return LEAT_E_ARGUMENT;
    *client = nullptr;
    const size_t bytes = leat_memory_required(config);
    // 0 stands for a configuration that is invalid; leat_open says how, given any block.
    void* block = nullptr;
    leat_status status = leat_posix_map(bytes != 0 ? bytes : 4096, &block);
    if (status != LEAT_OK) return status;
    leat_config fresh = *config;
    fresh.block_is_zero = 1;
    status = leat_open(&fresh, block, bytes, client);
    if (status != LEAT_OK) leat_posix_unmap(block, bytes != 0 ? bytes : 4096);
    return status;
}

void leat_close_mapped(leat_client* client) {
    if (client == nullptr) return;
    size_t bytes = 0;
    void* const block = leat_memory_block(client, &bytes);
    leat_close(client);
    leat_posix_unmap(block, bytes);
}
