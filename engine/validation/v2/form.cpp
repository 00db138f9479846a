#include <algorithm>
#include <string>

#include "core/nhs_number.hpp"
#include "hl7v2/naming.hpp"
#include "validation/v2/check.hpp"

namespace causeway::validation::v2 {
namespace {

bool all_digits(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// NM: optional sign, digits, optional point and digits.
bool is_number(std::string_view text) noexcept {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    const auto dot = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, dot), fraction = text.substr(std::min(dot + 1, text.size()));
    const bool digits = (whole.empty() || all_digits(whole)) && (fraction.empty() || all_digits(fraction));
    return digits && !(whole.empty() && fraction.empty());
}

/// Three to six letters and digits: organisations, sites, practitioners' codes are longer and not meant.
bool is_ods(std::string_view text) noexcept {
    return text.size() >= 3 && text.size() <= 12 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
           });
}

/// A9 9AA to AA9A 9AA.
bool is_postcode(std::string_view text) {
    std::string squeezed;
    for (const char c : text)
        if (c != ' ') squeezed += c;
    const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    if (squeezed.size() < 5 || squeezed.size() > 7 || !letter(squeezed[0])) return false;
    const auto inward = std::string_view(squeezed).substr(squeezed.size() - 3);
    return digit(inward[0]) && letter(inward[1]) && letter(inward[2]) &&
           std::any_of(squeezed.begin(), squeezed.end() - 3, digit);
}

}  // namespace

bool has_form(std::string_view type, std::string_view value) {
    if (type == "DT") return value.size() <= 8 && !hl7v2::readable_time("DT", value).empty();
    if (hl7v2::is_time_type(type)) return !hl7v2::readable_time(type, value).empty();
    if (type == "NM") return is_number(value);
    if (type == "SI" || type == "digits") return all_digits(value);
    if (type == "nhs-number") return is_valid_nhs_number(value);
    if (type == "ods") return is_ods(value);
    if (type == "postcode") return is_postcode(value);
    return true;
}

}  // namespace causeway::validation::v2
