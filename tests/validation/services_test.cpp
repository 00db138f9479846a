/// What expressions may ask of a validator.
#include <doctest/doctest.h>

#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/documents.hpp"
#include "fhir/document.hpp"
#include "support/definitions.hpp"
#include "validation/validator.hpp"

using namespace causeway;
using fhirpath::Expression;
using validation::Validator;

namespace {

constexpr auto kOfficial =
    R"({"resourceType":"StructureDefinition","url":"http://example.org/official","name":"Official",
 "status":"active","fhirVersion":"4.0.1","kind":"complex-type","abstract":false,"type":"HumanName",
 "baseDefinition":"http://hl7.org/fhir/StructureDefinition/HumanName","derivation":"constraint",
 "differential":{"element":[{"id":"HumanName","path":"HumanName"},
 {"id":"HumanName.use","path":"HumanName.use","min":1,"patternCode":"official"}]}})";

constexpr auto kPatient =
    R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient",
 "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">Ann</div>"},"gender":"female",
 "name":[{"use":"official","family":"Ash"},{"use":"usual","given":["Ann"]}],
 "maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}}}]})";

fhir::DefinitionsPtr with_profile() {
    fhir::Documents documents(test::r4());
    REQUIRE(documents.add_text(kOfficial, "test").has_value());
    return fhir::extend(test::r4(), documents)->definitions;
}

/// What an expression over the patient gives, with all that a validator can answer.
class Asked {
public:
    std::string operator()(std::string_view text) const {
        fhirpath::CompileOptions options;
        options.definitions = definitions_;
        options.focus = "Bundle";
        const auto compiled = Expression::compile("entry.resource.ofType(Patient)." + std::string(text), options);
        REQUIRE_MESSAGE(std::holds_alternative<Expression>(compiled), std::get<fhirpath::CompileError>(compiled).what);
        fhirpath::Environment environment;
        environment.services = &validator_.services();
        const auto items = std::get<Expression>(compiled).evaluate(document_->root(), environment);
        if (!items) return "! " + items.error().what;
        std::string out;
        for (const auto& item : *items) out += (out.empty() ? "" : " ") + fhirpath::to_text(item);
        return out;
    }

private:
    fhir::FhirDocumentPtr parse() const {
        fhir::ParseOptions options;
        options.definitions = definitions_;
        return fhir::parse(Payload(kPatient), options).value();
    }

    fhir::DefinitionsPtr definitions_ = with_profile();
    Validator validator_{definitions_};
    fhir::FhirDocumentPtr document_ = parse();
};

}  // namespace

TEST_CASE_FIXTURE(Asked, "services: value sets and hierarchies are asked of the definitions") {
    const auto& asked = *this;
    CHECK(asked("gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')") == "true");
    CHECK(asked("maritalStatus.memberOf(%`vs-marital-status`)") == "true");
    CHECK(asked("select('x').memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')") == "false");
    CHECK(asked("gender.memberOf('http://example.org/none')").empty());
    CHECK(asked("maritalStatus.coding.select(subsumes($this))") == "true");
}

TEST_CASE_FIXTURE(Asked, "services: conformsTo() walks the element against the profile, wherever it stands") {
    const auto& asked = *this;
    CHECK(asked("name.first().conformsTo('http://example.org/official')") == "true");
    CHECK(asked("name.last().conformsTo('http://example.org/official')") == "false");
    CHECK(asked("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')") == "true");
    CHECK(asked("conformsTo('http://hl7.org/fhir/StructureDefinition/DomainResource')") == "true");
    CHECK(asked("conformsTo('http://hl7.org/fhir/StructureDefinition/Observation')") == "false");
    CHECK(asked("conformsTo('http://example.org/none')") == "! Load the profile that conformsTo() names.");
}

TEST_CASE_FIXTURE(Asked, "services: htmlChecks() reads narratives and nothing else") {
    const auto& asked = *this;
    CHECK(asked("text.div.htmlChecks()") == "true");
    CHECK(asked("gender.htmlChecks()").empty());
}
