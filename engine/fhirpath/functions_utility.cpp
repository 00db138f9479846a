/// Tree, types, time and tracing (FHIRPath N1 sections 5.8, 5.9, 6.3), FHIR's additions
/// (http://hl7.org/fhir/R4/fhirpath.html#functions) and Causeway's.
#include "core/nhs_number.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {
namespace {

void add_children(const Value& item, std::vector<tree::Node>& out) {
    if (const auto* node = as_node(item)) node->children(out);
}

bool children(Call& call) {
    std::vector<tree::Node> nodes;
    for (const auto& item : call.input) add_children(item, nodes);
    call.out.insert(call.out.end(), nodes.begin(), nodes.end());
    return true;
}

bool descendants(Call& call) {
    std::vector<tree::Node> level;
    for (const auto& item : call.input) add_children(item, level);
    while (!level.empty()) {
        if (!call.evaluator.spend(call.op, level.size())) return false;
        call.out.insert(call.out.end(), level.begin(), level.end());
        std::vector<tree::Node> next;
        for (const auto& node : level) node.children(next);
        level = std::move(next);
    }
    return true;
}

// Values may be of patients, so that nothing is written anywhere; the arguments are evaluated for their mistakes.
bool trace(Call& call) {
    Collection ignored;
    if (!call.evaluate(0, ignored)) return false;
    for (std::size_t i = 0; call.arguments() > 1 && i < call.input.size(); ++i)
        if (!call.evaluate_for(1, {call.input[i]}, static_cast<std::int64_t>(i), ignored)) return false;
    call.out.insert(call.out.end(), call.input.begin(), call.input.end());
    return true;
}

bool has_clock(Call& call) {
    return call.evaluator.environment().now.has_value() ||
           call.fail("Take " + std::string(call.op.function->name) +
                     "() out: there is no clock where this expression stands.");
}

bool now(Call& call) {
    return has_clock(call) && call.give(Moment::from(*call.evaluator.environment().now, false).temporal());
}

bool today(Call& call) {
    return has_clock(call) && call.give(Moment::from(*call.evaluator.environment().now, true).temporal());
}

bool time_of_day(Call& call) {
    if (!has_clock(call)) return false;
    auto moment = Moment::from(*call.evaluator.environment().now, false);
    moment.kind = Temporal::Kind::time;
    return call.give(moment.temporal());
}

bool one_type(Call& call, const Value*& item) {
    item = call.input.empty() ? nullptr : &call.input.front();
    return call.input.size() <= 1 || call.fail("Give a single item to is() and as(); ofType() takes many.");
}

bool is_function(Call& call) {
    const Value* item = nullptr;
    if (!one_type(call, item)) return false;
    return item == nullptr || call.give(is_type(*item, call.evaluator.program().types[call.op.a]));
}

bool as_function(Call& call) {
    const Value* item = nullptr;
    if (!one_type(call, item)) return false;
    return item == nullptr || !has_type(*item, call.evaluator.program().types[call.op.a]) || call.give(*item);
}

// type() gives "System.Integer"; type().name and type().namespace its parts (the parser sets which).
bool type_info(Call& call) {
    for (const auto& item : call.input) {
        const std::string name(name_of(item));
        const std::string space(space_of(item));
        call.give(call.op.a == 1 ? name : call.op.a == 2 ? space : space.empty() ? name : space + "." + name);
    }
    return true;
}

bool extension(Call& call) {
    std::optional<std::string> url;
    if (!call.string_argument(0, url)) return false;
    std::vector<tree::Node> found;
    for (const auto& item : call.input)
        if (const auto* node = as_node(item)) node->children("extension", found);
    for (const auto& node : found)
        if (url && node.child("url").text() == *url) call.give(node);
    return true;
}

bool is_valued(const Value& value) {
    const auto* node = as_node(value);
    return node == nullptr || node->has_value();
}

bool has_value(Call& call) {
    return call.give(call.input.size() == 1 && is_valued(call.input.front()));
}

// The System value of a primitive.
bool get_value(Call& call) {
    if (call.input.size() != 1 || !is_valued(call.input.front())) return true;
    const auto& item = call.input.front();
    const auto* node = as_node(item);
    if (node == nullptr) return call.give(item);
    if (const auto boolean = as_boolean(item)) return call.give(*boolean);
    if (node->kind() == tree::Kind::number) {
        if (const auto number = as_number(item)) return call.give(to_value(*number, is_integer(item)));
    }
    const auto type = node->type();
    if (type == "date" || type == "dateTime" || type == "instant" || type == "time")
        if (const auto moment = as_moment(item)) return call.give(moment->temporal());
    return call.give(std::string(node->text()));
}

bool resolve(Call& call) {
    const auto& resolver = call.evaluator.environment().resolve;
    if (!resolver) return true;
    const auto* root = call.evaluator.root().empty() ? nullptr : as_node(call.evaluator.root().front());
    for (const auto& item : call.input) {
        const auto* node = as_node(item);
        const auto reference = node != nullptr && node->kind() == tree::Kind::object ? node->child("reference").text()
                                                                                     : as_string(item).value_or("");
        if (reference.empty()) continue;
        if (const auto target = resolver(reference, root != nullptr ? *root : tree::Node())) call.give(target);
    }
    return true;
}

// Without definitions: of the base profiles, which say no more than the type.
bool conforms_to(Call& call) {
    static constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
    std::optional<std::string> url;
    if (!call.string_argument(0, url)) return false;
    if (!url || call.input.empty()) return true;
    if (!url->starts_with(kBase)) return call.fail("Load the profile that conformsTo() names.");
    const TypeName type{"", url->substr(kBase.size())};
    return call.give(call.input.size() == 1 && is_type(call.input.front(), type));
}

bool is_nhs_number(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    const auto text = as_string(*item);
    return call.give(text && is_valid_nhs_number(*text));
}

constexpr Function kFunctions[] = {
    {"children", 0, 0, children},
    {"descendants", 0, 0, descendants},
    {"trace", 1, 2, trace},
    {"now", 0, 0, now},
    {"today", 0, 0, today},
    {"timeOfDay", 0, 0, time_of_day},
    {"is", 1, 1, is_function, true},
    {"as", 1, 1, as_function, true},
    {"type", 0, 0, type_info},
    {"extension", 1, 1, extension},
    {"hasValue", 0, 0, has_value},
    {"getValue", 0, 0, get_value},
    {"resolve", 0, 0, resolve},
    {"conformsTo", 1, 1, conforms_to},
    {"isNhsNumber", 0, 0, is_nhs_number},
};

}  // namespace

std::span<const Function> utility_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
