#include <doctest/doctest.h>

#include <string>

#include "fhir/definitions/compile.hpp"
#include "support/definitions.hpp"

using namespace causeway;
using namespace causeway::fhir;

namespace {

struct Profile {
    std::string name;
    std::string elements;
    std::string base = "http://hl7.org/fhir/StructureDefinition/Observation";
    std::string type = "Observation";
};

std::string json_of(const Profile& profile) {
    return R"({"resourceType": "StructureDefinition", "url": "urn:)" + profile.name +
           R"(", "kind": "resource", "type": ")" + profile.type +
           R"(", "derivation": "constraint", "fhirVersion": "4.0.1", "baseDefinition": ")" + profile.base +
           R"(", "differential": {"element": [)" + profile.elements + "]}}";
}

Compiled compiled(std::initializer_list<Profile> profiles) {
    Documents documents(test::r4());
    for (const auto& profile : profiles) REQUIRE(documents.add_text(json_of(profile), profile.name).has_value());
    auto made = extend(test::r4(), documents);
    REQUIRE(made.has_value());
    return std::move(*made);
}

/// Definitions of one profile, and its elements by id.
class Made {
public:
    explicit Made(std::initializer_list<Profile> profiles, std::string_view url = "urn:a") : all_(compiled(profiles)) {
        structure_ = &d().structure_at(d().structure(url));
    }
    explicit Made(const std::string& elements) : Made({Profile{"a", elements}}) {}

    const Definitions& d() const { return *all_.definitions; }
    const std::vector<DefinitionIssue>& issues() const { return all_.issues; }
    const Structure& structure() const { return *structure_; }

    const Element* find(std::string_view id) const {
        for (const auto& element : d().elements(*structure_))
            if (d().text(element.id) == id) return &element;
        return nullptr;
    }
    const Element& at(std::string_view id) const {
        const auto* found = find(id);
        REQUIRE_MESSAGE(found != nullptr, id);
        return *found;
    }
    std::string types(std::string_view id) const {
        std::string text;
        for (const auto& type : d().types(at(id).types))
            text += (text.empty() ? "" : " ") + std::string(d().name_text(type.code));
        return text;
    }
    std::string constraints(std::string_view id) const {
        std::string text;
        for (const auto index : d().constraints(at(id).constraints))
            text += (text.empty() ? "" : " ") + std::string(d().text(d().constraint_at(index).key));
        return text;
    }

private:
    Compiled all_;
    const Structure* structure_;
};

}  // namespace

TEST_CASE("snapshot: a differential overrides what it names and leaves the rest") {
    const Made made(R"({"path": "Observation.subject", "min": 1},
                       {"path": "Observation.note", "max": "0"},
                       {"path": "Observation.status", "fixedCode": "final", "mustSupport": true})");
    CHECK(made.issues().empty());
    CHECK(made.at("Observation.subject").min == 1);
    CHECK(made.at("Observation.subject").max == 1);
    CHECK(made.types("Observation.subject") == "Reference");
    CHECK(made.at("Observation.note").max == 0);
    CHECK(made.d().text(made.d().literal(made.at("Observation.status").fixed).json) == "\"final\"");
    CHECK(made.at("Observation.status").is(Element::kMustSupport));
    CHECK(made.structure().elements.count == test::r4()->structure_at(test::r4()->type("Observation")).elements.count);
}

TEST_CASE("snapshot: constraints add up and tell whose they are") {
    const Made made(R"x({"path": "Observation", "constraint": [
        {"key": "a-1", "severity": "error", "human": "h", "expression": "code.exists()"}]})x");
    CHECK(made.constraints("Observation") == "dom-2 dom-3 dom-4 dom-5 dom-6 obs-6 obs-7 a-1");
    const auto last = made.d().constraints(made.at("Observation").constraints).back();
    CHECK(made.d().text(made.d().constraint_at(last).source) == "urn:a");
}

TEST_CASE("snapshot: a step below an element brings the children of its type") {
    const Made made(
        R"({"path": "Observation.code.coding.system", "min": 1}, {"path": "Observation.note.text", "max": "1"})");
    CHECK(made.at("Observation.code.coding.system").min == 1);
    CHECK(made.find("Observation.code.coding.display") != nullptr);
    CHECK(made.find("Observation.code.text") != nullptr);
    CHECK(made.find("Observation.method.coding") == nullptr);
}

TEST_CASE("snapshot: slices begin as what they slice and may be absent") {
    const Made made(
        R"({"path": "Observation.category", "min": 1, "slicing": {"discriminator": [{"type": "value", "path": "coding.code"}], "rules": "open"}},
                       {"path": "Observation.category", "sliceName": "lab", "max": "1"},
                       {"path": "Observation.category.coding.code", "fixedCode": "laboratory"},
                       {"path": "Observation.category", "sliceName": "other", "min": 1})");
    CHECK(made.issues().empty());
    const auto& lab = made.at("Observation.category:lab");
    CHECK(lab.min == 0);
    CHECK(lab.max == 1);
    CHECK(lab.binding != 0);
    CHECK(made.at("Observation.category:lab.coding.code").fixed != 0);
    CHECK(made.find("Observation.category:other.coding") == nullptr);
    CHECK(made.at("Observation.category:other").min == 1);
    const auto& sliced = made.at("Observation.category");
    CHECK(sliced.slicing != 0);
    CHECK(&made.d().element(sliced.first_slice) == &lab);
    CHECK(made.d().element(lab.next_slice).min == 1);
}

