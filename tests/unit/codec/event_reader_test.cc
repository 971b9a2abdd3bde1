// event_reader_test.cc: streams cut into events, whole, byte by byte and at every split.
// Depends on gtest and codec. Rule: the events never depend on how the bytes came.
#include "codec/event_reader.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace leat {
namespace {

using Events = std::vector<std::string>;  // "name|data"

struct Reading {
    Events events;
    leat_status answer = LEAT_OK;  // what take answers
    static leat_status take(void* user, const leat_event& event) {
        Reading* const self = static_cast<Reading*>(user);
        self->events.push_back(std::string(event.name.data, event.name.size) + "|" +
                               std::string(event.data.data, event.data.size));
        return self->answer;
    }
};

struct Outcome {
    Events events;
    leat_status status;
    bool operator==(const Outcome& o) const { return events == o.events && status == o.status; }
};

// Feeds `stream` in the pieces that the cuts make. Each piece lies in memory of its own size, so
// that a read over its end is seen by ASan.
Outcome read(leat_stream_format format, const std::string& stream, const std::vector<size_t>& cuts,
             size_t capacity = 4096) {
    Reading reading;
    std::vector<char> buffer(capacity);
    EventReader reader;
    reader.open(format, buffer.data(), capacity, Reading::take, &reading);
    leat_status status = LEAT_OK;
    size_t at = 0;
    for (size_t i = 0; i <= cuts.size() && status == LEAT_OK; ++i) {
        const size_t end = i < cuts.size() ? cuts[i] : stream.size();
        std::vector<char> piece(stream.begin() + static_cast<ptrdiff_t>(at),
                                stream.begin() + static_cast<ptrdiff_t>(end));
        status = reader.feed(text(piece.data(), piece.size()));
        at = end;
    }
    if (status == LEAT_OK) status = reader.finish();
    EXPECT_LE(reader.used_peak(), capacity);
    return {reading.events, status};
}

struct Vector {
    const char* what;
    leat_stream_format format;
    std::string stream;
    Events events;
};

const Vector vectors[] = {
    {"one event", LEAT_STREAM_SSE, "data: a\n\n", {"|a"}},
    {"CRLF", LEAT_STREAM_SSE, "data: a\r\n\r\ndata: b\r\n\r\n", {"|a", "|b"}},
    {"CR alone", LEAT_STREAM_SSE, "data: a\r\rdata: b\r\r", {"|a", "|b"}},
    {"mixed ends", LEAT_STREAM_SSE, "data: a\r\n\ndata: b\n\r\ndata: c\r\r\n", {"|a", "|b", "|c"}},
    {"a name", LEAT_STREAM_SSE, "event: ping\ndata: {}\n\n", {"ping|{}"}},
    {"the name after the data", LEAT_STREAM_SSE, "data: {}\nevent: x\n\n", {"x|{}"}},
    {"a name dies with its event", LEAT_STREAM_SSE, "event: x\ndata: 1\n\ndata: 2\n\n", {"x|1", "|2"}},
    {"a name without data", LEAT_STREAM_SSE, "event: x\n\ndata: 2\n\n", {"|2"}},
    {"lines of data are joined", LEAT_STREAM_SSE, "data: a\ndata: b\ndata:\ndata: c\n\n", {"|a\nb\n\nc"}},
    {"comments", LEAT_STREAM_SSE, ": hello\n\n:\n\n: OPENROUTER PROCESSING\n\ndata: a\n:x\n\n", {"|a"}},
    {"keep-alive blank lines", LEAT_STREAM_SSE, "\n\n\r\n\ndata: a\n\n\n\n", {"|a"}},
    {"only one blank is taken", LEAT_STREAM_SSE, "data:  a \n\n", {"| a "}},
    {"no blank", LEAT_STREAM_SSE, "data:a:b\n\n", {"|a:b"}},
    {"empty data is an event", LEAT_STREAM_SSE, "data:\n\ndata\n\n", {"|", "|"}},
    {"other fields", LEAT_STREAM_SSE, "id: 7\nretry: 10\nfoo: bar\ndata: a\n\n", {"|a"}},
    {"a byte order mark", LEAT_STREAM_SSE, "\xEF\xBB\xBF" "data: a\n\n", {"|a"}},
    {"a byte order mark on a line of its own", LEAT_STREAM_SSE,
     "\xEF\xBB\xBF\nevent: e\ndata: a\n\ndata: b\n\n", {"e|a", "|b"}},
    {"no last blank line", LEAT_STREAM_SSE, "data: a\n\ndata: b\n", {"|a", "|b"}},
    {"no last line end", LEAT_STREAM_SSE, "data: a\n\ndata: [DONE]", {"|a", "|[DONE]"}},
    {"nothing", LEAT_STREAM_SSE, "", {}},
    {"lines", LEAT_STREAM_NDJSON, "{\"a\":1}\n{\"b\":2}\r\n\n {\"c\":3}\n",
     {"|{\"a\":1}", "|{\"b\":2}", "| {\"c\":3}"}},
    {"last line without end", LEAT_STREAM_NDJSON, "1\n2", {"|1", "|2"}},
};

TEST(EventReader, events_do_not_depend_on_how_the_bytes_were_cut) {
    for (const Vector& v : vectors) {
        SCOPED_TRACE(v.what);
        const Outcome expected = {v.events, LEAT_OK};
        EXPECT_EQ(read(v.format, v.stream, {}).events, v.events);
        std::vector<size_t> all;
        for (size_t i = 1; i < v.stream.size(); ++i) all.push_back(i);
        EXPECT_EQ(read(v.format, v.stream, all).events, v.events) << "byte by byte";
        for (size_t i = 0; i <= v.stream.size(); ++i) {
            EXPECT_TRUE(read(v.format, v.stream, {i}) == expected) << "cut at " << i;
            for (size_t k = i; k <= v.stream.size(); k += 3) {
                EXPECT_TRUE(read(v.format, v.stream, {i, k}) == expected) << i << ", " << k;
            }
        }
    }
}

TEST(EventReader, an_event_whole_in_the_bytes_needs_no_buffer) {
    const std::string stream = "event: x\ndata: " + std::string(1000, 'a') + "\n\n";
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream, {}, 0).status, LEAT_OK);
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream + stream, {stream.size()}, 0).events.size(), 2u);
}

