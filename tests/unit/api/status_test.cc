// The list of statuses: numbers, names, words, hints and classes.
#include <gtest/gtest.h>
#include <leat/leat.h>

#include <map>
#include <set>
#include <string>

namespace {

struct Row {
    leat_status number;
    const char* name;
    leat_class class_of;
};

#define ROW(name, number, class_name, hint) {number, #name, LEAT_CLASS_##class_name},
const Row rows[] = {LEAT_STATUS_LIST(ROW)};
#undef ROW

TEST(StatusTest, numbers_and_names_are_unique) {
    std::set<leat_status> numbers;
    std::set<std::string> names;
    for (const Row& row : rows) {
        EXPECT_TRUE(numbers.insert(row.number).second) << row.name;
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_EQ(row.number == 0, std::string(row.name) == "LEAT_OK");
        EXPECT_LE(row.number, 0) << "errors are negative";
    }
}

TEST(StatusTest, names_words_and_classes_come_from_the_list) {
    for (const Row& row : rows) {
        EXPECT_STREQ(leat_status_name(row.number), row.name);
        EXPECT_EQ(leat_status_class(row.number), row.class_of) << row.name;
        std::string word = row.name;
        word.erase(0, word.rfind("LEAT_E_", 0) == 0 ? 7 : 5);
        for (char& c : word) c = static_cast<char>(std::tolower(c));
        EXPECT_EQ(leat_status_word(row.number), word);
    }
    EXPECT_STREQ(leat_status_word(LEAT_OK), "ok");
    EXPECT_STREQ(leat_status_word(LEAT_E_RATE_LIMIT), "rate_limit");
    EXPECT_STREQ(leat_status_word(LEAT_ALERT_SURPLUS), "alert_surplus");
}

TEST(StatusTest, words_are_unique_lower_case_and_whole) {
    std::set<std::string> words;
    for (const Row& row : rows) {
        const std::string word = leat_status_word(row.number);
        EXPECT_TRUE(words.insert(word).second) << word;
        EXPECT_EQ(word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string::npos) << word;
    }
}

TEST(StatusTest, hints_are_one_line_for_a_person) {
    for (const Row& row : rows) {
        const std::string hint = leat_status_hint(row.number);
        EXPECT_GE(hint.size(), 7u) << row.name;
        EXPECT_LE(hint.size(), 100u) << row.name;
        EXPECT_EQ(hint.find('\n'), std::string::npos) << row.name;
        EXPECT_NE(hint.back(), '.') << row.name;
    }
}

TEST(StatusTest, classes_go_with_the_names) {
    for (const Row& row : rows) {
        const bool is_alert = std::string(row.name).rfind("LEAT_ALERT_", 0) == 0;
        EXPECT_EQ(is_alert, row.class_of == LEAT_CLASS_ALERT) << row.name;
        EXPECT_EQ(row.class_of == LEAT_CLASS_OK, row.number == LEAT_OK);
    }
}

TEST(StatusTest, a_number_in_no_list_is_told_so) {
    for (const leat_status unknown : {1, 2, -3, -9, -9999, INT32_MIN, INT32_MAX}) {
        EXPECT_STREQ(leat_status_name(unknown), "LEAT_E_?");
        EXPECT_STREQ(leat_status_word(unknown), "?");
        EXPECT_STRNE(leat_status_hint(unknown), "");
        EXPECT_EQ(leat_status_class(unknown), LEAT_CLASS_CALLER);
    }
}

// The words of a small enum: unique, and "?" beyond its end.
template <typename Enum>
void expect_words(const char* (*name)(Enum), int first, int last) {
    std::set<std::string> words;
    for (int i = first; i <= last; ++i) {
        const std::string word = name(static_cast<Enum>(i));
        EXPECT_NE(word, "?") << i;
        EXPECT_TRUE(words.insert(word).second) << word;
    }
}

TEST(StatusTest, small_enums_have_words) {
    expect_words<leat_outcome>(leat_outcome_name, LEAT_SUCCEEDED, LEAT_CANCELLED);
    expect_words<leat_finish>(leat_finish_name, LEAT_FINISH_UNKNOWN, LEAT_FINISH_OTHER);
    expect_words<leat_stage>(leat_stage_name, LEAT_STAGE_WAITING, LEAT_STAGE_DONE);
    expect_words<leat_limiter>(leat_limiter_name, LEAT_LIMITER_NONE, LEAT_LIMITER_SOURCE);
    EXPECT_STREQ(leat_outcome_name(LEAT_SUCCEEDED), "succeeded");
    EXPECT_STREQ(leat_finish_name(LEAT_FINISH_TOOL_CALLS), "tool_calls");
    EXPECT_STREQ(leat_stage_name(LEAT_STAGE_TLS), "tls");
    EXPECT_STREQ(leat_limiter_name(LEAT_LIMITER_IN_FLIGHT), "in-flight");
}

TEST(StatusTest, the_version_is_the_headers) {
    EXPECT_STREQ(leat_version(), LEAT_VERSION);
    EXPECT_GE(leat_abi_age(), 1u);
}

}  // namespace
