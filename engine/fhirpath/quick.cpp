// The short way: conditions. Paths are in quick_nodes.cpp.
#include "fhirpath/quick.hpp"

#include <algorithm>

#include "fhirpath/quick_marks.hpp"

namespace causeway::fhirpath {
namespace {

using Answer = Quick::Answer;

Answer answer(bool truth) {
    return truth ? Answer::yes : Answer::no;
}

Answer negated(Answer value) {
    return value == Answer::yes ? Answer::no : value == Answer::no ? Answer::yes : value;
}

Answer both(Answer a, Answer b) {
    if (a == Answer::no || b == Answer::no) return Answer::no;
    return a == Answer::yes && b == Answer::yes ? Answer::yes : Answer::nothing;
}

Answer either(Answer a, Answer b) {
    if (a == Answer::yes || b == Answer::yes) return Answer::yes;
    return a == Answer::no && b == Answer::no ? Answer::no : Answer::nothing;
}

bool holds(Operator op, std::int64_t a, std::int64_t b) {
    switch (op) {
        case Operator::equal:
            return a == b;
        case Operator::not_equal:
            return a != b;
        case Operator::less:
            return a < b;
        case Operator::less_equal:
            return a <= b;
        case Operator::greater:
            return a > b;
        default:
            return a >= b;
    }
}

}  // namespace

bool Quick::knows_condition(const Program& program) noexcept {
    return (program.ops[program.root].quick & kTruth) != 0;
}

bool Quick::gives_truth(const Program& program) noexcept {
    return (program.ops[program.root].quick & (kTruth | kNodes)) == kTruth;
}

bool Quick::knows_nodes(const Program& program) noexcept {
    constexpr auto kBoth = kNodes | kOnce;
    return (program.ops[program.root].quick & kBoth) == kBoth;
}

Quick::Answer Quick::condition() {
    if ((program_.ops[program_.root].quick & kNodes) == 0) return truth(program_.root, focus_);
    std::uint32_t found[2];
    std::uint32_t count = 0;
    if (!knows_nodes(program_) || !few(program_.root, focus_, found, count)) return Answer::unsure;
    return answer(count == 1 && tape_.kind(found[0]) == tree::Kind::boolean && tape_.text(found[0]) == "true");
}

Quick::Quick(const Program& program, const fhir::Tape& tape, const Environment& environment, std::uint32_t focus)
    : program_(program), tape_(tape), environment_(environment), records_(tape.records()), focus_(focus) {
    is_same_definitions_ = program.definitions && tape.definitions().get() == program.definitions.get();
    std::fill_n(ids_, std::min(kNames, program.names.size()), kUnknown);
}

Answer Quick::truth(std::uint32_t index, std::uint32_t focus) {
    if (++work_ > kMaxWork) return Answer::unsure;
    const Op& op = program_.ops[index];
    switch (op.code) {
        case OpCode::literal:
            return answer(std::get<bool>(program_.constants[op.a]));
        case OpCode::is_type:
            return typed(op, focus);
        case OpCode::binary:
            switch (op.op) {
                case Operator::and_:
                case Operator::or_:
                case Operator::xor_:
                case Operator::implies_:
                    return logic(op, focus);
                case Operator::in:
                    return listed(op, focus);
                default:
                    return compared(op, focus);
            }
        case OpCode::function:
            return called(op, focus);
        default:
            return truth_of_nodes(index, focus);
    }
}

// A single item is true unless it is the boolean false.
Answer Quick::truth_of_nodes(std::uint32_t op, std::uint32_t focus) {
    std::uint32_t found[2];
    std::uint32_t count = 0;
    if (!few(op, focus, found, count) || count > 1) return Answer::unsure;
    if (count == 0) return Answer::nothing;
    return answer(tape_.kind(found[0]) != tree::Kind::boolean || tape_.text(found[0]) == "true");
}

Answer Quick::logic(const Op& op, std::uint32_t focus) {
    const auto a = truth(op.input, focus);
    if (a == Answer::unsure) return a;
    if (op.op == Operator::and_ && a == Answer::no) return a;
    if (op.op == Operator::or_ && a == Answer::yes) return a;
    if (op.op == Operator::implies_ && a == Answer::no) return Answer::yes;
    const auto b = truth(argument(op), focus);
    if (b == Answer::unsure) return b;
    switch (op.op) {
        case Operator::and_:
            return both(a, b);
        case Operator::or_:
            return either(a, b);
        case Operator::xor_:
            return a == Answer::nothing || b == Answer::nothing ? Answer::nothing : answer(a != b);
        default:
            return either(negated(a), b);
    }
}

Answer Quick::equals(std::uint32_t index, const Value& literal) const {
    const auto kind = tape_.kind(index);
    if (const auto* wanted = std::get_if<bool>(&literal))
        return kind == tree::Kind::boolean ? answer((tape_.text(index) == "true") == *wanted) : Answer::unsure;
    if (kind != tree::Kind::text) return Answer::unsure;
    const auto type = tape_.type(index);
    if (type == "date" || type == "dateTime" || type == "instant" || type == "time") return Answer::unsure;
    return answer(tape_.text(index) == std::get<std::string>(literal));
}

Answer Quick::compared(const Op& op, std::uint32_t focus) {
    const auto& literal = program_.constants[program_.ops[argument(op)].a];
    if (const auto* number = std::get_if<std::int64_t>(&literal)) return counted(op, focus, *number, false);
    std::uint32_t found[2];
    std::uint32_t count = 0;
    if (!few(op.input, focus, found, count)) return Answer::unsure;
    if (count == 0) return Answer::nothing;
    const auto equal = count > 1 ? Answer::no : equals(found[0], literal);
    return op.op == Operator::equal ? equal : negated(equal);
}

Answer Quick::counted(const Op& op, std::uint32_t focus, std::int64_t literal, bool literal_is_left) {
    std::int64_t count = 0;
    auto pass = [&](std::uint32_t) {
        ++count;
        return true;
    };
    if (!each_input(program_.ops[op.input], focus, visit_with(pass))) return Answer::unsure;
    return answer(literal_is_left ? holds(op.op, literal, count) : holds(op.op, count, literal));
}

Answer Quick::listed(const Op& op, std::uint32_t focus) {
    std::uint32_t found[2];
    std::uint32_t count = 0;
    if (op.input == Op::kFocus || !few(op.input, focus, found, count) || count > 1) return Answer::unsure;
    if (count == 0) return Answer::nothing;
    for (auto index = argument(op);;) {
        const Op& list = program_.ops[index];
        const bool last = list.code == OpCode::literal;
        const auto equal = equals(found[0], program_.constants[(last ? list : program_.ops[argument(list)]).a]);
        if (equal != Answer::no || last) return equal;
        index = list.input;
    }
}

Answer Quick::typed(const Op& op, std::uint32_t focus) {
    std::uint32_t found[2] = {focus, 0};
    std::uint32_t count = op.input == Op::kFocus ? 1 : 0;
    if (count == 0 && !few(op.input, focus, found, count)) return Answer::unsure;
    if (count > 1) return Answer::unsure;
    return count == 0 ? Answer::nothing : answer(is_of(found[0], program_.types[op.a], false));
}

// exists(): does any item meet the condition?
Answer Quick::any(const Op& op, std::uint32_t focus) {
    bool found = false;
    bool sure = true;
    auto pass = [&](std::uint32_t record) {
        const auto holds = op.arguments == 0 ? Answer::yes : truth(argument(op), record);
        sure = holds != Answer::unsure;
        found = holds == Answer::yes;
        return sure && !found;
    };
    return each_input(op, focus, visit_with(pass)) && sure ? answer(found) : Answer::unsure;
}

Answer Quick::every(const Op& op, std::uint32_t focus) {
    bool all = true;
    bool sure = true;
    auto pass = [&](std::uint32_t record) {
        const auto holds = truth(argument(op), record);
        sure = holds != Answer::unsure;
        all = holds == Answer::yes;
        return sure && all;
    };
    return each_input(op, focus, visit_with(pass)) && sure ? answer(all) : Answer::unsure;
}

Answer Quick::called(const Op& op, std::uint32_t focus) {
    switch (static_cast<Callee>(op.call)) {
        case Callee::exists:
            return any(op, focus);
        case Callee::empty:
            return negated(any(op, focus));
        case Callee::all:
            return every(op, focus);
        case Callee::not_:
            return negated(truth(op.input, focus));
        case Callee::is:
            return typed(op, focus);
        case Callee::has_value:
        case Callee::matches:
        case Callee::starts_with:
            break;
        default:
            return truth_of_nodes(static_cast<std::uint32_t>(&op - program_.ops.data()), focus);
    }
    std::uint32_t found[2] = {focus, 0};
    std::uint32_t count = op.input == Op::kFocus ? 1 : 0;
    if (count == 0 && !few(op.input, focus, found, count)) return Answer::unsure;
    const auto kind = count == 0 ? tree::Kind::none : tape_.kind(found[0]);
    if (op.call == static_cast<std::uint8_t>(Callee::has_value))
        return answer(count == 1 && kind != tree::Kind::none && kind != tree::Kind::object);
    if (count == 0) return Answer::nothing;
    if (count > 1 || kind != tree::Kind::text) return Answer::unsure;
    const auto text = tape_.text(found[0]);
    if (op.call == static_cast<std::uint8_t>(Callee::starts_with))
        return answer(text.starts_with(std::get<std::string>(program_.constants[program_.ops[argument(op)].a])));
    const auto matched = program_.regexes[op.a - 1].search(text);
    return matched ? answer(*matched) : Answer::unsure;
}

}  // namespace causeway::fhirpath
