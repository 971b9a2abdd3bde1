// Storing, finding, listing and forgetting cached contents. See content_cache.h.
// Entries lie in order of creation, so that a page token can name where the next page begins.
#include "content_cache.h"

#include "json_text.h"
#include "turn.h"

namespace mock {
namespace {

constexpr int64_t kDefaultTtl_ms = 3600 * 1000;

template <size_t Size>
uint8_t keep(char (&into)[Size], std::string_view text) {
    text = utf8_prefix(text, Size);
    if (!text.empty()) std::memcpy(into, text.data(), text.size());
    return static_cast<uint8_t>(text.size());
}

std::string_view bare_id(std::string_view name) {
    const size_t slash = name.rfind('/');
    return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

// When the request wants it to end; false where that cannot be read or has passed.
bool read_end(const Request& request, int64_t now_ms, int64_t fallback_ms, int64_t* expire_ms) {
    *expire_ms = fallback_ms;
    int64_t ttl_ms = 0;
    if (!request.ttl.empty()) {
        if (!parse_ttl(request.ttl, &ttl_ms)) return false;
        *expire_ms = now_ms + ttl_ms;
    } else if (!request.expire_time.empty()) {
        if (!parse_time(request.expire_time, expire_ms)) return false;
    }
    return *expire_ms > now_ms;
}

}  // namespace

void ContentCache::drop_expired(int64_t now_ms) {
    size_t kept = 0;
    for (size_t i = 0; i < count_; ++i) {
        if (entries_[i].expire_ms <= now_ms) continue;
        if (kept != i) entries_[kept] = entries_[i];
        ++kept;
    }
    count_ = kept;
}

ContentCache::Status ContentCache::create(const Request& request, std::string_view parent,
                                          uint64_t bits, int64_t now_ms, CachedContent** out) {
    int64_t expire_ms = 0;
    if (!read_end(request, now_ms, now_ms + kDefaultTtl_ms, &expire_ms)) return Status::BadTime;
    if (entries_ == nullptr) {
        entries_ = static_cast<CachedContent*>(std::calloc(kEntryMax, sizeof(CachedContent)));
        if (entries_ == nullptr) out_of_memory();
    }
    drop_expired(now_ms);
    if (count_ == kEntryMax) std::memmove(entries_, entries_ + 1, --count_ * sizeof(CachedContent));
    CachedContent& entry = entries_[count_++];
    entry.sequence = ++sequence_;
    entry.tokens = prompt_tokens(request);
    entry.create_ms = now_ms;
    entry.update_ms = now_ms;
    entry.expire_ms = expire_ms;
    for (size_t i = 0; i < 40; ++i) {
        const uint64_t drawn = mix64(bits + i);
        entry.id[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[drawn % 36];
    }
    entry.id[40] = '\0';
    entry.model_bytes = keep(entry.model, request.model);
    entry.parent_bytes = keep(entry.parent, parent);
    entry.name_bytes = keep(entry.name, request.display_name);
    *out = &entry;
    return Status::Done;
}

CachedContent* ContentCache::find(std::string_view name, int64_t now_ms) {
    drop_expired(now_ms);
    const std::string_view id = bare_id(name);
    for (size_t i = 0; i < count_; ++i) {
        if (id == std::string_view{entries_[i].id, 40}) return &entries_[i];
    }
    return nullptr;
}

ContentCache::Status ContentCache::update(const Request& request, std::string_view name,
                                          int64_t now_ms, CachedContent** out) {
    CachedContent* entry = find(name, now_ms);
    if (entry == nullptr) return Status::Unknown;
    int64_t expire_ms = 0;
    if (!read_end(request, now_ms, entry->expire_ms, &expire_ms)) return Status::BadTime;
    entry->expire_ms = expire_ms;
    entry->update_ms = now_ms;
    *out = entry;
    return Status::Done;
}

bool ContentCache::remove(std::string_view name, int64_t now_ms) {
    CachedContent* entry = find(name, now_ms);
    if (entry == nullptr) return false;
    entry->expire_ms = now_ms;
    drop_expired(now_ms);
    return true;
}

void ContentCache::append(Buffer& out, const CachedContent& entry) const {
    out.append("{\"name\":\"");
    append_json_escaped(out, {entry.parent, entry.parent_bytes});
    out.append("cachedContents/");
    out.append(entry.id, 40);
    out.append("\",\"model\":\"");
    append_json_escaped(out, {entry.parent, entry.parent_bytes});
    out.append(entry.parent_bytes == 0 ? "models/" : "publishers/google/models/");
    append_json_escaped(out, entry.model_view());
    out.append("\",\"createTime\":\"");
    append_time(out, entry.create_ms);
    out.append("\",\"updateTime\":\"");
    append_time(out, entry.update_ms);
    out.append("\",\"expireTime\":\"");
    append_time(out, entry.expire_ms);
    out.append("\",\"displayName\":\"");
    append_json_escaped(out, {entry.name, entry.name_bytes});
    out.append("\",\"usageMetadata\":{\"totalTokenCount\":");
    out.append_u64(entry.tokens);
    out.append("}}");
}

void ContentCache::append_list(Buffer& out, size_t page_size, std::string_view page_token,
                               int64_t now_ms) {
    drop_expired(now_ms);
    uint64_t from = 0;
    for (const char c : page_token) from = from * 10 + static_cast<uint64_t>(c - '0');
    size_t at = 0;
    while (at < count_ && entries_[at].sequence < from) ++at;
    const size_t end = count_ - at > page_size ? at + page_size : count_;
    if (at == end) return out.append("{}\n");
    out.append("{\"cachedContents\":[");
    for (size_t i = at; i < end; ++i) {
        if (i != at) out.append_char(',');
        append(out, entries_[i]);
    }
    out.append_char(']');
    if (end < count_) {
        out.append(",\"nextPageToken\":\"");
        out.append_u64(entries_[end].sequence);
        out.append_char('"');
    }
    out.append("}\n");
}

}  // namespace mock
