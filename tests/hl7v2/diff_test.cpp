#include "hl7v2/diff.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

Texts differences(const std::string& before, const std::string& after) {
    Texts out;
    for (const auto& one : compare(*parsed(before), *parsed(after)))
        out.push_back(one.path + (one.whole_segment ? " segment" : "") + ": " + one.before + " > " + one.after);
    return out;
}

}  // namespace

TEST_CASE("a value that differs is named") {
    CHECK(differences(with("PID|1||A^^^X&Y~B\r"), with("PID|1||A^^^X&Z~C|D\r")) ==
          Texts{"PID-3.4.2: Y > Z", "PID-3[2].1: B > C", "PID-4.1:  > D"});
    const auto found = compare(*parsed(with("PID|||||Smith^Ann\r")), *parsed(with("PID|||||Smith^Anna\r")));
    REQUIRE(found.size() == 1);
    CHECK(found[0].name == "Patient Name, Given Name");
}

TEST_CASE("how a message is written makes no difference") {
    CHECK(differences(with("NTE|1||a\\T\\b|\r"),
                      "MSH#*~\\$#GP#A81001#PAS#RX1#20260101##ADT*A28*ADT_A05#M1#P#2.5.1\n"
                      "NTE#1##a&b\n")
              .empty());
}

TEST_CASE("a segment that was added or taken away does not make the rest differ") {
    CHECK(differences(with("OBX|1||A\rOBX|2||B\rOBX|3||C\r"), with("OBX|1||A\rOBX|3||C\r")) ==
          Texts{"OBX[2] segment: OBX|2||B > "});
    CHECK(differences(with("PID|1\r"), with("PID|1\rPV1|1\rZZZ|1\r")) ==
          Texts{"PV1 segment:  > PV1|1", "ZZZ segment:  > ZZZ|1"});
    CHECK(differences(with("NK1|1|A\rNK1|2|B\r"), with("NK1|1|A\rNK1|2|X\r")) == Texts{"NK1[2]-2.1: B > X"});
}
