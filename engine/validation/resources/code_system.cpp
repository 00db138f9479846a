// CodeSystem (http://hl7.org/fhir/R4/codesystem.html): content, count, supplements, properties, the value set of all.
#include <map>

#include "fhir/definitions/json_value.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Membership = Terminology::Membership;

std::size_t count_concepts(const Node& parent) {
    std::size_t count = 0;
    for (const auto& each : all(parent, "concept")) count += 1 + count_concepts(each);
    return count;
}

class CodeSystemCheck {
public:
    CodeSystemCheck(const RuleContext& context, const Node& system)
        : context_(context),
          system_(system),
          content_(text_of(system, "content")),
          supplements_(text_of(system, "supplements")) {
        for (const auto& property : all(system, "property"))
            types_.emplace(text_of(property, "code"), text_of(property, "type"));
    }

    void run() {
        check_content();
        check_value_set();
        if (!supplements_.empty()) check_supplement();
        check_properties(system_);
    }

private:
    void error(const Node& at, std::string_view rule, std::string_view text) const {
        context_.error(at, rule, std::string(text), Issue::business_rule);
    }

    void check_content() const {
        const auto count = system_.child("count");
        const auto concepts = system_.child("concept");
        if (count && content_ == "complete" && count.text() != std::to_string(count_concepts(system_)))
            error(count, "code-system-count", "Give the number of concepts that the code system has.");
        if (concepts && content_ == "not-present")
            error(concepts, "code-system-content", "Take the concepts away: the content is said not to be here.");
        if (content_ == "supplement" && supplements_.empty())
            error(system_.child("content"), "code-system-supplement", "Name in supplements what is supplemented.");
    }

    /// CodeSystem.valueSet is the value set of all codes.
    void check_value_set() const {
        const auto canonical = text_of(system_, "valueSet");
        const auto index = canonical.empty() ? 0 : context_.definitions.value_set(canonical);
        if (index == 0) return;
        fhir::JsonArena arena;
        const auto parsed = arena.parse(context_.definitions.value_set_json(index));
        if (!parsed) return;
        const auto& includes = (**parsed)["compose"]["include"];
        const auto& include = includes.item(0);
        if (includes.size() != 1)
            error(system_, "code-system-value-set",
                  "Name a value set that includes this code system, and nothing else.");
        else if (include("system") != text_of(system_, "url"))
            error(system_, "code-system-value-set", "Name a value set of this code system: it is of another.");
        else if (include.has("concept") || include.has("filter") || include.has("valueSet"))
            error(system_, "code-system-value-set", "Name a value set of all codes: this one has only some.");
    }

    void check_supplement() const {
        if (content_ != "supplement")
            error(system_.child("content"), "code-system-supplement",
                  "Set content to supplement: the code system supplements another.");
        for (const auto name : {"caseSensitive", "hierarchyMeaning"})
            if (const auto stated = system_.child(name))
                error(stated, "code-system-supplement", "Leave this to the code system that is supplemented.");
        check_supplemented(system_, supplements_.substr(0, supplements_.find('|')));
    }

    /// A supplement tells more of codes that the system has already.
    void check_supplemented(const Node& parent, std::string_view system) const {
        for (const auto& each : all(parent, "concept")) {
            const auto found = context_.terminology.look_up(system, text_of(each, "code"));
            if (found.membership == Membership::not_in || found.doubt != nullptr)
                context_.error(each, "code-system-supplement-code",
                               "Supplement only codes that the code system " + std::string(system) + " has.",
                               Issue::code_invalid);
            check_supplemented(each, system);
        }
    }

    void check_properties(const Node& parent) const {
        for (const auto& each : all(parent, "concept")) {
            for (const auto& property : all(each, "property")) check_property(property);
            check_properties(each);
        }
    }

    /// A value is of the type that the property is declared with.
    void check_property(const Node& property) const {
        const auto found = types_.find(text_of(property, "code"));
        const auto value = property.child("value");
        if (found == types_.end() || !value || value.type() == found->second) return;
        context_.error(value, "code-system-property",
                       "Give a value of the type that the property has: " + std::string(found->second) + ".");
    }

    const RuleContext& context_;
    const Node system_;
    const std::string_view content_;
    const std::string_view supplements_;
    std::map<std::string_view, std::string_view> types_;  // Of properties.
};

}  // namespace

void check_code_system(const RuleContext& context, const Node& resource) {
    CodeSystemCheck(context, resource).run();
}

}  // namespace causeway::validation
