// tests/unit/codec/codec_test_help.h: what the codec tests share: views of strings, vectors read
// from files, exact copies of a text (so that a read beyond its end is seen), a seeded generator.
#pragma once

#include <stdint.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace leat {

inline Text view(const std::string& s) { return text(s.data(), s.size()); }
inline std::string str(Text t) { return std::string(t.data == nullptr ? "" : t.data, t.size); }

// A copy that ends where its memory ends.
class Exact {
public:
    explicit Exact(const std::string& s) : bytes_(new char[s.size()]), size_(s.size()) {
        s.copy(bytes_.get(), s.size());
    }
    Text text() const { return Text{bytes_.get(), size_}; }

private:
    std::unique_ptr<char[]> bytes_;
    size_t size_;
};

// \xHH and \\ as the vector files write them.
inline std::string unescape_vector(const std::string& line) {
    std::string out;
    for (size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '\\' && line.compare(i, 2, "\\\\") == 0) {
            out += '\\';
            ++i;
        } else if (line.compare(i, 2, "\\x") == 0) {
            out += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
            i += 3;
        } else {
            out += line[i];
        }
    }
    return out;
}

inline std::vector<std::string> read_vectors(const std::string& name) {
    std::ifstream file(std::string(LEAT_TESTS_DIR) + "/vectors/" + name);
    std::vector<std::string> lines;
    std::string line;
    while (std::getline(file, line)) {
        if (!line.empty() && line[0] != '#') lines.push_back(line);
    }
    return lines;
}

// The same numbers everywhere. Not leat::Random, which is itself under test.
class TestRandom {
public:
    explicit TestRandom(uint64_t seed) : state_(seed) {}
    uint64_t next() {
        uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        return z ^ (z >> 31);
    }
    size_t below(size_t limit) { return static_cast<size_t>(next() % limit); }

private:
    uint64_t state_;
};

}  // namespace leat
