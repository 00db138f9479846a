#include "fhirpath/regex.hpp"

#include <utility>

#include "fhirpath/regex_search.hpp"
#include "fhirpath/regex_text.hpp"

namespace causeway::fhirpath {

char32_t next_character(std::string_view text, std::size_t& at) noexcept {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t code = length == 1 ? lead : lead & (0xFFu >> (length + 1));
    for (std::size_t k = 1; k < length && at + k < text.size(); ++k)
        code = (code << 6) | (static_cast<unsigned char>(text[at + k]) & 0x3F);
    at += length;
    return code;
}

std::vector<char32_t> characters_of(std::string_view text, std::vector<std::size_t>* offsets) {
    std::vector<char32_t> out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        if (offsets != nullptr) offsets->push_back(i);
        out.push_back(next_character(text, i));
    }
    if (offsets != nullptr) offsets->push_back(text.size());
    return out;
}

bool is_word(char32_t c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool Regex::CharSet::has(char32_t c) const noexcept {
    for (const auto& range : ranges)
        if (c >= range.low && c <= range.high) return !negated;
    return negated;
}

bool Regex::reads(const Step& step, char32_t c) const noexcept {
    switch (step.op) {
        case Op::one:
            return step.character == c;
        case Op::any:
            return true;
        case Op::set:
            return sets_[step.a].has(c);
        default:
            return false;
    }
}

/// One run over one text. Threads of the simulation are kept in order of preference, so that the first to match wins.
class RegexRun {
public:
    RegexRun(const Regex& regex, const std::vector<char32_t>& text)
        : regex_(regex), text_(text), slots_(2 * (regex.groups_ + 1)), seen_(regex.program_.size(), 0) {}

    // Places of the match that begins at or after `from`; empty where there is none.
    std::vector<std::size_t> find(std::size_t from) {
        std::vector<std::size_t> best;
        current_.clear();
        for (std::size_t at = from; at <= text_.size(); ++at) {
            ++generation_;
            next_.clear();
            for (const auto& thread : current_) follow(thread.step, at, thread.places, next_);
            if (best.empty()) start(at);
            std::swap(current_, next_);
            if (current_.empty() && !best.empty()) break;
            advance(at, best);
            if (steps_ > Regex::kMaxSteps) break;
        }
        return best;
    }

    bool too_costly() const { return steps_ > Regex::kMaxSteps; }

private:
    struct Thread {
        std::uint32_t step;
        std::vector<std::size_t> places;
    };

    void start(std::size_t at) {
        std::vector<std::size_t> places(slots_, kNone);
        places[0] = at;
        follow(0, at, places, next_);
    }

    // Adds all steps that wait for a character and can be reached from `step` without one.
    void follow(std::uint32_t step, std::size_t at, const std::vector<std::size_t>& places, std::vector<Thread>& out) {
        stack_.clear();
        stack_.push_back({step, places});
        while (!stack_.empty()) {
            Thread thread = std::move(stack_.back());
            stack_.pop_back();
            ++steps_;
            if (seen_[thread.step] == generation_) continue;
            seen_[thread.step] = generation_;
            const auto& s = regex_.program_[thread.step];
            switch (s.op) {
                case Regex::Op::jump:
                    stack_.push_back({s.a, std::move(thread.places)});
                    break;
                case Regex::Op::split:
                    stack_.push_back({s.b, thread.places});
                    stack_.push_back({s.a, std::move(thread.places)});
                    break;
                case Regex::Op::save:
                    thread.places[s.a] = at;
                    stack_.push_back({thread.step + 1, std::move(thread.places)});
                    break;
                case Regex::Op::begin:
                    pass(at == 0, thread);
                    break;
                case Regex::Op::end:
                    pass(at == text_.size(), thread);
                    break;
                case Regex::Op::word_edge:
                    pass(word_edge(at), thread);
                    break;
                case Regex::Op::no_word_edge:
                    pass(!word_edge(at), thread);
                    break;
                default:
                    out.push_back(std::move(thread));
                    break;
            }
        }
    }

    void pass(bool holds, Thread& thread) {
        if (holds) stack_.push_back({thread.step + 1, std::move(thread.places)});
    }

    bool word_edge(std::size_t at) const {
        const bool before = at > 0 && is_word(text_[at - 1]);
        const bool after = at < text_.size() && is_word(text_[at]);
        return before != after;
    }

    // Lets every thread read the character at `at`.
    void advance(std::size_t at, std::vector<std::size_t>& best) {
        std::vector<Thread> moved;
        for (auto& thread : current_) {
            const auto& step = regex_.program_[thread.step];
            if (step.op == Regex::Op::match) {
                best = thread.places;
                best[1] = at;
                break;  // What is less preferred ends here.
            }
            if (at < text_.size() && regex_.reads(step, text_[at]))
                moved.push_back({thread.step + 1, std::move(thread.places)});
        }
        current_ = std::move(moved);
    }

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    const Regex& regex_;
    const std::vector<char32_t>& text_;
    std::size_t slots_;
    std::vector<std::uint64_t> seen_;
    std::uint64_t generation_ = 0;
    std::size_t steps_ = 0;
    std::vector<Thread> current_, next_, stack_;
};

namespace {

// Writes `with`, its groups filled from the match.
void expand(std::string& out, std::string_view with, const std::vector<std::size_t>& places, std::string_view text,
            const std::vector<std::size_t>& offsets) {
    for (std::size_t i = 0; i < with.size(); ++i) {
        const char c = with[i];
        const char next = i + 1 < with.size() ? with[i + 1] : '\0';
        if ((c == '\\' || c == '$') && next == '$') {
            out += '$';
            ++i;
            continue;
        }
        const bool braced = c == '$' && next == '{' && i + 3 < with.size() && with[i + 3] == '}';
        const char digit = braced ? with[i + 2] : next;
        if (c != '$' || digit < '0' || digit > '9') {
            out += c;
            continue;
        }
        const auto group = static_cast<std::size_t>(digit - '0') * 2;
        if (group + 1 < places.size() && places[group] < offsets.size() && places[group + 1] < offsets.size())
            out += text.substr(offsets[places[group]], offsets[places[group + 1]] - offsets[places[group]]);
        i += braced ? 3 : 1;
    }
}

}  // namespace

std::optional<bool> Regex::search(std::string_view text) const {
    return RegexSearch(*this, text).run(false);
}

std::optional<bool> Regex::matches_all(std::string_view text) const {
    return RegexSearch(*this, text).run(true);
}

std::optional<std::string> Regex::replace(std::string_view text, std::string_view with) const {
    std::vector<std::size_t> offsets;
    const auto characters = characters_of(text, &offsets);
    RegexRun run(*this, characters);
    std::string out;
    std::size_t copied = 0;
    for (std::size_t at = 0; at <= characters.size();) {
        const auto places = run.find(at);
        if (run.too_costly()) return std::nullopt;
        if (places.empty()) break;
        out += text.substr(offsets[copied], offsets[places[0]] - offsets[copied]);
        expand(out, with, places, text, offsets);
        copied = places[1];
        at = places[1] > places[0] ? places[1] : places[1] + 1;
    }
    return out.append(text.substr(offsets[copied]));
}

}  // namespace causeway::fhirpath
