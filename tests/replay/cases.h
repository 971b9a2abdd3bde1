// tests/replay/cases.h: what the Python scripts hand over: cases of named fields, and memory that
// ends where it ends. A case is lines `name size`, each followed by that many bytes and a newline;
// `end` closes it. Depends on base only; a name may come several times, and order counts.
#pragma once

#include <istream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/poison.h"

namespace leat {

inline std::string str(Text t) { return std::string(t.data == nullptr ? "" : t.data, t.size); }
inline Text view(const std::string& s) { return text(s.data(), s.size()); }

using Fields = std::vector<std::pair<std::string, std::string>>;

struct Case {
    Fields fields;
    std::string none;  // what is not there

    // Lives as long as the case.
    const std::string& get(const std::string& name) const {
        for (const auto& [field, value] : fields) {
            if (field == name) return value;
        }
        return none;
    }
    bool has(const std::string& name) const {
        for (const auto& field : fields) {
            if (field.first == name) return true;
        }
        return false;
    }
    std::string title() const { return get("provider") + "/" + get("name"); }
};

inline bool read_case(std::istream& in, Case* out) {
    out->fields.clear();
    std::string line;
    while (std::getline(in, line)) {
        if (line == "end") return true;
        const size_t blank = line.rfind(' ');
        std::string value(std::stoul(line.substr(blank + 1)), '\0');
        in.read(value.data(), static_cast<std::streamsize>(value.size()));
        in.ignore(1);
        out->fields.emplace_back(line.substr(0, blank), value);
    }
    return false;
}

// Memory that ends where it ends, for an arena.
class Memory {
public:
    explicit Memory(size_t bytes) : bytes_(bytes), memory_(new char[bytes]) {
        arena.open(memory_.get(), bytes);
    }
    Memory(const Memory&) = delete;
    ~Memory() { unpoison(memory_.get(), bytes_); }
    Arena arena;

private:
    size_t bytes_;
    std::unique_ptr<char[]> memory_;
};

// Replays the answers of a file of cases; 0 when all are as expected.
int replay_answers(const char* file);
// Builds the requests of a file of descriptions and writes the bodies to another file; 0 when each
// of them was built.
int build_requests(const char* file, const char* bodies);

}  // namespace leat
