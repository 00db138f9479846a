#pragma once
/// The variables of a run, found quickly: the same lines ask for the same ones again and again.

#include <array>
#include <cstdint>
#include <string>

#include "fhirpath/expression.hpp"

namespace causeway::mapping {

/// Remembers where the variable of a name was found, by where the name stands. Lifetime: that of the facts, whose
/// variables are not taken away meanwhile. Threads: one.
class Variables {
public:
    explicit Variables(fhirpath::Environment& facts) : facts_(facts) {}
    Variables(const Variables&) = delete;
    Variables& operator=(const Variables&) = delete;

    /// Made where it is absent.
    fhirpath::Collection& at(const std::string& name) {
        auto*& known = known_at(name);
        if (known == nullptr || known->first != name) known = &*facts_.variables.try_emplace(name).first;
        return known->second;
    }
    /// Null where it is not defined.
    const fhirpath::Collection* find(const std::string& name) {
        auto*& known = known_at(name);
        if (known != nullptr && known->first == name) return &known->second;
        const auto found = facts_.variables.find(name);
        if (found == facts_.variables.end()) return nullptr;
        known = &*found;
        return &known->second;
    }

private:
    using Variable = std::pair<const std::string, fhirpath::Collection>;

    Variable*& known_at(const std::string& name) noexcept {
        return known_[(reinterpret_cast<std::uintptr_t>(&name) / sizeof(std::string)) % known_.size()];
    }

    fhirpath::Environment& facts_;
    std::array<Variable*, 128> known_{};
};

}  // namespace causeway::mapping
