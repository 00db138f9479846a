/// Existence, filtering, subsetting and combining (FHIRPath N1 sections 5.1 to 5.4), aggregate and sort.
#include <algorithm>
#include <array>
#include <unordered_set>

#include "fhirpath/collections.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {
namespace {

bool is_empty(Call& call) {
    return call.give(call.input.empty());
}

bool exists(Call& call) {
    if (call.arguments() == 0) return call.give(!call.input.empty());
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        std::optional<bool> found;
        if (!call.test_for(0, {call.input[i]}, static_cast<std::int64_t>(i), found)) return false;
        if (found == true) return call.give(true);
    }
    return call.give(false);
}

bool all(Call& call) {
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        std::optional<bool> holds;
        if (!call.test_for(0, {call.input[i]}, static_cast<std::int64_t>(i), holds)) return false;
        if (holds != true) return call.give(false);
    }
    return call.give(true);
}

// Is there an item that is `wanted`? Everything must be a boolean.
bool any_is(Call& call, bool wanted, bool& found) {
    for (const auto& item : call.input) {
        const auto boolean = as_boolean(item);
        if (!boolean) return call.fail("Give " + std::string(call.op.function->name) + "() only true and false.");
        found = found || *boolean == wanted;
    }
    return true;
}

template <bool wanted, bool negated>
bool quantified(Call& call) {
    bool found = false;
    return any_is(call, wanted, found) && call.give(found != negated);
}

bool is_subset(Call& call, const Collection& small, const Collection& large) {
    for (const auto& item : small) {
        if (!call.evaluator.spend(call.op, large.size())) return false;
        if (!contains(large, item)) return call.give(false);
    }
    return call.give(true);
}

bool subset_of(Call& call) {
    Collection other;
    return call.evaluate(0, other) && is_subset(call, call.input, other);
}

bool superset_of(Call& call) {
    Collection other;
    return call.evaluate(0, other) && is_subset(call, other, call.input);
}

bool count(Call& call) {
    return call.give(static_cast<std::int64_t>(call.input.size()));
}

bool distinct(Call& call) {
    return add_distinct(call.evaluator, call.op, call.input, call.out, call.out.size());
}

bool is_distinct(Call& call) {
    Collection once;
    return add_distinct(call.evaluator, call.op, call.input, once, 0) && call.give(once.size() == call.input.size());
}

bool negation(Call& call) {
    std::optional<bool> truth;
    if (!call.evaluator.truth(call.op, call.input, truth)) return false;
    return !truth || call.give(!*truth);
}

bool where(Call& call) {
    Collection item(1);
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        item.front() = call.input[i];
        std::optional<bool> holds;
        if (!call.test_for(0, item, static_cast<std::int64_t>(i), holds)) return false;
        if (holds == true) call.out.push_back(call.input[i]);
    }
    return true;
}

bool select(Call& call) {
    Collection item(1);
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        item.front() = call.input[i];
        if (!call.evaluate_for(0, item, static_cast<std::int64_t>(i), call.out)) return false;
    }
    return true;
}

bool repeat_all(Call& call) {
    constexpr std::size_t kMaxItems = 1'000'000;
    Collection waiting = call.input;
    while (!waiting.empty()) {
        Collection found;
        for (const auto& item : waiting)
            if (!call.evaluate_for(0, {item}, -1, found)) return false;
        call.out.insert(call.out.end(), found.begin(), found.end());
        if (call.out.size() > kMaxItems || !call.evaluator.spend(call.op, found.size()))
            return call.fail("Let repeat() end: it finds ever more.");
        waiting = std::move(found);
    }
    return true;
}

struct NodeHash {
    std::size_t operator()(const tree::Node& node) const noexcept {
        return std::hash<const void*>()(node.document()) ^ (node.handle() * 0x9E3779B97F4A7C15ull);
    }
};

/// Nodes are told apart by identity, other values by equality.
class Once {
public:
    explicit Once(Call& call) : call_(call), from_(call.out.size()) {}

