#include "mapping/keywords.hpp"

namespace causeway::mapping {

const Keywords& statement_keywords() {
    static const Keywords words = {"map",     "extends", "replace", "remove", "null", "zone",
                                   "table",   "ignore",  "let",     "copy",   "omit", "resource",
                                   "segment", "require", "for",     "in",     "test"};
    return words;
}

const Keywords& row_keywords() {
    static const Keywords words = {":", "via", "when", "=", "else", "as", "lossy", "required", "raw"};
    return words;
}

const Keywords& policy_keywords() {
    static const Keywords words = {"reject", "error", "warn", "drop", "keep"};
    return words;
}

const Keywords& for_keywords() {
    static const Keywords words = {"with", "joined", "as", "when"};
    return words;
}

const Keywords& resource_keywords() {
    static const Keywords words = {"as", "id", "each", "when", "else", "found"};
    return words;
}

const Keywords& segment_keywords() {
    static const Keywords words = {"when", "required"};
    return words;
}

const Keywords& test_keywords() {
    static const Keywords words = {"given", "expect", "roundtrip"};
    return words;
}

const Keywords& expect_keywords() {
    static const Keywords words = {"warning", "reject", "lost", "nothing lost", "no warnings"};
    return words;
}

}  // namespace causeway::mapping
