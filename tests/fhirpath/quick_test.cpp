/// The short way gives what the evaluator gives, and allocates nothing.
#include "fhirpath/quick.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <new>

#include "fhir/document.hpp"
#include "fhirpath/expression.hpp"
#include "support/definitions.hpp"

namespace {
std::atomic<std::size_t> allocations{0};
}  // namespace

void* operator new(std::size_t size) {
    ++allocations;
    if (void* made = std::malloc(size != 0 ? size : 1)) return made;
    throw std::bad_alloc();
}
void operator delete(void* at) noexcept {
    std::free(at);
}
void operator delete(void* at, std::size_t) noexcept {
    std::free(at);
}

using namespace causeway;
using fhirpath::Expression;

namespace {

constexpr auto kPatient =
    R"({"resourceType":"Patient","id":"p","active":true,"gender":"female","birthDate":"2008-02-29",
    "_birthDate":{"extension":[{"url":"http://example.org/time","valueDateTime":"2008-02-29T10:00:00+01:00"}]},
    "identifier":[{"system":"urn:x","value":"1","period":{"start":"2020-01-01"}},{"system":"urn:y","value":"2"}],
    "name":[{"use":"official","family":"Ash","given":["Ann",null,"Bea"],"_given":[null,{"id":"g"},null]},
            {"use":"usual","given":["Annie"]}],"multipleBirthInteger":2,"deceasedBoolean":false,
    "contact":[{"gender":"male"},{"name":{"family":"Oak"}}],
    "managingOrganization":{"reference":"#o"},"contained":[{"resourceType":"Organization","id":"o","name":"Surgery"}]})";

constexpr const char* kExpressions[] = {
    "active",
    "active.not()",
    "name.given",
    "name.given.exists()",
    "name.where(use = 'official').family",
    "name.where(use != 'official').given",
    "name.all(family.exists())",
    "name.exists(use = 'usual' and family.empty())",
    "name.first().given.first()",
    "name[1].given",
    "name[7].given",
    "name.count() = 2",
    "name.given.count() > 2",
    "(name.given | name.family).exists()",
    "(name.given | name.given).count()",
    "name.given | name.given",
    "name.select(given)",
    "name.select(given | family)",
    "identifier.system.all($this.startsWith('urn:'))",
    "identifier.value.where($this = '1' or $this = '2')",
    "identifier.where(system in ('urn:x' | 'urn:y')).value",
    "gender in ('male' | 'female')",
    "gender in ('male' | 'other')",
    "contact.gender in ('male' | 'other')",
    "multipleBirth is integer",
    "multipleBirth.ofType(integer)",
    "multipleBirth as boolean",
    "deceased.ofType(boolean).not()",
    "deceased implies active",
    "birthDate.extension('http://example.org/time').value",
    "birthDate.extension('http://example.org/none').exists()",
    "birthDate = '2008-02-29'",
    "birthDate.hasValue()",
    "birthDate.matches('^[0-9-]+$')",
    "name.given.hasValue()",
    "name.given.select(hasValue())",
    "name.family = 'Ash'",
    "name.given = 'Ann'",
    "name.given != 'Ann'",
    "active = true",
    "active != false",
    "Patient.name.family",
    "Resource.id",
    "Observation.id",
    "contained.ofType(Organization).name",
    "contained.ofType(Patient).empty()",
    "contained.where(meta.versionId.exists()).empty()",
    "%resource.id = 'p'",
    "%context.contact.count() = 2",
    "name and active",
    "name.family and active",
    "name.family xor contact.none",
    "true or name",
    "nothing.exists()",
    "nothing = 'x'",
    "nothing.where(x).empty()",
    "$this is Patient",
    "$this is DomainResource",
    "(name.given | name.given).first()",
    "(contact.name | name).first().given",
    "%person",
    "%person.name.given",
    "%person.name.where(use = 'official').family",
    "%person.contact[1].name.family = 'Oak'",
    "(%person.identifier | identifier).first().value",
    "%person.name | contact.name",
    "%both.given",
    "%both.count() = 2",
    "%both = 'x'",
    "%none.exists()",
    "%none.name",
    "%text",
    "%text = 'Ash'",
    "name.where(family = %text).given",
    "%mixed",
    "%mixed.family",
    "%elsewhere.name.family",
    "%unheard.name",
    "(name.where(use = 'usual').given | %person.contact.name.family).first() = 'Annie'",
    "name.given.first() & contact[1].name.family",
    "(identifier.where(system = 'urn:y').value | contact.gender) | name.family.first()",
    "contact.where((name.family | gender).first() = 'male')",
    "name.select((family | given.first()).first())",
    "identifier.where(value.toInteger() > %resource.multipleBirth.ofType(integer) - 1).system",
    "name.given.where($this.length() = %context.name.count() + 1)",
};