    // Appends the item where it is new; false where the work is too much.
    bool add(const Value& item, bool& is_new) {
        const auto* node = as_node(item);
        if (node != nullptr) {
            is_new = nodes_.insert(*node).second;
            if (!call_.evaluator.spend(call_.op, 1)) return false;
        } else {
            const auto begin = call_.out.begin() + static_cast<std::ptrdiff_t>(from_);
            is_new = std::none_of(begin, call_.out.end(), [&](const Value& v) { return same(v, item); });
            if (!call_.evaluator.spend(call_.op, call_.out.size() - from_)) return false;
        }
        if (is_new) call_.out.push_back(item);
        return true;
    }

private:
    Call& call_;
    std::size_t from_;
    std::unordered_set<tree::Node, NodeHash> nodes_;
};

bool repeat(Call& call) {
    Once once(call);
    Collection waiting = call.input;
    while (!waiting.empty()) {
        Collection found;
        for (const auto& item : waiting)
            if (!call.evaluate_for(0, {item}, -1, found)) return false;
        waiting.clear();
        for (const auto& item : found) {
            bool is_new = false;
            if (!once.add(item, is_new)) return false;
            if (is_new) waiting.push_back(item);
        }
    }
    return true;
}

bool of_type(Call& call) {
    const auto& type = call.evaluator.program().types[call.op.a];
    std::copy_if(call.input.begin(), call.input.end(), std::back_inserter(call.out),
                 [&](const Value& item) { return has_type(item, type, call.evaluator.definitions()); });
    return true;
}

bool single_item(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    return item == nullptr || call.give(*item);
}

bool first(Call& call) {
    return call.input.empty() || call.give(call.input.front());
}
bool last(Call& call) {
    return call.input.empty() || call.give(call.input.back());
}

bool slice(Call& call, std::size_t begin, std::size_t end) {
    end = std::min(end, call.input.size());
    for (std::size_t i = begin; i < end; ++i) call.out.push_back(call.input[i]);
    return true;
}

bool tail(Call& call) {
    return slice(call, 1, call.input.size());
}

bool skip(Call& call) {
    std::optional<std::int64_t> number;
    if (!call.integer_argument(0, number)) return false;
    if (!number) return true;
    return slice(call, *number > 0 ? static_cast<std::size_t>(*number) : 0, call.input.size());
}

bool take(Call& call) {
    std::optional<std::int64_t> number;
    if (!call.integer_argument(0, number)) return false;
    return !number || *number <= 0 || slice(call, 0, static_cast<std::size_t>(*number));
}

bool intersect(Call& call) {
    Collection other;
    if (!call.evaluate(0, other)) return false;
    Collection both;
    for (const auto& item : call.input) {
        if (!call.evaluator.spend(call.op, other.size())) return false;
        if (contains(other, item)) both.push_back(item);
    }
    return add_distinct(call.evaluator, call.op, both, call.out, call.out.size());
}

bool exclude(Call& call) {
    Collection other;
    if (!call.evaluate(0, other)) return false;
    for (const auto& item : call.input) {
        if (!call.evaluator.spend(call.op, other.size())) return false;
        if (!contains(other, item)) call.out.push_back(item);
    }
    return true;
}

bool union_with(Call& call) {
    Collection other;
    return call.evaluate(0, other) && unite(call.evaluator, call.op, call.input, other, call.out);
}

bool combine(Call& call) {
    call.out.insert(call.out.end(), call.input.begin(), call.input.end());
    return call.evaluate(0, call.out);
}

bool iif(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    Collection criterion;
    if (!call.evaluate_for(0, call.input, call.scope.index, criterion)) return false;
    std::optional<bool> truth;
    if (!call.evaluator.truth(call.op, criterion, truth)) return false;
    if (truth && as_node(criterion.front()) == nullptr && !as_boolean(criterion.front()))
        return call.fail("Give iif() true or false as its first argument.");
    if (truth == true) return call.evaluate_for(1, call.input, call.scope.index, call.out);
    return call.arguments() < 3 || call.evaluate_for(2, call.input, call.scope.index, call.out);
}

