#pragma once
/// What single values mean: conversion, equality, equivalence and order (FHIRPath N1 section 6.1 and 6.2).

#include <optional>
#include <string>
#include <string_view>

#include "fhirpath/decimal.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/moment.hpp"

namespace causeway::fhirpath {

Value to_value(const Number& number, bool integer = false);

const tree::Node* as_node(const Value& value);
/// A number, also from a number node (and, in HL7 v2, from a text that is one).
std::optional<Number> as_number(const Value& value);
/// Whole numbers only: int64 and nodes written without fraction or exponent.
std::optional<std::int64_t> as_integer(const Value& value);
bool is_integer(const Value& value);
std::optional<bool> as_boolean(const Value& value);
/// Text of a string or a text node; a view into the value.
std::optional<std::string_view> as_string(const Value& value);
/// The same of what equals other texts letter by letter only: none for what may be a date.
std::optional<std::string_view> as_plain_text(const Value& value);
/// A Temporal, or a text node that is written as one.
std::optional<Moment> as_moment(const Value& value);
/// A Quantity, a FHIR Quantity node, or a number (unit '1').
std::optional<Quantity> as_quantity(const Value& value);
/// As as_quantity(), without numbers.
std::optional<Quantity> as_written_quantity(const Value& value);

/// `unknown` gives an empty collection, `incomparable` is an error.
Order order(const Value& a, const Value& b);
/// a = b for single items; nothing: empty.
std::optional<bool> equal(const Value& a, const Value& b);
bool equivalent(const Value& a, const Value& b);
/// Equality as union, distinct and the like need it: what is not certainly equal is different.
inline bool same(const Value& a, const Value& b) {
    return equal(a, b).value_or(false);
}

}  // namespace causeway::fhirpath
