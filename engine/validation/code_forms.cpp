#include "validation/code_forms.hpp"

#include <algorithm>
#include <array>

#include "fhirpath/units.hpp"
#include "validation/code_tables.hpp"

namespace causeway::validation {
namespace {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_alphanumeric(char c) noexcept {
    return is_digit(c) || is_letter(c);
}
constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

template <class Is>
bool all(std::string_view text, Is is) noexcept {
    return std::all_of(text.begin(), text.end(), is);
}

/// In a sorted list of items of one width.
bool is_listed(std::string_view list, std::string_view item) noexcept {
    std::size_t low = 0;
    std::size_t high = list.size() / item.size();
    while (low < high) {
        const auto middle = (low + high) / 2;
        const int order = list.compare(middle * item.size(), item.size(), item);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/// Among words that stand between spaces.
bool is_word(std::string_view list, std::string_view word) noexcept {
    if (word.empty() || word.find(' ') != std::string_view::npos) return false;
    for (auto at = list.find(word); at != std::string_view::npos; at = list.find(word, at + 1))
        if (list[at - 1] == ' ' && list[at + word.size()] == ' ') return true;
    return false;
}

// ---- MIME types

bool is_name_character(char c) noexcept {
    return is_alphanumeric(c) || std::string_view("!#$&-^_.+").find(c) != std::string_view::npos;
}

bool is_media_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= 127 && is_alphanumeric(name.front()) && all(name, is_name_character);
}

bool is_token_character(char c) noexcept {
    return c > ' ' && c < 127 && std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

void skip_spaces(std::string_view& text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
}

bool take_token(std::string_view& text) noexcept {
    std::size_t n = 0;
    while (n < text.size() && is_token_character(text[n])) ++n;
    text.remove_prefix(n);
    return n > 0;
}

bool take_quoted(std::string_view& text) noexcept {
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return true;
        }
    }
    return false;
}

bool take_parameter(std::string_view& text) noexcept {
    skip_spaces(text);
    if (text.empty() || text.front() != ';') return false;
    text.remove_prefix(1);
    skip_spaces(text);
    if (!take_token(text) || text.empty() || text.front() != '=') return false;
    text.remove_prefix(1);
    return !text.empty() && (text.front() == '"' ? take_quoted(text) : take_token(text));
}

// ---- Languages

/// Longest tag that is looked at; real ones have fewer than 40 characters.
constexpr std::size_t kLongestTag = 100;

bool is_language(std::string_view subtag) noexcept {
    if (!all(subtag, is_letter)) return false;
    if (subtag.size() == 2) return is_listed(kLanguages2, subtag);
    if (subtag.size() != 3) return false;
    std::size_t bit = 0;
    for (const char c : subtag) bit = bit * 26 + static_cast<std::size_t>(c - 'a');
    return (kLanguages3[bit / 64] >> (bit % 64) & 1) != 0;
}

bool is_script(std::string_view subtag) noexcept {
    return subtag.size() == 4 && all(subtag, is_letter);
}
bool is_known_script(std::string_view subtag) noexcept {
    return is_listed(kScripts, subtag) || (subtag >= "qaaa" && subtag <= "qabx");
}

bool is_region(std::string_view subtag) noexcept {
    return (subtag.size() == 2 && all(subtag, is_letter)) || (subtag.size() == 3 && all(subtag, is_digit));
}
bool is_known_region(std::string_view subtag) noexcept {
    return is_listed(subtag.size() == 2 ? kRegions2 : kRegions3, subtag);
}

bool is_variant(std::string_view subtag) noexcept {
    return (subtag.size() >= 5 && subtag.size() <= 8) || (subtag.size() == 4 && is_digit(subtag.front()));
}

/// The subtags of a tag, one after the other.
class Subtags {
public:
    explicit Subtags(std::string_view tag) noexcept : rest_(tag) { next(); }

