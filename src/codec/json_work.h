// codec/json_work.h: the account of what a check over JSON may still cost. One unit is about one
// byte looked at. Depends on nothing. Invariant: once out, it stays out and gives nothing more.
#pragma once

#include <stdint.h>

namespace leat {

class JsonWork {
public:
    explicit JsonWork(uint64_t units) : left_(units) {}

    // False when that is more than what is left.
    [[nodiscard]] bool spend(uint64_t units) {
        if (out_ || units > left_) {
            out_ = true;
            return false;
        }
        left_ -= units;
        return true;
    }

    bool out() const { return out_; }
    uint64_t left() const { return left_; }

private:
    uint64_t left_;
    bool out_ = false;
};

}  // namespace leat
