#include "validation/terminology.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "fhir/definitions/compile.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::validation;
using Membership = Terminology::Membership;
using Reason = Terminology::Reason;

namespace {

const Terminology& core() {
    static const auto terminology = make_terminology(test::r4());
    return *terminology;
}

Terminology::Answer member(std::string_view value_set, std::string_view system, std::string_view code) {
    const std::string base = value_set.starts_with("v3-") ? "http://terminology.hl7.org/" : "http://hl7.org/fhir/";
    const auto index = test::r4()->value_set(base + "ValueSet/" + std::string(value_set));
    REQUIRE_MESSAGE(index != 0, value_set);
    return core().member(index, system, code);
}

Membership in(std::string_view value_set, std::string_view code) {
    return member(value_set, {}, code).membership;
}

}  // namespace

TEST_CASE("terminology: a code alone is in a value set or not") {
    CHECK(in("administrative-gender", "female") == Membership::in);
    CHECK(in("administrative-gender", "Female") == Membership::not_in);
    CHECK(in("administrative-gender", "") == Membership::not_in);
    CHECK(in("administrative-gender", "femal") == Membership::not_in);
    CHECK(in("event-status", "completed") == Membership::in);
}

TEST_CASE("terminology: a coding is in a value set by system and code") {
    constexpr auto kAct = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    CHECK(member("v3-ActEncounterCode", kAct, "AMB").membership == Membership::in);
    const auto left_out = member("v3-ActEncounterCode", kAct, "HIP");
    CHECK(left_out.membership == Membership::not_in);
    CHECK(left_out.reason == Reason::not_in_value_set);
    const auto wrong = member("v3-ActEncounterCode", kAct, "ambulatory");
    CHECK(wrong.membership == Membership::not_in);
    CHECK(wrong.reason == Reason::no_such_code);
    CHECK(member("administrative-gender", "http://example.org", "female").membership == Membership::not_in);
}

TEST_CASE("terminology: what is not held is unknown, with a reason") {
    CHECK(core().member(0, {}, "x").reason == Reason::value_set_not_held);
    CHECK(core().member(0, {}, "x").membership == Membership::unknown);
    CHECK(core().look_up("http://example.org/codes", "x").membership == Membership::unknown);
    CHECK_FALSE(core().is_known_system("http://example.org/codes"));
    // A filter of SNOMED CT.
    const auto filtered = member("condition-code", "http://snomed.info/sct", "73211009");
    CHECK(filtered.membership != Membership::not_in);
}

TEST_CASE("terminology: languages, MIME types, currencies and units are known by their form") {
    CHECK(in("mimetypes", "application/pdf") == Membership::in);
    CHECK(in("mimetypes", "pdf") == Membership::not_in);
    CHECK(in("all-languages", "en-GB") == Membership::in);
    CHECK(in("all-languages", "en-UK") == Membership::not_in);
    CHECK(in("currencies", "GBP") == Membership::in);
    CHECK(in("currencies", "pounds") == Membership::not_in);
    CHECK(in("timezones", "Europe/London") == Membership::in);
    CHECK(in("timezones", "London") == Membership::not_in);
    CHECK(member("ucum-units", "http://unitsofmeasure.org", "mm[Hg]").membership == Membership::in);
    CHECK(member("ucum-units", "http://unitsofmeasure.org", "mmHg").membership == Membership::not_in);
    CHECK(core().look_up("urn:ietf:bcp:47", "english").membership == Membership::not_in);
    CHECK(core().is_known_system("urn:iso:std:iso:3166"));
}

TEST_CASE("terminology: value sets of all units of a kind hold those that compare") {
    const auto of = [](std::string_view set, std::string_view code) {
        return member(set, "http://unitsofmeasure.org", code).membership;
    };
    CHECK(of("all-time-units", "wk") == Membership::in);
    CHECK(of("all-time-units", "kg") == Membership::not_in);
    CHECK(of("all-distance-units", "[mi_i]") == Membership::in);
    CHECK(of("all-distance-units", "min") == Membership::not_in);
}

