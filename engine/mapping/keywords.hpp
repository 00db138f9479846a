#pragma once
/// The words of the mapping language, each where it may stand. Every one is explained in mappings/README.md.

#include <string_view>
#include <vector>

namespace causeway::mapping {

using Keywords = std::vector<std::string_view>;

const Keywords& statement_keywords();  ///< What a line may begin with.
const Keywords& row_keywords();        ///< What may follow a row's target: ":", "via", "when" ...
const Keywords& policy_keywords();     ///< After `else`.
const Keywords& for_keywords();
const Keywords& resource_keywords();
const Keywords& segment_keywords();
const Keywords& test_keywords();    ///< What a line of a test may begin with.
const Keywords& expect_keywords();  ///< After `expect`, where no condition follows.

}  // namespace causeway::mapping
