#include "fhirpath/quick_marks.hpp"

#include "fhirpath/functions.hpp"
#include "fhirpath/quick.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {

Callee call_of(const Op& op) {
    struct Known {
        std::string_view name;
        Callee call;
    };
    static constexpr Known kKnown[] = {{"exists", Callee::exists},
                                       {"empty", Callee::empty},
                                       {"not", Callee::not_},
                                       {"all", Callee::all},
                                       {"where", Callee::where},
                                       {"select", Callee::select},
                                       {"first", Callee::first},
                                       {"ofType", Callee::of_type},
                                       {"as", Callee::as},
                                       {"is", Callee::is},
                                       {"count", Callee::count},
                                       {"extension", Callee::extension},
                                       {"hasValue", Callee::has_value},
                                       {"matches", Callee::matches},
                                       {"startsWith", Callee::starts_with}};
    for (const auto& each : kKnown)
        if (each.name == op.function->name) return each.call;
    return Callee::none;
}

namespace {

/// Marks one operation; those that it uses are marked before it.
class Marker {
public:
    explicit Marker(const Program& program) : program_(program) {}

    std::uint8_t mark(const Op& op) const {
        switch (op.code) {
            case OpCode::member:
                // Not listed among the children, but found by its name.
                if (program_.names[op.a] == "resourceType") return 0;
                [[fallthrough]];
            case OpCode::self:
            case OpCode::start:
                return input_is(op, kNodes) ? kNodes | kTruth : 0;
            case OpCode::variable:
                return kNodes | kTruth;
            case OpCode::indexer:
                return input_is(op, kNodes) && literal<std::int64_t>(argument(op)) != nullptr ? kNodes | kTruth : 0;
            case OpCode::as_type:
                return input_is(op, kNodes) ? kNodes | kTruth : 0;
            case OpCode::is_type:
                return input_is(op, kNodes) ? kTruth : 0;
            case OpCode::literal:
                return std::holds_alternative<bool>(program_.constants[op.a]) ? kTruth : 0;
            case OpCode::binary:
                return binary(op);
            case OpCode::function:
                return function(op);
            default:
                return 0;
        }
    }

private:
    bool input_is(const Op& op, std::uint8_t wanted) const {
        return op.input == Op::kFocus ? wanted == kNodes : (program_.ops[op.input].quick & wanted) != 0;
    }
    bool is(std::uint32_t op, std::uint8_t wanted) const { return (program_.ops[op].quick & wanted) != 0; }
    std::uint32_t argument(const Op& op) const { return program_.arguments[op.first_argument]; }

    template <class T>
    const T* literal(std::uint32_t index) const {
        if (index == Op::kFocus || program_.ops[index].code != OpCode::literal) return nullptr;
        return std::get_if<T>(&program_.constants[program_.ops[index].a]);
    }

    bool is_count(std::uint32_t index) const {
        return index != Op::kFocus && program_.ops[index].code == OpCode::function &&
               program_.ops[index].function->name == "count" && input_is(program_.ops[index], kNodes);
    }

    bool is_list_of_texts(std::uint32_t index) const {
        if (literal<std::string>(index) != nullptr) return true;
        const Op& op = program_.ops[index];
        return op.code == OpCode::binary && op.op == Operator::union_ && is_list_of_texts(op.input) &&
               is_list_of_texts(argument(op));
    }

    std::uint8_t binary(const Op& op) const {
        const auto right = argument(op);
        switch (op.op) {
            case Operator::and_:
            case Operator::or_:
            case Operator::xor_:
            case Operator::implies_:
                return input_is(op, kTruth) && is(right, kTruth) ? kTruth : 0;
            case Operator::union_:
                return input_is(op, kNodes) && is(right, kNodes) ? kNodes : 0;
            case Operator::equal:
            case Operator::not_equal:
                if (op.input != Op::kFocus && is(op.input, kNodes) &&
                    (literal<std::string>(right) != nullptr || literal<bool>(right) != nullptr))
                    return kTruth;
                [[fallthrough]];
            case Operator::less:
            case Operator::less_equal:
            case Operator::greater:
            case Operator::greater_equal:
                return is_count(op.input) && literal<std::int64_t>(right) != nullptr ? kTruth : 0;
            case Operator::in:
                return input_is(op, kNodes) && is_list_of_texts(right) ? kTruth : 0;
            default:
                return 0;
        }
    }

    std::uint8_t function(const Op& op) const {
        const auto call = call_of(op);
        const bool nodes = input_is(op, kNodes);
        switch (call) {
            case Callee::exists:
                return nodes && (op.arguments == 0 || is(argument(op), kTruth)) ? kTruth : 0;
            case Callee::empty:
            case Callee::has_value:
            case Callee::is:
                return nodes ? kTruth : 0;
            case Callee::not_:
                return op.input != Op::kFocus && input_is(op, kTruth) ? kTruth : 0;
            case Callee::all:
                return nodes && is(argument(op), kTruth) ? kTruth : 0;
            case Callee::where:
                return nodes && is(argument(op), kTruth) ? kNodes | kTruth : 0;
            case Callee::select:
                return nodes && is(argument(op), kNodes) ? kNodes | kTruth : 0;
            case Callee::first:
            case Callee::of_type:
            case Callee::as:
                return nodes ? kNodes | kTruth : 0;
            case Callee::extension:
                return nodes && literal<std::string>(argument(op)) != nullptr ? kNodes | kTruth : 0;
            case Callee::matches:
                return nodes && op.a != 0 ? kTruth : 0;
            case Callee::starts_with:
                return nodes && literal<std::string>(argument(op)) != nullptr ? kTruth : 0;
            default:
                return 0;
        }
    }

public:
    // Of a union each item counts once, which the short way cannot tell; existence does not care.
    bool has_union(const Op& op) const {
        if (op.code == OpCode::binary && op.op == Operator::union_) return true;
        if (op.code == OpCode::function && call_of(op) == Callee::select && has_union(program_.ops[argument(op)]))
            return true;
        return op.input != Op::kFocus && has_union(program_.ops[op.input]);
    }

    // What counts or compares needs each item once.
    std::uint8_t without_union(const Op& op, std::uint8_t quick) const {
        if (quick == 0 || op.input == Op::kFocus || !has_union(program_.ops[op.input])) return quick;
        if (op.code == OpCode::binary && (op.op == Operator::union_ || input_is(op, kTruth))) return quick;
        if (op.code == OpCode::function) {
            const auto call = call_of(op);
            if (call == Callee::exists || call == Callee::empty || call == Callee::all || call == Callee::where ||
                call == Callee::first || call == Callee::of_type || call == Callee::extension || call == Callee::not_)
                return quick;
        }
        if (op.code == OpCode::member) return quick & kNodes;
        return 0;
    }

private:
    const Program& program_;
};

}  // namespace

void mark_quick(Program& program) {
    if (program.names.size() > 32) return;
    const Marker marker(program);
    for (auto& op : program.ops) {
        op.quick = marker.without_union(op, marker.mark(op));
        if (op.quick != 0 && !marker.has_union(op)) op.quick |= kOnce;
    }
    for (auto& op : program.ops)
        if (op.code == OpCode::function) op.call = static_cast<std::uint8_t>(call_of(op));
    for (auto& type : program.types) type.has_derived = has_derived(type.name);
    if (program.definitions)
        for (const auto& name : program.names) program.name_ids.push_back(program.definitions->name(name));
}

}  // namespace causeway::fhirpath
