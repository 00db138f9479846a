#include "fhir/definitions/load.hpp"

#include <doctest/doctest.h>

#include "fhir/definitions/profile_folder.hpp"
#include "support/corpus.hpp"
#include "support/definitions.hpp"
#include "support/tar.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;
using namespace causeway::fhir;
using test::Tar;

namespace {

const std::filesystem::path kPack = CAUSEWAY_BINARY_DIR "/definitions/r4.pack";

std::string profile(std::string_view url, std::string_view path = "Patient.name") {
    return R"({"resourceType": "StructureDefinition", "url": ")" + std::string(url) +
           R"(", "kind": "resource", "type": "Patient", "derivation": "constraint", "fhirVersion": "4.0.1",
  "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Patient",
  "differential": {"element": [{"path": ")" +
           std::string(path) + R"(", "min": 1}]}})";
}

constexpr std::string_view kXml =
    R"(<StructureDefinition xmlns="http://hl7.org/fhir"><url value="urn:x"/><kind value="resource"/>
<type value="Patient"/><baseDefinition value="http://hl7.org/fhir/StructureDefinition/Patient"/><derivation value="constraint"/>
<differential><element id="Patient.name"><path value="Patient.name"/><min value="1"/></element></differential></StructureDefinition>)";

std::string package_json(std::string_view name, std::string_view version, std::string_view more = "") {
    return R"({"name": ")" + std::string(name) + R"(", "version": ")" + std::string(version) +
           R"(", "fhirVersions": ["4.0.1"])" + std::string(more) + "}";
}

Tar package(std::string_view name, std::string_view version, std::string_view url, std::string_view more = "") {
    return Tar()
        .file("package/package.json", package_json(name, version, more))
        .file("package/StructureDefinition-a.json", profile(url))
        .file("package/examples/broken.json", "{");
}

Result<Compiled> load(std::vector<std::filesystem::path> paths) {
    return load_definitions({.fhir_version = "4.0.1", .pack = kPack, .load = std::move(paths)});
}

std::uint32_t minimum(const Definitions& definitions, std::string_view url) {
    const auto index = definitions.structure(url);
    if (index == 0) return 99;
    for (const auto& element : definitions.elements(definitions.structure_at(index)))
        if (definitions.text(element.path) == "Patient.name") return element.min;
    return 98;
}

}  // namespace

TEST_CASE("load: files, folders, packages and XML") {
    const test::TempDir folder;
    folder.write("one.json", profile("urn:one"));
    folder.write("more/two.xml", kXml);
    folder.write("more/other.json", R"({"resourceType": "Patient"})");
    folder.write("three.tgz", package("p", "1.0.0", "urn:three").packed());
    const auto loaded = load({folder.path()});
    REQUIRE(loaded.has_value());
    CHECK(loaded->issues.empty());
    for (const auto url : {"urn:one", "urn:x", "urn:three"}) CHECK(minimum(*loaded->definitions, url) == 1);
    CHECK(loaded->definitions->type("Patient") == test::r4()->type("Patient"));
    CHECK(minimum(*loaded->definitions, "http://hl7.org/fhir/StructureDefinition/Patient") == 0);
}

TEST_CASE("load: a file that can't be read is told with its place") {
    const test::TempDir folder;
    const auto broken = folder.write("broken.json", "{\n  \"resourceType\": \"ValueSet\",\n  \"url\": }");
    const auto loaded = load({broken});
    REQUIRE(loaded.has_error());
    CHECK(loaded.error().where.find("broken.json: line 3") != std::string::npos);
    CHECK(load({folder / "none.json"}).has_error());
    CHECK(load_definitions({.fhir_version = "3.0.2", .pack = {}, .load = {folder.write("p.json", profile("urn:p"))}})
              .has_error());
}

TEST_CASE("load: what can't be read in a folder is left out and told") {
    const test::TempDir folder;
    folder.write("broken.json", R"({"resourceType": "ValueSet", "url": })");
    folder.write("notes.json", "no JSON");
    folder.write("one.json", profile("urn:one"));
    const auto loaded = load({folder.path()});
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->issues.size() == 2);
    CHECK(loaded->issues[0].is_error);
    CHECK(loaded->issues[0].where.find("broken.json: line 1") != std::string::npos);
    CHECK_FALSE(loaded->issues[1].is_error);
    CHECK(minimum(*loaded->definitions, "urn:one") == 1);
}

