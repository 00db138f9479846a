#include "validation/invariants.hpp"

#include <memory>
#include <variant>

namespace causeway::validation {

Invariants::Invariants(fhir::DefinitionsPtr definitions)
    : definitions_(std::move(definitions)), made_(definitions_->constraint_count()) {
}

Invariants::~Invariants() {
    for (auto& made : made_) delete made.load();
}

const Invariant& Invariants::at(fhir::Index constraint) const {
    auto& place = made_[constraint];
    if (const auto* made = place.load(std::memory_order_acquire)) return *made;
    const std::lock_guard lock(mutex_);
    if (const auto* made = place.load(std::memory_order_acquire)) return *made;
    auto fresh = std::make_unique<Invariant>();
    fhirpath::CompileOptions options;
    options.definitions = definitions_;
    options.lenient_as = true;  // dom-3 and others use "as" on collections.
    auto compiled =
        fhirpath::Expression::compile(definitions_->text(definitions_->constraint_at(constraint).expression), options);
    if (auto* mistake = std::get_if<fhirpath::CompileError>(&compiled))
        fresh->mistake = mistake->what;
    else
        fresh->expression = std::get<fhirpath::Expression>(std::move(compiled));
    const auto* made = fresh.release();
    place.store(made, std::memory_order_release);
    return *made;
}

}  // namespace causeway::validation
