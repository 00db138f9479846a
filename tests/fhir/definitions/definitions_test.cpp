#include "fhir/definitions/definitions.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::fhir;

namespace {

constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";

const Definitions& r4() {
    return *test::r4();
}

Definitions::Child child(Index element, std::string_view type, std::string_view name) {
    return r4().child(element, r4().type(type), r4().name(name));
}

const Element& find(std::string_view type, std::string_view path) {
    const auto& structure = r4().structure_at(r4().type(type));
    for (const auto& element : r4().elements(structure))
        if (r4().text(element.id) == path) return element;
    FAIL("no element " << path);
    return r4().element(0);
}

std::vector<std::string> types(const Element& element) {
    std::vector<std::string> names;
    for (const auto& type : r4().types(element.types)) names.emplace_back(r4().name_text(type.code));
    return names;
}

const ValueSet& value_set(std::string_view name) {
    const auto index = r4().value_set("http://hl7.org/fhir/ValueSet/" + std::string(name));
    REQUIRE(index != 0);
    return r4().value_set_at(index);
}

bool holds(const ValueSet& set, std::string_view system, std::string_view code) {
    for (const auto& member : r4().members(set.members))
        if (r4().name_text(member.system) == system && r4().text(member.code) == code) return true;
    return false;
}

}  // namespace

TEST_CASE("definitions: the core is there by type and by canonical") {
    CHECK(r4().fhir_version() == "4.0.1");
    const auto patient = r4().type("Patient");
    REQUIRE(patient != 0);
    CHECK(r4().structure(std::string(kCore) + "Patient") == patient);
    CHECK(r4().structure(std::string(kCore) + "Patient|4.0.1") == patient);
    CHECK(r4().structure(std::string(kCore) + "Patient|3.0.1") == 0);
    CHECK(r4().structure("http://example.org/none") == 0);
    CHECK(r4().type("Patients") == 0);
    CHECK(r4().derives(patient, r4().type("DomainResource")));
    CHECK(r4().derives(patient, r4().type("Resource")));
    CHECK_FALSE(r4().derives(patient, r4().type("Element")));
}

TEST_CASE("definitions: children are found as a document names them") {
    const auto birth_date = child(0, "Patient", "birthDate");
    CHECK(r4().text(r4().element(birth_date.element).path) == "Patient.birthDate");
    CHECK(birth_date.type == 0);
    const auto contact = child(0, "Patient", "contact");
    const auto gender = child(contact.element, "BackboneElement", "gender");
    CHECK(r4().text(r4().element(gender.element).path) == "Patient.contact.gender");
    const auto name = child(0, "Patient", "name");
    const auto given = child(name.element, "HumanName", "given");
    CHECK(r4().text(r4().element(given.element).path) == "HumanName.given");
    CHECK(r4().element(given.element).is(Element::kList));
    CHECK(child(0, "Patient", "valueString").element == 0);
    CHECK(child(0, "Patient", "no such name").element == 0);
}

TEST_CASE("definitions: a choice is found by its type") {
    const auto quantity = child(0, "Observation", "valueQuantity");
    CHECK(r4().text(r4().element(quantity.element).path) == "Observation.value[x]");
    CHECK(r4().element(quantity.element).is(Element::kChoice));
    CHECK(r4().name_text(quantity.type) == "Quantity");
    CHECK(r4().name_text(child(0, "Observation", "valueDateTime").type) == "dateTime");
    CHECK(child(0, "Observation", "valueMoney").element == 0);
    CHECK(child(0, "Extension", "valueMoney").element != 0);
}

TEST_CASE("definitions: a content reference leads to the children of its element") {
    const auto item = child(0, "Questionnaire", "item");
    const auto below = child(item.element, "BackboneElement", "item");
    CHECK(r4().text(r4().element(below.element).path) == "Questionnaire.item.item");
    CHECK(child(below.element, "", "linkId").element == child(item.element, "", "linkId").element);
    CHECK(child(below.element, "", "linkId").element != 0);
}

