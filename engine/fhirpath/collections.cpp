#include "fhirpath/collections.hpp"

#include <algorithm>
#include <unordered_set>

namespace causeway::fhirpath {
namespace {

std::size_t hash_of(const std::string_view text) {
    return std::hash<std::string_view>()(text);
}

// Texts are the common case and are told apart by hash; everything else is compared one by one.
const std::string* plain_text(const Value& value) {
    return std::get_if<std::string>(&value);
}

}  // namespace

bool contains(const Collection& items, const Value& item) {
    return std::any_of(items.begin(), items.end(), [&](const Value& other) { return same(other, item); });
}

bool add_distinct(Evaluator& evaluator, const Op& op, const Collection& items, Collection& out, std::size_t from) {
    std::unordered_set<std::size_t> texts;  // Hashes of the plain texts in `out`.
    for (std::size_t i = from; i < out.size(); ++i)
        if (const auto* text = plain_text(out[i])) texts.insert(hash_of(*text));
    bool only_texts = texts.size() == out.size() - from;
    for (const auto& item : items) {
        const auto* text = plain_text(item);
        const bool certainly_new = text != nullptr && only_texts && !texts.contains(hash_of(*text));
        if (!certainly_new) {
            if (!evaluator.spend(op, out.size() - from)) return false;
            const auto begin = out.begin() + static_cast<std::ptrdiff_t>(from);
            if (std::any_of(begin, out.end(), [&](const Value& other) { return same(other, item); })) continue;
        }
        if (text != nullptr) texts.insert(hash_of(*text));
        only_texts = only_texts && text != nullptr;
        out.push_back(item);
    }
    return true;
}

bool unite(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b, Collection& out) {
    const auto from = out.size();
    return add_distinct(evaluator, op, a, out, from) && add_distinct(evaluator, op, b, out, from);
}

}  // namespace causeway::fhirpath
