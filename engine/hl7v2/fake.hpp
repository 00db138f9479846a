#pragma once
/// Invented values that stand for real ones: the same for the same value and key. Inside anonymise.cpp only.

#include <cstdint>
#include <string>
#include <string_view>

namespace causeway::hl7v2 {

class Fake {
public:
    explicit Fake(std::string_view key) : key_(key) {}

    std::string family(std::string_view name) const;
    std::string given(std::string_view name) const;
    std::string street(std::string_view text) const;
    std::string town(std::string_view text) const;
    std::string postcode(std::string_view text) const;
    /// Numbers that Ofcom keeps for drama; an address at example.com for anything with an @.
    std::string telephone(std::string_view text) const;
    /// Letters for letters and digits for digits; an NHS number of the 999 range where `text` is one.
    std::string identifier(std::string_view text) const;
    /// Ten digits of the 999 range with a right check digit, in the groups of `text`.
    std::string nhs_number(std::string_view text) const;
    /// x for each letter, 0 for each digit.
    static std::string masked(std::string_view text);
    /// A date or time moved by so many days; the text itself where it is none.
    static std::string moved(std::string_view text, int days);

private:
    std::uint64_t number(std::string_view kind, std::string_view value, unsigned turn = 0) const;

    std::string_view key_;
};

}  // namespace causeway::hl7v2
