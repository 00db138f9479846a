#include "mapping/condition.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "mapping/scanner.hpp"

namespace causeway::mapping {
namespace {

/// What FHIRPath knows by itself.
constexpr std::array<std::string_view, 6> kBuiltIn = {"resource", "rootResource", "context", "ucum", "sct", "loinc"};

}  // namespace

/// Reads a condition; whatever it does not know makes it give up.
class ConditionParser {
public:
    ConditionParser(std::string_view text, Patterns& patterns) : rest_(text), patterns_(patterns) {}

    std::optional<Condition> run() {
        if (!either() || !take("")) return std::nullopt;
        return rest_.empty() ? std::optional(std::move(made_)) : std::nullopt;
    }

private:
    using Code = Condition::Code;

    void blanks() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
    }

    bool take(std::string_view token) {
        blanks();
        if (!rest_.starts_with(token)) return false;
        rest_.remove_prefix(token.size());
        return true;
    }

    bool take_word(std::string_view word) {
        blanks();
        const auto after = rest_.substr(0, word.size() + 1);
        return after.size() == word.size() + 1 && (after.back() == ' ' || after.back() == '(') && take(word);
    }

    std::uint32_t add(Condition::Op op) {
        made_.ops_.push_back(std::move(op));
        return last();
    }
    std::uint32_t last() const { return static_cast<std::uint32_t>(made_.ops_.size() - 1); }

    bool either() {
        return joined("or", Code::either, [this] { return both(); });
    }
    bool both() {
        return joined("and", Code::both, [this] { return unary(); });
    }

    template <class Read>
    bool joined(std::string_view word, Code code, Read read) {
        if (!read()) return false;
        while (take_word(word)) {
            const auto left = last();
            if (!read()) return false;
            Condition::Op op;
            op.code = code;
            op.left = left;
            op.right = last();
            add(std::move(op));
        }
        return true;
    }

    bool unary() {
        if (take("(")) {
            if (!either() || !take(")")) return false;
        } else if (!test()) {
            return false;
        }
        while (rest_.starts_with(".not()")) {
            rest_.remove_prefix(6);
            Condition::Op op;
            op.code = Code::negated;
            op.left = last();
            add(std::move(op));
        }
        return true;
    }

    bool test() {
        Condition::Op op;
        if (!operand(op)) return false;
        if (rest_.starts_with(".exists()") || rest_.starts_with(".empty()")) {
            op.code = rest_[2] == 'x' ? Code::exists : Code::empty;
            rest_.remove_prefix(op.code == Code::exists ? 9 : 8);
            return add(std::move(op)), true;
        }
        if (!op.path) {
            op.code = Code::fact;
            return add(std::move(op)), true;
        }
        if (rest_.starts_with(".matches(")) return pattern(std::move(op));
        if (take("!=")) {
            op.code = Code::differs;
        } else if (take("=")) {
            op.code = Code::equals;
        } else {
            return false;
        }
        return literal(op.literal) && (add(std::move(op)), true);
    }

    bool operand(Condition::Op& op) {
        blanks();
        if (rest_.starts_with('%')) {
            std::size_t end = 1;
            while (end < rest_.size() &&
                   (std::isalnum(static_cast<unsigned char>(rest_[end])) != 0 || rest_[end] == '_'))
                ++end;
            op.fact = rest_.substr(1, end - 1);
            rest_.remove_prefix(end);
            return !op.fact.empty() && std::find(kBuiltIn.begin(), kBuiltIn.end(), op.fact) == kBuiltIn.end();
        }
        const auto length = match_path(rest_);
        auto path = hl7v2::Path::parse(rest_.substr(0, length));
        if (length == 0 || !path) return false;
        op.path = std::move(*path);
        rest_.remove_prefix(length);
        return true;
    }

    bool pattern(Condition::Op op) {
        rest_.remove_prefix(std::string_view(".matches(").size());
        if (!literal(op.literal) || !take(")")) return false;
        op.code = Code::matches;
        op.pattern = patterns_.get(op.literal);
        if (!op.pattern) return false;
        return add(std::move(op)), true;
    }

    bool literal(std::string& out) {
        blanks();
        const auto end = rest_.find('\'', 1);
        if (!rest_.starts_with('\'') || end == std::string_view::npos) return false;
        out = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return out.find('\\') == std::string::npos;
    }

