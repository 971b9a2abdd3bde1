// tests/sim/provider_formats.h: one scripted answer in every wire format that leat's adapters read,
// whole and as a stream: the same text, thought-free, the same tool call, the same counts.
// Depends on the standard library only. Written by hand after the vendors' pages.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace sim_test {

struct ProviderFormat {
    const char* provider;
    const char* stream_type;
    std::string whole;
    std::vector<std::string> events;  // as they stand on the wire
    std::string error_event;          // for the middle of a stream
    std::string error_body;           // says that the server is overloaded or broke down

    std::string stream() const {
        std::string all;
        for (const std::string& event : events) all += event;
        return all;
    }
};

inline void PrintTo(const ProviderFormat& format, std::ostream* out) { *out << format.provider; }

// What every one of them says.
constexpr const char* provider_text = "Hello \xC3\xA9 there";
constexpr const char* provider_arguments = "{\"x\":[1,\"\xE6\xB0\xB4\"]}";

namespace formats {

inline std::string data(const std::string& json) { return "data: " + json + "\n\n"; }
inline std::string named(const std::string& type, const std::string& rest) {
    return "event: " + type + "\ndata: {\"type\":\"" + type + "\"" + rest + "}\n\n";
}

inline ProviderFormat openai() {
    const auto chunk = [](const std::string& delta, const std::string& finish = "null") {
        return data(R"({"id":"r1","model":"m-1","choices":[{"index":0,"delta":{)" + delta +
                    R"(},"finish_reason":)" + finish + "}]}");
    };
    const auto call = [&](const std::string& rest) {
        return chunk(R"("tool_calls":[{"index":0,)" + rest + "}]");
    };
    const std::string usage =
        R"("usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5})";
    return {"openai", "text/event-stream; charset=utf-8",
            R"({"id":"r1","model":"m-1","choices":[{"index":0,"message":{"role":"assistant",)"
            R"("content":"Hello \u00e9 there","tool_calls":[{"id":"c1","type":"function",)"
            R"("function":{"name":"f","arguments":"{\"x\":[1,\"\u6c34\"]}"}}]},)"
            R"("finish_reason":"tool_calls"}],)" + usage + "}",
            {chunk(R"("role":"assistant","content":"")"), chunk(R"("content":"Hel")"),
             ": keep-alive\n\n", chunk(R"("content":"lo \u00e9")"), chunk(R"("content":" there")"),
             call(R"("id":"c1","type":"function","function":{"name":"f","arguments":""})"),
             call(R"("function":{"arguments":"{\"x\":["})"),
             call(R"("function":{"arguments":"1,\"\u6c34\"]}"})"), chunk("", R"("tool_calls")"),
             data(R"({"choices":[],)" + usage + "}"), "data: [DONE]\n\n"},
            data(R"({"error":{"message":"boom","type":"server_error"}})"),
            R"({"error":{"message":"boom","type":"server_error","code":"server_is_overloaded"}})"};
}

inline ProviderFormat responses() {
    const std::string message = R"({"type":"message","id":"m1","role":"assistant","content":[)"
                                R"({"type":"output_text","text":"Hello \u00e9 there"}]})";
    const std::string call = R"({"type":"function_call","id":"f1","call_id":"c1","name":"f",)"
                             R"("arguments":"{\"x\":[1,\"\u6c34\"]}"})";
    const std::string done = R"({"id":"r1","model":"m-1","status":"completed","error":null,)"
                             R"("output":[)" + message + "," + call +
                             R"(],"usage":{"input_tokens":3,"output_tokens":2,"total_tokens":5}})";
    const auto text = [](const std::string& piece) {
        return named("response.output_text.delta",
                     R"(,"item_id":"m1","output_index":0,"content_index":0,"delta":")" + piece +
                         "\"");
    };
    const auto arguments = [](const std::string& piece) {
        return named("response.function_call_arguments.delta",
                     R"(,"item_id":"f1","output_index":1,"delta":")" + piece + "\"");
    };
    return {"openai-responses", "text/event-stream", done,
            {named("response.created",
                   R"(,"response":{"id":"r1","model":"m-1","status":"in_progress","output":[]})"),
             named("response.output_item.added", R"(,"output_index":0,"item":{"type":"message",)"
                                                 R"("id":"m1","role":"assistant","content":[]})"),
             text("Hel"), text("lo \\u00e9"), text(" there"),
             named("response.output_item.done", R"(,"output_index":0,"item":)" + message),
             named("response.output_item.added",
                   R"(,"output_index":1,"item":{"type":"function_call","id":"f1",)"
                   R"("call_id":"c1","name":"f","arguments":""})"),
             arguments(R"({\"x\":[)"), arguments(R"(1,\"\u6c34\"]})"),
             named("response.output_item.done", R"(,"output_index":1,"item":)" + call),
             named("response.completed", R"(,"response":)" + done)},
            named("error", R"(,"code":"server_error","message":"boom","param":null)"),
            R"({"error":{"message":"boom","type":"server_error","code":"server_is_overloaded"}})"};
}

