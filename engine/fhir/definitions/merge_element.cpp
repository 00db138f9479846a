#include "fhir/definitions/merge_element.hpp"

#include <algorithm>
#include <cctype>

namespace causeway::fhir {
namespace {

constexpr std::string_view kOfThePlace[] = {"id", "path", "sliceName", "base"};
constexpr std::string_view kAdded[] = {"alias", "mapping", "condition", "example", "code"};
// Choices of which only one member may stand.
constexpr std::string_view kChoices[] = {"fixed", "pattern", "minValue", "maxValue", "defaultValue"};

bool is_one_of(std::string_view name, const auto& names) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool is_choice_of(std::string_view name, std::string_view prefix) {
    return name.size() > prefix.size() && name.starts_with(prefix) &&
           std::isupper(static_cast<unsigned char>(name[prefix.size()])) != 0;
}

const Json* appended(const Json& base, const Json& more, JsonArena& arena) {
    auto* all = arena.make(Json::Kind::array);
    for (const auto* list : {&base, &more})
        for (const auto& item : *list) {
            const bool is_held = std::any_of(all->begin(), all->end(),
                                             [&](const auto& held) { return equal(*held.value, *item.value); });
            if (!is_held) all->push(item.value);
        }
    return all;
}

/// Constraints add up; of one key, what the differential says counts.
const Json* constraints(const Json& base, const Json& more, std::string_view profile, JsonArena& arena) {
    auto* all = arena.make(Json::Kind::array);
    const auto is_in = [](const Json& list, std::string_view key) {
        return std::any_of(list.begin(), list.end(), [&](const auto& item) { return (*item.value)("key") == key; });
    };
    for (const auto& item : base)
        if (!is_in(more, (*item.value)("key"))) all->push(item.value);
    for (const auto& item : more) {
        auto* constraint = arena.copy(*item.value);
        if (!constraint->has("source")) constraint->set("source", arena.text(profile));
        all->push(constraint);
    }
    return all;
}

/// The slicing of the differential; discriminators that it leaves out stay.
const Json* slicing(const Json& base, const Json& difference, JsonArena& arena) {
    if (!base) return &difference;
    auto* both = arena.copy(base);
    for (const auto& member : difference) {
        if (member.name == "discriminator") {
            both->set(member.name, appended(base["discriminator"], *member.value, arena));
        } else {
            both->set(member.name, member.value);
        }
    }
    return both;
}

const Json* extensions(const Json& base, const Json& difference, JsonArena& arena) {
    auto* all = arena.make(Json::Kind::array);
    for (const auto& item : base) {
        const bool is_replaced = std::any_of(difference.begin(), difference.end(), [&](const auto& other) {
            return (*other.value)("url") == (*item.value)("url");
        });
        if (!is_replaced) all->push(item.value);
    }
    for (const auto& item : difference) all->push(item.value);
    return all;
}

}  // namespace

const Json* merge_element(const Json* base, const Json& difference, std::string_view profile, JsonArena& arena) {
    auto* element = base ? arena.copy(*base) : arena.make(Json::Kind::object);
    for (const auto& [name, value] : difference) {
        if (is_one_of(name, kOfThePlace)) continue;
        for (const auto prefix : kChoices)
            if (is_choice_of(name, prefix))
                std::erase_if(element->members, [&](const auto& member) { return is_choice_of(member.name, prefix); });
        const auto& held = (*element)[name];
        if (name == "constraint") {
            element->set(name, constraints(held, *value, profile, arena));
        } else if (name == "slicing") {
            element->set(name, slicing(held, *value, arena));
        } else if (name == "extension") {
            element->set(name, extensions(held, *value, arena));
        } else if (is_one_of(name, kAdded)) {
            element->set(name, appended(held, *value, arena));
        } else {
            element->set(name, value);
        }
    }
    return element;
}

}  // namespace causeway::fhir