TEST_CASE("definitions: elements know their types, limits, bindings and constraints") {
    CHECK(types(find("Patient", "Patient.id")) == std::vector<std::string>{"id"});
    CHECK(types(find("Patient", "Patient.contact.id")) == std::vector<std::string>{"string"});
    CHECK(types(find("Extension", "Extension.url")) == std::vector<std::string>{"uri"});
    CHECK(find("Extension", "Extension.url").is(Element::kXmlAttribute));
    CHECK(types(find("dateTime", "dateTime.value")) == std::vector<std::string>{"dateTime"});
    CHECK(r4().text(r4().structure_at(r4().type("code")).pattern) == "[^\\s]+(\\s[^\\s]+)*");
    CHECK(find("Narrative", "Narrative.div").is(Element::kXhtml));
    CHECK(find("Bundle", "Bundle.entry.resource").is(Element::kResourceSlot));
    CHECK(find("Patient", "Patient.contained").is(Element::kResourceSlot));
    CHECK(find("Patient", "Patient.communication.language").min == 1);
    CHECK(find("Patient", "Patient.name").max == Element::kUnbounded);

    const auto& gender = r4().binding(find("Patient", "Patient.gender").binding);
    CHECK(gender.strength == Binding::Strength::required);
    CHECK(r4().text(gender.value_set) == "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1");
    CHECK(gender.value_set_index == r4().value_set("http://hl7.org/fhir/ValueSet/administrative-gender"));
    const auto& language = r4().binding(find("Patient", "Patient.language").binding);
    CHECK(r4().text(language.max_value_set) == "http://hl7.org/fhir/ValueSet/all-languages");

    const auto constraints = r4().constraints(find("Patient", "Patient.contact").constraints);
    std::vector<std::string> keys;
    for (const auto index : constraints) keys.emplace_back(r4().text(r4().constraint_at(index).key));
    CHECK(keys == std::vector<std::string>{"ele-1", "pat-1"});
    CHECK(r4().text(r4().constraint_at(constraints[0]).source) == std::string(kCore) + "Element");
    CHECK(r4().text(r4().constraint_at(constraints[1]).source) == std::string(kCore) + "Patient");

    const auto reference = r4().types(find("Patient", "Patient.managingOrganization").types);
    REQUIRE(reference.size() == 1);
    const auto targets = r4().canonicals(reference[0].targets);
    REQUIRE(targets.size() == 1);
    CHECK(targets[0].structure == r4().type("Organization"));
}

TEST_CASE("definitions: slices hang on what they slice") {
    const auto index = r4().structure(std::string(kCore) + "bp");
    REQUIRE(index != 0);
    const auto& bp = r4().structure_at(index);
    CHECK(bp.is_profile);
    CHECK(r4().derives(index, r4().type("Observation")));
    for (const auto& element : r4().elements(bp)) {
        if (r4().text(element.id) != "Observation.component") continue;
        REQUIRE(element.slicing != 0);
        const auto& slicing = r4().slicing(element.slicing);
        CHECK(r4().discriminators(slicing.discriminators).size() == 2);
        const auto& systolic = r4().element(element.first_slice);
        CHECK(r4().name_text(systolic.slice_name) == "SystolicBP");
        CHECK(r4().name_text(r4().element(systolic.next_slice).slice_name) == "DiastolicBP");
        CHECK(r4().element(systolic.next_slice).next_slice == 0);
        CHECK(systolic.order == element.order);
        const auto code = r4().child(element.first_slice, 0, r4().name("code"));
        CHECK(r4().text(r4().element(code.element).id) == "Observation.component:SystolicBP.code");
    }
}

TEST_CASE("definitions: value sets hold what can be known") {
    const auto& gender = value_set("administrative-gender");
    CHECK(r4().members(gender.members).size() == 4);
    CHECK(holds(gender, "http://hl7.org/fhir/administrative-gender", "female"));
    CHECK(gender.is_open == 0);
    CHECK(gender.open_systems.count + gender.whole_systems.count == 0);

    const auto& units = value_set("ucum-units");
    const auto whole = r4().systems(units.whole_systems);
    REQUIRE(whole.size() == 1);
    CHECK(r4().name_text(whole[0]) == "http://unitsofmeasure.org");

    const auto& findings = value_set("clinical-findings");
    const auto open = r4().systems(findings.open_systems);
    REQUIRE(open.size() == 1);
    CHECK(r4().name_text(open[0]) == "http://snomed.info/sct");
}

TEST_CASE("definitions: code systems know their hierarchy") {
    const auto index = r4().code_system("http://terminology.hl7.org/CodeSystem/v3-ActCode");
    REQUIRE(index != 0);
    const auto& system = r4().code_system_at(index);
    CHECK(system.content == CodeSystem::Content::complete);
    const auto concepts = r4().concepts(system.concepts);
    CHECK(concepts.size() > 900);
    for (std::size_t i = 1; i < concepts.size(); ++i)
        CHECK(r4().text(concepts[i - 1].code) < r4().text(concepts[i].code));
}

TEST_CASE("definitions: search parameters are sorted by base and code") {
    const SearchParameter* found = nullptr;
    for (const auto& parameter : r4().search_parameters())
        if (r4().name_text(parameter.base) == "Patient" && r4().name_text(parameter.code) == "birthdate")
            found = &parameter;
    REQUIRE(found != nullptr);
    CHECK(r4().text(found->type) == "date");
    CHECK(r4().search_parameters().front().base != 0);
}
