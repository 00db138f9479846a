#include "mapping/same_format.hpp"

namespace causeway::mapping {

std::optional<std::string> SameFormatRun::after_failure(const Row& row, const Failure& failure,
                                                        const std::string& source, const std::string& value) {
    const auto& policy = row.policy;
    const bool is_kept = policy.kind == Policy::Kind::keep || policy.keep_after_warning;
    if (policy.kind == Policy::Kind::reject) {
        reject(row, failure, source);
        return std::nullopt;
    }
    if (policy.kind != Policy::Kind::drop && policy.kind != Policy::Kind::keep)
        find(row, Severity::warning, Issue::value, failure, source,
             is_kept              ? "; it is kept as it is"
             : policy.replacement ? "; the map's own value stands in for it"
                                  : "; it is left out");
    if (is_kept) return value;
    return policy.replacement;
}

Failure SameFormatRun::no_code(const Row& row, std::string_view system, std::string_view code) {
    missed(row, system, code);
    return {"M303", "holds a code that its table does not map"};
}

}  // namespace causeway::mapping