    std::string_view rest_;
    Patterns& patterns_;
    Condition made_;
};

std::shared_ptr<const fhirpath::Regex> Patterns::get(const std::string& text) {
    const auto known = known_.find(text);
    if (known != known_.end()) return known->second;
    auto compiled = fhirpath::Regex::compile(text);
    if (!compiled) return nullptr;
    return known_[text] = std::make_shared<const fhirpath::Regex>(std::move(*compiled));
}

std::optional<Condition> Condition::compile(std::string_view text, Patterns& patterns) {
    return ConditionParser(text, patterns).run();
}

Condition::Truth Condition::of_path(const Op& op, V2Reader& reader) {
    auto& places = reader.find(*op.path);
    std::erase_if(places, [&](const V2Place& place) { return !reader.has_value(place); });
    if (op.code == Code::exists || op.code == Code::empty) return is_there(op, places, reader);
    if (op.code == Code::matches) return matched(op, places, reader);
    bool equal = false;
    // That a segment is there says nothing of what is in it.
    if (op.path->field != 0)
        for (const auto& place : places) equal = reader.is_whole(place, op.literal);
    if (places.empty()) return Truth::nothing;
    return (places.size() == 1 && equal) == (op.code == Code::equals) ? Truth::yes : Truth::no;
}

/// Reads nothing: that something is there says nothing of what it is.
Condition::Truth Condition::is_there(const Op& op, const V2Places& places, V2Reader& reader) {
    const bool any = std::any_of(places.begin(), places.end(),
                                 [&](const V2Place& place) { return !reader.is_deleted(*op.path, place); });
    return any == (op.code == Code::exists) ? Truth::yes : Truth::no;
}

Condition::Truth Condition::matched(const Op& op, const V2Places& places, V2Reader& reader) {
    if (places.empty()) return Truth::nothing;
    if (places.size() > 1) return Truth::unsure;
    auto& last = reader.last_match();
    const auto text = reader.whole(places.front());
    if (last.pattern != op.pattern || last.text != text) last = {op.pattern, text, op.pattern->search(text)};
    return !last.found ? Truth::unsure : *last.found ? Truth::yes : Truth::no;
}

Condition::Truth Condition::run(std::uint32_t index, V2Reader& reader, Variables& facts) const {
    const auto& op = ops_[index];
    if (op.code == Code::negated) {
        const auto inner = run(op.left, reader, facts);
        if (inner == Truth::nothing || inner == Truth::unsure) return inner;
        return inner == Truth::yes ? Truth::no : Truth::yes;
    }
    if (op.code == Code::both || op.code == Code::either) {
        const auto decides = op.code == Code::both ? Truth::no : Truth::yes;
        const auto left = run(op.left, reader, facts);
        const auto right = run(op.right, reader, facts);
        if (left == Truth::unsure || right == Truth::unsure) return Truth::unsure;
        if (left == decides || right == decides) return decides;
        return left == Truth::nothing ? left : right;
    }
    return op.path ? of_path(op, reader) : of_fact(op, facts);
}

Condition::Truth Condition::of_fact(const Op& op, Variables& facts) {
    const auto* known = facts.find(op.fact);
    const bool there = known != nullptr && !known->empty();
    if (op.code != Code::fact) return there == (op.code == Code::exists) ? Truth::yes : Truth::no;
    if (known == nullptr) return Truth::unsure;
    if (!there) return Truth::nothing;
    const auto* truth = known->size() == 1 ? std::get_if<bool>(&known->front()) : nullptr;
    return truth == nullptr ? Truth::unsure : *truth ? Truth::yes : Truth::no;
}

std::optional<fhirpath::Collection> Condition::value(V2Reader& reader, Variables& facts) const {
    const auto truth = run(static_cast<std::uint32_t>(ops_.size() - 1), reader, facts);
    if (truth == Truth::unsure) return std::nullopt;
    if (truth == Truth::nothing) return fhirpath::Collection();
    return fhirpath::Collection{truth == Truth::yes};
}

std::optional<bool> Condition::holds(V2Reader& reader, Variables& facts) const {
    const auto truth = run(static_cast<std::uint32_t>(ops_.size() - 1), reader, facts);
    return truth == Truth::unsure ? std::nullopt : std::optional(truth == Truth::yes);
}

}  // namespace causeway::mapping