TEST_CASE("load: a definition of another FHIR version counts with a warning, but none of its types") {
    const test::TempDir folder;
    auto text = profile("urn:one");
    text.replace(text.find("4.0.1"), 5, "5.0.0");
    auto type = text;
    type.replace(type.find("urn:one"), 7, "urn:two");
    type.replace(type.find("constraint"), 10, "specialization");
    const auto loaded = load({folder.write("one.json", text), folder.write("two.json", type)});
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->issues.size() == 2);
    CHECK_FALSE(loaded->issues[0].is_error);
    CHECK(minimum(*loaded->definitions, "urn:one") == 1);
    CHECK(loaded->definitions->structure("urn:two") == 0);
}

TEST_CASE("load: other conformance resources are kept by canonical") {
    const test::TempDir folder;
    const auto file = folder.write(
        "m.json",
        R"({"resourceType": "MessageDefinition", "url": "urn:m", "version": "2", "focus": [{"code": "Patient", "min": 1}]})");
    const auto loaded = load({file});
    REQUIRE(loaded.has_value());
    const auto& definitions = *loaded->definitions;
    const auto index = definitions.resource("urn:m|2");
    REQUIRE(index != 0);
    CHECK(definitions.name_text(definitions.resources()[index].type) == "MessageDefinition");
    CHECK(definitions.resource_json(index).find("\"focus\"") != std::string::npos);
}

TEST_CASE("packages: what they depend on is named when it is not there") {
    const std::vector<PackageInfo> packages = {
        {"a", "1.0.0", {"4.0.1"}, {{"b", "2.0.x"}, {"hl7.fhir.r4.core", "4.0.1"}}}, {"b", "1.5.0", {"3.0.2"}, {}}};
    const auto issues = check_packages(packages, "4.0.1");
    REQUIRE(issues.size() == 2);
    CHECK(issues[0].where == "a#1.0.0");
    CHECK(issues[0].what.find("version 2.0.x of b") != std::string::npos);
    CHECK(issues[1].where == "b#1.5.0");
    CHECK(check_packages({packages[0]}, "4.0.1").front().what.find("Load b#2.0.x too") == 0);
}

TEST_CASE("packages: versions meet what is asked for") {
    for (const auto asked : {"1.2.3", "1.2.x", "1.x", "latest", "current", "*"}) CHECK(meets_version("1.2.3", asked));
    for (const auto asked : {"1.2", "1.2.4", "2.x", "1.2.3.4", "1.2.3-beta"})
        CHECK_FALSE(meets_version("1.2.3", asked));
}

TEST_CASE("profile folder: a package is checked, put there, listed, and replaced by another version") {
    const test::TempDir folder;
    const auto store = folder / "profiles";
    const auto first = folder.write("first.tgz", package("uk.test", "1.0.0", "urn:one").packed());
    const auto added = add_package(store, first, test::r4());
    REQUIRE(added.has_value());
    CHECK(std::filesystem::exists(store / "uk.test-1.0.0.tgz"));
    const auto second = folder.write("second.tgz", package("uk.test", "1.1.0", "urn:two").packed());
    REQUIRE(add_package(store, second, test::r4()).has_value());
    const auto listed = installed_packages(store);
    REQUIRE(listed.has_value());
    REQUIRE(listed->size() == 1);
    CHECK(listed->front().info.version == "1.1.0");
    CHECK(listed->front().definitions == 1);
    const auto loaded = load({store});
    REQUIRE(loaded.has_value());
    CHECK(minimum(*loaded->definitions, "urn:two") == 1);
    CHECK(loaded->definitions->structure("urn:one") == 0);
}

