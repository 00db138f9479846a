/// Any bytes are refused as a pack, or give tables whose every index can be followed. The checksum is made right first,
/// as else nothing but the checksum would be tried.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/hash.hpp"

using namespace causeway;

namespace {

constexpr std::size_t kSize = 16;      // Where the header keeps the size of the file,
constexpr std::size_t kChecksum = 24;  // and the checksum of what follows it.
constexpr std::size_t kAfter = 32;

void walk(const fhir::Definitions& definitions) {
    std::size_t seen = definitions.fhir_version().size();
    for (fhir::Index i = 0; i < definitions.name_count(); ++i) {
        seen += definitions.name_text(i).size();
        seen += definitions.name(definitions.name_text(i));
        seen += definitions.type_of_name(i);
    }
    for (fhir::Index i = 0; i < definitions.structures().size(); ++i) {
        const auto& structure = definitions.structure_at(i);
        seen += definitions.structure(definitions.text(structure.url)) + definitions.structure_json(i).size();
        seen += definitions.derives(i, 1) ? 1 : 0;
        for (const auto& element : definitions.elements(structure)) {
            seen += definitions.text(element.id).size() + definitions.types(element.types).size();
            for (auto at = element.first_slice; at != 0; at = definitions.element(at).next_slice) ++seen;
            for (auto at = element.first_child; at != 0; at = definitions.element(at).next_sibling) ++seen;
            seen += definitions.child(element.parent, i, element.name).element;
        }
    }
    for (fhir::Index i = 0; i < definitions.tables().value_sets.size(); ++i)
        for (const auto& member : definitions.members(definitions.value_set_at(i).members))
            seen += definitions.text(member.code).size();
    if (seen == static_cast<std::size_t>(-1)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // Aligned, as a mapped file is.
    const auto words = std::make_shared<std::vector<std::uint64_t>>((size + 7) / 8 + 1);
    auto* bytes = reinterpret_cast<char*>(words->data());
    if (size > 0) std::memcpy(bytes, data, size);
    if (size >= kAfter) {
        const std::uint64_t length = size;
        const auto checksum = fhir::hash_text({bytes + kAfter, size - kAfter});
        std::memcpy(bytes + kSize, &length, sizeof(length));
        std::memcpy(bytes + kChecksum, &checksum, sizeof(checksum));
    }
    const auto read = fhir::read_pack({bytes, size}, words, "input");
    if (read) walk(**read);
    return 0;
}
