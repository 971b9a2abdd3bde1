// tests/replay/answers.h: one recorded answer on its way through leat, as flow leads it: the HTTP
// response reader, then the adapter; of a stream event by event, put together at the end. What
// comes out is told as facts, in the order in which facts.py expects them.
// Depends on codec, provider and cases.h. Nothing is kept from one reading to the next.
#pragma once

#include <leat/adapter.h>

#include <map>
#include <tuple>

#include "cases.h"
#include "codec/event_reader.h"
#include "codec/http_response.h"
#include "codec/stream_log.h"

namespace leat {

class AnswerReading {
public:
    explicit AnswerReading(const Case& c);

    // The bytes of the response, piece by piece; false when they are not taken.
    bool feed(Text piece);
    // The response is whole: what the adapter makes of it. What must not be is in `broken`.
    Fields facts();
    const std::string& broken() const { return broken_; }

private:
    static bool takes_body(void* user, const HttpResponse& response);
    static leat_status bytes_came(void* user, Text bytes);
    static leat_status event_came(void* user, const leat_event& cut);
    static void heard(void* user, const leat_stream* log, StreamKey key, leat_str piece);

    leat_reply reply_of();
    leat_status read_answer(const leat_reply& reply, leat_scratch* scratch, leat_answer* answer);
    Fields cache_facts(const leat_reply& reply, leat_scratch* scratch);
    void check_heard(const leat_answer& answer);

    const Case& case_;
    const leat_adapter* adapter_;
    Memory memory_;
    HttpResponse response_;
    leat_stream log_;
    EventReader reader_;
    std::vector<char> buffer_;
    std::map<std::tuple<int, int, int>, std::string> heard_;  // delta, choice, tool -> pieces
    std::string fault_data_;
    std::string broken_;
    bool ended_ = false;
    bool has_fault_ = false;
};

}  // namespace leat
