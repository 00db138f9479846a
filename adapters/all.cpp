/// The explicit list of adapters: registration by static objects would vanish from static libraries.
#include <array>

#include "adapter.hpp"

namespace causeway {

extern const AdapterSpec kDirectoryReader;
extern const AdapterSpec kDirectoryWriter;
extern const AdapterSpec kFhirListener;
extern const AdapterSpec kFhirSender;
extern const AdapterSpec kMllpListener;
extern const AdapterSpec kMllpSender;

std::span<const AdapterSpec* const> all_adapters() {
    static constexpr std::array<const AdapterSpec*, 6> kAll = {&kDirectoryReader, &kDirectoryWriter, &kFhirListener,
                                                               &kFhirSender,      &kMllpListener,    &kMllpSender};
    return kAll;
}

}  // namespace causeway
