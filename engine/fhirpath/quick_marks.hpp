#pragma once
/// What the short way (quick.hpp) knows of operations. Internal to it.

#include <cstdint>

#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

enum Quickness : std::uint8_t { kNodes = 1, kTruth = 2, kOnce = 4 };  // kOnce: no item comes twice.

enum class Callee : std::uint8_t {
    none,
    exists,
    empty,
    not_,
    all,
    where,
    select,
    first,
    of_type,
    as,
    is,
    extension,
    count,
    has_value,
    matches,
    starts_with
};

Callee call_of(const Op& op);

}  // namespace causeway::fhirpath
