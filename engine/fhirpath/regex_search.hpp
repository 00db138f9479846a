#pragma once
/// Is there a match? Without its places, a set of steps that moves along the text answers that.

#include <optional>
#include <string_view>
#include <vector>

#include "fhirpath/regex.hpp"
#include "fhirpath/regex_text.hpp"

namespace causeway::fhirpath {

/// One test of one text. What it gives is what the places of RegexRun say.
class RegexSearch {
public:
    RegexSearch(const Regex& regex, std::string_view text)
        : regex_(regex),
          text_(text),
          size_(static_cast<std::uint32_t>(regex.program_.size())),
          room_(4 * regex.program_.size()),
          seen_(room_.data()),
          current_(seen_ + size_),
          next_(current_ + size_),
          stack_(next_ + size_) {}

    /// `whole`: from the begin of the text to its end. Nothing: too much work.
    std::optional<bool> run(bool whole) {
        const bool only_first = whole || regex_.program_.front().op == Regex::Op::begin;
        for (std::size_t begin = 0;;) {
            const auto at = begin;
            before_ = here_;
            here_ = at < text_.size() ? std::optional(next_character(text_, begin)) : std::nullopt;
            ++generation_;
            matched_ = false;
            waiting_ = 0;
            for (std::uint32_t i = 0; i < running_; ++i) follow(current_[i]);
            if (at == 0 || !only_first) follow(0);
            if (matched_ && (!whole || !here_)) return true;
            if (steps_ > Regex::kMaxSteps) return std::nullopt;
            if (!here_) return false;
            advance();
            if (running_ == 0 && only_first) return false;
        }
    }

private:
    /// A step waits in the stack once for each character.
    void push(std::uint32_t step) {
        if (seen_[step] == generation_) return;
        seen_[step] = generation_;
        stack_[depth_++] = step;
    }

    void push_next(std::uint32_t step, bool holds) {
        if (holds) push(step + 1);
    }

    /// Adds all steps that wait for a character and can be reached from `first` without one.
    void follow(std::uint32_t first) {
        push(first);
        while (depth_ > 0) {
            const auto index = stack_[--depth_];
            const auto& step = regex_.program_[index];
            ++steps_;
            switch (step.op) {
                case Regex::Op::split:
                    push(step.b);
                    push(step.a);
                    break;
                case Regex::Op::jump:
                    push(step.a);
                    break;
                case Regex::Op::save:
                    push(index + 1);
                    break;
                case Regex::Op::begin:
                    push_next(index, !before_);
                    break;
                case Regex::Op::end:
                    push_next(index, !here_);
                    break;
                case Regex::Op::word_edge:
                    push_next(index, is_word_edge());
                    break;
                case Regex::Op::no_word_edge:
                    push_next(index, !is_word_edge());
                    break;
                case Regex::Op::match:
                    matched_ = true;
                    break;
                default:
                    next_[waiting_++] = index;
            }
        }
    }

    bool is_word_edge() const { return (before_ && is_word(*before_)) != (here_ && is_word(*here_)); }

    /// Lets every step that waits read the character.
    void advance() {
        running_ = 0;
        for (std::uint32_t i = 0; i < waiting_; ++i)
            if (regex_.reads(regex_.program_[next_[i]], *here_)) current_[running_++] = next_[i] + 1;
    }

    const Regex& regex_;
    std::string_view text_;
    std::uint32_t size_;
    std::vector<std::uint32_t> room_;  ///< Of the four lists below.
    std::uint32_t* seen_;              ///< By step: in which generation.
    std::uint32_t* current_;
    std::uint32_t* next_;
    std::uint32_t* stack_;
    std::uint32_t running_ = 0, waiting_ = 0, depth_ = 0;
    std::uint32_t generation_ = 0;
    std::size_t steps_ = 0;
    bool matched_ = false;
    std::optional<char32_t> before_, here_;
};

}  // namespace causeway::fhirpath
