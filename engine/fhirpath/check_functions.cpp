// What functions take and give.
#include "fhirpath/checker.hpp"
#include "fhirpath/functions.hpp"

namespace causeway::fhirpath {
namespace {

using Gives = Signature::Gives;

// Whatever stands before them means nothing to these.
bool is_constant(const Signature& signature) {
    return signature.name == "now" || signature.name == "today" || signature.name == "timeOfDay";
}

std::string words(unsigned classes) {
    if ((classes & kTextClass) != 0 && (classes & kNumberClass) == 0) return "a text";
    if (classes == kBooleanClass) return "true and false only";
    if (classes == kNumberClass) return "a number";
    if (classes == (kNumberClass | kQuantityClass)) return "a number or quantity";
    return "a number, quantity, date or time";
}

}  // namespace

StaticTypes Checker::function(const Op& op, const StaticScope& scope) {
    const auto items = input(op, scope);
    const auto* signature = signature_of(op.function->name);
    if (signature == nullptr || error_) return StaticTypes::unknown();
    const std::string name(signature->name);
    if (op.input != Op::kFocus || !is_constant(*signature))
        expect(items, signature->input, op, "Call " + name + "() on " + words(signature->input) + ".");
    if (signature->needs_order) check_order(op, items, name + "()");
    StaticTypes given[3];
    for (std::uint32_t i = 0; i < op.arguments; ++i) {
        auto types = argument_of(op, i, *signature, items, scope);
        if (i < 3) given[i] = std::move(types);
    }
    if (error_) return StaticTypes::unknown();
    if (program_.strict && signature->gives == Gives::branches) check_condition(op, given[0]);
    return result(op, *signature, items, given);
}

void Checker::check_condition(const Op& op, const StaticTypes& condition) {
    const auto classes = model_.classes(condition);
    if (classes != 0 && (classes & (kBooleanClass | kOtherClass)) == 0)
        fail(op, "Give iif() true or false as its first argument.");
}

StaticTypes Checker::argument_of(const Op& op, std::uint32_t i, const Signature& signature, const StaticTypes& items,
                                 const StaticScope& scope) {
    const char kind = i < signature.arguments.size() ? signature.arguments[i] : 'o';
    if (kind == '$') return argument(op, i, {items});
    auto types = argument(op, i, scope);
    const std::string name(signature.name);
    if (kind == 't') expect(types, kTextClass | kDateClass | kTimeClass, op, "Give " + name + "() a text as argument.");
    if (kind == 'i') expect(types, kNumberClass, op, "Give " + name + "() a number as argument.");
    return types;
}

StaticTypes Checker::result(const Op& op, const Signature& signature, const StaticTypes& items,
                            StaticTypes (&given)[3]) {
    static constexpr std::string_view kSystem[] = {"",     "Boolean",  "Integer", "Decimal", "String",
                                                   "Date", "DateTime", "Time",    "Quantity"};
    if (signature.gives >= Gives::boolean && signature.gives <= Gives::quantity)
        return StaticTypes::system(kSystem[static_cast<std::size_t>(signature.gives)]);
    switch (signature.gives) {
        case Gives::input:
            return items;
        case Gives::argument:
            given[0].is_unordered = given[0].is_unordered || items.is_unordered;
            return given[0];
        case Gives::combined:
            given[0].add(items);
            return given[0];
        case Gives::branches:
            given[1].add(given[2]);
            return given[1];
        case Gives::repeated:
            return repeated(op, given[0]);
        case Gives::tree:
            return {true, true, {}};
        case Gives::type:
            return narrowed(items, program_.types[op.a]);
        case Gives::extension:
            return model_.of_type(model_.definitions().type("Extension"));
        case Gives::target:
            return model_.targets(items);
        case Gives::type_info:
            return StaticTypes::system("TypeInfo");
        default:
            return StaticTypes::unknown();
    }
}

// Until nothing new is found. What is unknown below a type that was found once is no mistake of the expression.
StaticTypes Checker::repeated(const Op& op, StaticTypes found) {
    for (int round = 0; round < kMaxRounds && !found.any; ++round) {
        const auto size = found.of.size();
        const auto error = error_;
        const auto more = argument(op, 0, {found});
        if (error_ && !error) {
            error_ = error;
            return StaticTypes::unknown();
        }
        found.add(more);
        if (found.of.size() == size) return found;
    }
    return StaticTypes::unknown();
}

}  // namespace causeway::fhirpath