    bool is_done() const noexcept { return is_done_; }
    std::string_view now() const noexcept { return now_; }
    void next() noexcept {
        if (is_last_) {
            is_done_ = true;
            now_ = {};
            return;
        }
        const auto dash = rest_.find('-');
        now_ = rest_.substr(0, dash);
        is_last_ = dash == std::string_view::npos;
        if (!is_last_) rest_.remove_prefix(dash + 1);
    }

private:
    std::string_view rest_;
    std::string_view now_;
    bool is_last_ = false;
    bool is_done_ = false;
};

/// After a singleton: subtags of at least `least` characters, and at least one.
bool take_extension(Subtags& tags, std::size_t least) noexcept {
    tags.next();
    std::size_t count = 0;
    while (!tags.is_done() && tags.now().size() >= least && tags.now().size() <= 8) {
        ++count;
        tags.next();
    }
    return count > 0;
}

bool is_lower_tag(std::string_view tag) noexcept {
    if (is_word(kOldLanguageTags, tag)) return true;
    Subtags tags(tag);
    if (tags.now() == "x") return take_extension(tags, 1) && tags.is_done();
    if (!is_language(tags.now())) return false;
    tags.next();
    for (int i = 0; i < 3 && tags.now().size() == 3 && all(tags.now(), is_letter); ++i, tags.next())
        if (!is_listed(kExtendedLanguages, tags.now())) return false;
    if (is_script(tags.now())) {
        if (!is_known_script(tags.now())) return false;
        tags.next();
    }
    if (is_region(tags.now())) {
        if (!is_known_region(tags.now())) return false;
        tags.next();
    }
    while (is_variant(tags.now())) tags.next();
    while (tags.now().size() == 1 && tags.now() != "x")
        if (!take_extension(tags, 2)) return false;
    if (tags.now() == "x" && !take_extension(tags, 1)) return false;
    return tags.is_done();
}

// ---- SNOMED CT and LOINC

using Row = std::array<unsigned char, 10>;

/// Verhoeff: products of the dihedral group D5, and powers of its permutation.
constexpr std::array<Row, 10> kProducts = {{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
                                            {1, 2, 3, 4, 0, 6, 7, 8, 9, 5},
                                            {2, 3, 4, 0, 1, 7, 8, 9, 5, 6},
                                            {3, 4, 0, 1, 2, 8, 9, 5, 6, 7},
                                            {4, 0, 1, 2, 3, 9, 5, 6, 7, 8},
                                            {5, 9, 8, 7, 6, 0, 4, 3, 2, 1},
                                            {6, 5, 9, 8, 7, 1, 0, 4, 3, 2},
                                            {7, 6, 5, 9, 8, 2, 1, 0, 4, 3},
                                            {8, 7, 6, 5, 9, 3, 2, 1, 0, 4},
                                            {9, 8, 7, 6, 5, 4, 3, 2, 1, 0}}};
constexpr Row kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

bool is_verhoeff(std::string_view digits) noexcept {
    unsigned char check = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        auto digit = static_cast<unsigned char>(digits[digits.size() - 1 - i] - '0');
        for (std::size_t power = i % 8; power > 0; --power) digit = kPermutation[digit];
        check = kProducts[check][digit];
    }
    return check == 0;
}

bool is_luhn(std::string_view digits, char check) noexcept {
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        const int digit = digits[digits.size() - 1 - i] - '0';
        const int twice = i % 2 == 0 ? digit * 2 : digit;
        sum += twice > 9 ? twice - 9 : twice;
    }
    return (10 - sum % 10) % 10 == check - '0';
}

struct Whole {
    std::string_view system;
    CodeForm form;
};

bool is_unit(std::string_view code) noexcept {
    return fhirpath::is_ucum(code);
}

