#include "fhirpath/evaluator.hpp"

#include <algorithm>

#include "fhirpath/functions.hpp"
#include "fhirpath/quick.hpp"
#include "fhirpath/quick_marks.hpp"
#include "fhirpath/types.hpp"
#include "hl7v2/message.hpp"

namespace causeway::fhirpath {
namespace {

struct Constant {
    std::string_view name, value;
};
constexpr Constant kConstants[] = {
    {"sct", "http://snomed.info/sct"}, {"loinc", "http://loinc.org"}, {"ucum", "http://unitsofmeasure.org"}};

// Elements of a component by its number, or the thing itself for 0.
void select_child(std::vector<tree::Node>& nodes, std::uint16_t number) {
    if (number == 0) return;
    std::vector<tree::Node> found;
    for (const auto& node : nodes) node.children(std::to_string(number), found);
    nodes = std::move(found);
}

tree::Node descend(tree::Node node, std::uint16_t first, std::uint16_t second) {
    if (const auto inner = node.child(std::to_string(first))) {
        node = inner;
    } else if (first > 1) {
        return {};
    }
    if (second == 0) return node;
    const auto inner = node.child(std::to_string(second));
    return inner || second > 1 ? inner : node;
}

bool passes(const hl7v2::PathFilter& filter, const tree::Node& node) {
    return filter.empty() || std::any_of(filter.any_of.begin(), filter.any_of.end(), [&](const auto& test) {
               return descend(node, test.first, test.second).text() == test.equals;
           });
}

// A path that names the focused segment itself counts from there: OBX.where(OBX-2 = 'ED').
void select_in_segment(const hl7v2::Path& path, const tree::Node& segment, std::vector<tree::Node>& out) {
    std::vector<tree::Node> nodes{segment};
    select_child(nodes, path.field);
    if (path.field != 0) {
        std::vector<tree::Node> kept;
        for (std::size_t i = 0; i < nodes.size(); ++i)
            if ((path.repetition == 0 || path.repetition == i + 1) && passes(path.repetition_filter, nodes[i]))
                kept.push_back(nodes[i]);
        nodes = std::move(kept);
    }
    for (auto& node : nodes) {
        if (path.component != 0) node = descend(node, path.component, path.subcomponent);
        if (node) out.push_back(node);
    }
}

bool is_focused_segment(const hl7v2::Path& path, const tree::Node& node) {
    return path.segment_index == 0 && path.segment_filter.empty() && path.groups.empty() && node.name() == path.segment;
}

// The parts of what type() gave.
void reflect(const TypeInfo& type, std::string_view name, Collection& out) {
    if (name == "name") out.emplace_back(type.name);
    if (name == "namespace") out.emplace_back(type.space);
    if (name == "baseType" && !type.base.empty()) out.emplace_back(type.base);
}

// The parts of a quantity that was calculated or written in the expression.
void parts_of(const Quantity& quantity, std::string_view name, Collection& out) {
    if (name == "value")
        if (const auto number = Number::parse(quantity.value)) out.push_back(to_value(*number));
    if (name == "unit" || name == "code") out.emplace_back(quantity.unit);
}

}  // namespace

bool Evaluator::fail(const Op& op, std::string what, Issue issue) {
    error_ = causeway::fail(issue, "column " + std::to_string(op.column), std::move(what));
    return false;
}

bool Evaluator::spend(const Op& op, std::size_t items) {
    work_ += items;
    return work_ <= max_work_ ||
           fail(op, "Simplify the expression: it takes too much work on this document.", Issue::too_costly);
}

bool Evaluator::truth(const Op& op, const Collection& items, std::optional<bool>& out) {
    out.reset();
    if (items.empty()) return true;
    if (items.size() > 1) return fail(op, "Give a single true or false here: there is more than one item.");
    out = as_boolean(items.front()).value_or(true);
    return true;
}

bool Evaluator::input_of(const Op& op, const Scope& scope, Collection& own, const Collection*& input) {
    input = scope.focus;
    if (op.input == Op::kFocus) return true;
    input = &own;
    return run(op.input, scope, own);
}

bool Evaluator::run(std::uint32_t index, const Scope& scope, Collection& out) {
    const Op& op = program_.ops[index];
    if (!spend(op, 1)) return false;
    const auto from = out.size();
    if (run_quickly(index, scope, out)) return spend(op, out.size() - from);
    if (!run_op(op, scope, out)) return false;
    if ((op.code == OpCode::function || op.code == OpCode::binary) && !spend_texts(op, out, from)) return false;
    if (steps_ != nullptr) explain(op, out, from);
    return true;
}

// A path within a larger expression goes the short way too. The whole expression was tried before.
bool Evaluator::run_quickly(std::uint32_t index, const Scope& scope, Collection& out) {
    const Op& op = program_.ops[index];
    constexpr auto kPath = kNodes | kOnce;
    const bool path = op.code == OpCode::member || op.code == OpCode::function || op.code == OpCode::as_type;
    if (!path || (op.quick & kPath) != kPath || index == program_.root || steps_ != nullptr) return false;
    if (scope.focus->size() != 1 || root_.size() != 1) return false;
    const auto* focus = as_node(scope.focus->front());
    const auto* root = as_node(root_.front());
    if (focus == nullptr || root == nullptr || focus->document() != root->document()) return false;
    const auto* tape = tape_of(root->document());
    if (tape == nullptr) return false;
    const auto from = out.size();
    Quick quick(program_, *tape, environment_, static_cast<std::uint32_t>(root->handle()));
    const bool sure = quick.nodes(index, static_cast<std::uint32_t>(focus->handle()),
                                  [&](const tree::Node& node) { out.emplace_back(node); });
    work_ += quick.work();
    if (!sure) out.erase(out.begin() + static_cast<std::ptrdiff_t>(from), out.end());
    return sure;
}

// Texts that were made cost by their length, so that doubling one again and again comes to an end.
bool Evaluator::spend_texts(const Op& op, const Collection& out, std::size_t from) {
    constexpr std::size_t kBytesForOne = 64;
    std::size_t bytes = 0;
    for (std::size_t i = from; i < out.size(); ++i)
        if (const auto* text = std::get_if<std::string>(&out[i])) bytes += text->size();
    if (bytes > kMaxText) return fail(op, "Simplify the expression: it makes too long a text.", Issue::too_costly);
    return spend(op, bytes / kBytesForOne);
}

void Evaluator::explain(const Op& op, const Collection& out, std::size_t from) {
    if (steps_->size() >= kMaxSteps) return;
    steps_->push_back({op.begin + 1, program_.text.substr(op.begin, op.end - op.begin),
                       Collection(out.begin() + static_cast<std::ptrdiff_t>(from), out.end())});
}

bool Evaluator::run_op(const Op& op, const Scope& scope, Collection& out) {
    switch (op.code) {
        case OpCode::literal:
            out.push_back(program_.constants[op.a]);
            return true;
        case OpCode::empty:
            return true;
        case OpCode::self:
            out.insert(out.end(), scope.focus->begin(), scope.focus->end());
            return true;
        case OpCode::index:
            if (scope.index >= 0) out.push_back(scope.index);
            return true;
        case OpCode::total:
            if (scope.total != nullptr) out.insert(out.end(), scope.total->begin(), scope.total->end());
            return true;
        case OpCode::variable:
            return variable(op, out);
        case OpCode::member:
            return member(op, scope, out);
        case OpCode::start:
            return start(op, scope, out);
        case OpCode::hl7_path:
            return hl7_path(op, scope, out);
        case OpCode::indexer:
            return indexer(op, scope, out);
        case OpCode::negate:
        case OpCode::plus_sign:
            return sign(op, scope, out);
        case OpCode::is_type:
        case OpCode::as_type:
            return type_test(op, scope, out);
        case OpCode::binary:
            return binary(op, scope, out);
        case OpCode::descending:
            return run(op.input, scope, out);
        case OpCode::function:
            break;
    }
    Collection own;
    const Collection* input = nullptr;
    if (!input_of(op, scope, own, input)) return false;
    Call call{*this, op, scope, *input, out};
    const auto before = out.size();
    return op.function->run(call) && spend(op, out.size() - before);
}

bool Evaluator::variable(const Op& op, Collection& out) {
    const auto& name = program_.names[op.a];
    if (const auto found = environment_.variables.find(name); found != environment_.variables.end()) {
        out.insert(out.end(), found->second.begin(), found->second.end());
        return true;
    }
    if (name == "context" || name == "resource" || name == "rootResource") return context(name, out);
    for (const auto& constant : kConstants)
        if (name == constant.name) return out.emplace_back(std::string(constant.value)), true;
    if (name.starts_with("vs-")) return out.emplace_back("http://hl7.org/fhir/ValueSet/" + name.substr(3)), true;
    if (name.starts_with("ext-"))
        return out.emplace_back("http://hl7.org/fhir/StructureDefinition/" + name.substr(4)), true;
    return fail(op, "Define the variable %" + name + ", or correct its name.");
}

bool Evaluator::context(std::string_view name, Collection& out) {
    const auto& given =
        name == "rootResource" && environment_.root_resource ? environment_.root_resource : environment_.resource;
    if (name != "context" && given) {
        out.emplace_back(given);
    } else {
        out.insert(out.end(), root_.begin(), root_.end());
    }
    return true;
}

// A path of elements only is followed without making values of what lies between.
bool Evaluator::member_chain(const Op& op, const Scope& scope, std::vector<tree::Node>& out) {
    std::vector<tree::Node> from;
    if (op.input != Op::kFocus && program_.ops[op.input].code == OpCode::member) {
        if (!member_chain(program_.ops[op.input], scope, from)) return false;
    } else {
        Collection own;
        const Collection* items = nullptr;
        if (!input_of(op, scope, own, items)) return false;
        for (const auto& item : *items)
            if (const auto* node = as_node(item)) from.push_back(*node);
    }
    for (const auto& node : from) node.children(program_.names[op.a], out);
    return spend(op, out.size());
}

bool Evaluator::member(const Op& op, const Scope& scope, Collection& out) {
    std::vector<tree::Node> nodes;
    if (op.input != Op::kFocus && program_.ops[op.input].code == OpCode::member && steps_ == nullptr) {
        if (!member_chain(op, scope, nodes)) return false;
    } else {
        Collection own;
        const Collection* items = nullptr;
        if (!input_of(op, scope, own, items)) return false;
        for (const auto& item : *items) {
            if (const auto* node = as_node(item)) node->children(program_.names[op.a], nodes);
            if (const auto* type = std::get_if<TypeInfo>(&item)) reflect(*type, program_.names[op.a], out);
            if (const auto* quantity = std::get_if<Quantity>(&item)) parts_of(*quantity, program_.names[op.a], out);
        }
        if (!spend(op, nodes.size())) return false;
    }
    out.insert(out.end(), nodes.begin(), nodes.end());
    return true;
}

bool Evaluator::start(const Op& op, const Scope& scope, Collection& out) {
    const TypeName type{"", program_.names[op.a], 0, {}};
    std::vector<tree::Node> nodes;
    for (const auto& item : *scope.focus) {
        const auto* node = as_node(item);
        if (node == nullptr) continue;
        if (node->kind() == tree::Kind::object && is_type(item, type, definitions())) {
            out.push_back(item);
        } else {
            node->children(type.name, nodes);
        }
    }
    out.insert(out.end(), nodes.begin(), nodes.end());
    return spend(op, nodes.size());
}

bool Evaluator::hl7_path(const Op& op, const Scope& scope, Collection& out) {
    Collection own;
    const Collection* input = nullptr;
    if (!input_of(op, scope, own, input)) return false;
    const auto& path = program_.paths[op.a];
    std::vector<tree::Node> nodes;
    const tree::Document* last = nullptr;
    for (const auto& item : *input) {
        const auto* node = as_node(item);
        if (node == nullptr || !*node || node->document()->format() != "hl7v2") continue;
        if (is_focused_segment(path, *node)) {
            select_in_segment(path, *node, nodes);
        } else if (node->document() != last) {
            last = node->document();
            if (const auto* message = dynamic_cast<const hl7v2::Message*>(last)) message->select(path, nodes);
        }
    }
    out.insert(out.end(), nodes.begin(), nodes.end());
    return spend(op, nodes.size());
}

bool Evaluator::indexer(const Op& op, const Scope& scope, Collection& out) {
    Collection own;
    const Collection* input = nullptr;
    Collection argument;
    if (!input_of(op, scope, own, input) || !run(program_.arguments[op.first_argument], scope, argument)) return false;
    if (argument.empty()) return true;
    const auto index = argument.size() == 1 ? as_integer(argument.front()) : std::nullopt;
    if (!index) return fail(op, "Put a single whole number between [ and ].");
    if (*index >= 0 && static_cast<std::size_t>(*index) < input->size())
        out.push_back((*input)[static_cast<std::size_t>(*index)]);
    return true;
}

bool Evaluator::sign(const Op& op, const Scope& scope, Collection& out) {
    Collection items;
    if (!run(op.input, scope, items)) return false;
    if (items.empty()) return true;
    if (items.size() > 1) return fail(op, "Put a single number or quantity after the sign.");
    const bool negate = op.code == OpCode::negate;
    if (const auto number = as_number(items.front()))
        return out.push_back(to_value(negate ? number->negated() : *number, is_integer(items.front()))), true;
    const auto quantity = as_written_quantity(items.front());
    const auto number = quantity ? Number::parse(quantity->value) : std::nullopt;
    if (!number) return fail(op, "Put a number or quantity after the sign.");
    out.emplace_back(Quantity{(negate ? number->negated() : *number).text(), quantity->unit});
    return true;
}

bool Evaluator::type_test(const Op& op, const Scope& scope, Collection& out) {
    Collection items;
    if (!run(op.input, scope, items)) return false;
    if (items.empty()) return true;
    const auto& type = program_.types[op.a];
    if (op.code == OpCode::is_type && items.size() == 1)
        return out.emplace_back(is_type(items.front(), type, definitions())), true;
    if (items.size() > 1 && (op.code == OpCode::is_type || !program_.lenient_as))
        return fail(op, "Give a single item to is and as; ofType() takes many.");
    std::copy_if(items.begin(), items.end(), std::back_inserter(out),
                 [&](const Value& item) { return has_type(item, type, definitions()); });
    return true;
}

bool Call::test_for(std::size_t i, const Collection& item, std::int64_t index, std::optional<bool>& result) {
    Collection items;
    return evaluate_for(i, item, index, items) && evaluator.truth(op, items, result);
}

bool Call::single(const Collection& items, const Value*& item) {
    item = items.empty() ? nullptr : &items.front();
    return items.size() <= 1 ||
           fail("Give " + std::string(op.function->name) + "() a single item: there is more than one.");
}

bool Call::string_argument(std::size_t i, std::optional<std::string>& result) {
    Collection items;
    const Value* item = nullptr;
    if (!evaluate(i, items) || !single(items, item)) return false;
    if (item == nullptr) return true;
    const auto text = as_string(*item);
    if (!text) return fail("Give " + std::string(op.function->name) + "() a text as argument.");
    result = std::string(*text);
    return true;
}

bool Call::integer_argument(std::size_t i, std::optional<std::int64_t>& result) {
    Collection items;
    const Value* item = nullptr;
    if (!evaluate(i, items) || !single(items, item)) return false;
    if (item == nullptr) return true;
    result = as_integer(*item);
    return result || fail("Give " + std::string(op.function->name) + "() a whole number as argument.");
}

}  // namespace causeway::fhirpath
