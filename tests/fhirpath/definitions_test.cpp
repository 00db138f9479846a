/// Types by the definitions: the type check at load, and every expression that the definitions themselves publish.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using fhirpath::CompileError;
using fhirpath::CompileOptions;
using fhirpath::Expression;

namespace {

CompileOptions options(std::string_view focus, bool strict = false) {
    CompileOptions made;
    made.definitions = test::r4();
    made.focus = focus;
    made.strict = strict;
    return made;
}

// The mistake of an expression; column 0 where there is none.
CompileError mistake(std::string_view focus, std::string_view text, bool strict = false) {
    auto compiled = Expression::compile(text, options(focus, strict));
    if (auto* error = std::get_if<CompileError>(&compiled)) return *error;
    return {0, ""};
}

bool says(const CompileError& error, std::string_view text) {
    return error.what.find(text) != std::string::npos;
}

struct Document {
    fhir::FhirDocumentPtr document;
    tree::Node root;

    explicit Document(std::string json) {
        fhir::ParseOptions parse;
        parse.definitions = test::r4();
        document = fhir::parse(Payload(std::move(json)), parse).value();
        root = document->root();
    }

    std::string texts(std::string_view text, const fhirpath::Environment& environment = {}) const {
        auto compiled = Expression::compile(text, options(root.type()));
        if (const auto* error = std::get_if<CompileError>(&compiled)) return "! " + error->what;
        const auto items = std::get<Expression>(compiled).evaluate(root, environment);
        if (!items) return "! " + items.error().what;
        std::string out;
        for (const auto& item : items.value()) out += (out.empty() ? "" : " ") + fhirpath::to_text(item);
        return out;
    }
};

bool compiled_test(const tree::Node& focus, std::string_view text, const CompileOptions& with) {
    return std::get<Expression>(Expression::compile(text, with)).test(focus, {}).value();
}

constexpr auto kPatient =
    R"({"resourceType":"Patient","id":"p","active":true,"gender":"female","birthDate":"2008-02-29",
    "name":[{"use":"official","family":"Ash","given":["Ann","Bea"]}],"contact":[{"gender":"male"}],
    "extension":[{"url":"http://example.org/age","valueAge":{"value":18,"system":"http://unitsofmeasure.org","code":"a"}}],
    "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]},
    "managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"Surgery"}]})";

// Published expressions that are wrong, with the reason.
const std::map<std::string, std::string>& wrong_expressions() {
    static const std::map<std::string, std::string> kWrong = {
        {"inv-1", "names elements that its extension, or the logical model Event, does not have"},
        {"cid-0", "ChargeItemDefinition has no name in R4"},
        {"ele-1", "the logical model Definition is no Element and has no id"},
    };
    return kWrong;
}

}  // namespace

TEST_CASE("fhirpath types: a step that the definitions do not know is a mistake with a place and the nearest name") {
    const auto error = mistake("Patient", "name.givn");
    CHECK(error.column == 6);
    CHECK(says(error, "Did you mean \"given\"?"));
    CHECK(says(mistake("Observation", "Observation.valueQuantity.unit"), "value.ofType(Quantity)"));
    CHECK(says(mistake("Observation", "(value as Period).unit"), "Period has no such element"));
    CHECK(says(mistake("Patient", "Encounter.name"), "Start with Patient"));
    CHECK(says(mistake("Patient", "contact.where(nam.exists())"), "Did you mean \"name\"?"));
    CHECK(says(mistake("Patient", "active.is(Quantty)"), "Did you mean"));
    CHECK(says(mistake("Questionnaire", "item.item.item.txt"), "Did you mean \"text\"?"));
    CHECK(mistake("Bundle", "entry.resource.ofType(Patient).name.given").column == 0);
    CHECK(mistake("Bundle", "entry.resource.name.given").column == 0);
    CHECK(mistake("Patient.contact", "name.exists() or telecom.exists()").column == 0);
    CHECK(mistake("", "Patient.name | Practitioner.name.family").column == 0);
    CHECK(says(mistake("Encounter", "subject.resolve().birthDat"), "birthDat"));
}

TEST_CASE("fhirpath types: functions and operators are held to what they take") {
    CHECK(says(mistake("Patient", "name.startsWith('A')"), "Call startsWith() on a text."));
    CHECK(says(mistake("Patient", "birthDate + 7"), "Calculate with"));
    CHECK(says(mistake("Patient", "birthDate > 7"), "Compare values of one kind"));
    CHECK(says(mistake("Patient", "name.skip('1')"), "a number as argument"));
    CHECK(says(mistake("Patient", "children().skip(1)", true), "no order"));
    CHECK(mistake("Patient", "children().skip(1)").column == 0);
    CHECK(mistake("Patient", "birthDate > today() - 18 years").column == 0);
    const std::vector<std::string> variables{"practice"};
    auto with = options("Patient");
    with.variables = &variables;
    const auto compiled = Expression::compile("%practise = 'A'", with);
    REQUIRE(std::holds_alternative<CompileError>(compiled));
    CHECK(says(std::get<CompileError>(compiled), "Did you mean \"practice\"?"));
}

