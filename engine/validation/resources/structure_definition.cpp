// StructureDefinition (http://hl7.org/fhir/R4/structuredefinition.html, elementdefinition.html): what must agree with
// the base, and what an element of a type can be constrained in.
#include <algorithm>
#include <array>
#include <map>
#include <variant>

#include "fhirpath/expression.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using fhir::Index;
using tree::Node;

template <std::size_t N>
bool is_one_of(std::string_view text, const std::array<std::string_view, N>& list) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

constexpr auto kCoded = std::to_array<std::string_view>(
    {"code", "Coding", "CodeableConcept", "Quantity", "string", "uri", "url", "oid", "uuid", "canonical", "Age",
     "Distance", "Duration", "Count", "Money", "MoneyQuantity", "SimpleQuantity", "Range", "Extension"});
constexpr auto kUnmeasured = std::to_array<std::string_view>({"boolean", "base64Binary", "xhtml"});
constexpr auto kOrdered = std::to_array<std::string_view>(
    {"integer", "decimal", "instant", "date", "dateTime", "time", "positiveInt", "unsignedInt", "Quantity", "Age",
     "Distance", "Duration", "Count", "Money", "MoneyQuantity", "SimpleQuantity"});
constexpr auto kTargeted = std::to_array<std::string_view>({"Reference", "canonical"});

std::string_view kind_code(fhir::Structure::Kind kind) {
    switch (kind) {
        case fhir::Structure::Kind::primitive_type:
            return "primitive-type";
        case fhir::Structure::Kind::complex_type:
            return "complex-type";
        case fhir::Structure::Kind::logical:
            return "logical";
        default:
            return "resource";
    }
}

class StructureCheck {
public:
    StructureCheck(const RuleContext& context, const Node& structure)
        : context_(context),
          definitions_(context.definitions),
          structure_(structure),
          type_(text_of(structure, "type")),
          is_constraint_(text_of(structure, "derivation") == "constraint") {}

    void run() {
        check_base();
        check_contexts();
        for (const auto list : {"differential", "snapshot"}) {
            keys_.clear();
            for (const auto& element : all(structure_.child(list), "element"))
                check_element(element, std::string_view(list) == "snapshot");
        }
    }

private:
    void check_base() {
        const auto canonical = text_of(structure_, "baseDefinition");
        if (canonical.empty()) return;
        const Index index = definitions_.structure(canonical);
        if (index == 0) {
            context_.warning(structure_, "structure-base",
                             "The base was not checked: load " + std::string(canonical) + ".", Issue::not_found);
            return;
        }
        const auto& base = definitions_.structure_at(index);
        const auto base_type = definitions_.name_text(base.type);
        if (!structure_.child("derivation"))
            return context_.error(structure_, "structure-derivation",
                                  "Say in derivation whether the base is constrained or specialised.");
        if (is_constraint_ && !type_.empty() && type_ != base_type)
            context_.error(structure_, "structure-type",
                           "Constrain the type that the base is about: " + std::string(base_type) + ".");
        if (!is_constraint_ && type_ == base_type)
            context_.error(structure_, "structure-type", "Give a specialisation a type of its own.");
        if (is_constraint_ && !base.is_abstract && text_of(structure_, "kind") != kind_code(base.kind))
            context_.error(structure_, "structure-kind", "Give the kind of the base.");
    }

    void check_contexts() {
        if (type_ == "Extension") return;
        for (const auto name : {"context", "contextInvariant"})
            for (const auto& context : all(structure_, name))
                context_.error(context, "structure-context", "Take the context away: only extensions have one.");
    }

    void check_element(const Node& element, bool in_snapshot) {
        const auto path = text_of(element, "path");
        const auto say = [&](std::string_view rule, std::string_view text) {
            context_.error(element, rule, std::string(text), Issue::business_rule);
        };
        // Paths of logical models begin with names of their own.
        const bool is_named =
            text_of(structure_, "kind") != "logical" && type_.find('/') == type_.npos && !type_.empty();
        const auto root = path.substr(0, path.find('.'));
        if (is_named && !path.empty() && root != type_) say("element-path", "Begin the path with the type.");
        if (!in_snapshot && element.child("slicing") && path.find('.') == std::string_view::npos)
            say("element-slicing", "Take the slicing away: the root is not repeated.");
        check_types(element, path, in_snapshot);
        for (const auto& constraint : all(element, "constraint")) check_constraint(constraint);
    }

