#include "validation/validator.hpp"

#include "validation/engine.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {

Validator::Validator(fhir::DefinitionsPtr definitions, Options options,
                     std::shared_ptr<const Terminology> terminology) {
    if (!terminology) terminology = make_terminology(definitions);
    engine_ = std::make_unique<const Engine>(std::move(definitions), std::move(options), std::move(terminology));
    services_ = std::make_unique<const DocumentServices>(*engine_);
}

Validator::~Validator() = default;
Validator::Validator(Validator&&) noexcept = default;
Validator& Validator::operator=(Validator&&) noexcept = default;

OperationOutcome Validator::validate(const fhir::FhirDocument& document, std::span<const std::string> profiles) const {
    const auto& tape = fhir::Tape::of(document);
    Findings findings(tape, engine_->options);
    Walker walker(*engine_, tape, findings);
    walker.run(profiles);
    return findings.take();
}

const fhir::Definitions& Validator::definitions() const noexcept {
    return *engine_->definitions;
}

const fhirpath::Services& Validator::services() const noexcept {
    return *services_;
}

}  // namespace causeway::validation
