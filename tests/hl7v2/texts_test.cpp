#include "hl7v2/texts.hpp"

#include <sstream>

#include "hl7v2/diff.hpp"
#include "hl7v2/document.hpp"
#include "hl7v2/edit.hpp"
#include "hl7v2/json.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::shared_ptr<const Message> of_version(const std::string& version, const std::string& segments) {
    return parsed("MSH|^~\\&|GP|A81001|PAS|RX1|20260101||ORU^R01|M1|P|" + version + "\r" + segments);
}

std::shared_ptr<const Message> result(const std::string& type, const std::string& value) {
    return of_version("2.4", "OBX|1|" + type + "|A^x^L||" + value + "\r");
}

std::uint32_t unescaped(const Message& message) {
    for (const auto& warning : message.warnings())
        if (warning.code == "unescaped-delimiter") return warning.count;
    return 0;
}

/// Components of a type without parts, with delimiters in them.
Texts leaves(const Message& message) {
    const auto& spans = dynamic_cast<const IndexedMessage&>(message).spans();
    Texts out;
    const auto add = [&](const Span& place) {
        if (spans.is_leaf(place)) out.emplace_back(slice(message.utf8(), place.range()));
        return true;
    };
    for (std::uint32_t i = 1; i < message.index().segments().size(); ++i)
        for (std::uint32_t field = 1; field <= message.index().field_count(i); ++field)
            spans.repetitions(i, field, [&](const Span& repetition) {
                add(repetition);
                if (!spans.is_leaf(repetition)) spans.parts(repetition, add);
                return true;
            });
    return out;
}

}  // namespace

TEST_CASE("delimiters that nobody escaped in the text of a result are text") {
    for (const char* type : {"TX", "FT", "ST", "NM"}) {
        CAPTURE(type);
        const auto message = result(type, "BP 120/80 & pulse 70^regular & well~M&S clothing^x~plain");
        CHECK(all(*message, "OBX-5") == Texts{"BP 120/80 & pulse 70^regular & well", "M&S clothing^x", "plain"});
        CHECK(message->get("OBX-5[2].1") == "M&S clothing^x");
        CHECK(message->get("OBX-5[2].1.1") == "M&S clothing^x");
        CHECK(message->get("OBX-5[2].2").empty());
        CHECK(message->get("OBX-3.2") == "x");
        CHECK(unescaped(*message) == 2);
        CHECK(message->warnings().back().where == "OBX-5");
    }
}

TEST_CASE("what is escaped is no delimiter, and nothing warns of it") {
    const auto message = result("TX", "R\\T\\D \\S\\ M\\T\\S");
    CHECK(message->get("OBX-5") == "R&D ^ M&S");
    CHECK(unescaped(*message) == 0);
}

TEST_CASE("escapes beside unescaped delimiters are resolved") {
    const auto message = result("FT", "R&D \\F\\ M\\T\\S^x");
    CHECK(message->get("OBX-5") == "R&D | M&S^x");
}

TEST_CASE("a result with parts keeps its parts, and those that can't have any are known") {
    const auto message = result("CE", "U&E^Urea & electrolytes^L~x^y");
    CHECK(message->get("OBX-5[1].1") == "U&E");
    CHECK(message->get("OBX-5[1].1.2") == "E");
    CHECK(message->get("OBX-5[1].3") == "L");
    CHECK(leaves(*message) == Texts{"U&E", "Urea & electrolytes"});
    CHECK(unescaped(*message) == 0);
}

TEST_CASE("a coded element sent as a code keeps its parts") {
    const auto message = result("IS", "A&E^Accident & emergency^L");
    CHECK(message->get("OBX-5.2") == "Accident & emergency");
    CHECK(leaves(*message) == Texts{"A&E", "Accident & emergency"});
    const auto visit = of_version("2.4", "PV1|1|I^Inpatient^HL70004||||||||A&E\r");
    CHECK(visit->get("PV1-2.1") == "I");
    CHECK(visit->get("PV1-2.2") == "Inpatient");
    CHECK(leaves(*visit) == Texts{"A&E"});
}

