// Any FHIR document under the checks of a referral: findings are bounded, and each error says where and what to do.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "fhir/json.hpp"
#include "validation/referral.hpp"

using namespace causeway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto document = fhir::parse_json(Payload(std::string(reinterpret_cast<const char*>(data), size)));
    if (!document) return 0;
    for (const auto* type : {"", "message", "transaction"}) {
        validation::BundleRules rules;
        rules.type = type;
        rules.nhs_number_required = true;
        const auto outcome = validation::check_bundle((*document)->root(), rules);
        if (outcome.issues.size() > 402) std::abort();
        for (const auto& finding : outcome.issues) {
            if (finding.text.empty() || finding.rule.empty()) std::abort();
        }
    }
    return 0;
}
