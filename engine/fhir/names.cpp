#include "fhir/names.hpp"

#include <cstring>
#include <random>

#include "fhir/choice.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kFirstSlots = 256;
constexpr std::uint64_t kMultiplier = 0x9E3779B97F4A7C15ull;

template <class Word>
std::uint64_t word_at(const char* at) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// Of each process its own, so that no document can be made whose names collide.
const std::uint64_t kSeed = static_cast<std::uint64_t>(std::random_device()()) << 32 | std::random_device()();

// Names are short: two words that may overlap hold most of them whole.
std::uint32_t hash_of(std::string_view text) noexcept {
    const char* const begin = text.data();
    const std::size_t size = text.size();
    std::uint64_t first = 0, last = 0;
    if (size >= 8) {
        first = word_at<std::uint64_t>(begin);
        last = word_at<std::uint64_t>(begin + size - 8);
        for (std::size_t at = 8; at + 8 < size; at += 8)
            first = (first ^ kSeed ^ word_at<std::uint64_t>(begin + at)) * kMultiplier ^ (first >> 29);
    } else if (size >= 4) {
        first = word_at<std::uint32_t>(begin);
        last = word_at<std::uint32_t>(begin + size - 4);
    } else if (size > 0) {
        first = static_cast<unsigned char>(begin[0]);
        last = static_cast<std::uint64_t>(static_cast<unsigned char>(begin[size / 2])) << 8 |
               static_cast<unsigned char>(begin[size - 1]);
    }
    const std::uint64_t mixed = (first ^ kSeed ^ size) * kMultiplier ^ last;
    return static_cast<std::uint32_t>((mixed * kMultiplier) >> 32);
}

}  // namespace

Names::Names(const Definitions* definitions)
    : definitions_(definitions),
      base_(definitions != nullptr ? static_cast<std::uint32_t>(definitions->name_count()) : 1),
      used_(1),
      slots_(kFirstSlots, 0) {
    used_.reserve(kFirstSlots / 2);
}

std::size_t Names::slot_of(std::string_view text, std::uint32_t hash) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash & mask;
    while (slots_[slot] != 0 && (used_[slots_[slot]].hash != hash || used_[slots_[slot]].text != text))
        slot = (slot + 1) & mask;
    return slot;
}

std::uint32_t Names::find(std::string_view text) const noexcept {
    if (const auto index = slots_[slot_of(text, hash_of(text))]; index != 0) return used_[index].id;
    return definitions_ != nullptr ? definitions_->name(text) : 0;
}

std::uint32_t Names::use(std::string_view text) {
    const auto hash = hash_of(text);
    const auto slot = slot_of(text, hash);
    if (slots_[slot] != 0) return slots_[slot];
    const auto index = static_cast<std::uint32_t>(used_.size());
    slots_[slot] = index;
    used_.push_back({text, number(text), hash});
    if (used_.size() * 2 > slots_.size()) grow();
    if (definitions_ == nullptr) classify(index);
    return index;
}

std::uint32_t Names::number(std::string_view text) {
    if (definitions_ != nullptr)
        if (const auto known = definitions_->name(text); known != 0) return known;
    own_.push_back(text);
    return base_ + static_cast<std::uint32_t>(own_.size() - 1);
}

void Names::grow() {
    slots_.assign(slots_.size() * 2, 0);
    for (std::uint32_t index = 1; index < used_.size(); ++index)
        slots_[slot_of(used_[index].text, used_[index].hash)] = index;
}

void Names::classify(std::uint32_t index) {
    const auto choice = split_choice(used_[index].text);
    if (!choice) return;
    const auto base = intern(choice->base);
    const auto type = intern(choice->type);
    used_[index].choice_base = base;
    used_[index].choice_type = type;
    used_[index].choice_primitive = choice->primitive;
}

}  // namespace causeway::fhir
