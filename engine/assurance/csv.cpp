#include "assurance/csv.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace causeway::assurance {
namespace {

constexpr std::string_view kSeparators = ",;\t|";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Error CsvColumn::wrong(std::string what) const {
    return fail(Issue::structure, "line " + std::to_string(line_), std::move(what));
}

Result<void> CsvColumn::feed(std::string_view bytes) {
    for (const char byte : bytes)
        if (auto taken = take_byte(byte); !taken) return taken;
    return {};
}

Result<void> CsvColumn::take_byte(char byte) {
    if (++size_ > kLongest) return wrong("This line is longer than 1 MB: close its quotes, or give a CSV file.");
    if (!has_headings_ && byte != '\n') {
        headings_ += byte;
        return {};
    }
    if (byte == '\n' && !quoted_) return end_line();
    if (byte == '"') {
        // A quote inside a quoted field ends it; a second one at once stands for itself.
        if (!quoted_ && was_quote_) fields_.back() += '"';
        was_quote_ = quoted_;
        quoted_ = !quoted_;
        return {};
    }
    was_quote_ = false;
    if (byte == separator_ && !quoted_)
        fields_.emplace_back();
    else
        fields_.back() += byte;
    return {};
}

Result<void> CsvColumn::end_line() {
    auto read = has_headings_ ? read_line() : read_headings();
    fields_.assign(1, {});
    was_quote_ = false;
    size_ = 0;
    ++line_;
    return read;
}

void CsvColumn::choose_separator() {
    std::ptrdiff_t most = 0;
    separator_ = kSeparators.front();
    for (const char candidate : kSeparators) {
        const auto count = std::count(headings_.begin(), headings_.end(), candidate);
        if (count > most) separator_ = candidate;
        most = std::max(most, count);
    }
}

Result<void> CsvColumn::read_headings() {
    if (std::string_view(headings_).starts_with(kByteOrderMark)) headings_.erase(0, kByteOrderMark.size());
    choose_separator();
    std::vector<std::string> known;
    for (const auto heading : split(headings_, separator_)) {
        auto name = std::string(trim(heading));
        if (name.size() > 1 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
        known.push_back(std::move(name));
    }
    has_headings_ = true;
    if (column_.empty()) return {};
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const std::string& name) { return equals_ignoring_case(name, column_); });
    index_ = static_cast<std::size_t>(found - known.begin());
    if (found != known.end()) return {};
    return wrong("There is no column \"" + column_ + "\" among the headings." + did_you_mean(column_, known));
}

Result<void> CsvColumn::read_line() {
    const bool blank =
        std::all_of(fields_.begin(), fields_.end(), [](const auto& field) { return trim(field).empty(); });
    if (blank) return {};
    const auto value = index_ < fields_.size() ? trim(fields_[index_]) : std::string_view();
    if (value.empty()) return wrong("This line has no id: mend the list, or name another column.");
    take_(value);
    return {};
}

Result<void> CsvColumn::finish() {
    if (quoted_) return wrong("A quoted field does not end: close its quotes.");
    if (!has_headings_ && headings_.empty()) return wrong("The list is empty: its first line must be headings.");
    return size_ == 0 ? Result<void>() : end_line();
}

}  // namespace causeway::assurance
