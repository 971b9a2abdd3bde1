// cli/record_people.cc: the two forms of a record that people read.
// compact: ID <tab> STATUS <tab> TEXT on one line; tab, line end and backslash are written \t \n \\.
// text: a heading and the answer as it is, an empty line behind it.
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"
#include "cli/record.h"

namespace cli {

namespace {

// Bytes into a buffer that may turn out too small.
struct Sink {
    char* out;
    size_t capacity;
    size_t size;

    void put(const char* bytes, size_t count) {
        if (size + count <= capacity) {
            memcpy(out + size, bytes, count);
        }
        size += count;
    }
    void put(leat_str text) { put(text.data, text.size); }
    void put(const char* word) { put(word, strlen(word)); }
    size_t whole() const { return size <= capacity ? size : 0; }
};

void put_escaped(Sink* sink, leat_str text) {
    for (size_t i = 0; i < text.size; ++i) {
        switch (text.data[i]) {
            case '\t': sink->put("\\t", 2); break;
            case '\n': sink->put("\\n", 2); break;
            case '\r': sink->put("\\r", 2); break;
            case '\\': sink->put("\\\\", 2); break;
            default: sink->put(&text.data[i], 1); break;
        }
    }
}

void put_harmless(Sink* sink, leat_str text) {
    for (size_t i = 0; i < text.size; ++i) {
        sink->put(is_control(text.data[i]) ? "?" : &text.data[i], 1);
    }
}

// What a model that says nothing asks for instead.
void put_calls(Sink* sink, const leat_result& result) {
    for (uint32_t i = 0; i < result.tool_calls_count; ++i) {
        sink->put("calls ");
        put_harmless(sink, result.tool_calls[i].name);
        sink->put("(");
        put_harmless(sink, result.tool_calls[i].arguments_json);
        sink->put(i + 1 < result.tool_calls_count ? ")\n" : ")");
    }
}

}  // namespace

size_t RecordWriter::people_result(const leat_result& result, char* out, size_t capacity) {
    Sink sink{out, capacity, 0};
    const bool good = result.outcome == LEAT_SUCCEEDED;
    const char* hint = leat_status_hint(result.status);
    leat_str said = good ? result.text : clean(result.error_message);
    if (!good && leat::empty(said)) {
        said = leat_str{hint, strlen(hint)};
    }
    if (format_ == Format::compact) {
        put_escaped(&sink, result.id);
        sink.put("\t");
        sink.put(leat_status_word(result.status));
        sink.put("\t");
        put_escaped(&sink, said);
        sink.put("\n");
        return sink.whole();
    }
    sink.put("## ");
    put_harmless(&sink, result.id);
    if (!good) {
        sink.put(": ");
        sink.put(leat_status_word(result.status));
    }
    sink.put("\n");
    put_harmless(&sink, said);
    if (good && leat::empty(said)) {
        put_harmless(&sink, result.refusal);
        put_calls(&sink, result);
    }
    sink.put("\n\n");
    return sink.whole();
}

}  // namespace cli