TEST_CASE("snapshot: a re-slice begins as its slice and hangs on it") {
    const Made made(
        {Profile{
             "base",
             R"({"path": "Observation.category", "slicing": {"discriminator": [{"type": "value", "path": "coding.code"}], "rules": "open"}},
                                        {"path": "Observation.category", "sliceName": "lab", "max": "3"})"},
         Profile{
             "a",
             R"({"path": "Observation.category", "sliceName": "lab", "slicing": {"discriminator": [{"type": "value", "path": "text"}], "rules": "open"}},
                                     {"path": "Observation.category", "sliceName": "lab/blood", "max": "1"})",
             "urn:base"}});
    CHECK(made.issues().empty());
    const auto& lab = made.at("Observation.category:lab");
    CHECK(lab.max == 3);
    CHECK(&made.d().element(lab.first_slice) == &made.at("Observation.category:lab/blood"));
    CHECK(made.at("Observation.category:lab/blood").max == 1);
}

TEST_CASE("snapshot: a choice is narrowed by its types or by a shortcut") {
    const Made narrowed(
        R"({"path": "Observation.value[x]", "type": [{"code": "Quantity"}]}, {"path": "Observation.value[x].unit", "min": 1})");
    CHECK(narrowed.types("Observation.value[x]") == "Quantity");
    CHECK(narrowed.at("Observation.value[x].unit").min == 1);

    const Made shortcut(
        R"({"path": "Observation.valueQuantity", "min": 1}, {"path": "Observation.valueQuantity.unit", "min": 1})");
    CHECK(shortcut.issues().empty());
    CHECK(shortcut.types("Observation.value[x]") == "Quantity");
    CHECK(shortcut.types("Observation.value[x]:valueQuantity") == "Quantity");
    CHECK(shortcut.at("Observation.value[x]:valueQuantity").min == 1);
    CHECK(shortcut.at("Observation.value[x]:valueQuantity.unit").min == 1);
    const auto& slicing = shortcut.d().slicing(shortcut.at("Observation.value[x]").slicing);
    CHECK(shortcut.d().discriminators(slicing.discriminators).front().kind == Discriminator::Kind::type);

    const Made slice(
        R"({"id": "Observation.value[x]:valueQuantity", "path": "Observation.value[x]", "sliceName": "valueQuantity", "min": 0})");
    CHECK(slice.types("Observation.value[x]:valueQuantity") == "Quantity");
    CHECK(slice.types("Observation.value[x]").size() > 40);
}

TEST_CASE("snapshot: what one type of a choice has may be constrained while there are several") {
    const Made made({Profile{"a", R"({"path": "MessageHeader.event[x].code", "min": 1})",
                             "http://hl7.org/fhir/StructureDefinition/MessageHeader", "MessageHeader"}});
    CHECK(made.issues().empty());
    CHECK(made.types("MessageHeader.event[x]") == "Coding uri");
    CHECK(made.at("MessageHeader.event[x].code").min == 1);
    CHECK(made.find("MessageHeader.event[x].display") != nullptr);
}

TEST_CASE("snapshot: below an extension stand the elements of its own definition") {
    const Made made(
        R"({"id": "Observation.extension:place", "path": "Observation.extension", "sliceName": "place", "max": "1",
                        "type": [{"code": "Extension", "profile": ["http://hl7.org/fhir/StructureDefinition/patient-birthPlace"]}]},
                       {"id": "Observation.extension:place.value[x].city", "path": "Observation.extension.value[x].city", "min": 1})");
    CHECK(made.issues().empty());
    CHECK(made.types("Observation.extension:place.value[x]") == "Address");
    CHECK(made.at("Observation.extension:place.value[x].city").min == 1);
}

TEST_CASE("snapshot: content references bring the children of what they name") {
    const Made made({Profile{"a", R"({"path": "Questionnaire.item.item.text", "min": 1})",
                             "http://hl7.org/fhir/StructureDefinition/Questionnaire", "Questionnaire"}});
    CHECK(made.issues().empty());
    CHECK(made.at("Questionnaire.item.item.text").min == 1);
    CHECK(made.at("Questionnaire.item.text").min == 0);
    CHECK(made.at("Questionnaire.item.item.item").content_reference != 0);
}

TEST_CASE("snapshot: a profile on a profile has what both say, in whatever order they come") {
    const Made made({Profile{"a", R"({"path": "Observation.note", "max": "1"})", "urn:base"},
                     Profile{"base", R"({"path": "Observation.subject", "min": 1})"}});
    CHECK(made.at("Observation.subject").min == 1);
    CHECK(made.at("Observation.note").max == 1);
    CHECK(made.d().structure_at(made.structure().base).url.length == std::string_view("urn:base").size());
}

TEST_CASE("snapshot: what the base does not have is told with the element's id") {
    const Made made(R"({"path": "Observation.subjekt", "min": 1}, {"path": "Observation.note", "max": "1"})");
    REQUIRE(made.issues().size() == 1);
    CHECK(made.issues()[0].where == "urn:a#Observation.subjekt");
    CHECK(made.issues()[0].is_error);
    CHECK(made.at("Observation.note").max == 1);
}

TEST_CASE("snapshot: a profile without its base, or based on itself, is told and has no elements") {
    const Made orphan({Profile{"a", R"({"path": "Observation.note", "max": "1"})", "urn:none"}});
    REQUIRE(orphan.issues().size() == 1);
    CHECK(orphan.issues()[0].where == "urn:a");
    CHECK(orphan.structure().is_complete == 0);
    const Made circle({Profile{"a", "", "urn:b"}, Profile{"b", "", "urn:a"}});
    CHECK(circle.issues().size() >= 1);
    CHECK(circle.d().derives(circle.d().structure("urn:a"), circle.d().type("Patient")) == false);
}
