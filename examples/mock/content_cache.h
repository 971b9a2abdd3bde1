// Gemini's cached contents: prompts that are stored under a name, for a time.
//
// Invariant: bounded (kEntryMax; the oldest gives way); an entry whose time has come is gone for
// every question. Time is an argument.
#pragma once

#include "buffer.h"
#include "request.h"

namespace mock {

struct CachedContent {
    uint64_t sequence;  // of creation
    uint64_t tokens;
    int64_t create_ms;  // times are since 1970
    int64_t update_ms;
    int64_t expire_ms;
    char id[41];
    uint8_t model_bytes;
    uint8_t parent_bytes;
    uint8_t name_bytes;
    char model[128];
    char parent[128];  // what stands before "cachedContents/", at Vertex
    char name[128];    // for people

    std::string_view model_view() const { return {model, model_bytes}; }
};

class ContentCache {
public:
    ContentCache() = default;
    ContentCache(const ContentCache&) = delete;
    ContentCache& operator=(const ContentCache&) = delete;
    ~ContentCache() { std::free(entries_); }

    enum class Status : uint8_t { Done, Unknown, BadTime };

    // Fills in what the request says; its texts are not kept, only their size.
    Status create(const Request& request, std::string_view parent, uint64_t bits, int64_t now_ms,
                  CachedContent** out);
    // By its resource name, "cachedContents/ID" with anything before, or by ID. Null: unknown.
    CachedContent* find(std::string_view name, int64_t now_ms);
    Status update(const Request& request, std::string_view name, int64_t now_ms,
                  CachedContent** out);
    bool remove(std::string_view name, int64_t now_ms);
    void append(Buffer& out, const CachedContent& entry) const;
    // One page; token is a number of the last page's nextPageToken.
    void append_list(Buffer& out, size_t page_size, std::string_view page_token, int64_t now_ms);
    void clear() { count_ = 0; }

private:
    static constexpr size_t kEntryMax = 1024;
    void drop_expired(int64_t now_ms);

    CachedContent* entries_ = nullptr;  // in order of creation
    size_t count_ = 0;
    uint64_t sequence_ = 0;
};

// "300s", "1.5s" to milliseconds; false for anything else, or more than a century.
bool parse_ttl(std::string_view text, int64_t* ms);
// RFC 3339 with Z or an offset, to milliseconds since 1970.
bool parse_time(std::string_view text, int64_t* ms);
void append_time(Buffer& out, int64_t ms);

}  // namespace mock
