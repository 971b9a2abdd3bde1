// tests/port/conformance_test.cc: the one suite that every port has to pass: each probe over each
// subject. A port that keeps <leat/port.h> passes; the words of a failure say what it broke.
// Depends on the probes and on subjects.h.
// Invariant: no probe knows which port it examines.
#include <gtest/gtest.h>

#include <tuple>

#include "end_probes.h"
#include "poller_probes.h"
#include "stream_probes.h"
#include "subjects.h"

namespace port_test {
namespace {

using Case = std::tuple<Subject, NamedProbe>;

class Conformance : public testing::TestWithParam<Case> {
protected:
    static void SetUpTestSuite() { (void)leat_posix_raise_descriptor_limit(); }
};

TEST_P(Conformance, holds) {
    const Subject& subject = std::get<0>(GetParam());
    if (subject.new_peer(subject.family)->listen().family == 0) {
        GTEST_SKIP() << "this machine has no IPv" << subject.family << " loopback";
    }
    EXPECT_EQ(std::get<1>(GetParam()).run(subject), "");
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return std::get<0>(info.param).name + "_" + std::get<1>(info.param).name;
}

INSTANTIATE_TEST_SUITE_P(poller, Conformance,
                         testing::Combine(testing::ValuesIn(subjects()),
                                          testing::ValuesIn(poller_probes())),
                         name_of);
INSTANTIATE_TEST_SUITE_P(stream, Conformance,
                         testing::Combine(testing::ValuesIn(subjects()),
                                          testing::ValuesIn(stream_probes())),
                         name_of);
INSTANTIATE_TEST_SUITE_P(end, Conformance,
                         testing::Combine(testing::ValuesIn(subjects()),
                                          testing::ValuesIn(end_probes())),
                         name_of);

}  // namespace
}  // namespace port_test
