#pragma once
/// The pack of R4 definitions that the build made, opened once.

#include <doctest/doctest.h>

#include "fhir/definitions/definitions.hpp"

namespace causeway::test {

inline const fhir::DefinitionsPtr& r4() {
    static const auto definitions = [] {
        auto opened = fhir::Definitions::open(CAUSEWAY_BINARY_DIR "/definitions/r4.pack");
        REQUIRE_MESSAGE(opened.has_value(), "the pack is made by the build");
        return *opened;
    }();
    return definitions;
}

}  // namespace causeway::test
