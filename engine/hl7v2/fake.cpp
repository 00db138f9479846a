#include "hl7v2/fake.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>

#include "core/digest.hpp"
#include "core/nhs_number.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr auto kFamilies = std::to_array<std::string_view>(
    {"Ashdown",      "Barleyfield", "Copperdale", "Dunmore",     "Elmsworth", "Fernhill",  "Glenrowan", "Hawthorne",
     "Inglewood",    "Juniperton",  "Kestrelby",  "Larkspur",    "Marlowe",   "Netherby",  "Oakhanger", "Pemberly",
     "Quillfeather", "Ravensworth", "Sandiford",  "Thistlewood", "Underhay",  "Valeworth", "Willowby",  "Yarrowden",
     "Applegarth",   "Brackenbury", "Cloverley",  "Dovecote",    "Everdene",  "Foxcombe",  "Greystoke", "Heatherley"});

constexpr auto kGiven = std::to_array<std::string_view>(
    {"Alex",    "Bobbie", "Casey", "Drew",    "Ellis", "Frankie", "Georgie", "Harley", "Indy",   "Jamie", "Kit",
     "Lee",     "Morgan", "Nicky", "Ollie",   "Pat",   "Quinn",   "Robin",   "Sam",    "Taylor", "Val",   "Wren",
     "Charlie", "Ash",    "Blair", "Cameron", "Dale",  "Emery",   "Fable",   "Gale",   "Hollis", "Jules"});

constexpr auto kTowns = std::to_array<std::string_view>(
    {"Exampleton", "Samplebury", "Testford", "Mockham", "Trialchester", "Fixturewick", "Demoby", "Stubbington Magna"});