constexpr std::array kWhole = std::to_array<Whole>({
    {"http://unitsofmeasure.org", is_unit},
    {"urn:ietf:bcp:13", is_mime_type},
    {"http://www.rfc-editor.org/bcp/bcp13.txt", is_mime_type},
    {"urn:ietf:bcp:47", is_language_tag},
    {"urn:iso:std:iso:4217", is_currency},
    {"urn:iso:std:iso:3166", is_country},
    {"urn:iso:std:iso:3166:-2", is_country_part},
    {"https://www.iana.org/time-zones", is_time_zone},
});

}  // namespace

bool is_mime_type(std::string_view code) noexcept {
    if (code == "json" || code == "xml" || code == "ttl") return true;
    const auto slash = code.find('/');
    if (slash == std::string_view::npos || !is_media_name(code.substr(0, slash))) return false;
    auto rest = code.substr(slash + 1);
    std::size_t end = 0;
    while (end < rest.size() && is_name_character(rest[end])) ++end;
    if (!is_media_name(rest.substr(0, end))) return false;
    rest.remove_prefix(end);
    while (!rest.empty())
        if (!take_parameter(rest)) return false;
    return true;
}

bool is_language_tag(std::string_view code) noexcept {
    if (code.size() < 2 || code.size() > kLongestTag) return false;
    std::array<char, kLongestTag> folded{};
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] != '-' && !is_alphanumeric(code[i])) return false;
        folded[i] = lower(code[i]);
    }
    return is_lower_tag({folded.data(), code.size()});
}

bool is_currency(std::string_view code) noexcept {
    return code.size() == 3 && is_listed(kCurrencies, code);
}

bool is_country(std::string_view code) noexcept {
    if (code.size() == 2) return is_listed(kCountries2, code);
    return code.size() == 3 && (is_listed(kCountries3, code) || is_listed(kCountryNumbers, code));
}

bool is_country_part(std::string_view code) noexcept {
    if (code.size() < 4 || code.size() > 6 || code[2] != '-' || !is_country(code.substr(0, 2))) return false;
    return all(code.substr(3), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool is_time_zone(std::string_view code) noexcept {
    return is_word(kTimeZones, code);
}

bool is_snomed_form(std::string_view code) noexcept {
    const bool is_plain = all(code, is_digit);
    if (!is_plain) {
        // A post-coordinated expression: identifiers joined by operators.
        return code.find_first_of("0123456789") != std::string_view::npos &&
               code.find_first_of("|:+={}<> ") != std::string_view::npos;
    }
    if (code.size() < 6 || code.size() > 18 || code.front() == '0' || !is_verhoeff(code)) return false;
    const auto partition = code.substr(code.size() - 3, 2);
    return partition == "00" || (partition == "10" && code.size() > 10);
}

bool is_loinc_form(std::string_view code) noexcept {
    for (const std::string_view prefix : {"LP", "LA", "LL", "LG", "MTHU"})
        if (code.starts_with(prefix)) return code.size() > prefix.size() && is_digit(code[prefix.size()]);
    const auto dash = code.find('-');
    if (dash == std::string_view::npos || dash == 0 || dash > 7 || code.size() != dash + 2) return false;
    const auto digits = code.substr(0, dash);
    return all(digits, is_digit) && is_digit(code.back()) && is_luhn(digits, code.back());
}

CodeForm whole_form(std::string_view system) noexcept {
    const auto* found =
        std::find_if(kWhole.begin(), kWhole.end(), [&](const Whole& each) { return each.system == system; });
    return found == kWhole.end() ? nullptr : found->form;
}

CodeShape code_shape(std::string_view system) noexcept {
    if (system == "http://snomed.info/sct")
        return {is_snomed_form, "Check the code: SNOMED CT has no concept of that form or with that check digit."};
    if (system == "https://dmd.nhs.uk")
        return {is_snomed_form, "Check the code: dm+d has no concept of that form or with that check digit."};
    if (system == "http://loinc.org")
        return {is_loinc_form, "Check the code: LOINC has no code of that form or with that check digit."};
    return {};
}

}  // namespace causeway::validation
