#include "hl7v2/texts.hpp"

#include <algorithm>
#include <bit>

#include "hl7v2/dictionary/dictionary.hpp"
#include "hl7v2/header.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {
namespace {

/// Types of OBX-5 that are one value. A code is none: what was sent as one is often a coded element.
bool is_one_value(std::string_view type) noexcept {
    return type == "ST" || type == "TX" || type == "FT" || type == "NM" || type == "SI";
}

class TextFinder {
public:
    TextFinder(std::string_view text, Index& index)
        : text_(text),
          index_(index),
          d_(index.delimiters()),
          is_late_(is_version_at_least(slice(text, nth_part(text, index.field(0, 12), d_.component, 1)), 7)) {}

    void run() {
        for (std::size_t i = 0; i < index_.segments().size(); ++i) look_at_segment(i);
        if (texts_.empty()) return;
        std::sort(texts_.begin(), texts_.end(), [](const Range& a, const Range& b) { return a.begin < b.begin; });
        warn();
        index_.set_texts(std::move(texts_));
    }

private:
    std::string_view name_of(std::size_t segment) const { return index_.segments()[segment].name_view(); }

    void look_at_segment(std::size_t segment) {
        const auto name = name_of(segment);
        const auto count = index_.field_count(segment);
        if (name == "OBX" && count >= 5 && is_one_value(slice(text_, index_.field(segment, 2))))
            look_at_field(index_.field(segment, 5));
        const auto fields = Dictionary::text_fields(name, is_late_);
        for (std::uint32_t word = 0; word < fields.size(); ++word)
            for (auto bits = fields[word]; bits != 0; bits &= bits - 1) {
                const auto number = word * 64 + static_cast<std::uint32_t>(std::countr_zero(bits)) + 1;
                if (number > count) return;
                // MSH-2 holds the delimiters themselves.
                if (segment != 0 || number > 2) look_at_field(index_.field(segment, number));
            }
    }

    void look_at_field(Range field) {
        if (!has_delimiter(field)) return;
        for (Parts repetitions(text_, field, d_.repetition); repetitions.next();)
            if (has_delimiter(repetitions.part)) texts_.push_back(repetitions.part);
    }

    /// Most fields are short: there a look at each byte costs less than a search.
    bool has_delimiter(Range range) const noexcept {
        constexpr std::uint32_t kShort = 32;
        const auto value = slice(text_, range);
        if (value.size() > kShort)
            return find_in(text_, range, d_.component) != range.end ||
                   find_in(text_, range, d_.subcomponent) != range.end;
        return std::any_of(value.begin(), value.end(),
                           [&](char c) { return c != '\0' && (c == d_.component || c == d_.subcomponent); });
    }

    void warn() const {
        const auto begin = texts_.front().begin;
        const auto segment = index_.segment_at(begin);
        const auto name = name_of(segment);
        const auto all = index_.segments().begin();
        const auto number = std::count_if(all, all + static_cast<std::ptrdiff_t>(segment) + 1,
                                          [&](const auto& each) { return each.name_view() == name; });
        auto where = std::string(name);
        if (number > 1) where += '[' + std::to_string(number) + ']';
        where += '-' + std::to_string(index_.field_at(segment, begin));
        index_.warnings().push_back({"unescaped-delimiter", std::move(where),
                                     "A delimiter stands unescaped in a text, which has no parts: it is read as text.",
                                     static_cast<std::uint32_t>(texts_.size())});
    }

    std::string_view text_;
    Index& index_;
    Delimiters d_;
    bool is_late_;
    std::vector<Range> texts_;
};

}  // namespace

void find_texts(std::string_view text, Index& index) {
    TextFinder(text, index).run();
}

}  // namespace causeway::hl7v2
