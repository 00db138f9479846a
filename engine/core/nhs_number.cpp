#include "core/nhs_number.hpp"

#include <algorithm>

namespace causeway {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_gap(char c) {
    return c == ' ' || c == '-';
}

}  // namespace

std::string normalise_nhs_number(std::string_view text) {
    if (!std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_gap(c); }))
        return std::string(text);
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits), is_digit);
    return digits;
}

bool is_valid_nhs_number(std::string_view text) noexcept {
    int weight = 10, sum = 0, digits = 0, last = 0;
    bool all_alike = true;
    for (const char c : text) {
        if (is_gap(c)) continue;
        if (!is_digit(c) || ++digits > 10) return false;
        all_alike = all_alike && (digits == 1 || c - '0' == last);
        last = c - '0';
        if (digits < 10) sum += last * weight--;
    }
    return digits == 10 && !all_alike && (11 - sum % 11) % 11 == last;
}

}  // namespace causeway
