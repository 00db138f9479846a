#include "validation/plan.hpp"

#include <array>
#include <utility>

#include "validation/discriminator.hpp"

namespace causeway::validation {
namespace {

using Hands = std::pair<std::string_view, Hand>;

constexpr std::array kHands = std::to_array<Hands>({
    {"ele-1", kEle1},
    {"ext-1", kExt1},
    {"dom-2", kDom2},
    {"dom-3", kDom3},
    {"dom-4", kDom4},
    {"dom-5", kDom5},
    {"dom-6", kDom6},
    {"ref-1", kRef1},
    {"txt-1", kTxt1},
    {"txt-2", kTxt2},
    {"bdl-3", kBdl3},
    {"bdl-4", kBdl4},
    {"bdl-7", kBdl7},
    {"bdl-8", kBdl8},
    {"qty-3", kQty3},
});

std::uint32_t hand_of(std::string_view key) {
    for (const auto& [name, hand] : kHands)
        if (name == key) return hand;
    return 0;
}

/// Numbers an element and its slices, re-slices included, and notes those with bounds.
void number(Plan& parent, Plan& child, std::vector<Plan>& plans, const fhir::Definitions& definitions, Index first) {
    child.slot = parent.slots++;
    if (child.definition->min > 0) parent.required.push_back(&child);
    if (child.definition->max != fhir::Element::kUnbounded) parent.limited.push_back(&child);
    for (Index slice = child.definition->first_slice; slice != 0; slice = definitions.element(slice).next_slice) {
        Plan& plan = plans[slice - first];
        child.all_slices.push_back(&plan);
        number(parent, plan, plans, definitions, first);
    }
    if (child.all_slices.empty()) return;
    child.state_slot = parent.slots;
    parent.slots += 2;
}

/// Content references lead to the base definition, without what a profile says of the element.
Index base_of(const fhir::Definitions& definitions, Index element) {
    const auto& target = definitions.element(element);
    const auto& structure = definitions.structure_at(target.structure);
    if (!structure.is_profile) return element;
    const auto& base = definitions.structure_at(definitions.type_of_name(structure.type));
    for (Index i = 0; i < base.elements.count; ++i)
        if (definitions.text(definitions.element(base.elements.first + i).path) == definitions.text(target.path))
            return base.elements.first + i;
    return element;
}

}  // namespace

struct Plans::Chunk {
    std::vector<Plan> plans;
};

Plans::Plans(const fhir::Definitions& definitions)
    : definitions_(definitions), hands_(definitions.constraint_count()), chunks_(definitions.structures().size()) {
    primitives_.resize(definitions.name_count());
    for (Index name = 1; name < primitives_.size(); ++name)
        primitives_[name] = primitive_of(definitions.name_text(name));
    for (Index i = 1; i < hands_.size(); ++i) hands_[i] = hand_of(definitions.text(definitions.constraint_at(i).key));
}

Plans::~Plans() {
    for (auto& chunk : chunks_) delete chunk.load();
}

const Plans::Chunk& Plans::chunk(Index structure) const {
    auto& place = chunks_[structure];
    if (const auto* made = place.load(std::memory_order_acquire)) return *made;
    const std::lock_guard lock(mutex_);
    if (const auto* made = place.load(std::memory_order_acquire)) return *made;
    auto fresh = make(structure);
    place.store(fresh.get(), std::memory_order_release);
    return *fresh.release();
}

std::unique_ptr<Plans::Chunk> Plans::make(Index structure) const {
    const auto& source = definitions_.structure_at(structure);
    const Index first = source.elements.first;
    auto chunk = std::make_unique<Chunk>();
    chunk->plans = std::vector<Plan>(source.elements.count);
    const auto literal = [&](Index index) -> std::shared_ptr<const Literal> {
        if (index == 0) return nullptr;
        return std::make_shared<Literal>(definitions_.text(definitions_.literal(index).json));
    };
    for (Index i = 0; i < source.elements.count; ++i) {
        Plan& plan = chunk->plans[i];
        const auto& definition = definitions_.element(first + i);
        plan.definition = &definition;
        plan.element = first + i;
        plan.structure = structure;
        for (const Index constraint : definitions_.constraints(definition.constraints)) {
            if (hands_[constraint] != 0)
                plan.hand = static_cast<std::uint32_t>(plan.hand | hands_[constraint]);
            else
                plan.constraints.push_back(constraint);
        }
        plan.fixed = literal(definition.fixed);
        plan.pattern = literal(definition.pattern);
        plan.min_value = literal(definition.min_value);
        plan.max_value = literal(definition.max_value);
        plan.has_own_checks = plan.fixed || plan.pattern || plan.min_value || plan.max_value ||
                              definition.max_length != 0 || definition.binding != 0;
    }
    if (source.is_profile != 0) add_extras(structure, chunk->plans);
    for (auto& plan : chunk->plans) {
        const auto& definition = *plan.definition;
        for (Index child = definition.first_child; child != 0; child = definitions_.element(child).next_sibling) {
            Plan& below = chunk->plans[child - first];
            plan.children.push_back(&below);
            number(plan, below, chunk->plans, definitions_, first);
        }
        if (definition.content_reference != 0 && definition.first_child == 0) {
            plan.content_reference = base_of(definitions_, definition.content_reference);
        } else if (definition.first_child != 0) {
            plan.content = &plan;
        }
    }
    return chunk;
}

void Plans::add_extras(Index structure, std::vector<Plan>& plans) const {
    const auto extras = element_extras(definitions_, structure);
    if (extras.empty()) return;
    for (auto& plan : plans) {
        auto found = extras.find(definitions_.text(plan.definition->id));
        if (found == extras.end()) found = extras.find(definitions_.text(plan.definition->path));
        if (found == extras.end()) continue;
        plan.extras = found->second;
        plan.has_own_checks = true;
    }
}

const Plan& Plans::element(Index element) const {
    const Index structure = definitions_.element(element).structure;
    return chunk(structure).plans[element - definitions_.structure_at(structure).elements.first];
}

const Plan* Plans::root(Index structure) const {
    if (structure == 0 || definitions_.structure_at(structure).elements.count == 0) return nullptr;
    return &chunk(structure).plans.front();
}

const Plan* Plans::of(const fhir::Canonical& profile) const {
    const auto url = definitions_.text(profile.url);
    const auto hash = url.find('#');
    if (hash == std::string_view::npos || profile.structure == 0) return root(profile.structure);
    const auto wanted = url.substr(hash + 1);
    const auto colon = wanted.rfind(':');
    const auto slice = colon == std::string_view::npos ? std::string_view() : wanted.substr(colon + 1);
    const auto elements = definitions_.structure_at(profile.structure).elements;
    for (Index i = elements.first; i < elements.first + elements.count; ++i) {
        const auto& each = definitions_.element(i);
        // Where a differential has no ids, path and slice tell the element.
        const bool is_slice = !slice.empty() && definitions_.name_text(each.slice_name) == slice &&
                              definitions_.text(each.path) == wanted.substr(0, colon);
        if (is_slice || definitions_.text(each.id) == wanted) return &element(i);
    }
    return nullptr;
}

const Plan* Plans::type(Index name) const {
    return name == 0 || name >= definitions_.name_count() ? nullptr : root(definitions_.type_of_name(name));
}

const Plan* Plan::child(const fhir::Element& same) const noexcept {
    if (same.order < children.size() && children[same.order]->definition->name == same.name)
        return children[same.order];
    return child(same.name);
}

const Plan* Plan::child(Index name) const noexcept {
    for (const Plan* plan : children)
        if (plan->definition->name == name) return plan;
    return nullptr;
}

const Slicing* Plan::slicing(const Plans& plans) const {
    if (all_slices.empty()) return nullptr;
    std::call_once(slicing_once, [&] { slicing_data = std::make_unique<Slicing>(make_slicing(plans, *this)); });
    return slicing_data.get();
}

}  // namespace causeway::validation
