#include "hl7v2/edit.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string edited(const std::string& bytes, std::string_view path, std::string_view value) {
    const auto out = set_value(*parsed(bytes), *Path::parse(path), value);
    return out ? *out : "refused: " + out.error().what;
}

/// The segments after MSH with one value changed.
std::string changed(std::string_view segments, std::string_view path, std::string_view value) {
    const auto out = edited(with(segments), path, value);
    return out.starts_with(kMsh) ? out.substr(kMsh.size()) : out;
}

}  // namespace

TEST_CASE("one value is changed, and nothing else") {
    CHECK(changed("PID|1||A^^^B~C\rPV1|2\r", "PID-3.1", "X") == "PID|1||X^^^B~C\rPV1|2\r");
    CHECK(changed("PID|1||A^^^B~C\n\nPV1|2", "PID-3[2]", "X") == "PID|1||A^^^B~X\n\nPV1|2");
    CHECK(changed("PID|1||A^^^B&C\r", "PID-3.4.2", "X") == "PID|1||A^^^B&X\r");
    CHECK(changed("OBX|1\rOBX|2\r", "OBX[2]-1", "9") == "OBX|1\rOBX|9\r");
    CHECK(changed("PID|1||A\r", "PID-3", "") == "PID|1||\r");
}

TEST_CASE("a filter chooses what is changed") {
    const auto* pid = "PID|1||1^^^PAS~9^^^NHS^NH\r";
    CHECK(changed(pid, "PID-3[4.1=\"NHS\"].1", "8") == "PID|1||1^^^PAS~8^^^NHS^NH\r");
    CHECK(changed(pid, "PID-3[4.1=\"NHS\"]", "8^^^NHS") == "PID|1||1^^^PAS~8^^^NHS\r");
    CHECK(changed(pid, "PID-3[4.1=\"X\"].1", "8").starts_with("refused"));
    CHECK(changed("PRD|RP|A\rPRD|RT|B\r", "PRD[1=\"RT\"]-2", "C") == "PRD|RP|A\rPRD|RT|C\r");
    CHECK(changed("PRD|RP|A\r", "PRD[1=\"RT\"]-2", "C").starts_with("refused"));
}

TEST_CASE("what is missing on the way is added") {
    CHECK(changed("PID|1\r", "PID-5[2].1.3", "X") == "PID|1||||~&&X\r");
    CHECK(changed("PID|1||A\r", "PID-3[3].2", "X") == "PID|1||A~~^X\r");
    CHECK(changed("PID|1\r", "ZXX-2.2", "X") == "PID|1\rZXX||^X\r");
    CHECK(changed("PID|1", "ZXX-1", "X") == "PID|1\rZXX|X\r");
    CHECK(changed("stray", "NTE-3", "X") == "stray\rNTE|||X\r");
    CHECK(changed("PID|1\n", "NTE-3", "X") == "PID|1\nNTE|||X\n");
    CHECK(changed("OBX|1\r", "OBX[2]-1", "2") == "OBX|1\rOBX|2\r");
    CHECK(changed("OBX|1\r", "OBX[3]-1", "3").starts_with("refused"));
    CHECK(changed("PID|1\r", "PID-60000", "3").starts_with("refused"));
}

TEST_CASE("a component takes text, a field takes what it reads as, and neither can begin another field") {
    CHECK(changed("PID|1||A\r", "PID-3.1", "a^b|c\\") == "PID|1||a\\S\\b\\F\\c\\E\\\r");
    CHECK(changed("PID|1||A\r", "PID-3", "a^b~c&d|e\r") == "PID|1||a^b~c&d\\F\\e\\X0D\\\r");
}

TEST_CASE("the delimiters of the message are those that are written") {
    const std::string msh = "MSH#*:@!#GP#A#P#R#2026##ADT*A28#M1#P#2.4\r";
    CHECK(edited(msh + "PID#1\r", "PID-3[2].4.2", "a*b|") == msh + "PID#1##:***!a@S@b|\r");
    const std::string bare = "MSH|^~&|GP|A|P|R|2026||ADT^A28|M1|P|2.4\r";
    CHECK(edited(bare + "PID|1\r", "PID-3.1", "a^b") == bare + "PID|1||a b\r");
}

TEST_CASE("MSH-1 and MSH-2 stay, and a segment is no value") {
    CHECK(changed("", "MSH-2", "^~\\&#").starts_with("refused"));
    CHECK(changed("PID|1\r", "PID", "x").starts_with("refused"));
    CHECK(edited(with(""), "MSH-10", "M2").find("|M2|P|2.5.1") != std::string::npos);
}

TEST_CASE("the message keeps its character set") {
    const std::string latin = "MSH|^~\\&|GP|A|P|R|2026||ADT^A28|M1|P|2.4||||||8859/1\rPID|1||||M\xFCller\r";
    const auto out = edited(latin, "PID-5.2", "Ren\xC3\xA9");
    CHECK(out == latin.substr(0, latin.size() - 1) + "^Ren\xE9\r");
    CHECK(edited(latin, "PID-5.2", "\xE2\x82\xAC").starts_with("refused"));
    CHECK(edited("\xEF\xBB\xBF" + with("PID|1\r"), "PID-1", "2") == with("PID|2\r"));
}

TEST_CASE("the first value that is not ASCII declares its character set") {
    const auto out = edited(with("PID|1\r"), "PID-5.1", "M\xC3\xBCller");
    CHECK(parsed(out)->get("MSH-18") == "UNICODE UTF-8");
    CHECK(parsed(out)->get("PID-5.1") == "M\xC3\xBCller");
    CHECK(edited(with("PID|1||\xC3\xA9\r"), "PID-5.1", "\xC3\xA9") == with("PID|1||\xC3\xA9||\xC3\xA9\r"));
}

TEST_CASE("a group chooses what is changed") {
    const std::string msh = "MSH|^~\\&|GP|A|P|R|2026||REF^I12|M1|P|2.4\r";
    CHECK(edited(msh + "PRD|RP|A\rPRD|RT|B\r", "PROVIDER_CONTACT[2].PRD-2", "C") == msh + "PRD|RP|A\rPRD|RT|C\r");
    CHECK(edited(msh + "PRD|RP|A\r", "PROVIDER_CONTACT[2].PRD-2", "C").starts_with("refused"));
}
