/// Every registered adapter has a rig.
#include <doctest/doctest.h>

#include <algorithm>

#include "contract/rig.hpp"
#include "contract/rigs/directory.hpp"
#include "contract/rigs/fhir.hpp"
#include "contract/rigs/mllp.hpp"

namespace causeway::contract {

const std::vector<const InboundRig*>& inbound_rigs() {
    static const MllpListenerRig mllp;
    static const FhirListenerRig fhir;
    static const DirectoryReaderRig directory;
    static const std::vector<const InboundRig*> all = {&mllp, &fhir, &directory};
    return all;
}

const std::vector<const OutboundRig*>& outbound_rigs() {
    static const MllpSenderRig mllp;
    static const FhirSenderRig fhir;
    static const DirectoryWriterRig directory;
    static const std::vector<const OutboundRig*> all = {&mllp, &fhir, &directory};
    return all;
}

TEST_CASE("every registered adapter is under test, and every rig is of a registered adapter") {
    std::vector<std::string_view> registered, rigged;
    for (const auto* spec : all_adapters()) registered.push_back(spec->name);
    for (const auto* rig : inbound_rigs()) rigged.push_back(rig->adapter());
    for (const auto* rig : outbound_rigs()) rigged.push_back(rig->adapter());
    std::ranges::sort(registered);
    std::ranges::sort(rigged);
    CHECK(registered == rigged);
    CHECK(std::ranges::adjacent_find(registered) == registered.end());
}

TEST_CASE("an inbound adapter has an inbound rig, an outbound one an outbound rig") {
    for (const auto* rig : inbound_rigs()) {
        const bool makes = test::adapter_named(rig->adapter()).make_inbound != nullptr;
        CHECK(makes);
    }
    for (const auto* rig : outbound_rigs()) {
        const bool makes = test::adapter_named(rig->adapter()).make_outbound != nullptr;
        CHECK(makes);
    }
}

}  // namespace causeway::contract
