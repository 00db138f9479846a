#include "fhirpath/collections.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace causeway::fhirpath {

bool contains(const Collection& items, const Value& item) {
    return std::any_of(items.begin(), items.end(), [&](const Value& other) { return same(other, item); });
}

// Texts are the common case and are told apart by hash; everything else is compared one by one.
bool add_distinct(Evaluator& evaluator, const Op& op, const Collection& items, Collection& out, std::size_t from) {
    if (items.empty()) return true;
    out.reserve(out.size() + items.size());  // Views of texts in `out` stay as they are.
    std::unordered_set<std::string_view> texts;
    for (std::size_t i = from; i < out.size(); ++i)
        if (const auto text = as_plain_text(out[i])) texts.insert(*text);
    bool only_texts = texts.size() == out.size() - from;
    for (const auto& item : items) {
        const auto text = as_plain_text(item);
        if (text && only_texts) {
            if (!evaluator.spend(op, 1)) return false;
            if (!texts.insert(*text).second) continue;
        } else {
            if (!evaluator.spend(op, out.size() - from)) return false;
            const auto begin = out.begin() + static_cast<std::ptrdiff_t>(from);
            if (std::any_of(begin, out.end(), [&](const Value& other) { return same(other, item); })) continue;
            only_texts = false;
        }
        out.push_back(item);
    }
    return true;
}

bool unite(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b, Collection& out) {
    const auto from = out.size();
    return add_distinct(evaluator, op, a, out, from) && add_distinct(evaluator, op, b, out, from);
}

}  // namespace causeway::fhirpath
