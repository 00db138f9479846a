#pragma once
/// What HL7 v2 into HL7 v2 and FHIR into FHIR share.

#include <optional>
#include <string>
#include <vector>

#include "mapping/run.hpp"

namespace causeway::mapping {

/// A run whose output begins as a copy of its input.
class SameFormatRun : protected Run {
protected:
    SameFormatRun(const Program& program, const Facts& facts, bool explain, std::vector<UnmappedCode>* unmapped)
        : Run(program, facts, explain, unmapped) {}

    /// The row's policy for a value that cannot be converted: what to write instead, or nothing.
    std::optional<std::string> after_failure(const Row& row, const Failure& failure, const std::string& source,
                                             const std::string& value);
    Failure no_code(const Row& row, std::string_view system, std::string_view code);
};

Result<Output> run_v2_to_v2(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                            std::vector<UnmappedCode>* unmapped);
Result<Output> run_fhir_to_fhir(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                                std::vector<UnmappedCode>* unmapped);

}  // namespace causeway::mapping
