#include "mapping/condition.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "mapping/support.hpp"

using namespace causeway;
using mapping::Condition;

namespace {

const std::string kMessage =
    "MSH|^~\\&|LAB|RX999|CAUSEWAY||202611210930||ORU^R01|1|P|2.5.1\r"
    "PID|1||9990000018^^^NHS^NH~77^^^RX999^MR||TESTPATIENT||\"\"|^\r"
    "OBX|1|NM|NA^Sodium^L||140|mmol/L^^UCUM\r"
    "OBX|2|ST|K^Potassium^L||\\T\\ haemolysed\r";

/// What it gives for the message; what is not known gives nothing.
std::optional<bool> holds(std::string_view text) {
    mapping::Patterns patterns;
    const auto message = test::v2(kMessage);
    mapping::V2Reader reader(message->root());
    fhirpath::Environment facts;
    facts.variables["organisation"] = {std::string("Y99001")};
    facts.variables["service"] = {};
    facts.variables["is_number"] = {true};
    const auto condition = Condition::compile(text, patterns);
    mapping::Variables variables(facts);
    return condition ? condition->holds(reader, variables) : std::nullopt;
}

}  // namespace

TEST_CASE("fields that are there or not, and what they hold") {
    CHECK(holds("PID-3.exists()") == true);
    CHECK(holds("PID-2.empty()") == true);
    CHECK(holds("PID-8.exists()") == false);  // Delimiters only.
    CHECK(holds("PID-7 = '\"\"'") == true);
    CHECK(holds("OBX[1]-2 = 'NM'") == true);
    CHECK(holds("OBX[1]-2 != 'NM'") == false);
    CHECK(holds("OBX[2]-5 = '& haemolysed'") == true);
    CHECK(holds("OBX[1]-6 = 'mmol/L^^UCUM'") == true);
    CHECK(holds("OBX[2=\"ST\"]-3.1 = 'K'") == true);
    CHECK(holds("%organisation.exists()") == true);
    CHECK(holds("%service.exists() or %unheard.exists()") == false);
}

TEST_CASE("a value that the sender deletes is not there, unless it is asked for by its quotes") {
    CHECK(holds("PID-7.exists()") == false);
    CHECK(holds("PID-7.empty()") == true);
    CHECK(holds("PID-7.1.empty()") == true);
    CHECK(holds("PID-7 != '\"\"'") == false);
    CHECK(holds("OBX.exists()") == true);
}

TEST_CASE("what a line let has worked out is true or not") {
    CHECK(holds("%is_number") == true);
    CHECK(holds("%is_number.not()") == false);
    CHECK(holds("PID-3.exists() and (%is_number or PID-2.exists())") == true);
    CHECK(holds("%service") == false);
    CHECK(holds("%service.not()") == false);
    CHECK(holds("%organisation") == std::nullopt);  // A text: FHIRPath says.
    CHECK(holds("%unheard") == std::nullopt);
    CHECK(holds("%organisation = 'Y99001'") == std::nullopt);
}

TEST_CASE("several values equal none, and an absent one is neither equal nor different") {
    CHECK(holds("OBX-2 = 'NM'") == false);
    CHECK(holds("OBX-2 != 'NM'") == true);
    CHECK(holds("PID-2 = 'x'") == false);
    CHECK(holds("PID-2 != 'x'") == false);
    CHECK(holds("(PID-2 != 'x').not()") == false);
    CHECK(holds("PID-2 = 'x' or PID-3.exists()") == true);
    CHECK(holds("(PID-2 = 'x' and PID-3.empty()).not()") == true);
}

TEST_CASE("and binds tighter than or; brackets and not() count") {
    CHECK(holds("PID-3.exists() or PID-3.exists() and PID-3.empty()") == true);
    CHECK(holds("(PID-3.exists() or PID-3.exists()) and PID-3.empty()") == false);
    CHECK(holds("PID-3.exists().not()") == false);
}

TEST_CASE("patterns look at one value; none gives none, and what several are FHIRPath must say") {
    CHECK(holds("OBX[1]-5.matches('^[0-9]+$')") == true);
    CHECK(holds("OBX[2]-5.matches('^[0-9]+$')") == false);
    CHECK(holds("OBX[2]-5.matches('^[0-9]+$').not() and OBX[1]-2 = 'NM'") == true);
    CHECK(holds("PID-2.matches('x').not()") == false);
    CHECK_FALSE(holds("OBX-5.matches('1')").has_value());
    CHECK_FALSE(holds("OBX-5.matches('1') or PID-3.exists()").has_value());
}

TEST_CASE("what is more than that is left to FHIRPath") {
    mapping::Patterns patterns;
    for (const char* text :
         {"PID-3.count() > 1", "PID-3 = 5", "PID-3 ~ 'x'", "'x' = PID-3", "PID-3.exists() xor PID-2.exists()",
          "PID-3 = 'it\\'s'", "PID-3.matches('\\\\d')", "PID-3.matches('(')", "%organisation = 'Y99001'",
          "PD1-3[1].3 = %organisation", "(PID-3 | PID-4).exists()", "PID-3.exists(", "PID-3.exists() and",
          "%resource.exists()", ""})
        CHECK_MESSAGE(!Condition::compile(text, patterns), text);
}

TEST_CASE("what a condition looks at counts as read, what it only asks for does not") {
    const auto message = test::v2(kMessage);
    mapping::V2Reader reader(message->root());
    mapping::Patterns patterns;
    const auto condition = Condition::compile("PID-3.exists() or PID-5 = 'x' or OBX[1]-3.matches('x')", patterns);
    REQUIRE(condition);
    fhirpath::Environment facts;
    mapping::Variables variables(facts);
    CHECK(condition->holds(reader, variables) == true);
    bool asked_is_lost = false;
    for (const auto& path : reader.lost()) {
        asked_is_lost = asked_is_lost || path.starts_with("PID-3");
        CHECK_FALSE(path.starts_with("PID-5"));
        CHECK_FALSE(path.starts_with("OBX[1]-3"));
    }
    CHECK(asked_is_lost);
}

TEST_CASE("exists() and empty() ask the same in a condition and within a longer expression") {
    const test::MapFile file(
        "map t v2 2.4 ADT^A28 -> Patient version 1\n"
        "PID-5.1 -> name[0].family\n"
        "let both = PID-7.exists() or PID-2.count() > 1\n"
        "-> active = true when %both\n"
        "-> gender = \"unknown\" when PID-7.empty() and PID-5.count() = 1\n"
        "-> name[0].use = \"usual\" when PID-8.exists() and PID-5.count() = 1\n");
    const auto map = file.load();
    REQUIRE(!map.empty());
    const auto message = test::v2("MSH|^~\\&|A|B|C|D|20261121||ADT^A28|1|P|2.4\rPID|1||7||TEST||\"\"|F\r");
    const auto made = map.run(mapping::Direction::forward, message->root(), {});
    REQUIRE(made.has_value());
    const std::string text(made->payload.reveal());
    CHECK(text.find("\"gender\":\"unknown\"") != std::string::npos);
    CHECK(text.find("\"use\":\"usual\"") != std::string::npos);
    CHECK(text.find("active") == std::string::npos);
    CHECK(std::find(made->lost.begin(), made->lost.end(), "PID-8[1]") != made->lost.end());
}
