// Paths and operators; functions are in check_functions.cpp.
#include <algorithm>

#include "core/text.hpp"
#include "fhirpath/checker.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {
namespace {

bool is_segment_name(std::string_view name) {
    return name.size() == 3 && std::all_of(name.begin(), name.end(),
                                           [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

std::string_view system_of(const Value& constant) {
    static constexpr std::string_view kNames[] = {"",       "Boolean", "Integer",  "Decimal",
                                                  "String", "",        "Quantity", "TypeInfo"};
    static constexpr std::string_view kTemporal[] = {"Date", "DateTime", "Time"};
    if (const auto* temporal = std::get_if<Temporal>(&constant))
        return kTemporal[static_cast<std::size_t>(temporal->kind)];
    return kNames[constant.index()];
}

bool is_comparison(Operator op) {
    return op == Operator::less || op == Operator::less_equal || op == Operator::greater ||
           op == Operator::greater_equal;
}

}  // namespace

std::optional<CompileError> Checker::run() {
    root_ = StaticTypes::unknown();
    if (options_.focus_types != nullptr) {
        root_ = *options_.focus_types;
    } else if (options_.focus_element != 0) {
        root_ = model_.of_element(options_.focus_element);
    } else if (!options_.focus.empty()) {
        if (auto found = model_.of_path(options_.focus)) root_ = std::move(*found);
    }
    auto found = of(program_.root, {root_});
    if (options_.result != nullptr) *options_.result = std::move(found);
    return error_;
}

StaticTypes Checker::fail(std::size_t column, std::string what) {
    if (!error_) error_ = CompileError{column, std::move(what)};
    return StaticTypes::unknown();
}

StaticTypes Checker::of(std::uint32_t index, const StaticScope& scope) {
    if (error_ || !spend()) return StaticTypes::unknown();
    const Op& op = program_.ops[index];
    switch (op.code) {
        case OpCode::literal:
            return StaticTypes::system(system_of(program_.constants[op.a]));
        case OpCode::empty:
            return {};
        case OpCode::self:
            return scope.focus;
        case OpCode::index:
            return StaticTypes::system("Integer");
        case OpCode::total:
        case OpCode::hl7_path:
            return StaticTypes::unknown();
        case OpCode::variable:
            return variable(op);
        case OpCode::member:
            return member(op, input(op, scope));
        case OpCode::start:
            return start(op, scope);
        case OpCode::indexer:
            return indexer(op, scope);
        case OpCode::negate:
        case OpCode::plus_sign:
        case OpCode::descending:
            return input(op, scope);
        case OpCode::is_type:
            input(op, scope);
            return StaticTypes::system("Boolean");
        case OpCode::as_type:
            return narrowed(input(op, scope), program_.types[op.a]);
        case OpCode::binary:
            return binary(op, scope);
        case OpCode::function:
            return function(op, scope);
    }
    return StaticTypes::unknown();
}

StaticTypes Checker::input(const Op& op, const StaticScope& scope) {
    return op.input == Op::kFocus ? scope.focus : of(op.input, scope);
}

StaticTypes Checker::argument(const Op& op, std::uint32_t i, const StaticScope& scope) {
    return of(program_.arguments[op.first_argument + i], scope);
}

StaticTypes Checker::variable(const Op& op) {
    const auto& name = program_.names[op.a];
    if (name == "context") return root_;
    if (name == "resource" || name == "rootResource") return StaticTypes::unknown();
    if (name == "sct" || name == "loinc" || name == "ucum" || name.starts_with("vs-") || name.starts_with("ext-"))
        return StaticTypes::system("String");
    if (options_.variable_types != nullptr)
        if (const auto found = options_.variable_types->find(name); found != options_.variable_types->end())
            return found->second;
    if (options_.variables == nullptr) return StaticTypes::unknown();
    auto known = *options_.variables;
    if (std::find(known.begin(), known.end(), name) != known.end()) return StaticTypes::unknown();
    known.insert(known.end(), {"resource", "rootResource", "context", "sct", "loinc", "ucum"});
    return fail(op, "Define the variable %" + name + ", or correct its name." + did_you_mean(name, known));
}

// The column of a member's own name, behind the dot.
StaticTypes Checker::member(const Op& op, const StaticTypes& parents) {
    if (parents.any) return StaticTypes::unknown();
    if (parents.of.empty()) return parents;
    const auto& name = program_.names[op.a];
    StaticTypes found;
    found.is_unordered = parents.is_unordered;
    bool known = false;
    for (const auto& parent : parents.of) known = member_of(parent, name, found) || known;
    return known ? found : unknown_member(op, parents, name);
}

bool Checker::member_of(const StaticType& parent, const std::string& name, StaticTypes& found) {
    if (parent.system.empty()) return model_.child(parent, name, found);
    if (parent.system == "Quantity" && (name == "value" || name == "unit" || name == "code" || name == "system")) {
        found.any = true;
        return true;
    }
    if (parent.system != "TypeInfo" || (name != "name" && name != "namespace" && name != "baseType")) return false;
    found.add(StaticTypes::system("String"));
    return true;
}

StaticTypes Checker::unknown_member(const Op& op, const StaticTypes& parents, const std::string& name) {
    for (const auto& parent : parents.of)
        if (parent.system.empty())
            if (const auto advice = model_.choice_advice(parent, name); !advice.empty())
                return fail(op, "Write " + advice + " instead of " + name + ".");
    if (find_function(name) != nullptr) return fail(op, "Write " + name + "() to call the function.");
    std::vector<std::string> names;
    for (const auto& parent : parents.of)
        if (parent.system.empty()) model_.child_names(parent, names);
    const auto& first = parents.of.front();
    const std::string whose = parents.of.size() > 3 ? "what stands before it" : names_of(parents);
    return fail(op, "Correct \"" + name + "\": " + whose +
                        (first.system.empty() ? " has no such element." : " has no elements.") +
                        did_you_mean(name, names));
}

std::string Checker::names_of(const StaticTypes& types) const {
    std::string text;
    for (const auto& type : types.of) text += (text.empty() ? "" : " or ") + model_.name(type);
    return text;
}

// A name in upper case at the start of a path: the type of the focus itself, or an element of it.
StaticTypes Checker::start(const Op& op, const StaticScope& scope) {
    const auto& name = program_.names[op.a];
    const auto& definitions = model_.definitions();
    const auto type = definitions.type(name);
    if (scope.focus.is_message() && is_segment_name(name)) return StaticTypes::unknown();
    if (scope.focus.any) {
        if (type != 0) return model_.of_type(type);
        if (is_segment_name(name)) return StaticTypes::unknown();
        return fail(op, "Start with a type or an element: there is no type " + name + "." +
                            did_you_mean(name, known_types(&definitions)));
    }
    StaticTypes found;
    for (const auto& focus : scope.focus.of) {
        if (!focus.system.empty()) continue;
        if (type != 0 && focus.type != 0 && model_.related(type, focus.type)) {
            const bool narrower = type != focus.type && definitions.derives(type, focus.type);
            found.add(narrower ? model_.of_type(type) : StaticTypes{false, false, {focus}});
        } else {
            model_.child(focus, name, found);
        }
    }
    if (found.any || !found.of.empty() || scope.focus.of.empty()) return found;
    std::vector<std::string> names;
    for (const auto& focus : scope.focus.of)
        if (focus.system.empty()) names.push_back(model_.name(focus));
    return fail(op, "Start with " + names_of(scope.focus) + " or one of its elements: " + name + " is none." +
                        did_you_mean(name, names));
}

StaticTypes Checker::indexer(const Op& op, const StaticScope& scope) {
    auto items = input(op, scope);
    expect(argument(op, 0, scope), kNumberClass, op, "Put a whole number between [ and ].");
    check_order(op, items, "[]");
    return items;
}

void Checker::check_order(const Op& op, const StaticTypes& items, std::string_view what) {
    if (program_.strict && items.is_unordered)
        fail(op, "Take out " + std::string(what) + ": children() and descendants() have no order.");
}

void Checker::expect(const StaticTypes& types, unsigned classes, const Op& op, const std::string& what) {
    const auto found = model_.classes(types);
    if (found != 0 && (found & classes) == 0) fail(op, what);
}

StaticTypes Checker::narrowed(const StaticTypes& items, const TypeName& type) {
    StaticTypes found;
    found.is_unordered = items.is_unordered;
    const bool is_system = type.space != "FHIR" && is_system_type(type.name);
    for (const auto& item : items.of) {
        if (!item.system.empty()) {
            if (is_system && item.system == type.name) found.add(item);
        } else if (type.structure != 0 && item.type != 0 && model_.definitions().derives(item.type, type.structure)) {
            found.add(item);
        }
    }
    if (!found.of.empty()) return found;
    if (!type.lenient.empty()) {
        found.any = true;
    } else if (type.structure != 0) {
        found.add(model_.of_type(type.structure));
    } else if (is_system) {
        for (const auto name : {"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
            if (type.name == name) found.add(StaticTypes::system(name));
    } else {
        found.any = type.space != "System";
    }
    return found;
}

StaticTypes Checker::binary(const Op& op, const StaticScope& scope) {
    auto left = input(op, scope);
    auto right = argument(op, 0, scope);
    switch (op.op) {
        case Operator::union_:
            left.add(right);
            return left;
        case Operator::concatenate:
            return StaticTypes::system("String");
        case Operator::add:
        case Operator::subtract:
        case Operator::multiply:
        case Operator::divide:
        case Operator::div:
        case Operator::mod:
            return arithmetic(op, left, right);
        default:
            if (is_comparison(op.op)) check_comparison(op, left, right);
            return StaticTypes::system("Boolean");
    }
}

void Checker::check_comparison(const Op& op, const StaticTypes& left, const StaticTypes& right) {
    const auto a = model_.classes(left);
    const auto b = model_.classes(right);
    const auto both = [&](unsigned x, unsigned y) { return ((a & x) && (b & y)) || ((a & y) && (b & x)); };
    if (a == 0 || b == 0 || both(kTextClass, kTextClass | kDateClass | kTimeClass) ||
        both(kNumberClass, kNumberClass | kQuantityClass) || both(kQuantityClass, kQuantityClass) ||
        both(kDateClass, kDateClass) || both(kTimeClass, kTimeClass))
        return;
    fail(op, "Compare values of one kind: numbers, texts, dates, times or quantities.");
}

StaticTypes Checker::arithmetic(const Op& op, const StaticTypes& left, const StaticTypes& right) {
    const auto a = model_.classes(left);
    const auto b = model_.classes(right);
    if (a == 0 || b == 0) return StaticTypes::unknown();
    const bool additive = op.op == Operator::add || op.op == Operator::subtract;
    const unsigned measured = kNumberClass | kQuantityClass;
    const bool moves = additive && (a & (kDateClass | kTimeClass)) && (b & kQuantityClass);
    const bool joins = op.op == Operator::add && (a & kTextClass) && (b & kTextClass);
    if (!moves && !joins && ((a & measured) == 0 || (b & measured) == 0))
        return fail(op, "Calculate with numbers, quantities, or a date and a time span.");
    if (a == kNumberClass && b == kNumberClass) return StaticTypes::system("Decimal");
    if (a == kTextClass && b == kTextClass) return StaticTypes::system("String");
    if (a == kDateClass && left.of.size() == 1) return left;
    return StaticTypes::unknown();
}

std::optional<CompileError> check(const Program& program, const CompileOptions& options) {
    if (!options.definitions) return std::nullopt;
    return Checker(program, options).run();
}

}  // namespace causeway::fhirpath
