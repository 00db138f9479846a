// Any bytes as a FHIR document, validated with the core definitions: an outcome or a parse error, never more.
#include <cstdint>
#include <memory>
#include <string>

#include "fhir/document.hpp"
#include "validation/validator.hpp"

using namespace causeway;

namespace {

const validation::Validator* validator() {
    static const auto made = []() -> std::unique_ptr<validation::Validator> {
        auto opened = fhir::Definitions::open(CAUSEWAY_DEFINITIONS_PACK);
        if (!opened) return nullptr;
        return std::make_unique<validation::Validator>(opened.value());
    }();
    return made.get();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (validator() == nullptr) return 0;
    fhir::ParseOptions options;
    options.definitions = fhir::DefinitionsPtr(fhir::DefinitionsPtr(), &validator()->definitions());
    options.lenient = true;
    const auto document = fhir::parse(Payload(std::string(reinterpret_cast<const char*>(data), size)), options);
    if (document) (void)validator()->validate(**document).issues.size();
    return 0;
}
