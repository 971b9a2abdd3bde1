// Any bytes as an answer or a stream of Ollama's own API: reading and explaining it ends in a
// status. See adapter_fuzz.h for what the first byte chooses.
#include "adapter_fuzz.h"
#include "provider/registry.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static leat::AdapterFuzz fuzz(leat::ollama_adapter);
    fuzz.run(data, size);
    return 0;
}
