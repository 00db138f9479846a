#include "hl7v2/edit.hpp"

#include <algorithm>
#include <optional>

#include "hl7v2/encode.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

/// Repetitions, components and fields that a path may add.
constexpr std::uint32_t kMostAdded = 1000;

Error refusal(const Path& path, std::string what) {
    return fail(Issue::value, path.text(), std::move(what));
}

/// A message's text while it is changed.
class Edit {
public:
    Edit(const Message& message, const Path& path) : message_(message), path_(path), text_(message.utf8()) {}

    Result<std::string> run(std::string_view value) {
        if (auto problem = find_place()) return std::move(*problem);
        const bool whole = path_.component == 0;
        text_.replace(place_.begin, place_.end - place_.begin, whole ? kept(value) : escaped(value));
        return std::move(text_);
    }

private:
    using Problem = std::optional<Error>;
    const Delimiters& delimiters() const noexcept { return message_.delimiters(); }
    std::string escaped(std::string_view value) const { return escape(value, message_.delimiters()); }

    /// A field as a person writes it: its delimiters count, but no value may begin another field or segment.
    std::string kept(std::string_view value) const {
        std::string out;
        while (!value.empty()) {
            const auto end = std::min(value.find_first_of(std::string{delimiters().field, '\r', '\n'}), value.size());
            out += value.substr(0, end);
            if (end < value.size()) out += escaped(value.substr(end, 1));
            value.remove_prefix(std::min(end + 1, value.size()));
        }
        return out;
    }

    Problem find_place() {
        if (path_.field == 0) return refusal(path_, "Name a field: a segment has no value of its own.");
        if (path_.segment == "MSH" && path_.field <= 2)
            return refusal(path_, "Leave MSH-1 and MSH-2 as they are: every delimiter would change its meaning.");
        if (auto problem = find_segment()) return problem;
        return find_field();
    }

    std::vector<tree::Node> nodes(const Path& path) const {
        std::vector<tree::Node> out;
        message_.select(path, out);
        return out;
    }

    Problem find_segment() {
        Path path = path_;
        path.field = 0;
        if (!path_.groups.empty()) return find_in_group(path);
        path.segment_index = 0;
        const auto found = nodes(path);
        const auto wanted = std::max(path_.segment_index, 1U);
        if (wanted <= found.size()) {
            segment_ = found[wanted - 1].position().line - 1;
            return std::nullopt;
        }
        if (!path_.segment_filter.empty()) return refusal(path_, "Choose another filter: no such segment is there.");
        if (wanted > found.size() + 1)
            return refusal(path_, "Add one segment after the other: those before it are missing.");
        add_segment();
        return std::nullopt;
    }

    Problem find_in_group(Path path) {
        path.segment_index = std::max(path.segment_index, 1U);
        const auto found = message_.first(path);
        if (!found) return refusal(path_, "Name a group and a segment that are there.");
        segment_ = found.position().line - 1;
        return std::nullopt;
    }

    /// Behind everything, lines that belong to no segment too, with the segment end of the others.
    void add_segment() {
        const auto after = std::string_view(text_).substr(message_.index().segments().back().end);
        const std::string end(after.starts_with("\r\n") ? "\r\n" : after.starts_with('\n') ? "\n" : "\r");
        if (!text_.ends_with('\r') && !text_.ends_with('\n')) text_ += end;
        place_ = {static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(text_.size() + 3)};
        text_ += path_.segment + end;
        is_new_ = true;
    }

    Problem find_field() {
        if (is_new_) {
            if (path_.field > kMostAdded) return refusal(path_, "Name a field that can be there.");
            place_ = {place_.end, place_.end};
            add(delimiters().field, path_.field);
            return find_parts();
        }
        const auto count = message_.index().field_count(segment_);
        if (path_.field > count + kMostAdded) return refusal(path_, "Name a field that can be there.");
        place_ = message_.index().field(segment_, path_.field);
        if (path_.field > count) {
            const auto end = message_.index().segments()[segment_].end;
            place_ = {end, end};
            add(delimiters().field, path_.field - count);
        }
        return find_repetition();
    }

    Problem find_repetition() {
        if (path_.repetition_filter.empty()) return find_parts();
        Path path = path_;
        path.component = path.subcomponent = 0;
        path.repetition = std::max(path_.repetition, 1U);
        path.segment_index = std::max(path_.segment_index, 1U);
        const auto found = message_.first(path);
        if (!found) return refusal(path_, "Choose another filter: no such repetition is there.");
        place_.begin = message_.index().segments()[segment_].begin + found.position().column - 1;
        place_.end = find_in(text_, place_, delimiters().repetition);
        return find_components();
    }

    Problem find_parts() {
        // A whole field without a repetition means all of it.
        if (path_.repetition == 0 && path_.component == 0) return std::nullopt;
        if (auto problem = narrow(delimiters().repetition, std::max(path_.repetition, 1U))) return problem;
        return find_components();
    }

    Problem find_components() {
        if (path_.component == 0) return std::nullopt;
        if (auto problem = narrow(delimiters().component, path_.component)) return problem;
        if (path_.subcomponent == 0) return std::nullopt;
        return narrow(delimiters().subcomponent, path_.subcomponent);
    }

    /// To the n-th part, which is added where it is missing.
    Problem narrow(char separator, std::uint32_t number) {
        if (separator != delimiters().repetition && message_.index().is_text(place_))
            return number == 1 ? Problem()
                               : refusal(path_, "Name no part of it: this is text, whose delimiters count as text.");
        Parts parts(text_, place_, separator);
        while (parts.number < number && parts.next()) {
        }
        if (parts.number == number) {
            place_ = parts.part;
            return std::nullopt;
        }
        if (separator == '\0' || number - parts.number > kMostAdded)
            return refusal(path_, separator == '\0' ? "MSH-2 declares no delimiter for this part."
                                                    : "Name a part that can be there.");
        place_.begin = place_.end;
        add(separator, number - parts.number);
        return std::nullopt;
    }

    void add(char separator, std::uint32_t count) {
        text_.insert(place_.end, count, separator);
        place_.begin = place_.end = place_.end + count;
    }

    const Message& message_;
    const Path& path_;
    std::string text_;
    Range place_;
    std::size_t segment_ = 0;
    bool is_new_ = false;
};

}  // namespace

Result<std::string> set_value(const Message& message, const Path& path, std::string_view value) {
    auto text = Edit(message, path).run(value);
    if (!text) return text;
    if (!is_ascii(value) && is_ascii(message.utf8()) && message.get("MSH-18").empty() && path.text() != "MSH-18") {
        const auto changed = parse(Payload(std::move(*text)));
        if (!changed) return changed.error();
        return Edit(**changed, *Path::parse("MSH-18")).run("UNICODE UTF-8");
    }
    if (!survives_utf8(message))
        return refusal(path, "Change it where it was written: its bytes would not survive the way to UTF-8 and back.");
    return in_own_charset(message, std::move(*text));
}

}  // namespace causeway::hl7v2