TEST_CASE("fhirpath types: values know their type and what it derives from") {
    const Document patient(kPatient);
    CHECK(patient.texts("gender is code") == "true");
    CHECK(patient.texts("gender is string") == "true");
    CHECK(patient.texts("gender.ofType(string)") == "");
    CHECK(patient.texts("gender.ofType(code)") == "female");
    CHECK(patient.texts("name.ofType(HumanName).family") == "Ash");
    CHECK(patient.texts("name is Element") == "true");
    CHECK(patient.texts("contact is BackboneElement") == "true");
    CHECK(patient.texts("Patient is DomainResource") == "true");
    CHECK(patient.texts("contained.ofType(DomainResource).name") == "Surgery");
    CHECK(patient.texts("extension.value is Quantity") == "true");
    CHECK(patient.texts("extension.value.ofType(Quantity).value") == "18");
    CHECK(patient.texts("gender.type()") == "FHIR.code");
    CHECK(patient.texts("gender.type().baseType") == "FHIR.string");
    CHECK(patient.texts("name.given.select(type().name)") == "string string");
    CHECK(patient.texts("1.type().namespace & '.' & 1.type().name") == "System.Integer");
    CHECK(patient.texts("children().where($this is Element).type().name.distinct().count() > 5") == "true");
}

TEST_CASE("fhirpath types: lenient programs take many items with as, and FHIR values for System types") {
    const Document patient(kPatient);
    auto with = options("Patient");
    with.lenient_as = true;
    const auto count = [&](std::string_view text) {
        const auto compiled = std::get<Expression>(Expression::compile(text, with));
        return compiled.evaluate(patient.root, {}).value().size();
    };
    CHECK(count("descendants().as(code)") > 1);
    CHECK(count("(active as Boolean)") == 1);
    CHECK(compiled_test(patient.root, "name.family.first() is String", with));
    CHECK_FALSE(compiled_test(patient.root, "gender.ofType(String).exists()", with));
    CHECK(patient.texts("name.given as string").starts_with("!"));
    CHECK(patient.texts("active is Boolean") == "false");
}

TEST_CASE("fhirpath types: every published invariant compiles where it stands") {
    const auto& held = *test::r4();
    std::set<std::string> failed;
    std::size_t count = 0;
    std::ostringstream report;
    for (const auto& structure : held.structures()) {
        for (const auto& element : held.elements(structure)) {
            for (const auto index : held.constraints(element.constraints)) {
                const auto& constraint = held.constraint_at(index);
                auto with = options("");
                with.focus_element = static_cast<fhir::Index>(&element - &held.element(0));
                with.lenient_as = true;
                ++count;
                const auto compiled = Expression::compile(held.text(constraint.expression), with);
                const auto* error = std::get_if<CompileError>(&compiled);
                const std::string key(held.text(constraint.key));
                if (error == nullptr || !failed.insert(key).second) continue;
                report << "  " << key << " at " << held.text(element.path) << ": " << held.text(constraint.expression)
                       << "\n    column " << error->column << ": " << error->what << "\n";
            }
        }
    }
    MESSAGE("published invariants: " << count << ", keys that fail: " << failed.size() << "\n" << report.str());
    CHECK(count > 1000);
    for (const auto& key : failed) CHECK_MESSAGE(wrong_expressions().contains(key), key);
    for (const auto& wrong : wrong_expressions())
        CHECK_MESSAGE(failed.contains(wrong.first), wrong.first << " compiles now: " << wrong.second);
}

TEST_CASE("fhirpath types: every published search expression compiles") {
    const auto& held = *test::r4();
    std::set<std::string> failed;
    std::size_t count = 0;
    std::ostringstream report;
    for (const auto& parameter : held.search_parameters()) {
        const auto text = held.text(parameter.expression);
        if (text.empty()) continue;
        ++count;
        auto with = options("");
        with.lenient_as = true;
        const auto compiled = Expression::compile(text, with);
        const auto* error = std::get_if<CompileError>(&compiled);
        const std::string url(held.text(parameter.url));
        if (error == nullptr || !failed.insert(url).second) continue;
        report << "  " << url << ": " << text << "\n    column " << error->column << ": " << error->what << "\n";
    }
    MESSAGE("published search expressions: " << count << ", that fail: " << failed.size() << "\n" << report.str());
    CHECK(count > 1000);
    for (const auto& url : failed) FAIL_CHECK(url);
}
