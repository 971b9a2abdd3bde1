// Drives a fuzz target without libFuzzer: each file given, and each of its beginnings, once, from
// a heap block of exactly its size. Prints how many inputs ran; any fault ends the process.
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

constexpr size_t file_bytes_max = 1 << 20;
constexpr size_t beginnings_max = 512;
uint8_t file_bytes[file_bytes_max];

void feed(size_t size) {
    uint8_t* const input = static_cast<uint8_t*>(malloc(size == 0 ? 1 : size));
    if (input == nullptr) abort();
    if (size > 0) memcpy(input, file_bytes, size);
    (void)LLVMFuzzerTestOneInput(input, size);
    free(input);
}

}  // namespace

int main(int argc, char** argv) {
    size_t inputs = 0;
    for (int i = 1; i < argc; ++i) {
        FILE* const file = fopen(argv[i], "rb");
        if (file == nullptr) {
            perror(argv[i]);
            return 2;
        }
        const size_t size = fread(file_bytes, 1, sizeof file_bytes, file);
        fclose(file);
        feed(size);
        ++inputs;
        for (size_t part = 0; part < size && part < beginnings_max; ++part, ++inputs) feed(part);
    }
    printf("%zu inputs\n", inputs);
    return inputs > 0 ? 0 : 2;
}
