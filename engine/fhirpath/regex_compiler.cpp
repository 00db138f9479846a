// From a pattern to the program of a Regex.
#include <utility>

#include "fhirpath/regex.hpp"
#include "fhirpath/regex_text.hpp"

namespace causeway::fhirpath {

/// Recursive descent over the pattern; every production emits its steps at the end of the program.
class RegexCompiler {
public:
    explicit RegexCompiler(std::string_view pattern) : pattern_(characters_of(pattern)) {}

    std::optional<Regex> run() {
        alternatives(0);
        if (failed_ || at_ != pattern_.size()) return std::nullopt;
        emit({Regex::Op::match});
        return failed_ ? std::nullopt : std::optional(std::move(regex_));
    }

private:
    using Op = Regex::Op;

    bool done() const { return at_ >= pattern_.size(); }
    char32_t peek() const { return done() ? U'\0' : pattern_[at_]; }
    bool take(char32_t c) { return !done() && pattern_[at_] == c ? (++at_, true) : false; }
    std::uint32_t here() const { return static_cast<std::uint32_t>(regex_.program_.size()); }

    std::uint32_t emit(Regex::Step step) {
        if (regex_.program_.size() >= Regex::kMaxProgram) failed_ = true;
        if (!failed_) regex_.program_.push_back(step);
        return here() - 1;
    }

    void insert(std::uint32_t at, Regex::Step step) {
        if (regex_.program_.size() >= Regex::kMaxProgram) failed_ = true;
        if (failed_) return;
        for (std::uint32_t i = at; i < here(); ++i) shift(regex_.program_[i], at);
        regex_.program_.insert(regex_.program_.begin() + at, step);
    }

    static void shift(Regex::Step& step, std::uint32_t from) {
        if ((step.op == Op::split || step.op == Op::jump) && step.a >= from) ++step.a;
        if (step.op == Op::split && step.b >= from) ++step.b;
    }

    void alternatives(int depth) {
        if (depth > 50) failed_ = true;
        if (failed_) return;
        const auto start = here();
        sequence(depth);
        if (failed_ || !take(U'|')) return;
        insert(start, {Op::split, 0, start + 1, 0});
        const auto jump = emit({Op::jump});
        if (failed_) return;
        regex_.program_[start].b = here();
        alternatives(depth);
        if (!failed_) regex_.program_[jump].a = here();
    }

    void sequence(int depth) {
        while (!failed_ && !done() && peek() != U'|' && peek() != U')') {
            const auto start = here();
            atom(depth);
            quantifiers(start);
        }
    }

    void atom(int depth) {
        const char32_t c = pattern_[at_++];
        switch (c) {
            case U'(':
                return group(depth);
            case U'[':
                return set();
            case U'.':
                emit({Op::any});
                return;
            case U'^':
                emit({Op::begin});
                return;
            case U'$':
                emit({Op::end});
                return;
            case U'\\':
                return escape();
            case U'*':
            case U'+':
            case U'?':
                failed_ = true;
                return;
            default:
                emit({Op::one, c});
                return;
        }
    }

    void group(int depth) {
        std::uint32_t number = 0;
        if (take(U'?')) {
            if (!take(U':')) failed_ = true;
        } else {
            number = ++regex_.groups_;
            if (number > 20) failed_ = true;
            emit({Op::save, 0, number * 2});
        }
        alternatives(depth + 1);
        if (!take(U')')) failed_ = true;
        if (number != 0) emit({Op::save, 0, number * 2 + 1});
    }

    void quantifiers(std::uint32_t start) {
        while (!failed_ && !done()) {
            std::size_t low = 0;
            std::size_t high = kMany;
            if (take(U'*')) {
            } else if (take(U'+')) {
                low = 1;
            } else if (take(U'?')) {
                high = 1;
            } else if (peek() != U'{' || !counts(low, high)) {
                return;
            }
            const bool lazy = take(U'?');
            repeat(start, low, high, lazy);
        }
    }

