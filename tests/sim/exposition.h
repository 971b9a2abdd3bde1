// tests/sim/exposition.h: a strict reader of Prometheus' text format 0.0.4: HELP and TYPE once, before the
// samples of their family, names, escapes and numbers as the format has them, no sample twice, and a
// histogram's +Inf bucket equal to its count.
// Depends on GoogleTest. Invariant: what it does not understand is a failure of the test at hand.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <string>

namespace sim_test {

inline bool is_name(const std::string& t, bool is_metric) {
    for (size_t i = 0; i < t.size(); ++i) {
        const bool letter = isalpha(static_cast<unsigned char>(t[i])) != 0 || t[i] == '_' ||
                            (is_metric && t[i] == ':');
        if (!letter && !(i > 0 && isdigit(static_cast<unsigned char>(t[i])) != 0)) return false;
    }
    return !t.empty();
}

class Exposition {
public:
    explicit Exposition(const std::string& text) {
        EXPECT_TRUE(!text.empty() && text.back() == '\n');
        size_t at = 0;
        while (at < text.size()) {
            const size_t end = text.find('\n', at);
            line(text.substr(at, end - at));
            at = end + 1;
        }
        check_histograms();
    }
    std::map<std::string, double> values;  // named as by dictionary()
    std::map<std::string, std::string> types;

private:
    void line(const std::string& t) {
        if (t.rfind("# HELP ", 0) == 0 || t.rfind("# TYPE ", 0) == 0) {
            const size_t space = t.find(' ', 7);
            ASSERT_NE(space, std::string::npos) << t;
            const std::string name = t.substr(7, space - 7);
            EXPECT_TRUE(is_name(name, true)) << t;
            if (t[2] == 'H') {
                EXPECT_TRUE(helped_.insert(name).second) << "HELP twice: " << t;
                return;
            }
            EXPECT_EQ(helped_.count(name), 1u) << t;
            const std::string type = t.substr(space + 1);
            EXPECT_TRUE(type == "counter" || type == "gauge" || type == "histogram") << t;
            EXPECT_TRUE(types.emplace(name, type).second) << "TYPE twice: " << t;
            family_ = name;
            return;
        }
        sample(t);
    }
    void sample(const std::string& t) {
        size_t at = t.find_first_of("{ ");
        ASSERT_NE(at, std::string::npos) << t;
        const std::string name = t.substr(0, at);
        EXPECT_TRUE(is_name(name, true)) << t;
        std::string base = name;
        if (types[family_] == "histogram") {
            for (const char* end : {"_bucket", "_sum", "_count"}) {
                const size_t size = strlen(end);
                if (name.size() > size && name.compare(name.size() - size, size, end) == 0) {
                    base = name.substr(0, name.size() - size);
                    break;
                }
            }
        }
        EXPECT_EQ(base, family_) << "a sample outside of its family: " << t;
        std::string labels;
        if (t[at] == '{') at = read_labels(t, at + 1, &labels);
        ASSERT_EQ(t[at], ' ') << t;
        const std::string digits = t.substr(at + 1);
        char* end = nullptr;
        const double value = strtod(digits.c_str(), &end);
        EXPECT_TRUE(end != digits.c_str() && *end == '\0') << t;
        EXPECT_TRUE(values.emplace(name + labels, value).second) << "twice: " << t;
    }
    // Returns the place behind the brace.
    size_t read_labels(const std::string& t, size_t at, std::string* labels) {
        std::set<std::string> seen;
        while (true) {
            const size_t equals = t.find('=', at);
            const std::string name = t.substr(at, equals - at);
            EXPECT_TRUE(is_name(name, false) && seen.insert(name).second) << t;
            EXPECT_EQ(t[equals + 1], '"') << t;
            std::string value;
            at = equals + 2;
            for (; at < t.size() && t[at] != '"'; ++at) {
                if (t[at] != '\\') {
                    value += t[at];
                    continue;
                }
                ++at;
                EXPECT_TRUE(t[at] == '\\' || t[at] == '"' || t[at] == 'n') << t;
                value += t[at] == 'n' ? '\n' : t[at];
            }
            if (name == "le") {
                value = std::to_string(value == "+Inf" ? INFINITY : strtod(value.c_str(), nullptr));
            }
            *labels += "|" + name + "=" + value;
            ++at;
            if (t[at] == '}') return at + 1;
            EXPECT_EQ(t[at], ',') << t;
            ++at;
        }
    }
    void check_histograms() {
        for (const auto& [name, value] : values) {
            const size_t bucket = name.find("|le=" + std::to_string(INFINITY));
            if (bucket == std::string::npos) continue;
            std::string total = name.substr(0, bucket);
            total.replace(total.find("_bucket"), 7, "_count");
            EXPECT_EQ(values.count(total), 1u) << total;
            EXPECT_EQ(values[total], value) << total;
        }
    }

    std::set<std::string> helped_;
    std::string family_;
};

}  // namespace sim_test
