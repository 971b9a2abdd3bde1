// fuzz: a response in any cut gives the verdict of the whole. The first byte chooses limits and
// mode, the next eight how the rest is cut; each piece lies in memory of its own.
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/poison.h"
#include "codec/http_response.h"

namespace {

using namespace leat;

constexpr size_t store_bytes = 4096;
constexpr size_t cuts = 8;

struct Outcome {
    leat_status verdict;
    bool complete;
    bool keep_alive;
    int status;
    size_t consumed;
    size_t body_bytes;
    char body[store_bytes];
};

void require(bool condition) {
    if (!condition) abort();
}

// Feeds one piece from a heap block of exactly its size; true while more is wanted.
bool feed_piece(HttpResponse* response, const uint8_t* data, size_t size, size_t* consumed) {
    char* const piece = static_cast<char*>(malloc(size == 0 ? 1 : size));
    require(piece != nullptr);
    if (size > 0) memcpy(piece, data, size);
    size_t used = 0;
    const leat_status status = response->feed(piece, size, &used);
    require(used <= size);
    require(used == size || status != LEAT_OK || response->complete());
    require(status == response->verdict());
    free(piece);
    *consumed += used;
    return status == LEAT_OK && !response->complete();
}

void run(uint8_t mode, const uint8_t* data, size_t size, const uint8_t* pieces, Outcome* out) {
    static char store[store_bytes];
    HttpLimits limits;
    limits.header_bytes_max = (mode & 1) != 0 ? 64 : 1024;
    limits.headers_max = (mode & 2) != 0 ? 3 : 256;
    limits.body_bytes_max = (mode & 4) != 0 ? 10 : 2000;
    limits.chunk_overhead_bytes = (mode & 8) != 0 ? 40 : 100 * 1024;
    const HttpAnswerTo to = (mode & 16) != 0 ? HttpAnswerTo::connect : HttpAnswerTo::request;
    unpoison(store, sizeof store);
    Arena arena;
    arena.open(store, (mode & 32) != 0 ? 100 : sizeof store);
    HttpResponse response;
    response.open(limits, &arena, BodySink{}, to);
    memset(out, 0, sizeof *out);
    size_t at = 0;
    bool more = true;
    for (size_t i = 0; pieces != nullptr && i < cuts && more; ++i) {
        const size_t piece = pieces[i] < size - at ? pieces[i] : size - at;
        more = feed_piece(&response, data + at, piece, &out->consumed);
        at += piece;
    }
    if (more) (void)feed_piece(&response, data + at, size - at, &out->consumed);
    if ((mode & 64) != 0) (void)response.finish((mode & 128) != 0);
    out->verdict = response.verdict();
    out->complete = response.complete();
    out->keep_alive = response.keep_alive();
    require(out->complete || !out->keep_alive);
    if (!out->complete) out->consumed = 0;
    if (!out->complete) return;
    out->status = response.status();
    out->body_bytes = response.body().size;
    require(out->body_bytes <= limits.body_bytes_max);
    if (out->body_bytes > 0) memcpy(out->body, response.body().data, out->body_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1 + cuts) return 0;
    static Outcome whole;
    static Outcome cut;
    run(data[0], data + 1 + cuts, size - 1 - cuts, nullptr, &whole);
    run(data[0], data + 1 + cuts, size - 1 - cuts, data + 1, &cut);
    require(memcmp(&whole, &cut, sizeof whole) == 0);
    // One byte at a time, for as long as the pieces reach.
    constexpr uint8_t ones[cuts] = {1, 1, 1, 1, 1, 1, 1, 1};
    run(data[0], data + 1 + cuts, size - 1 - cuts, ones, &cut);
    require(memcmp(&whole, &cut, sizeof whole) == 0);
    return 0;
}