TEST(EventReader, a_cut_event_fits_the_buffer_exactly_or_fails) {
    const std::string data(100, 'd');
    const std::string stream = "data: " + data + "\n\n";
    std::vector<size_t> all;
    for (size_t i = 1; i < stream.size(); ++i) all.push_back(i);
    const size_t line = 6 + data.size();
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream, all, line - 1).status, LEAT_E_ITEM_MEMORY);
    for (const size_t capacity : {line, line + 1}) {
        EXPECT_EQ(read(LEAT_STREAM_SSE, stream, all, capacity).status, LEAT_OK);
        EXPECT_EQ(read(LEAT_STREAM_SSE, stream, all, capacity).events, Events{"|" + data});
    }
}

TEST(EventReader, joined_data_fits_the_buffer_exactly_or_fails) {
    const std::string stream = "data: aaaa\ndata: bbbb\n\n";
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream, {}, 8).status, LEAT_E_ITEM_MEMORY);
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream, {}, 9).events, Events{"|aaaa\nbbbb"});
    EXPECT_EQ(read(LEAT_STREAM_SSE, stream, {}, 10).events, Events{"|aaaa\nbbbb"});
}

TEST(EventReader, a_long_name_is_cut_not_overrun) {
    const std::string name(200, 'n');
    const Outcome outcome = read(LEAT_STREAM_SSE, "event: " + name + "\ndata: a\n\n", {});
    ASSERT_EQ(outcome.events.size(), 1u);
    EXPECT_EQ(outcome.events[0], name.substr(0, 64) + "|a");
}

TEST(EventReader, what_take_answers_ends_the_reading) {
    Reading reading;
    reading.answer = LEAT_E_HTTP;
    char buffer[64];
    EventReader reader;
    reader.open(LEAT_STREAM_SSE, buffer, sizeof buffer, Reading::take, &reading);
    EXPECT_EQ(reader.feed(text("data: a\n\ndata: b\n\n")), LEAT_E_HTTP);
    EXPECT_EQ(reading.events, Events{"|a"});
}

}  // namespace
}  // namespace leat
