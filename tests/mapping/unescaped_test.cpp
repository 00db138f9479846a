/// Delimiters that a sender did not escape, in places that have no parts.
#include <doctest/doctest.h>

#include "mapping/support.hpp"

using namespace causeway;

namespace {

mapping::Output ran(const std::string& rows, const std::string& segments, const std::string& version = "2.4") {
    const test::MapFile file("map t v2 2.1..2.9 ORU^R01 -> Bundle.collection version 1\n" + rows);
    const auto map = file.load();
    CHECK(file.mistakes() == std::vector<std::string>());
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|" + version + "\r" + segments);
    auto output = map.run(mapping::Direction::forward, input->root(), {});
    REQUIRE(output.has_value());
    return std::move(*output);
}

bool has(const mapping::Output& output, const std::string& part) {
    return output.payload.reveal().find(part) != std::string_view::npos;
}

std::vector<std::string> lost_of(const mapping::Output& output, const std::string& segment) {
    std::vector<std::string> found;
    for (const auto& path : output.lost)
        if (path.starts_with(segment)) found.push_back(path);
    return found;
}

}  // namespace

TEST_CASE("the text of a result is read whole, by rows of any type and by conditions") {
    const std::string rows =
        "ignore OBX-1, OBX-3\nfor OBX[*] as result {\nresource Observation id from OBX-1 each\n"
        "OBX-5[*] -> valueString : TX.lines when OBX-2 = 'TX'\n"
        "OBX-5 -> valueString when OBX-2 = 'ST' and OBX-5 = 'a & b^c'\n}\n";
    const auto output = ran(rows, "OBX|1|TX|A||BP 120/80 & pulse 70^well~M&S^x\rOBX|2|ST|A||a & b^c\r");
    CHECK(has(output, R"("valueString":"BP 120/80 & pulse 70^well\nM&S^x")"));
    CHECK(has(output, R"("valueString":"a & b^c")"));
    CHECK(lost_of(output, "OBX").empty());
}

TEST_CASE("a component that has no parts is read whole, and so is a field that is one") {
    const std::string rows =
        "ignore OBR-1\nresource DiagnosticReport id from MSH-10\nOBR-4 -> code : CWE\n"
        "resource Location as ward id from PV1-3\nPV1-3.1 -> name\nPV1-10 -> description\n";
    const auto output = ran(rows, "PV1|||A&E|||||||A&E\rOBR|1||A1|U&E^Urea \\T\\ electrolytes & x^L\r");
    CHECK(has(output, R"("code":"U&E","display":"Urea & electrolytes & x")"));
    CHECK(has(output, R"("name":"A&E","description":"A&E")"));
    CHECK(lost_of(output, "OBR") == std::vector<std::string>{"OBR-3[1]"});
    CHECK(lost_of(output, "PV1").empty());
}

TEST_CASE("what a version gives parts keeps them") {
    const std::string rows = "resource Location id from PV1-3\nPV1-3.1 -> name\n";
    CHECK(has(ran(rows, "PV1|||A&1.2.3&ISO\r", "2.8"), R"("name":"A")"));
    CHECK(has(ran("resource Patient id from PID-3\nPID-5 -> name[0] : XPN\n", "PID|||||VAN DAM&VAN&DAM^ANN & MAY\r"),
              R"("family":"VAN DAM")"));
}

TEST_CASE("base64 alone in OBX-5 is the file, and what is none fails") {
    const std::string rows =
        "for OBX[2=\"ED\"] joined as file {\nresource Binary id from OBX-1 each\n"
        "OBX-5 -> contentType : ED.contentType else reject 102\nOBX-5 -> data : ED.data else reject 102\n}\n";
    CHECK(has(ran(rows, "OBX|1|ED|C||JVBERi0xLjQK\r"), R"("contentType":"application/pdf","data":"JVBERi0xLjQK")"));
    const test::MapFile file("map t v2 2.1..2.9 ORU^R01 -> Bundle.collection version 1\n" + rows);
    const auto map = file.load();
    const auto input = test::v2("MSH|^~\\&|A|B|C|D|2026||ORU^R01|1|P|2.4\rOBX|1|ED|C||see attached\r");
    const auto output = map.run(mapping::Direction::forward, input->root(), {});
    REQUIRE_FALSE(output.has_value());
    CHECK(output.error().hl7_code == 102);
}
