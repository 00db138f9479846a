#include "validation/terminology.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fhir/definitions/json_value.hpp"
#include "fhirpath/units.hpp"
#include "validation/code_forms.hpp"

namespace causeway::validation {
namespace {

using fhir::Index;
using Membership = Terminology::Membership;
using Reason = Terminology::Reason;

constexpr std::string_view kUcum = "http://unitsofmeasure.org";

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

int compare(std::string_view a, std::string_view b, bool is_case_sensitive) noexcept {
    if (is_case_sensitive) return a.compare(b);
    const auto length = std::min(a.size(), b.size());
    for (std::size_t i = 0; i < length; ++i) {
        const auto x = static_cast<unsigned char>(lower(a[i]));
        const auto y = static_cast<unsigned char>(lower(b[i]));
        if (x != y) return x < y ? -1 : 1;
    }
    return a.size() == b.size() ? 0 : a.size() < b.size() ? -1 : 1;
}

/// The next character of a display, runs of white space as one space; 0 at the end.
class Folded {
public:
    explicit Folded(std::string_view text) noexcept : text_(text) {
        while (!text_.empty() && is_space(text_.back())) text_.remove_suffix(1);
        skip();
    }
    char next() noexcept {
        if (text_.empty()) return 0;
        const char c = text_.front();
        text_.remove_prefix(1);
        if (!is_space(c)) return lower(c);
        skip();
        return ' ';
    }

private:
    static bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    void skip() noexcept {
        while (!text_.empty() && is_space(text_.front())) text_.remove_prefix(1);
    }
    std::string_view text_;
};

bool is_same_display(std::string_view a, std::string_view b) noexcept {
    Folded x(a);
    Folded y(b);
    while (true) {
        const char c = x.next();
        if (c != y.next()) return false;
        if (c == 0) return true;
    }
}

std::string fold(std::string_view display) {
    std::string folded;
    Folded characters(display);
    while (const char c = characters.next()) folded.push_back(c);
    return folded;
}

/// Code and folded display of all designations of a code system.
using Designations = std::set<std::pair<std::string, std::string>>;

void collect(const fhir::Json& concepts, Designations& out) {
    for (const auto& item : concepts) {
        const auto& each = *item.value;
        for (const auto& designation : each["designation"])
            out.emplace(each("code"), fold((*designation.value)("value")));
        collect(each["concept"], out);
    }
}

class TableTerminology final : public Terminology {
public:
    explicit TableTerminology(fhir::DefinitionsPtr definitions) : definitions_(std::move(definitions)) {
        find_unit_sets();
    }

    Answer member(Index value_set, std::string_view system, std::string_view code) const override {
        if (value_set == 0) return {Membership::unknown, Reason::value_set_not_held};
        const auto& set = definitions_->value_set_at(value_set);
        if (system.empty()) return member_of_any(set, code);
        const Index wanted = definitions_->name(system);
        if (wanted != 0 && is_listed(set, wanted, code)) return {Membership::in, Reason::none};
        return rest(value_set, system, wanted, code);
    }

    Lookup look_up(std::string_view system, std::string_view code) const override {
        if (const auto form = whole_form(system))
            return {form(code) ? Membership::in : Membership::not_in, {}, false, false, false, nullptr};
        const Index index = definitions_->code_system(system);
        if (index != 0) {
            if (definitions_->code_system_at(index).content == fhir::CodeSystem::Content::supplement) {
                Lookup found;
                found.is_supplement = true;
                return found;
            }
            if (const Index held = find(index, code)) return describe(held);
            if (is_whole(index)) return {Membership::not_in, {}, false, false, false, nullptr};
        }
        Lookup found;
        const auto shape = code_shape(system);
        if (shape.fits != nullptr && !shape.fits(code)) found.doubt = shape.advice;
        return found;
    }

    bool is_display(std::string_view system, std::string_view code, std::string_view display) const override {
        const Index index = definitions_->code_system(system);
        const Index held = index == 0 ? 0 : find(index, code);
        if (held == 0) return true;
        const auto preferred = definitions_->text(concept_at(held).display);
        return preferred.empty() || is_same_display(preferred, display) ||
               designations(index).contains({std::string(definitions_->text(concept_at(held).code)), fold(display)});
    }

