#include "validation/walker.hpp"

namespace causeway::validation {

using Kind = fhir::Discriminator::Kind;
using fhir::Record;

void Walker::match_slices(Id child, const Plan& sliced, std::uint32_t counts) {
    const Slicing& slicing = *sliced.slicing(engine_.plans);
    const Slice* found = nullptr;
    std::uint32_t position = 0;
    for (std::uint32_t i = 0; i < slicing.slices.size(); ++i) {
        const auto& slice = slicing.slices[i];
        if (slice.is_default || !meets(child, slice)) continue;
        if (found != nullptr) {
            say(child, {Severity::error, Issue::structure, "slice-ambiguous", profile_of(sliced)}, [&] {
                return "Make it fit one slice only: it fits both " + describe(*found) + " and " + describe(slice) + ".";
            });
            continue;
        }
        found = &slice;
        position = i + 1;
    }
    if (found == nullptr)
        for (const auto& slice : slicing.slices)
            if (slice.is_default) found = &slice;
    auto& state = counts_[counts + sliced.state_slot];
    auto& tail = counts_[counts + sliced.state_slot + 1];
    if (found == nullptr) {
        tail = 1;
        if (slicing.rules == fhir::Slicing::Rules::closed)
            say(child, {Severity::error, Issue::structure, "slice-none", profile_of(sliced)}, [&] {
                std::string what = "Make it fit one of the slices that are allowed here:";
                for (const auto& slice : slicing.slices) what += " " + describe(slice) + ";";
                what.back() = '.';
                return what;
            });
        return;
    }
    if (tail != 0 && slicing.rules == fhir::Slicing::Rules::open_at_end)
        say(child, {Severity::error, Issue::structure, "slice-at-end", profile_of(sliced)},
            [&] { return "Put " + describe(*found) + " before the items that fit no slice."; });
    if (slicing.is_ordered && position != 0 && position < state)
        say(child, {Severity::error, Issue::structure, "slice-order", profile_of(sliced)},
            [&] { return "Put " + describe(*found) + " earlier: the slices have an order."; });
    if (position != 0) state = position;
    ++counts_[counts + found->plan->slot];
    actives_.push_back({found->plan, nullptr, 0});
    if (!found->plan->all_slices.empty()) match_slices(child, *found->plan, counts);
}

bool Walker::meets(Id record, const Slice& slice, std::string*) {
    if (slice.criteria.empty()) return false;
    for (const auto& criterion : slice.criteria)
        if (!meets(record, criterion)) return false;
    return true;
}

bool Walker::meets(Id record, const Criterion& criterion) {
    if (criterion.is_undecidable) return false;
    if (criterion.is_forbidden) return !meets_at(record, criterion, 0);
    if (criterion.kind == Kind::exists && !criterion.is_required) return true;
    return meets_at(record, criterion, 0);
}

bool Walker::meets_at(Id record, const Criterion& criterion, std::size_t step) {
    if (step == criterion.steps.size()) return meets_here(record, criterion);
    const auto& path = criterion.steps[step];
    switch (path.kind) {
        case PathStep::Kind::resolve: {
            const auto target = resolve(record);
            return target.found && meets_at(target.record, criterion, step + 1);
        }
        case PathStep::Kind::of_type:
            return is_of_type(record, path.name) && meets_at(record, criterion, step + 1);
        default:
            break;
    }
    const bool extension = path.kind == PathStep::Kind::extension;
    const Index name = extension ? names_.extension : path.name;
    for (Id i = tape_.first_child(record); i != 0; i = at(i).next) {
        if (at(i).name != name || !at(i).is_shown()) continue;
        if (extension && child_text(i, names_.url) != path.url) continue;
        if (meets_at(i, criterion, step + 1)) return true;
    }
    return false;
}

bool Walker::meets_here(Id record, const Criterion& criterion) {
    switch (criterion.kind) {
        case Kind::exists:
            return true;
        case Kind::type:
            for (const Index type : criterion.types)
                if (is_of_type(record, type)) return true;
            return false;
        case Kind::profile:
            for (const Index profile : criterion.profiles) {
                const Plan* root = engine_.plans.root(profile);
                if (root != nullptr && conforms(record, *root)) return true;
            }
            return false;
        default:
            break;
    }
    if (criterion.fixed) return equals_fixed(tape_, record, criterion.fixed);
    if (criterion.pattern) return meets_pattern(tape_, record, criterion.pattern);
    if (criterion.binding != 0) {
        const auto set = definitions_.binding(criterion.binding).value_set_index;
        return fit(record, set) == Fit::in;
    }
    return true;
}

bool Walker::is_of_type(Id record, Index type) const {
    const auto here = at(record).type;
    if (here == type) return true;
    if (here == 0 || type == 0) return false;
    const Index structure = definitions_.type_of_name(here);
    const Index wanted = definitions_.type_of_name(type);
    return structure != 0 && wanted != 0 && definitions_.derives(structure, wanted);
}

std::string Walker::describe(const Slice& slice) const {
    std::string name(definitions_.name_text(slice.plan->definition->slice_name));
    std::string how;
    for (const auto& criterion : slice.criteria) {
        how += how.empty() ? " (" : ", ";
        how += criterion.path.empty() ? "$this" : criterion.path;
        const auto& literal = criterion.fixed ? criterion.fixed : criterion.pattern;
        if (literal && !literal.text().empty()) how.append(" = ").append(literal.text());
    }
    if (!how.empty()) how += ")";
    return name + how;
}

}  // namespace causeway::validation