    void check_types(const Node& element, std::string_view path, bool in_snapshot) {
        std::vector<std::string_view> types;
        for (const auto& type : all(element, "type")) {
            const auto code = text_of(type, "code");
            if (!code.empty()) types.push_back(code);
            if (!code.empty() && type.child("targetProfile") && !is_one_of(code, kTargeted))
                context_.error(element, "element-target", "Name targets only of references and canonicals.",
                               Issue::business_rule);
            check_profiles(type, code, path);
        }
        if (types.empty()) return;
        const auto any = [&](const auto& allowed) {
            return std::any_of(types.begin(), types.end(), [&](std::string_view type) {
                return is_one_of(type, allowed) || type.find('/') != std::string_view::npos;
            });
        };
        const auto need = [&](std::string_view name, bool can, std::string_view text) {
            if (element.child(name) && !can)
                context_.error(element, "element-constraint", std::string(text), Issue::business_rule);
        };
        const bool has_length = std::any_of(types.begin(), types.end(), [&](std::string_view type) {
            const Index index = definitions_.type(type);
            return index == 0 ? type.find('/') != std::string_view::npos
                              : definitions_.structure_at(index).kind == fhir::Structure::Kind::primitive_type &&
                                    !is_one_of(type, kUnmeasured);
        });
        need("binding", any(kCoded), "Bind only codes, texts, addresses and quantities to a value set.");
        need("maxLength", has_length, "Limit only the length of plain values.");
        need("minValue", any(kOrdered), "Give a smallest value only to what has an order.");
        need("maxValue", any(kOrdered), "Give a largest value only to what has an order.");
        if (!in_snapshot) return;
        for (const auto name : {"fixed", "pattern", "defaultValue"})
            if (const auto value = element.child(name))
                if (std::find(types.begin(), types.end(), value.type()) == types.end() && path.find('.') != path.npos &&
                    types.front().find('/') == std::string_view::npos)
                    context_.error(value, "element-value", "Give a value of one of the types of the element.");
    }

    /// A profile of a type is about that type, and of a modifier extension only where modifiers stand.
    void check_profiles(const Node& type, std::string_view code, std::string_view path) {
        for (const auto& profile : all(type, "profile")) {
            const Index index = definitions_.structure(profile.text());
            if (index == 0) continue;
            const auto& structure = definitions_.structure_at(index);
            const Index wanted = definitions_.type(code);
            if (wanted != 0 && !definitions_.derives(definitions_.type_of_name(structure.type), wanted)) {
                context_.error(profile, "element-profile",
                               "Name a profile of " + std::string(code) + ": this one is about another type.");
            } else if (code == "Extension") {
                const bool is_modifier = definitions_.element(structure.elements.first).is(fhir::Element::kModifier);
                const auto end = path.substr(path.rfind('.') == path.npos ? 0 : path.rfind('.') + 1);
                if ((end == "modifierExtension") != is_modifier && (end == "modifierExtension" || end == "extension"))
                    context_.error(profile, "element-profile",
                                   "Put modifier extensions, and only these, into modifierExtension.");
            }
        }
    }

    /// The same key means the same rule everywhere; an expression can be read.
    void check_constraint(const Node& constraint) {
        const auto key = text_of(constraint, "key");
        const auto expression = text_of(constraint, "expression");
        if (key.empty() || expression.empty()) return;
        const auto [known, is_new] = keys_.try_emplace(key, expression);
        if (!is_new && known->second != expression && key != "ele-1")
            context_.error(constraint, "constraint-key", "Give rules that differ keys that differ.");
        const auto source = text_of(constraint, "source");
        if (!is_new || (!source.empty() && source != text_of(structure_, "url"))) return;
        fhirpath::CompileOptions options;
        options.lenient_as = true;
        const auto compiled = fhirpath::Expression::compile(std::string(expression), options);
        if (const auto* mistake = std::get_if<fhirpath::CompileError>(&compiled))
            context_.error(constraint, "constraint-expression", "Correct the expression: " + mistake->what);
    }

    const RuleContext& context_;
    const fhir::Definitions& definitions_;
    const Node structure_;
    const std::string_view type_;
    const bool is_constraint_;
    std::map<std::string_view, std::string_view> keys_;
};

}  // namespace

void check_structure_definition(const RuleContext& context, const Node& resource) {
    StructureCheck(context, resource).run();
}

}  // namespace causeway::validation
