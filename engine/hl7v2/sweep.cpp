#include "hl7v2/sweep.hpp"

#include <algorithm>

#include "core/nhs_number.hpp"
#include "hl7v2/naming.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kShortest = 5;

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_word(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

template <class Is>
std::size_t run(std::string_view text, std::size_t from, Is is) {
    while (from < text.size() && is(text[from])) ++from;
    return from;
}

/// Without the blanks and hyphens that group it.
std::string squeezed(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (c != ' ' && c != '-') out += c;
    return out;
}

/// Length of "999 000 0018" or "999-000-0018" at the begin of the text; 0 for anything else.
std::size_t grouped_number(std::string_view text) noexcept {
    constexpr std::string_view kForm = "000 000 0000";
    if (text.size() < kForm.size() || (text.size() > kForm.size() && is_word(text[kForm.size()]))) return 0;
    for (std::size_t i = 0; i < kForm.size(); ++i) {
        const bool fits = kForm[i] == '0' ? is_digit(text[i]) : text[i] == ' ' || text[i] == '-';
        if (!fits) return 0;
    }
    return kForm.size();
}

}  // namespace

void Sweep::add(std::string_view identifier, std::string_view replacement) {
    auto word = squeezed(identifier);
    const bool tells = word.size() >= kShortest && std::any_of(word.begin(), word.end(), is_digit) &&
                       std::all_of(word.begin(), word.end(), is_word);
    auto made = squeezed(replacement);
    if (tells) replaced_.try_emplace(std::move(word), made);
    made_.insert(std::move(made));
}

std::string_view Sweep::known(std::string_view word) const {
    if (word.size() < kShortest || made_.contains(std::string(word))) return {};
    const auto found = replaced_.find(std::string(word));
    return found == replaced_.end() ? std::string_view() : std::string_view(found->second);
}

/// An NHS number that is none of ours. An hour ("2026112010") may have the check digit of one.
bool Sweep::is_foreign_number(std::string_view digits) const {
    if (!is_valid_nhs_number(digits)) return false;
    const auto number = squeezed(digits);
    const bool is_hour =
        (number.starts_with("19") || number.starts_with("20")) && !readable_time("DTM", number).empty();
    return !is_hour && !made_.contains(number);
}

void Sweep::sweep_digits(std::string_view digits, std::string& out) const {
    if (const auto replacement = known(digits); !replacement.empty())
        out += replacement;
    else
        out += is_foreign_number(digits) ? fake_.nhs_number(digits) : std::string(digits);
}

void Sweep::sweep_word(std::string_view word, std::string& out) const {
    if (made_.contains(std::string(word))) {
        out += word;
        return;
    }
    if (const auto replacement = known(word); !replacement.empty()) {
        out += replacement;
        return;
    }
    for (std::size_t at = 0; at < word.size();) {
        const auto end = run(word, at, is_digit);
        if (end > at)
            sweep_digits(word.substr(at, end - at), out);
        else
            out += word[at];
        at = std::max(end, at + 1);
    }
}

std::string Sweep::operator()(std::string_view text) const {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto end = run(text, at, is_word);
        const auto grouped = end == at + 3 ? grouped_number(text.substr(at)) : 0;
        if (grouped != 0 && is_foreign_number(text.substr(at, grouped))) {
            out += fake_.nhs_number(text.substr(at, grouped));
            at += grouped;
        } else if (end > at) {
            sweep_word(text.substr(at, end - at), out);
            at = end;
        } else {
            out += text[at++];
        }
    }
    return out;
}

}  // namespace causeway::hl7v2
