// tests/port/store_test.cc: the one suite that every store has to pass (leat/store.h). A store is what its
// rig opens; no test knows which. Keys are a byte repeated, times are small numbers.
#include <gtest/gtest.h>
#include <leat/store.h>

#include "store_rig.h"

namespace port_test {
namespace {

class Store : public ::testing::TestWithParam<StoreSubject> {
protected:
    void SetUp() override { open(1 << 20); }
    void open(size_t value_bytes) {
        rig.reset();  // one at a time: SQLite's last close removes its log
        rig = GetParam().open(value_bytes);
        ASSERT_NE(rig, nullptr);
    }
    leat_status put(uint8_t key, const std::string& value, int64_t wall_ms = 1000,
                    int64_t expires_ms = LEAT_STORE_FOR_EVER) {
        return rig->put(key, value, wall_ms, expires_ms);
    }
    std::string get(uint8_t key, int64_t wall_ms = 1000) { return rig->get(key, wall_ms); }
    leat_store_stats stats() {
        leat_store_stats out{};
        EXPECT_EQ(rig->ops->stats(rig->store, &out), LEAT_OK);
        return out;
    }
    std::unique_ptr<StoreRig> rig;
};

TEST_P(Store, S12_gives_back_what_was_put) {
    EXPECT_EQ(get(1), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(1, "one"), LEAT_OK);
    EXPECT_EQ(put(2, "two"), LEAT_OK);
    EXPECT_EQ(get(1), "=one");
    EXPECT_EQ(get(2), "=two");
    EXPECT_EQ(get(3), "LEAT_E_NOT_FOUND");
}

TEST_P(Store, keeps_every_byte_and_every_size) {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    EXPECT_EQ(put(1, all), LEAT_OK);
    EXPECT_EQ(get(1), "=" + all);
    for (const size_t size : {0u, 1u, 507u, 508u, 509u, 1016u, 1017u, 4095u, 4096u, 4097u, 100000u}) {
        const std::string value(size, static_cast<char>('a' + size % 26));
        EXPECT_EQ(put(2, value), LEAT_OK) << size;
        EXPECT_EQ(get(2), "=" + value) << size;
        EXPECT_EQ(get(1), "=" + all);
    }
    EXPECT_EQ(stats().entries, 2u);
    EXPECT_EQ(stats().value_bytes, 256u + 100000u);
}

TEST_P(Store, a_later_value_takes_the_place_of_the_earlier_one) {
    EXPECT_EQ(put(1, "a long value that was there"), LEAT_OK);
    EXPECT_EQ(put(1, "new"), LEAT_OK);
    EXPECT_EQ(get(1), "=new");
    EXPECT_EQ(stats().entries, 1u);
    EXPECT_EQ(stats().value_bytes, 3u);
}

TEST_P(Store, S13_an_entry_lives_until_its_time) {
    EXPECT_EQ(put(1, "v", 1000, 2000), LEAT_OK);
    EXPECT_EQ(get(1, 1999), "=v");
    EXPECT_EQ(get(1, 2000), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(1, "v", 1000, 2000), LEAT_OK);
    EXPECT_EQ(get(1, 2001), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(2, "v", 1000, LEAT_STORE_FOR_EVER), LEAT_OK);
    EXPECT_EQ(get(2, INT64_MAX - 1), "=v");
}

TEST_P(Store, what_has_expired_already_is_not_kept_and_replaces_what_was_there) {
    EXPECT_EQ(put(1, "old"), LEAT_OK);
    EXPECT_EQ(put(1, "new", 1000, 1000), LEAT_OK);
    EXPECT_EQ(get(1), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(1, "new", 1000, 1001), LEAT_OK);
    EXPECT_EQ(get(1), "=new");
}

TEST_P(Store, S13_expire_forgets_what_has_expired_and_no_more) {
    for (uint8_t key = 1; key <= 9; ++key) EXPECT_EQ(put(key, "v", 0, key * 100), LEAT_OK);
    EXPECT_EQ(put(10, "v"), LEAT_OK);
    uint64_t count = 0;
    EXPECT_EQ(rig->ops->expire(rig->store, 500, &count), LEAT_OK);
    EXPECT_EQ(count, 5u);
    EXPECT_EQ(stats().entries, 5u);
    EXPECT_EQ(stats().value_bytes, 5u);
    EXPECT_EQ(get(5, 0), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(get(6, 0), "=v");
    EXPECT_EQ(rig->ops->expire(rig->store, 0, nullptr), LEAT_OK);
    EXPECT_EQ(stats().entries, 5u);
}

TEST_P(Store, S13_remove_forgets_one_and_clear_all) {
    for (uint8_t key = 1; key <= 4; ++key) EXPECT_EQ(put(key, "value"), LEAT_OK);
    EXPECT_EQ(rig->remove(2), LEAT_OK);
    EXPECT_EQ(rig->remove(2), LEAT_E_NOT_FOUND);
    EXPECT_EQ(get(2), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(get(3), "=value");
    EXPECT_EQ(stats().entries, 3u);
    EXPECT_EQ(rig->ops->clear(rig->store), LEAT_OK);
    EXPECT_EQ(stats().entries, 0u);
    EXPECT_EQ(stats().value_bytes, 0u);
    EXPECT_EQ(get(3), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(3, "again"), LEAT_OK);
    EXPECT_EQ(get(3), "=again");
}

TEST_P(Store, says_how_much_room_a_value_needs) {
    EXPECT_EQ(put(1, "12345"), LEAT_OK);
    const StoreKey key(1);
    char room[5];
    size_t size = 0;
    EXPECT_EQ(rig->ops->get(rig->store, key.bytes, 1000, nullptr, 0, &size), LEAT_E_TOO_LARGE);
    EXPECT_EQ(size, 5u);
    size = 0;
    EXPECT_EQ(rig->ops->get(rig->store, key.bytes, 1000, room, 4, &size), LEAT_E_TOO_LARGE);
    EXPECT_EQ(size, 5u);
    EXPECT_EQ(rig->ops->get(rig->store, key.bytes, 1000, room, 5, &size), LEAT_OK);
    EXPECT_EQ(std::string(room, 5), "12345");
    EXPECT_EQ(put(2, ""), LEAT_OK);
    EXPECT_EQ(rig->ops->get(rig->store, StoreKey(2).bytes, 1000, nullptr, 0, &size), LEAT_OK);
    EXPECT_EQ(size, 0u);
}

TEST_P(Store, P25_counts_hits_misses_and_sets) {
    EXPECT_EQ(get(1), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(1, "v", 1000, 2000), LEAT_OK);
    EXPECT_EQ(get(1), "=v");
    EXPECT_EQ(get(1), "=v");
    EXPECT_EQ(get(1, 2000), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(stats().hits, 2u);
    EXPECT_EQ(stats().misses, 2u);
    EXPECT_EQ(stats().sets, 1u);
    EXPECT_EQ(stats().evictions, 0u);
}

TEST_P(Store, S13_what_was_not_used_for_longest_makes_room) {
    open(16 * 1024);
    const size_t size = stats().bytes_max / 8;
    for (uint8_t key = 1; key <= 7; ++key) EXPECT_EQ(put(key, std::string(size, 'v'), key), LEAT_OK);
    EXPECT_EQ(get(1, 100), "=" + std::string(size, 'v'));
    for (uint8_t key = 8; key <= 10; ++key) EXPECT_EQ(put(key, std::string(size, 'v'), 100 + key), LEAT_OK);
    EXPECT_EQ(get(2, 200), "LEAT_E_NOT_FOUND");
    EXPECT_NE(get(1, 200), "LEAT_E_NOT_FOUND");
    EXPECT_NE(get(10, 200), "LEAT_E_NOT_FOUND");
    EXPECT_GE(stats().evictions, 2u);
    EXPECT_LE(stats().value_bytes, stats().bytes_max);
    EXPECT_EQ(stats().entries, 10u - stats().evictions);
}

TEST_P(Store, S13_the_bound_holds_at_its_edge) {
    open(16 * 1024);
    const size_t most = stats().bytes_max;
    EXPECT_EQ(put(1, "small"), LEAT_OK);
    EXPECT_EQ(put(2, std::string(most - 1, 'a')), LEAT_OK);
    EXPECT_EQ(put(2, std::string(most, 'b')), LEAT_OK);
    EXPECT_EQ(get(1), "LEAT_E_NOT_FOUND");
    EXPECT_EQ(put(3, std::string(most + 1, 'c')), LEAT_E_TOO_LARGE);
    EXPECT_EQ(get(2), "=" + std::string(most, 'b'));
    EXPECT_EQ(put(2, std::string(most + 1, 'c')), LEAT_E_TOO_LARGE);
}

// Against a plain map, with everything mixed; the store is large enough that nothing is evicted.
TEST_P(Store, does_what_a_map_does) {
    std::map<uint8_t, std::pair<std::string, int64_t>> model;
    uint32_t random = 12345;
    const auto draw = [&random](uint32_t below) {
        random = random * 1664525u + 1013904223u;
        return (random >> 8) % below;
    };
    for (int64_t now = 1; now < 3000; ++now) {
        const uint8_t key = static_cast<uint8_t>(draw(40));
        const auto there = model.find(key);
        const bool lives = there != model.end() && there->second.second > now;
        switch (draw(4)) {
            case 0:
            case 1: {
                const std::string value(draw(3000), static_cast<char>('a' + draw(26)));
                const int64_t expires = now + 1 + draw(500);
                EXPECT_EQ(put(key, value, now, expires), LEAT_OK);
                model[key] = {value, expires};
                break;
            }
            case 2:
                EXPECT_EQ(get(key, now), lives ? "=" + there->second.first : "LEAT_E_NOT_FOUND");
                break;
            default:
                // One that has expired may be there still, or be found gone.
                if (lives || there == model.end()) {
                    EXPECT_EQ(rig->remove(key), lives ? LEAT_OK : LEAT_E_NOT_FOUND);
                }
                if (lives) model.erase(key);
                break;
        }
    }
    EXPECT_EQ(stats().evictions, 0u);
}

INSTANTIATE_TEST_SUITE_P(every, Store, ::testing::ValuesIn(store_subjects()),
                         [](const auto& subject) { return subject.param.name; });

}  // namespace
}  // namespace port_test