/// As the original is written: all capitals, or not.
std::string cased(std::string_view like, std::string_view text) {
    std::string out(text);
    const bool lower = std::any_of(like.begin(), like.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    const bool letters = std::any_of(like.begin(), like.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (letters && !lower)
        for (auto& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

/// Letters and digits only, in lower case: other spellings of the same are the same.
std::string folded(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (u >= 0x80 || std::isalnum(u) != 0) out += static_cast<char>(std::tolower(u));
    }
    return out;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

std::string digits_of(std::string_view text) {
    std::string out;
    std::copy_if(text.begin(), text.end(), std::back_inserter(out), is_digit);
    return out;
}

int check_digit(std::string_view nine) noexcept {
    int sum = 0;
    for (int i = 0; i < 9; ++i) sum += (nine[static_cast<std::size_t>(i)] - '0') * (10 - i);
    return (11 - sum % 11) % 11;
}

std::string two(unsigned value) {
    return {static_cast<char>('0' + value / 10 % 10), static_cast<char>('0' + value % 10)};
}

}  // namespace

std::uint64_t Fake::number(std::string_view kind, std::string_view value, unsigned turn) const {
    std::string text(key_);
    text += '\0';
    text += kind;
    text += '\0';
    text += folded(value) + '\0' + std::to_string(turn);
    const auto digest = sha256(text);
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < 8; ++i) out = out << 8U | digest[i];
    return out;
}

std::string Fake::family(std::string_view name) const {
    return cased(name, kFamilies[number("family", name) % kFamilies.size()]);
}

std::string Fake::given(std::string_view name) const {
    if (name.size() == 1) return {static_cast<char>('A' + number("given", name) % 26)};
    return cased(name, kGiven[number("given", name) % kGiven.size()]);
}

std::string Fake::street(std::string_view text) const {
    const auto value = number("street", text);
    return cased(text, std::to_string(value % 200 + 1) + ' ' + std::string(kFamilies[value / 256 % kFamilies.size()]) +
                           " Street");
}

std::string Fake::town(std::string_view text) const {
    return cased(text, kTowns[number("town", text) % kTowns.size()]);
}

/// ZZ99 is the area of pseudo postcodes.
std::string Fake::postcode(std::string_view text) const {
    const auto value = number("postcode", text);
    std::string out = text.find(' ') == std::string_view::npos ? "ZZ99" : "ZZ99 ";
    out += static_cast<char>('0' + value % 10);
    out += static_cast<char>('A' + value / 16 % 26);
    return out + static_cast<char>('A' + value / 1024 % 26);
}

std::string Fake::telephone(std::string_view text) const {
    const auto value = number("telephone", text);
    if (text.find('@') != std::string_view::npos) return "person" + std::to_string(value % 1'000'000) + "@example.com";
    auto last = std::to_string(value % 1000);
    last.insert(0, 3 - last.size(), '0');
    const bool mobile = digits_of(text).starts_with("07") || digits_of(text).starts_with("447");
    return (mobile ? "07700900" : "01632960") + last;
}

std::string Fake::identifier(std::string_view text) const {
    if (is_valid_nhs_number(text)) return nhs_number(text);
    std::string out;
    unsigned turn = 0;
    std::uint64_t value = 0;
    for (const char c : text) {
        if (turn % 8 == 0) value = number("identifier", text, turn);
        const auto part = static_cast<unsigned>(value >> (turn % 8 * 8U)) & 0xffU;
        const auto u = static_cast<unsigned char>(c);
        if (is_digit(c))
            out += static_cast<char>('0' + part % 10);
        else if (std::isupper(u) != 0)
            out += static_cast<char>('A' + part % 26);
        else if (std::islower(u) != 0)
            out += static_cast<char>('a' + part % 26);
        else if (u < 0x80)
            out += c;
        ++turn;
    }
    return out;
}

std::string Fake::nhs_number(std::string_view text) const {
    std::string number_text;
    for (unsigned turn = 0;; ++turn) {
        auto six = std::to_string(number("nhs", digits_of(text), turn) % 1'000'000);
        six.insert(0, 6 - six.size(), '0');
        number_text = "999" + six;
        const int check = check_digit(number_text);
        if (check == 10) continue;
        number_text += static_cast<char>('0' + check);
        break;
    }
    if (digits_of(text).size() != 10) return number_text;
    std::string out(text);
    auto next = number_text.begin();
    for (auto& c : out)
        if (is_digit(c)) c = *next++;
    return out;
}

std::string Fake::masked(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if (is_digit(c))
            out += '0';
        else if (std::isupper(u) != 0)
            out += 'X';
        else if (std::islower(u) != 0)
            out += 'x';
        else if (u < 0x80)
            out += c;
        else if ((u & 0xC0U) != 0x80)
            out += 'x';  // One for a whole character.
    }
    return out;
}

std::string Fake::moved(std::string_view text, int days) {
    using namespace std::chrono;
    const auto length =
        std::min(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin(), std::ptrdiff_t{8});
    const auto part = [&](std::ptrdiff_t at, std::size_t size, unsigned otherwise) {
        unsigned value = otherwise;
        if (at + static_cast<std::ptrdiff_t>(size) <= length)
            std::from_chars(text.data() + at, text.data() + at + size, value);
        return value;
    };
    const year_month_day date(year(static_cast<int>(part(0, 4, 0))), month(part(4, 2, 7)), day(part(6, 2, 1)));
    if (length < 4 || !date.ok()) return std::string(text);
    const year_month_day moved_date(sys_days(date) + std::chrono::days(days));
    auto out = std::to_string(static_cast<int>(moved_date.year()));
    out.insert(0, 4 - std::min<std::size_t>(4, out.size()), '0');
    out += two(static_cast<unsigned>(moved_date.month())) + two(static_cast<unsigned>(moved_date.day()));
    const auto kept = static_cast<std::size_t>(length >= 8 ? 8 : length >= 6 ? 6 : 4);
    return out.substr(0, kept) + std::string(text.substr(kept));
}

}  // namespace causeway::hl7v2
