// P7: whatever the provider, a long text of a shared history goes out in the form that lies ready: every
// adapter puts its messages' texts into ropes as they are, and none copies or escapes them anew.
#include "adapter_help.h"
#include "flow/conversation/history.h"

namespace leat {
namespace {

uint32_t segments_at(const Rope& rope, const char* data) {
    uint32_t found = 0;
    for (const RopeBlock* block = rope.first; block != nullptr; block = block->next) {
        for (uint32_t i = 0; i < block->count; ++i) found += block->segments[i].source.data == data ? 1 : 0;
    }
    return found;
}

TEST(KnownText, P7_every_adapter_refers_to_the_form_that_lies_ready) {
    const std::string words = std::string(500, 'w') + "\"\n" + std::string(500, 'w');
    std::vector<uint64_t> memory(History::bytes_for(3, 10000) / 8);
    History history;
    history.open(memory.data(), 3, 10000);
    leat_message said[3] = {};
    const Text roles[] = {text("system"), text("user"), text("assistant")};
    for (int i = 0; i < 3; ++i) {
        said[i].role = roles[i];
        said[i].content = view(words);
    }
    ASSERT_EQ(history.append(said, 3), LEAT_OK);
    leat_request request;
    leat_request_init(&request);
    request.messages = history.list();
    request.messages_count = history.count();
    request.prompt = text("And now?");
    for (uint32_t n = 0; const leat_adapter* const adapter = adapter_at(n); ++n) {
        // What gemini-cached is told of the system lies in the cache: it takes no such messages.
        if (adapter->build == nullptr || strcmp(adapter->name, "gemini-cached") == 0) continue;
        SCOPED_TRACE(adapter->name);
        AdapterArena arena(65536);
        leat_rope rope;
        rope.arena = arena.get();
        rope.known = history.known();
        leat_build order{};
        order.request = &request;
        order.model = text("m");
        order.context = adapter->context;
        ASSERT_EQ(adapter->build(&order, &rope), LEAT_OK);
        for (uint32_t i = 0; i < history.count(); ++i) {
            const KnownText* const known = history.known().find(history.list()[i].content);
            ASSERT_NE(known, nullptr);
            EXPECT_EQ(segments_at(rope.rope, known->escaped.data), 1u) << "message " << i;
        }
    }
}

}  // namespace
}  // namespace leat
