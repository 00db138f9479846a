#pragma once
/// Messages without the people in them: for tests, defects and suppliers.

#include <string>
#include <string_view>

#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// Replaces what says who somebody is, by data type (dictionary), and keeps the structure: delimiters, repetitions,
/// empty and deleted values, codes, numbers, units, organisations and locations stay.
/// - Names become invented ones, identifiers others of the same shape, NHS numbers valid ones of the 999 range,
/// addresses and
///   telephone numbers ones that nobody has; the same value becomes the same everywhere under one key.
/// - Dates move by one number of days for the whole key; the time of day and the precision stay.
/// - Free text (TX, FT, ST of people and results, text without a code) keeps its words' lengths only; documents (ED)
/// become a short one.
/// - What the dictionary does not know (Z segments) is treated as free text.
/// - Identifiers that were replaced, and valid NHS numbers, are replaced wherever else they stand, be it in MSH-10 or
/// in
///   a code.
/// Nobody who has not the key can tell what was there from what is written, except by what stays (dates relative to
/// each other, codes, rare diagnoses): the result is pseudonymous, fit for tests, not for publication. Threads: any.
class Anonymiser {
public:
    /// The same key gives the same replacements. It must be long and secret: NHS numbers are few enough to try them
    /// all.
    explicit Anonymiser(std::string key);

    /// The message's bytes in its own character set. Error: a replacement does not fit that set.
    Result<std::string> operator()(const Message& message) const;

private:
    std::string key_;
    int days_ = 0;
};

}  // namespace causeway::hl7v2
