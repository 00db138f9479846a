#pragma once
/// Sets of values.

#include "fhirpath/evaluator.hpp"

namespace causeway::fhirpath {

bool contains(const Collection& items, const Value& item);
/// Appends what `out` does not have from position `from` on. Counts the work of comparing.
bool add_distinct(Evaluator& evaluator, const Op& op, const Collection& items, Collection& out, std::size_t from);
/// a | b
bool unite(Evaluator& evaluator, const Op& op, const Collection& a, const Collection& b, Collection& out);

}  // namespace causeway::fhirpath