    bool is_known_system(std::string_view system) const override {
        const Index index = definitions_->code_system(system);
        return (index != 0 && is_whole(index)) || whole_form(system) != nullptr;
    }

    Membership subsumes(std::string_view system, std::string_view ancestor,
                        std::string_view descendant) const override {
        const Index index = definitions_->code_system(system);
        if (index == 0) return ancestor == descendant ? Membership::in : Membership::unknown;
        const Index wanted = find(index, ancestor);
        Index at = find(index, descendant);
        if (wanted == 0 || at == 0) return is_whole(index) ? Membership::not_in : Membership::unknown;
        const auto count = definitions_->code_system_at(index).concepts.count;
        for (std::size_t steps = 0; at != 0 && steps <= count; ++steps) {  // Circles end too.
            if (at == wanted) return Membership::in;
            at = concept_at(at).parent;
        }
        return Membership::not_in;
    }

private:
    const fhir::Concept& concept_at(Index index) const { return definitions_->tables().concepts[index]; }

    Lookup describe(Index held) const {
        const auto& found = concept_at(held);
        return {
            Membership::in, definitions_->text(found.display), found.is_abstract != 0, found.is_inactive != 0, false,
            nullptr};
    }

    /// Complete, and not merely said to be: a complete system has codes.
    bool is_whole(Index code_system) const {
        const auto& held = definitions_->code_system_at(code_system);
        return held.content == fhir::CodeSystem::Content::complete && held.concepts.count != 0;
    }

    /// The concept of a code; 0: the system has none such here.
    Index find(Index code_system, std::string_view code) const {
        const auto& held = definitions_->code_system_at(code_system);
        const auto concepts = definitions_->concepts(held.concepts);
        const bool is_case_sensitive = held.is_case_sensitive != 0;
        const auto found =
            std::lower_bound(concepts.begin(), concepts.end(), code, [&](const fhir::Concept& a, std::string_view b) {
                return compare(definitions_->text(a.code), b, is_case_sensitive) < 0;
            });
        if (found == concepts.end() || compare(definitions_->text(found->code), code, is_case_sensitive) != 0) return 0;
        return held.concepts.first + static_cast<Index>(found - concepts.begin());
    }

    using Members = std::span<const fhir::Member>;

    /// The members of one system: sorted by code.
    bool has(Members run, std::string_view code) const {
        const auto found =
            std::lower_bound(run.begin(), run.end(), code,
                             [&](const fhir::Member& a, std::string_view b) { return definitions_->text(a.code) < b; });
        return found != run.end() && definitions_->text(found->code) == code;
    }

    /// As `has`, for systems whose codes may be written in any case.
    bool has_folded(Members run, Index system, std::string_view code) const {
        const Index index = definitions_->code_system(definitions_->name_text(system));
        if (index == 0 || definitions_->code_system_at(index).is_case_sensitive != 0) return false;
        const Index held = find(index, code);
        return held != 0 && has(run, definitions_->text(concept_at(held).code));
    }

    static Members run_of(Members members, Index system) {
        const auto [first, last] = std::equal_range(members.begin(), members.end(), fhir::Member{system, {}, {}},
                                                    [](const auto& a, const auto& b) { return a.system < b.system; });
        return {first, last};
    }

    bool is_listed(const fhir::ValueSet& set, Index system, std::string_view code) const {
        const auto run = run_of(definitions_->members(set.members), system);
        return !run.empty() && (has(run, code) || has_folded(run, system, code));
    }

    bool names(fhir::Range systems, Index system) const {
        const auto list = definitions_->systems(systems);
        return system != 0 && std::find(list.begin(), list.end(), system) != list.end();
    }

