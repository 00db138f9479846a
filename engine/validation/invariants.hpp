#pragma once
/// Constraints as compiled expressions, each compiled when it is first needed. Internal.

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhirpath/expression.hpp"

namespace causeway::validation {

struct Invariant {
    fhirpath::Expression expression;
    std::string mistake;  ///< Not empty: the expression cannot be compiled.
};

/// Threads: any.
class Invariants {
public:
    explicit Invariants(fhir::DefinitionsPtr definitions);
    ~Invariants();
    const Invariant& at(fhir::Index constraint) const;

private:
    fhir::DefinitionsPtr definitions_;
    mutable std::vector<std::atomic<const Invariant*>> made_;
    mutable std::mutex mutex_;
};

}  // namespace causeway::validation