TEST_CASE("notes, and texts and components without parts of any segment") {
    const auto message = of_version("2.4",
                                    "PID|1||77&x^^^RX1&1.2.3&ISO||VAN DAM&VAN&DAM^ANN & MAY\r"
                                    "PV1|1|I|A&E^B1&x^1\r"
                                    "AL1|1||Z88^Nuts & seeds^L|SV|rash & hives^x\r"
                                    "OBR|1||A1|U&E^Urea & electrolytes^L|||||||||chest pain & SOB^?PE\r"
                                    "NTE|1||R&D^x\rNTE|2||M&S\r");
    CHECK(leaves(*message) == Texts{"77&x", "ANN & MAY", "A&E", "B1&x", "Nuts & seeds", "U&E", "Urea & electrolytes"});
    CHECK(message->get("PID-5.1.1") == "VAN DAM");
    CHECK(message->get("AL1-5.1") == "rash & hives^x");
    CHECK(message->get("OBR-13.1") == "chest pain & SOB^?PE");
    CHECK(message->get("NTE[1]-3.1") == "R&D^x");
    CHECK(message->get("NTE[2]-3.1.1") == "M&S");
    CHECK(unescaped(*message) == 4);
    CHECK(message->warnings().back().where == "AL1-5");
}

TEST_CASE("each version says for itself what has parts") {
    const std::string visit = "PV1|1|I|A&E^B1\rOBR|1||A1|X|||||||||a & b^c\r";
    CHECK(leaves(*of_version("2.4", visit)) == Texts{"A&E"});
    CHECK(of_version("2.4", visit)->get("OBR-13.1") == "a & b^c");
    CHECK(leaves(*of_version("2.8", visit)) == Texts{"a & b"});
    CHECK(of_version("2.8", visit)->get("OBR-13.2") == "c");
}

TEST_CASE("what an older version has as plain and a later one with parts keeps them, as does what was withdrawn") {
    const std::string identifier = "77^^^RX1&1.2.3&ISO\r";
    CHECK(leaves(*of_version("2.2", "PID|1||" + identifier)).empty());
    CHECK(leaves(*of_version("2.8", "PID|1|" + identifier)).empty());
    CHECK(of_version("2.8", "PID|1|" + identifier)->get("PID-2.4.1") == "RX1");
}

TEST_CASE("segments that nobody knows, and results of no type, keep their parts") {
    const auto message = of_version("2.4", "OBX|1||A||a^b&c\rZPD|1|a^b&c\r");
    CHECK(message->get("OBX-5.2.2") == "c");
    CHECK(message->get("ZPD-2.2.2") == "c");
    CHECK(unescaped(*message) == 0);
}

TEST_CASE("the delimiters are those of the message") {
    const auto message = parsed("MSH#*~\\$#GP#A#B#C#20260101##ORU*R01#M1#P#2.4\rOBX#1#TX#A##a^b & c*d$e\r");
    CHECK(message->get("OBX-5") == "a^b & c*d$e");
    CHECK(unescaped(*message) == 1);
}

TEST_CASE("the tree, the JSON and the comparison see one value") {
    const auto message = result("TX", "a & b^c");
    std::vector<tree::Node> fields;
    message->root().child("OBX").children("5", fields);
    REQUIRE(fields.size() == 1);
    CHECK(fields[0].kind() == tree::Kind::text);
    CHECK(fields[0].text() == "a & b^c");
    CHECK(fields[0].child("1").text() == "a & b^c");
    CHECK_FALSE(fields[0].child("2"));
    std::ostringstream json;
    write_json(*message, {}, json);
    CHECK(json.str().find(R"("5":["a & b^c"])") != std::string::npos);
    CHECK(compare(*message, *result("TX", "a \\T\\ b\\S\\c")).empty());
}

TEST_CASE("a part of a text can't be set, the text can") {
    const auto message = result("TX", "a & b^c");
    CHECK_FALSE(set_value(*message, *Path::parse("OBX-5.2"), "x").has_value());
    const auto whole = set_value(*message, *Path::parse("OBX-5[1].1"), "x & y");
    REQUIRE(whole.has_value());
    CHECK(whole->find("||x \\T\\ y\r") != std::string::npos);
}

TEST_CASE("a text with very many delimiters takes its size in time and no more") {
    std::string value;
    for (int i = 0; i < 200'000; ++i) value += "a&^~";
    const auto message = result("TX", value);
    CHECK(unescaped(*message) == 200'000);
    CHECK(message->get("OBX-5[199999]") == "a&^");
}