    /// Not listed: what the value set says of the whole system.
    Answer rest(Index value_set, std::string_view system, Index wanted, std::string_view code) const {
        const auto& set = definitions_->value_set_at(value_set);
        const bool is_in_whole = names(set.whole_systems, wanted);
        const bool may_be = names(set.open_systems, wanted) || set.is_open != 0;
        if (is_in_whole || may_be) {
            const auto known = look_up(system, code).membership;
            if (known == Membership::not_in) return {Membership::not_in, Reason::no_such_code};
            if (is_in_whole) return {Membership::in, Reason::none};
            if (const auto unit = unit_member(value_set, system, code); unit != Membership::unknown)
                return {unit, unit == Membership::in ? Reason::none : Reason::not_in_value_set};
            return {Membership::unknown, is_known_system(system) ? Reason::value_set_partial : Reason::system_not_held};
        }
        const bool is_wrong = look_up(system, code).membership == Membership::not_in;
        return {Membership::not_in, is_wrong ? Reason::no_such_code : Reason::not_in_value_set};
    }

    /// A code without its system, in whichever system of the set.
    Answer member_of_any(const fhir::ValueSet& set, std::string_view code) const {
        auto left = definitions_->members(set.members);
        while (!left.empty()) {
            const Index system = left.front().system;
            const auto run = left.back().system == system ? left : run_of(left, system);
            if (has(run, code) || has_folded(run, system, code)) return {Membership::in, Reason::none};
            left = left.subspan(run.size());
        }
        if (set.is_open != 0) return {Membership::unknown, Reason::value_set_partial};
        bool is_unknown = false;
        for (const Index system : definitions_->systems(set.whole_systems)) {
            const auto form = whole_form(definitions_->name_text(system));
            if (form != nullptr && form(code)) return {Membership::in, Reason::none};
            is_unknown = is_unknown || form == nullptr;
        }
        for (const Index system : definitions_->systems(set.open_systems)) {
            const auto form = whole_form(definitions_->name_text(system));
            is_unknown = is_unknown || form == nullptr || form(code);
        }
        return is_unknown ? Answer{Membership::unknown, Reason::system_not_held}
                          : Answer{Membership::not_in, Reason::not_in_value_set};
    }

    /// Value sets of all units that measure the same as one: a filter of UCUM on "canonical".
    void find_unit_sets() {
        const Index ucum = definitions_->name(kUcum);
        if (ucum == 0) return;
        for (Index i = 1; i < definitions_->tables().value_sets.size(); ++i)
            if (names(definitions_->value_set_at(i).open_systems, ucum)) add_unit_set(i);
    }

    void add_unit_set(Index value_set) {
        fhir::JsonArena arena;
        const auto parsed = arena.parse(definitions_->value_set_json(value_set));
        if (!parsed) return;
        const auto& compose = (**parsed)["compose"];
        if (compose["include"].size() != 1 || compose.has("exclude")) return;
        const auto& include = compose["include"].item(0);
        const auto& filter = include["filter"].item(0);
        if (include["filter"].size() != 1 || include.has("valueSet") || filter("property") != "canonical" ||
            filter("op") != "=")
            return;
        if (auto scale = fhirpath::unit_scale(filter("value"))) unit_sets_.emplace(value_set, std::move(*scale));
    }

    Membership unit_member(Index value_set, std::string_view system, std::string_view code) const {
        const auto found = unit_sets_.find(value_set);
        if (found == unit_sets_.end() || system != kUcum) return Membership::unknown;
        const auto scale = fhirpath::unit_scale(code);
        return scale && scale->comparable(found->second) ? Membership::in : Membership::not_in;
    }

    /// Read when a display is not the preferred one, once for each system.
    const Designations& designations(Index code_system) const {
        const std::lock_guard lock(mutex_);
        const auto [found, is_new] = designations_.try_emplace(code_system);
        if (is_new) {
            fhir::JsonArena arena;
            if (const auto parsed = arena.parse(definitions_->code_system_json(code_system)))
                collect((**parsed)["concept"], found->second);
        }
        return found->second;  // Nodes of a map stay where they are, and this one changes no more.
    }

    fhir::DefinitionsPtr definitions_;
    std::map<Index, fhirpath::UnitScale> unit_sets_;
    mutable std::mutex mutex_;
    mutable std::map<Index, Designations> designations_;
};

}  // namespace

std::shared_ptr<const Terminology> make_terminology(fhir::DefinitionsPtr definitions) {
    return std::make_shared<TableTerminology>(std::move(definitions));
}

}  // namespace causeway::validation
