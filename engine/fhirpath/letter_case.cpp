#include "fhirpath/letter_case.hpp"

#include <cstdint>

namespace causeway::fhirpath {
namespace {

/// Letters whose other case stands at a fixed distance, or (step 2) capitals and small letters in turn.
struct Run {
    char32_t first, last;   ///< Capitals.
    std::int32_t distance;  ///< To the small letter.
    char32_t step;
};

constexpr Run kRuns[] = {
    {U'A', U'Z', 32, 1},   {0xC0, 0xD6, 32, 1},   {0xD8, 0xDE, 32, 1},     {0x100, 0x12E, 1, 2}, {0x132, 0x136, 1, 2},
    {0x139, 0x147, 1, 2},  {0x14A, 0x176, 1, 2},  {0x178, 0x178, -121, 1}, {0x179, 0x17D, 1, 2}, {0x391, 0x3A1, 32, 1},
    {0x3A3, 0x3A9, 32, 1}, {0x400, 0x40F, 80, 1}, {0x410, 0x42F, 32, 1},
};

char32_t small(char32_t c) {
    for (const auto& run : kRuns)
        if (c >= run.first && c <= run.last && (c - run.first) % run.step == 0)
            return c + static_cast<char32_t>(run.distance);
    return c;
}

char32_t capital(char32_t c) {
    for (const auto& run : kRuns) {
        const auto other = c - static_cast<char32_t>(run.distance);
        if (other >= run.first && other <= run.last && (other - run.first) % run.step == 0) return other;
    }
    return c == 0x3C2 ? 0x3A3 : c;  // Sigma at the end of a word.
}

// All these letters take one byte or two, and so does their other case.
std::string mapped(std::string_view text, char32_t (*other)(char32_t)) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto lead = static_cast<unsigned char>(out[i]);
        if (lead < 0x80) {
            out[i] = static_cast<char>(other(lead));
        } else if (lead >= 0xC2 && lead < 0xE0 && i + 1 < out.size()) {
            const auto next = static_cast<unsigned char>(out[i + 1]);
            const auto c = other((lead & 0x1Fu) << 6 | (next & 0x3Fu));
            out[i] = static_cast<char>(0xC0 | c >> 6);
            out[++i] = static_cast<char>(0x80 | (c & 0x3F));
        }
    }
    return out;
}

}  // namespace

std::string to_upper(std::string_view text) {
    return mapped(text, capital);
}

std::string to_lower(std::string_view text) {
    return mapped(text, small);
}

}  // namespace causeway::fhirpath