inline ProviderFormat anthropic() {
    const auto delta = [](const std::string& index, const std::string& inside) {
        return named("content_block_delta",
                     ",\"index\":" + index + ",\"delta\":{" + inside + "}   ");
    };
    return {"anthropic", "text/event-stream; charset=utf-8",
            R"({"id":"r1","type":"message","role":"assistant","model":"m-1","content":[{"type":)"
            R"("text","text":"Hello \u00e9 there"},{"type":"tool_use","id":"c1","name":"f",)"
            R"("input":{"x":[1,"水"]}}],"stop_reason":"tool_use","usage":{"input_tokens":3,)"
            R"("output_tokens":2}})",
            {named("message_start", R"(,"message":{"id":"r1","role":"assistant","model":"m-1",)"
                                    R"("content":[],"usage":{"input_tokens":3,"output_tokens":1}})"),
             named("content_block_start",
                   R"(,"index":0,"content_block":{"type":"text","text":""})"),
             named("ping", ""), delta("0", R"("type":"text_delta","text":"Hel")"),
             delta("0", R"("type":"text_delta","text":"lo \u00e9")"),
             delta("0", R"("type":"text_delta","text":" there")"),
             named("content_block_stop", R"(,"index":0)"),
             named("content_block_start",
                   R"(,"index":1,"content_block":{"type":"tool_use","id":"c1","name":"f",)"
                   R"("input":{}})"),
             delta("1", R"("type":"input_json_delta","partial_json":"{\"x\":[")"),
             delta("1", R"("type":"input_json_delta","partial_json":"1,\"\u6c34\"]}")"),
             named("content_block_stop", R"(,"index":1)"),
             named("message_delta",
                   R"(,"delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":2})"),
             named("message_stop", "")},
            named("error", R"(,"error":{"type":"overloaded_error","message":"boom"})"),
            R"({"type":"error","error":{"type":"overloaded_error","message":"boom"}})"};
}

inline ProviderFormat gemini() {
    const auto part = [](const std::string& parts, const std::string& more = "") {
        return "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" + parts +
               "]}" + more +
               ",\"index\":0}],\"usageMetadata\":{\"promptTokenCount\":3,"
               "\"candidatesTokenCount\":2,\"totalTokenCount\":5},\"modelVersion\":\"m-1\","
               "\"responseId\":\"r1\"}\r\n\r\n";
    };
    const std::string call = R"({"functionCall":{"name":"f","args":{"x":[1,"水"]}}})";
    return {"gemini", "text/event-stream",
            part(R"({"text":"Hello \u00e9 there"},)" + call, R"(,"finishReason":"STOP")").substr(6),
            {part(R"({"text":"Hel"})"), part(R"({"text":"lo \u00e9"})"), part(R"({"text":" there"})"),
             part(call, R"(,"finishReason":"STOP")")},
            data(R"({"error":{"code":503,"message":"boom","status":"UNAVAILABLE"}})"),
            R"({"error":{"code":503,"message":"boom","status":"UNAVAILABLE"}})"};
}

inline ProviderFormat ollama() {
    const std::string head = R"({"model":"m-1","created_at":"t","message":{"role":"assistant",)";
    const std::string call =
        R"("tool_calls":[{"id":"c1","function":{"name":"f","arguments":{"x":[1,"水"]}}}])";
    const std::string end = R"(,"done":true,"done_reason":"stop","prompt_eval_count":3,)"
                            R"("eval_count":2})";
    const auto line = [&](const std::string& inside) {
        return head + inside + "},\"done\":false}\n";
    };
    return {"ollama", "application/x-ndjson",
            head + R"("content":"Hello \u00e9 there",)" + call + "}" + end,
            {line(R"("content":"Hel")"), line(R"("content":"lo \u00e9")"),
             line(R"("content":" there")"), line(R"("content":"",)" + call),
             head + R"("content":""})" + end + "\n"},
            "{\"error\":\"boom\"}\n", R"({"error":"boom: server busy"})"};
}

}  // namespace formats

inline const std::vector<ProviderFormat>& provider_formats() {
    static const std::vector<ProviderFormat> all = {formats::openai(), formats::responses(),
                                                    formats::anthropic(), formats::gemini(),
                                                    formats::ollama()};
    return all;
}

}  // namespace sim_test