    bool counts(std::size_t& low, std::size_t& high) {
        const auto from = at_;
        ++at_;
        const auto number = [&](std::size_t& value) {
            const auto begin = at_;
            for (value = 0; !done() && peek() >= U'0' && peek() <= U'9' && value < 10'000; ++at_)
                value = value * 10 + (peek() - U'0');
            return at_ > begin;
        };
        bool good = number(low);
        high = low;
        if (good && take(U',') && !number(high)) high = kMany;
        good = good && take(U'}') && high >= low;
        if (!good) at_ = from;  // A brace that opens no count is itself.
        if (!good && done()) failed_ = true;
        return good;
    }

    // Writes the piece that begins at `start` low times, then the optional rest.
    void repeat(std::uint32_t start, std::size_t low, std::size_t high, bool lazy) {
        if (failed_) return;
        const std::vector<Regex::Step> piece(regex_.program_.begin() + start, regex_.program_.end());
        if (piece.size() * (high == kMany ? low + 1 : high + 1) > Regex::kMaxProgram) failed_ = true;
        if (failed_) return;
        regex_.program_.resize(start);
        for (std::size_t i = 0; i < low; ++i) copy(piece, start);
        if (high == kMany) {
            const auto split = branch(lazy);
            copy(piece, start);
            emit({Op::jump, 0, split});
            join(split, lazy);
            return;
        }
        std::vector<std::uint32_t> splits;
        for (std::size_t i = low; i < high; ++i) {
            splits.push_back(branch(lazy));
            copy(piece, start);
        }
        for (const auto split : splits) join(split, lazy);
    }

    std::uint32_t branch(bool lazy) {
        const auto split = emit({Op::split});
        if (failed_) return split;
        (lazy ? regex_.program_[split].b : regex_.program_[split].a) = split + 1;
        return split;
    }

    void join(std::uint32_t split, bool lazy) {
        if (!failed_) (lazy ? regex_.program_[split].a : regex_.program_[split].b) = here();
    }

    void copy(const std::vector<Regex::Step>& piece, std::uint32_t start) {
        const auto offset = here() - start;
        for (auto step : piece) {
            if (step.op == Op::split || step.op == Op::jump) step.a += offset;
            if (step.op == Op::split) step.b += offset;
            emit(step);
        }
    }

    void add_set(Regex::CharSet set) {
        regex_.sets_.push_back(std::move(set));
        emit({Op::set, 0, static_cast<std::uint32_t>(regex_.sets_.size() - 1)});
    }

    // The set of \d, \w, \s, \p{L} and their opposites; nothing for another letter.
    std::optional<Regex::CharSet> class_of(char32_t c) {
        switch (c) {
            case U'd':
                return Regex::CharSet{false, {{U'0', U'9'}}};
            case U'D':
                return Regex::CharSet{true, {{U'0', U'9'}}};
            case U'w':
                return Regex::CharSet{false, {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}}};
            case U'W':
                return Regex::CharSet{true, {{U'0', U'9'}, {U'A', U'Z'}, {U'_', U'_'}, {U'a', U'z'}}};
            case U's':
                return Regex::CharSet{false, {{U'\t', U'\r'}, {U' ', U' '}}};
            case U'S':
                return Regex::CharSet{true, {{U'\t', U'\r'}, {U' ', U' '}}};
            default:
                return std::nullopt;
        }
    }

    void escape() {
        if (done()) {
            failed_ = true;
            return;
        }
        const char32_t c = pattern_[at_++];
        if (auto set = class_of(c)) return add_set(std::move(*set));
        if (c == U'b') {
            emit({Op::word_edge});
        } else if (c == U'B') {
            emit({Op::no_word_edge});
        } else {
            emit({Op::one, plain_escape(c)});
        }
    }

    char32_t plain_escape(char32_t c) {
        switch (c) {
            case U'n':
                return U'\n';
            case U'r':
                return U'\r';
            case U't':
                return U'\t';
            case U'f':
                return U'\f';
            case U'v':
                return U'\v';
            case U'x':
                return hexadecimal(2);
            case U'u':
                return hexadecimal(4);
            default:
                break;
        }
        if (is_word(c) && c != U'_') failed_ = true;  // Back-references and classes that are not supported.
        return c;
    }

    char32_t hexadecimal(int digits) {
        char32_t code = 0;
        for (int i = 0; i < digits; ++i) {
            const char32_t c = peek() | 0x20;
            const bool letter = c >= U'a' && c <= U'f';
            if (!letter && (peek() < U'0' || peek() > U'9')) failed_ = true;
            code = code * 16 + (letter ? c - U'a' + 10 : peek() - U'0');
            ++at_;
        }
        return code;
    }

    void set() {
        Regex::CharSet set;
        set.negated = take(U'^');
        bool first = true;
        while (!failed_ && !done() && (first || peek() != U']')) {
            first = false;
            member(set);
        }
        if (!take(U']')) failed_ = true;
        add_set(std::move(set));
    }

    void member(Regex::CharSet& set) {
        char32_t low = pattern_[at_++];
        if (low == U'\\') {
            if (done()) {
                failed_ = true;
                return;
            }
            low = pattern_[at_++];
            if (const auto inner = class_of(low)) return merge(set, *inner);
            low = low == U'b' ? U'\b' : plain_escape(low);
        }
        char32_t high = low;
        if (peek() == U'-' && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != U']') {
            ++at_;
            high = pattern_[at_++];
            if (high == U'\\' && !done()) high = plain_escape(pattern_[at_++]);
            if (high < low) failed_ = true;
        }
        set.ranges.push_back({low, high});
    }

    static void merge(Regex::CharSet& set, const Regex::CharSet& inner) {
        if (!inner.negated) {
            set.ranges.insert(set.ranges.end(), inner.ranges.begin(), inner.ranges.end());
            return;
        }
        char32_t from = 0;
        for (const auto& range : inner.ranges) {
            if (range.low > from) set.ranges.push_back({from, range.low - 1});
            from = range.high + 1;
        }
        set.ranges.push_back({from, 0x10FFFF});
    }

    static constexpr std::size_t kMany = static_cast<std::size_t>(-1);

    std::vector<char32_t> pattern_;
    std::size_t at_ = 0;
    Regex regex_;
    bool failed_ = false;
};

std::optional<Regex> Regex::compile(std::string_view pattern) {
    return RegexCompiler(pattern).run();
}

}  // namespace causeway::fhirpath
