#pragma once
/// Regular expressions in linear time: a simulation of all alternatives at once, without backtracking, because patterns
/// and texts come from outside. std::regex would recurse over the text and can take exponential time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::fhirpath {

/// Perl syntax without back-references and look-around: . [] () (?:) | * + ? {n,m} (lazy too) ^ $ \b \d \w \s \n
/// \t \xHH \uHHHH. Works on characters, not bytes; "." matches line ends too (FHIRPath: single-line mode). Immutable.
class Regex {
public:
    /// Nothing where the pattern is wrong, uses what is not supported, or is larger than kMaxProgram.
    static std::optional<Regex> compile(std::string_view pattern);

    static constexpr std::size_t kMaxProgram = 20'000;
    static constexpr std::size_t kMaxSteps = 20'000'000;

    /// Nothing where text and pattern together are too large (kMaxSteps).
    std::optional<bool> search(std::string_view text) const;
    std::optional<bool> matches_all(std::string_view text) const;
    /// Every match replaced; "$1" and "${1}" stand for groups, "\$" or "$$" for a dollar.
    std::optional<std::string> replace(std::string_view text, std::string_view with) const;

private:
    friend class RegexCompiler;
    friend class RegexRun;
    friend class RegexSearch;

    struct Range {
        char32_t low, high;
    };
    struct CharSet {
        bool negated = false;
        std::vector<Range> ranges;
        bool has(char32_t c) const noexcept;
    };
    enum class Op : std::uint8_t { one, any, set, split, jump, save, begin, end, word_edge, no_word_edge, match };
    struct Step {
        Op op = Op::match;
        char32_t character = 0;
        std::uint32_t a = 0;  ///< Set, target or slot; for split the preferred target.
        std::uint32_t b = 0;  ///< For split the other target.
    };

    bool reads(const Step& step, char32_t c) const noexcept;

    std::vector<Step> program_;
    std::vector<CharSet> sets_;
    std::uint32_t groups_ = 0;  ///< Without group 0.
};

}  // namespace causeway::fhirpath