/// Nodes of the document itself, none, texts, both, and a node of another document.
fhirpath::Environment variables_of(const tree::Node& patient, const tree::Node& other) {
    std::vector<tree::Node> names;
    patient.children("name", names);
    fhirpath::Environment environment;
    environment.variables["person"] = {patient};
    environment.variables["both"] = {names.begin(), names.end()};
    environment.variables["none"] = {};
    environment.variables["text"] = {std::string("Ash")};
    environment.variables["mixed"] = {names.front(), std::string("Ash")};
    environment.variables["elsewhere"] = {other};
    return environment;
}

struct Outcome {
    std::string text;
    bool operator==(const Outcome&) const = default;
};

Outcome outcome_of(const Result<fhirpath::Collection>& result) {
    if (!result) return {"! " + result.error().where + ' ' + result.error().what};
    std::string text;
    for (const auto& item : result.value()) {
        const auto* node = std::get_if<tree::Node>(&item);
        text += '[' + (node != nullptr ? node->path() : fhirpath::to_text(item)) + ']';
    }
    return {text};
}

// explain() is always the evaluator's.
void check_same(const Expression& expression, const tree::Node& focus, const fhirpath::Environment& environment) {
    std::vector<fhirpath::Explained> steps;
    const auto quick = outcome_of(expression.evaluate(focus, environment));
    const auto whole = outcome_of(expression.explain(focus, environment, steps));
    if (!(quick == whole))
        FAIL_CHECK(expression.text() << " at " << focus.path() << ": " << quick.text << " or " << whole.text);
}

fhir::FhirDocumentPtr parsed(std::string json, const fhir::DefinitionsPtr& definitions) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    options.lenient = true;
    auto made = fhir::parse(Payload(std::move(json)), options);
    return made ? *made : nullptr;
}

}  // namespace

TEST_CASE("quick: the short way and the evaluator agree, with definitions and without") {
    const fhir::DefinitionsPtr none;
    for (const auto& held : {test::r4(), none}) {
        for (const auto& read : {test::r4(), none}) {
            const auto document = parsed(kPatient, read);
            const auto other = parsed(kPatient, read);
            const auto environment = variables_of(document->root(), other->root());
            for (const auto* text : kExpressions) {
                fhirpath::CompileOptions options;
                options.definitions = held;
                auto compiled = Expression::compile(text, options);
                REQUIRE_MESSAGE(std::holds_alternative<Expression>(compiled), text);
                check_same(std::get<Expression>(compiled), document->root(), environment);
            }
        }
    }
}

TEST_CASE("quick: a condition allocates nothing") {
    const auto document = parsed(kPatient, test::r4());
    const fhirpath::Environment environment;
    for (const auto* text : {"active", "name.where(use = 'official').family.exists()",
                             "name.all(family.exists() or given.exists())", "gender in ('male' | 'female')",
                             "contained.where(meta.versionId.exists() or meta.lastUpdated.exists()).empty()",
                             "identifier.where(system = 'urn:x').value.startsWith('1')", "name.given.count() = 3",
                             "deceased.ofType(boolean) implies active"}) {
        fhirpath::CompileOptions options;
        options.definitions = test::r4();
        options.focus = "Patient";
        const auto compiled = std::get<Expression>(Expression::compile(text, options));
        const auto root = document->root();
        const auto before = allocations.load();
        const bool worked = compiled.test(root, environment).has_value();
        const auto after = allocations.load();
        CHECK(worked);
        CHECK_MESSAGE(after == before, text);
    }
}

TEST_CASE("quick: over the published examples every invariant means the same both ways") {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    const std::filesystem::path corpus = set != nullptr ? set : CAUSEWAY_SOURCE_DIR "/../shared/corpus";
    const auto folder = corpus / "fhir/r4-examples/json";
    if (!std::filesystem::exists(folder)) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    const auto& held = *test::r4();
    std::map<fhir::Index, Expression> compiled;
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const auto document = parsed({std::istreambuf_iterator<char>(in), {}}, test::r4());
        if (!document || entry.file_size() > 60'000) continue;
        const auto& tape = fhir::Tape::of(*document);
        fhirpath::Environment environment;
        environment.resource = tape.root();
        for (fhir::Index i = 0; i < tape.records().size(); ++i) {
            const auto& record = tape.records()[i];
            if (!record.is_shown() || record.element == 0) continue;
            for (const auto index : held.constraints(held.element(record.element).constraints)) {
                auto found = compiled.find(index);
                if (found == compiled.end()) {
                    fhirpath::CompileOptions options;
                    options.definitions = test::r4();
                    options.lenient_as = true;
                    auto made = Expression::compile(held.text(held.constraint_at(index).expression), options);
                    const auto* good = std::get_if<Expression>(&made);
                    found = compiled.emplace(index, good != nullptr ? *good : Expression()).first;
                }
                if (++count % 7 == 0 || record.is(fhir::Record::kResource))
                    check_same(found->second, tape.node(i), environment);
            }
        }
    }
    CHECK(count > 10'000);
}