TEST_CASE("terminology: a complete code system knows its codes, displays and hierarchy") {
    constexpr auto kRole = "http://terminology.hl7.org/CodeSystem/v3-RoleCode";
    CHECK(core().look_up(kRole, "MTH").membership == Membership::in);
    CHECK(core().look_up(kRole, "MTH").display == "mother");
    CHECK(core().look_up(kRole, "MUM").membership == Membership::not_in);
    CHECK(core().is_display(kRole, "MTH", "  Mother "));
    CHECK_FALSE(core().is_display(kRole, "MTH", "father"));
    CHECK(core().is_display("http://snomed.info/sct", "73211009", "anything"));
    CHECK(core().subsumes(kRole, "PRN", "MTH") == Membership::in);
    CHECK(core().subsumes(kRole, "MTH", "PRN") == Membership::not_in);
    CHECK(core().subsumes("http://snomed.info/sct", "1", "2") == Membership::unknown);
}

TEST_CASE("terminology: a translation is a display too") {
    constexpr auto kLanguages = "http://terminology.hl7.org/CodeSystem/v2-0001";
    CHECK(core().is_display(kLanguages, "F", "Female"));
    CHECK(core().is_display(kLanguages, "F", "Weiblich"));
    CHECK_FALSE(core().is_display(kLanguages, "F", "Male"));
}

TEST_CASE("terminology: a code of a large system that can't be right is doubted, not refused") {
    const auto wrong = core().look_up("http://snomed.info/sct", "73211008");
    CHECK(wrong.membership == Membership::unknown);
    CHECK(wrong.doubt != nullptr);
    CHECK(core().look_up("http://snomed.info/sct", "73211009").doubt == nullptr);
}

TEST_CASE("terminology: loaded systems of any case, fragments and supplements") {
    const auto folder = std::filesystem::temp_directory_path() / "causeway-terminology-test";
    std::filesystem::create_directories(folder);
    const auto write = [&](const char* name, const char* json) { std::ofstream(folder / name) << json; };
    write("any-case.json",
          R"({"resourceType":"CodeSystem","url":"http://t.example/any","status":"active","content":"complete",
              "caseSensitive":false,"concept":[{"code":"Alpha"},{"code":"beta"},{"code":"GAMMA"}]})");
    write("part.json",
          R"({"resourceType":"CodeSystem","url":"http://t.example/part","status":"active","content":"fragment",
              "concept":[{"code":"known"}]})");
    write("more.json",
          R"({"resourceType":"CodeSystem","url":"http://t.example/more","status":"active","content":"supplement",
              "supplements":"http://t.example/any","concept":[{"code":"Alpha"}]})");
    write("set.json",
          R"({"resourceType":"ValueSet","url":"http://t.example/set","status":"active","compose":{"include":[
              {"system":"http://t.example/any","concept":[{"code":"Alpha"},{"code":"GAMMA"}]},
              {"system":"http://t.example/part"}]}})");
    fhir::Documents documents(test::r4());
    REQUIRE(documents.add(folder).has_value());
    const auto extended = fhir::extend(test::r4(), documents);
    std::filesystem::remove_all(folder);
    REQUIRE(extended.has_value());
    const auto& definitions = extended->definitions;
    const auto terminology = make_terminology(definitions);
    CHECK(terminology->look_up("http://t.example/any", "alpha").membership == Membership::in);
    CHECK(terminology->look_up("http://t.example/any", "delta").membership == Membership::not_in);
    CHECK(terminology->look_up("http://t.example/part", "known").membership == Membership::in);
    CHECK(terminology->look_up("http://t.example/part", "other").membership == Membership::unknown);
    CHECK(terminology->look_up("http://t.example/more", "Alpha").is_supplement);
    const auto set = definitions->value_set("http://t.example/set");
    REQUIRE(set != 0);
    CHECK(terminology->member(set, {}, "gamma").membership == Membership::in);
    CHECK(terminology->member(set, "http://t.example/any", "ALPHA").membership == Membership::in);
    CHECK(terminology->member(set, "http://t.example/any", "beta").membership == Membership::not_in);
    CHECK(terminology->member(set, "http://t.example/part", "known").membership == Membership::in);
    CHECK(terminology->member(set, "http://t.example/part", "other").membership == Membership::unknown);
    CHECK(terminology->member(set, {}, "other").membership == Membership::unknown);
}
