// Measure (http://hl7.org/fhir/R4/measure.html): codes that tell its parts apart, and the CQL that it names.
#include "core/digest.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Nodes = std::vector<Node>;

class MeasureCheck {
public:
    MeasureCheck(const RuleContext& context, const Node& measure) : context_(context) {
        for (const auto& library : all(measure, "library")) add_library(library);
    }

    void run(const Node& measure) {
        const auto groups = all(measure, "group");
        if (groups.empty()) context_.warning(measure, "measure-group", "Give the measure at least one group.");
        for (const auto& group : groups) {
            want_code(group, groups.size());
            if (!group.child("population"))
                context_.warning(group, "measure-population", "Give the group at least one population.");
            const auto populations = all(group, "population");
            for (const auto& each : populations) want_code(each, populations.size());
            const auto stratifiers = all(group, "stratifier");
            for (const auto& each : stratifiers) {
                want_code(each, stratifiers.size());
                check_criteria(each);
                const auto components = all(each, "component");
                for (const auto& component : components) {
                    want_code(component, components.size());
                    check_criteria(component);
                }
            }
        }
    }

private:
    void add_library(const Node& library) {
        const auto canonical = library.text().empty() ? text_of(library, "reference") : library.text();
        if (const auto held = context_.load(canonical, "Library")) return libraries_.push_back(held);
        if (!is_absolute(canonical)) return nameless_.push_back(library);
        is_unknown_ = true;  // Its statements may be in one that is not held.
        context_.say(library, Severity::information, Issue::not_found, "measure-library",
                     "The expressions were not checked: load the Library " + std::string(canonical) + ".");
    }

    void want_code(const Node& part, std::size_t count) const {
        if (count > 1 && !part.child("code"))
            context_.warning(part, "measure-code", "Give this part a code: there are several of its kind.");
    }

    /// A criterion in CQL is the name of a statement of the library, or of one of the libraries: "Library.Statement".
    void check_criteria(const Node& part) const {
        const auto criteria = part.child("criteria");
        const auto language = text_of(criteria, "language");
        if (language != "text/cql" && language != "text/cql.identifier" && language != "text/cql-identifier") return;
        const auto say = [&](std::string_view text) {
            context_.error(criteria, "measure-criteria", std::string(text), Issue::invalid);
        };
        if (is_unknown_) return;
        for (const auto& library : nameless_)
            context_.error(library, "canonical-absolute", "Name the library by its absolute canonical URL.");
        if (libraries_.empty()) return say("Name and load the Library that the criteria are from.");
        const auto expression = text_of(criteria, "expression");
        const auto dot = expression.find('.');
        if (dot == std::string_view::npos) {
            if (libraries_.size() > 1) return say("Name the library before the statement: there are several.");
            return check_statement(criteria, *libraries_.front(), expression);
        }
        fhir::FhirDocumentPtr named;
        for (const auto& library : libraries_)
            if (text_of(library->root(), "name") == expression.substr(0, dot)) named = library;
        if (!named) return say("Name one of the measure's libraries before the statement.");
        check_statement(criteria, *named, expression.substr(dot + 1));
    }

    /// The compiled form (ELM) lists the statements; without it nothing can be looked up.
    void check_statement(const Node& criteria, const fhir::FhirDocument& library, std::string_view statement) const {
        for (const auto& content : all(library.root(), "content")) {
            if (text_of(content, "contentType") != "application/elm+xml") continue;
            const auto elm = base64_decode(text_of(content, "data"));
            if (!elm) break;
            if (elm->find("name=\"" + std::string(statement) + "\"") == std::string::npos)
                context_.error(criteria, "measure-criteria", "Name a statement that the library defines.",
                               Issue::not_found);
            return;
        }
    }

    const RuleContext& context_;
    std::vector<fhir::FhirDocumentPtr> libraries_;
    std::vector<Node> nameless_;  // What can't be found, because it is named by a relative address.
    bool is_unknown_ = false;
};

}  // namespace

void check_measure(const RuleContext& context, const Node& resource) {
    MeasureCheck(context, resource).run(resource);
}

}  // namespace causeway::validation
