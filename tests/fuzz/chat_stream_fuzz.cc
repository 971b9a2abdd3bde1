// Any bytes as a Chat Completions answer or stream: reading and explaining it ends in a
// status. See adapter_fuzz.h for what the first byte chooses.
#include "adapter_fuzz.h"
#include "provider/registry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static leat::AdapterFuzz fuzz(*leat::find_adapter(leat::text("openai")));
    fuzz.run(data, size);
    return 0;
}
