#include <functional>

#include "fhir/choice.hpp"
#include "fhir/tape.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kFirstSlots = 256;

}  // namespace

Names::Names() : names_(1), slots_(kFirstSlots, 0) {
    names_.reserve(kFirstSlots / 2);
}

std::size_t Names::slot_of(std::string_view text) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = std::hash<std::string_view>()(text) & mask;
    while (slots_[slot] != 0 && names_[slots_[slot]].text != text) slot = (slot + 1) & mask;
    return slot;
}

std::uint32_t Names::find(std::string_view text) const noexcept {
    return slots_[slot_of(text)];
}

std::uint32_t Names::intern(std::string_view text) {
    const auto slot = slot_of(text);
    if (slots_[slot] != 0) return slots_[slot];
    const auto id = static_cast<std::uint32_t>(names_.size());
    names_.push_back({text});
    slots_[slot] = id;
    if (names_.size() * 2 > slots_.size()) grow();
    classify(id);
    return id;
}

void Names::grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::uint32_t id = 1; id < names_.size(); ++id) slots_[slot_of(names_[id].text)] = id;
}

void Names::classify(std::uint32_t id) {
    const auto text = names_[id].text;
    if (text.size() > 1 && text.front() == '_') {
        const auto element = intern(text.substr(1));
        names_[id].element = element;
        return;
    }
    const auto choice = split_choice(text);
    if (!choice) return;
    const auto base = intern(choice->base);
    const auto type = intern(choice->type);
    names_[id].choice_base = base;
    names_[id].choice_type = type;
    names_[id].choice_primitive = choice->primitive;
}

}  // namespace causeway::fhir
