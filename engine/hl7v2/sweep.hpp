#pragma once
/// The last look over an anonymised message: identifiers that stand where nobody expects them, as an NHS number in
/// MSH-10 or in a note. Inside anonymise.cpp only.

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "hl7v2/fake.hpp"

namespace causeway::hl7v2 {

class Sweep {
public:
    explicit Sweep(const Fake& fake) : fake_(fake) {}

    /// An identifier that was replaced. Short ones are not looked for: they are also counts and codes.
    void add(std::string_view identifier, std::string_view replacement);

    /// Replaces those identifiers, and every valid NHS number ("9990000018", "999 000 0018"), wherever they stand as a
    /// word or as the digits of one. Time is in proportion to the text.
    std::string operator()(std::string_view text) const;

private:
    std::string_view known(std::string_view word) const;
    bool is_foreign_number(std::string_view digits) const;
    void sweep_word(std::string_view word, std::string& out) const;
    void sweep_digits(std::string_view digits, std::string& out) const;

    const Fake& fake_;
    std::unordered_map<std::string, std::string> replaced_;
    std::unordered_set<std::string> made_;
};

}  // namespace causeway::hl7v2