TEST_CASE("profile folder: an unpacked package is copied without its examples") {
    const test::TempDir folder;
    folder.write("p/package/package.json", package_json("uk.test", "1.0.0"));
    folder.write("p/package/one.json", profile("urn:one"));
    folder.write("p/package/examples/broken.json", "{");
    REQUIRE(add_package(folder / "profiles", folder / "p", test::r4()).has_value());
    CHECK(std::filesystem::exists(folder / "profiles/uk.test-1.0.0/package/one.json"));
    CHECK_FALSE(std::filesystem::exists(folder / "profiles/uk.test-1.0.0/package/examples"));
}

TEST_CASE("profile folder: what must not be added leaves it as it was") {
    const test::TempDir folder;
    const auto store = folder / "profiles";
    const auto refused = [&](const std::string& archive) {
        const auto added = add_package(store, folder.write("p.tgz", archive), test::r4());
        REQUIRE(added.has_error());
        CHECK_FALSE(std::filesystem::exists(store));
        return added.error().where + ": " + added.error().what;
    };
    CHECK(refused(Tar().file("package/one.json", profile("urn:one")).packed()).find("Give a FHIR package") !=
          std::string::npos);
    CHECK(refused(package("..", "1", "urn:one").packed()).find("Give a FHIR package") != std::string::npos);
    CHECK(refused(package("a/../../b", "1", "urn:one").packed()).find("Give a FHIR package") != std::string::npos);
    CHECK(refused(package("a", "1", "urn:one", R"(, "dependencies": {"b": "1.0.0"})").packed())
              .find("Load b#1.0.0 too") != std::string::npos);
    CHECK(refused(package("a", "1", "urn:one").file("../evil.json", "{}").packed()).find("evil") != std::string::npos);
    CHECK(refused(Tar()
                      .file("package/package.json", package_json("a", "1"))
                      .file("package/x.json", profile("urn:one", "Patient.nam"))
                      .packed())
              .find("urn:one#Patient.nam") != std::string::npos);
}

TEST_CASE("corpus: every UK Core definition compiles without an error") {
    const auto folder = test::corpus("nhs/ukcore/NHSDigital__FHIR-R4-UKCORE-STAGING-MAIN");
    if (folder.empty()) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    const auto loaded = load({folder});
    REQUIRE(loaded.has_value());
    for (const auto& issue : loaded->issues) FAIL_CHECK(issue.where << ": " << issue.what);
    const auto& definitions = *loaded->definitions;
    std::size_t profiles = 0;
    for (const auto& structure : definitions.structures().subspan(test::r4()->structures().size())) {
        ++profiles;
        CHECK_MESSAGE(structure.is_complete == 1, definitions.text(structure.url));
    }
    CHECK(profiles >= 150);
    MESSAGE(profiles << " UK Core structures, " << definitions.tables().elements.size() << " elements");
}

TEST_CASE("corpus: STU3 comes from its archive, with profiles upon it") {
    const auto folder = test::corpus("fhir/stu3");
    if (folder.empty()) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    const auto loaded = load_definitions({.fhir_version = "3.0.2", .pack = {}, .load = {folder}});
    REQUIRE(loaded.has_value());
    for (const auto& issue : loaded->issues) CHECK_MESSAGE(!issue.is_error, issue.where << ": " << issue.what);
    const auto& stu3 = *loaded->definitions;
    CHECK(stu3.fhir_version() == "3.0.2");
    const auto subject = stu3.child(0, stu3.type("ReferralRequest"), stu3.name("subject")).element;
    REQUIRE(subject != 0);
    const auto types = stu3.types(stu3.element(subject).types);
    REQUIRE(types.size() == 1);
    CHECK(stu3.canonicals(types[0].targets).size() == 2);
    const auto gender = stu3.child(0, stu3.type("Patient"), stu3.name("gender")).element;
    const auto& binding = stu3.binding(stu3.element(gender).binding);
    CHECK(stu3.members(stu3.value_set_at(binding.value_set_index).members).size() == 4);
    // Written as Observation.valueQuantity there.
    const auto cholesterol = stu3.structure("http://hl7.org/fhir/StructureDefinition/cholesterol");
    REQUIRE(cholesterol != 0);
    const auto value = stu3.child(0, cholesterol, stu3.name("valueQuantity"));
    CHECK(stu3.text(stu3.element(value.element).path) == "Observation.value[x]");
    CHECK(stu3.name_text(value.type) == "Quantity");
}
