// fuzz: any bytes have an estimate, within what they can be; a request's body may be anything as well.
#include <leat/meter.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

namespace {

void require(bool condition) {
    if (!condition) abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const leat_str text = {reinterpret_cast<const char*>(data), size};
    const uint64_t scripts = leat_estimate_tokens(text, LEAT_ESTIMATE_SCRIPTS);
    const uint64_t quarter = leat_estimate_tokens(text, LEAT_ESTIMATE_QUARTER);
    require((scripts == 0) == (size == 0) && scripts <= 3 * size);
    require(quarter >= 1 && quarter <= size / 4 + 1);
    leat_request request;
    leat_request_init(&request);
    request.body_json = text;
    const leat_estimator estimators[] = {LEAT_ESTIMATE_SCRIPTS, LEAT_ESTIMATE_QUARTER};
    for (const leat_estimator one : estimators) {
        const uint64_t tokens = leat_estimate_request(&request, one);
        require(tokens >= 3 && tokens <= 20 * size + 16);
    }
    return 0;
}