bool aggregate(Call& call) {
    Collection total;
    if (call.arguments() == 2 && !call.evaluate(1, total)) return false;
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        const Collection item{call.input[i]};
        Collection next;
        const Scope scope{&item, static_cast<std::int64_t>(i), &total};
        if (!call.evaluator.run(call.argument(0), scope, next)) return false;
        total = std::move(next);
    }
    call.out.insert(call.out.end(), total.begin(), total.end());
    return true;
}

struct SortRow {
    Value item;
    std::vector<std::optional<Value>> keys;
};

// Negative, zero or positive; what is missing comes first in both directions.
int compare_keys(const std::optional<Value>& a, const std::optional<Value>& b, bool descending) {
    if (!a || !b) return a.has_value() - b.has_value();
    const auto found = order(*a, *b);
    const int sign = found == Order::less ? -1 : found == Order::greater ? 1 : 0;
    return descending ? -sign : sign;
}

bool sort_keys(Call& call, SortRow& row, std::int64_t index) {
    if (call.arguments() == 0) row.keys.emplace_back(row.item);
    for (std::size_t i = 0; i < call.arguments(); ++i) {
        Collection found;
        const Value* key = nullptr;
        if (!call.evaluate_for(i, {row.item}, index, found) || !call.single(found, key)) return false;
        row.keys.push_back(key != nullptr ? std::optional(*key) : std::nullopt);
    }
    return true;
}

bool sort(Call& call) {
    std::vector<SortRow> rows;
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        rows.push_back({call.input[i], {}});
        if (!sort_keys(call, rows.back(), static_cast<std::int64_t>(i))) return false;
        // Sorting needs one order over all rows: keys of different kinds have none.
        for (std::size_t k = 0; k < rows.back().keys.size(); ++k)
            if (rows.front().keys[k] && rows.back().keys[k] &&
                order(*rows.front().keys[k], *rows.back().keys[k]) == Order::incomparable)
                return call.fail("Sort by values of one kind.");
    }
    std::vector<bool> descending(std::max<std::size_t>(call.arguments(), 1), false);
    for (std::size_t i = 0; i < call.arguments(); ++i)
        descending[i] = call.evaluator.program().ops[call.argument(i)].code == OpCode::descending;
    // Partial dates may have no strict weak order. std::stable_sort merges, so that this costs order and nothing else.
    std::stable_sort(rows.begin(), rows.end(), [&](const SortRow& a, const SortRow& b) {
        for (std::size_t i = 0; i < a.keys.size(); ++i)
            if (const int sign = compare_keys(a.keys[i], b.keys[i], descending[i]); sign != 0) return sign < 0;
        return false;
    });
    for (auto& row : rows) call.out.push_back(std::move(row.item));
    return true;
}

constexpr Function kFunctions[] = {
    {"empty", 0, 0, is_empty},
    {"exists", 0, 1, exists},
    {"all", 1, 1, all},
    {"allTrue", 0, 0, quantified<false, true>},
    {"anyTrue", 0, 0, quantified<true, false>},
    {"allFalse", 0, 0, quantified<true, true>},
    {"anyFalse", 0, 0, quantified<false, false>},
    {"subsetOf", 1, 1, subset_of},
    {"supersetOf", 1, 1, superset_of},
    {"count", 0, 0, count},
    {"distinct", 0, 0, distinct},
    {"isDistinct", 0, 0, is_distinct},
    {"not", 0, 0, negation},
    {"where", 1, 1, where},
    {"select", 1, 1, select},
    {"repeat", 1, 1, repeat},
    {"repeatAll", 1, 1, repeat_all},
    {"ofType", 1, 1, of_type, true},
    {"single", 0, 0, single_item},
    {"first", 0, 0, first},
    {"last", 0, 0, last},
    {"tail", 0, 0, tail},
    {"skip", 1, 1, skip},
    {"take", 1, 1, take},
    {"intersect", 1, 1, intersect},
    {"exclude", 1, 1, exclude},
    {"union", 1, 1, union_with},
    {"combine", 1, 1, combine},
    {"iif", 2, 3, iif},
    {"aggregate", 1, 2, aggregate},
    {"sort", 0, 10, sort},
};

}  // namespace

std::span<const Function> collection_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
