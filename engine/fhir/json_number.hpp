#pragma once
/// The number of JSON (RFC 8259 section 6). Internal to the codecs.

#include <string_view>

namespace causeway::fhir {

inline bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// The end of the number that begins at `at`, in text followed by something that is no digit. `what` tells what is
/// wrong at the place that is given, or stays null.
inline const char* skip_number(const char* at, const char*& what) noexcept {
    const auto digits = [&](const char* message) {
        if (!is_digit(*at)) what = message;
        while (is_digit(*at)) ++at;
        return what == nullptr;
    };
    if (*at == '-') ++at;
    if (*at == '0')
        ++at;
    else if (!digits("Write a digit after the minus sign."))
        return at;
    if (*at == '.') {
        ++at;
        if (!digits("Write a digit after the decimal point.")) return at;
    }
    if (*at == 'e' || *at == 'E') {
        ++at;
        if (*at == '+' || *at == '-') ++at;
        digits("Write a digit in the exponent.");
    }
    return at;
}

/// `text` must lie in a longer one, or be followed by a NUL.
inline bool is_json_number(std::string_view text) noexcept {
    const char* what = nullptr;
    return !text.empty() && skip_number(text.data(), what) == text.data() + text.size() && what == nullptr;
}

}  // namespace causeway::fhir
