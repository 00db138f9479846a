#include "hl7v2/index.hpp"

#include <algorithm>
#include <optional>

#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr auto npos = std::string_view::npos;

Error sequence_error(std::string where, std::string what) {
    return fail(Issue::structure, std::move(where), std::move(what), Retry::never, 100);
}

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

std::uint32_t offset(std::size_t at) noexcept {
    return static_cast<std::uint32_t>(at);
}

/// Gives the lines of a text in turn, whatever ends them. Each end character is searched for once only, so that a
/// text without one of them stays linear.
class Lines {
public:
    explicit Lines(std::string_view text) : text_(text), cr_(text.find('\r')), lf_(text.find('\n')) {}

    bool next() {
        if (at_ >= text_.size()) return false;
        begin = at_;
        if (cr_ != npos && cr_ < at_) cr_ = text_.find('\r', at_);
        if (lf_ != npos && lf_ < at_) lf_ = text_.find('\n', at_);
        end = std::min({cr_, lf_, text_.size()});
        at_ = end;
        if (end == text_.size()) return true;
        if (end == lf_)
            ++lf_ends;
        else if (lf_ == end + 1)
            ++crlf_ends;
        else
            ++cr_ends;
        at_ = end == cr_ && lf_ == end + 1 ? end + 2 : end + 1;
        return true;
    }

    std::size_t begin = 0, end = 0;
    std::uint32_t cr_ends = 0, lf_ends = 0, crlf_ends = 0;

private:
    std::string_view text_;
    std::size_t at_ = 0, cr_, lf_;
};

void warn(std::vector<Warning>& warnings, std::string_view code, std::string where, std::string_view text) {
    for (auto& warning : warnings)
        if (warning.code == code) {
            ++warning.count;
            return;
        }
    warnings.push_back({std::string(code), std::move(where), std::string(text), 1});
}

/// Where the last value ends. Blanks right after it belong to it, as nothing tells that they do not.
std::size_t value_end(std::string_view bytes) noexcept {
    const auto last = bytes.find_last_not_of(std::string_view("\0\x1c\r\n \t", 6));
    return last == npos ? bytes.size() : std::min(bytes.find_first_not_of(" \t", last + 1), bytes.size());
}

std::size_t segment_end_length(std::string_view text) noexcept {
    if (text.starts_with("\r\n")) return 2;
    return text.starts_with('\r') || text.starts_with('\n') ? 1 : 0;
}

}  // namespace

class IndexBuilder {
public:
    IndexBuilder(std::string_view text, std::size_t max_segments) : text_(text), max_segments_(max_segments) {}

    Result<Index> run() {
        if (text_.size() > (1U << 29U))
            return fail(Issue::too_long, "", "Send messages of at most 512 MB.", Retry::never, 207);
        if (auto problem = read_header_segment()) return std::move(*problem);
        if (auto problem = read_lines()) return std::move(*problem);
        index_fields();
        return std::move(index_);
    }

private:
    using Problem = std::optional<Error>;

    Problem read_header_segment() {
        if (text_.starts_with("FHS") || text_.starts_with("BHS"))
            return sequence_error("segment 1", "Send one message at a time: this is a batch.");
        if (text_.size() < 4 || !is_field_separator(text_[3]) || upper(text_[0]) != 'M' || upper(text_[1]) != 'S' ||
            upper(text_[2]) != 'H')
            return sequence_error("MSH", "Begin the message with a segment MSH and its field separator.");
        const auto line = text_.substr(0, text_.find_first_of("\r\n"));
        const auto msh2_end = std::min(line.find(text_[3], 4), line.size());
        auto& index = index_;
        index.delimiter_state_ = read_delimiters(text_[3], line.substr(4, msh2_end - 4), index.delimiters_);
        if (index.delimiter_state_ == DelimiterState::malformed)
            return sequence_error("MSH-2", "Declare the encoding characters in MSH-2, usually ^~\\&.");
        if (index.delimiter_state_ == DelimiterState::odd)
            warning("odd-encoding-characters", "MSH-2", "MSH-2 does not hold four characters.");
        return std::nullopt;
    }

    Problem read_lines() {
        Lines lines(text_);
        while (lines.next())
            if (auto problem = read_line(lines.begin, lines.end)) return problem;
        report_ends(lines);
        return std::nullopt;
    }

    Problem read_line(std::size_t begin, std::size_t end) {
        const auto line = text_.substr(begin, end - begin);
        const auto name_at = line.find_first_not_of(" \t");
        if (name_at == npos) {
            warning("blank-line", here(), "A line is blank.");
            return std::nullopt;
        }
        if (begins_segment(line.substr(name_at))) {
            if (name_at > 0) warning("indented-segment", here(1), "A segment is preceded by blanks.");
            return add_segment(begin + name_at, end);
        }
        if (continues_field(line)) {
            warning("rejoined-line", here(), "A line that is not a segment was joined to the field before it.");
            index_.segments_.back().end = offset(end);
        } else {
            warning("ignored-line", here(), "A line that begins with no segment name was ignored.");
        }
        return std::nullopt;
    }

    /// A value with line breaks in it. Not what looks like a segment with a name too long or too short, unless the
    /// segment before holds free text or data, whose last line may look so; and never in MSH, which would be spoilt.
    bool continues_field(std::string_view line) const noexcept {
        const auto& segments = index_.segments_;
        if (segments.size() == 1) return false;
        const auto before = segments.back().name_view();
        if (before == "OBX" || before == "NTE") return true;
        const auto name = line.substr(0, line.find(index_.delimiters_.field));
        const bool name_like = name.size() < line.size() && name.size() < 9 &&
                               std::all_of(name.begin(), name.end(),
                                           [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
        return !name_like;
    }

    /// `NAME|`, or a known name in lower case before the separator, or a known name that is the whole line.
    bool begins_segment(std::string_view line) const noexcept {
        if (line.size() < 3) return false;
        const std::array<char, 3> folded{upper(line[0]), upper(line[1]), upper(line[2])};
        const std::string_view name(folded.data(), folded.size());
        if (line.size() > 3 && line[3] == index_.delimiters_.field)
            return is_segment_name(line.substr(0, 3)) || is_known_segment(name);
        const auto rest = line.find_first_not_of(" \t", 3);
        return rest == npos && is_known_segment(line.substr(0, 3));
    }

    Problem add_segment(std::size_t begin, std::size_t end) {
        auto& segments = index_.segments_;
        if (segments.size() == max_segments_)
            return fail(Issue::too_costly, here(), "Send fewer segments in one message.", Retry::never, 207);
        Index::Segment segment{offset(begin), offset(end), 0, {}};
        for (std::size_t i = 0; i < 3; ++i) segment.name[i] = upper(text_[begin + i]);
        const auto name = segment.name_view();
        if (!segments.empty() && (name == "MSH" || name == "FHS" || name == "BHS"))
            return sequence_error(here(1), "Send one message at a time: a second MSH or a batch header follows.");
        if (name != text_.substr(begin, 3)) warning("lower-case-segment", here(1), "A segment name is in lower case.");
        if (end - begin == 3 || text_[begin + 3] != index_.delimiters_.field) {
            segment.end = offset(begin + 3);
            warning("no-field-separator", here(1), "A segment name has no field separator.");
        }
        segments.push_back(segment);
        return std::nullopt;
    }

    void report_ends(const Lines& lines) {
        const int kinds = (lines.cr_ends > 0 ? 1 : 0) + (lines.lf_ends > 0 ? 1 : 0) + (lines.crlf_ends > 0 ? 1 : 0);
        if (kinds > 1)
            warning("mixed-segment-ends", "segment 1", "Segments end in different ways.");
        else if (lines.lf_ends > 0)
            warning("lf-segment-end", "segment 1", "Segments end with LF instead of CR.");
        else if (lines.crlf_ends > 0)
            warning("crlf-segment-end", "segment 1", "Segments end with CR LF instead of CR.");
        if (text_.back() != '\r' && text_.back() != '\n')
            warning("missing-last-end", here(), "The last segment has no segment end.");
    }

    void index_fields() {
        auto& starts = index_.field_starts_;
        const char separator = index_.delimiters_.field;
        starts.reserve(std::min<std::size_t>(text_.size() / 8, 512) + 1);
        for (auto& segment : index_.segments_) {
            segment.first_field = offset(starts.size());
            std::size_t at = segment.begin + 3;
            if (&segment == &index_.segments_.front()) starts.push_back(segment.begin + 3);
            const auto line = text_.substr(0, segment.end);
            while ((at = line.find(separator, at)) != npos) starts.push_back(offset(++at));
        }
    }

    std::string here(std::size_t ahead = 0) const {
        return "segment " + std::to_string(index_.segments_.size() + ahead);
    }

    void warning(std::string_view code, std::string where, std::string_view text) {
        warn(index_.warnings_, code, std::move(where), text);
    }

    std::string_view text_;
    std::size_t max_segments_;
    Index index_;
};

Result<Index> Index::build(std::string_view text, std::size_t max_segments) {
    return IndexBuilder(text, max_segments).run();
}

std::uint32_t Index::fields_end(std::size_t segment) const noexcept {
    return segment + 1 < segments_.size() ? segments_[segment + 1].first_field : offset(field_starts_.size());
}

std::uint32_t Index::field_count(std::size_t segment) const noexcept {
    return fields_end(segment) - segments_[segment].first_field;
}

Range Index::field(std::size_t segment, std::uint32_t number) const noexcept {
    const auto& place = segments_[segment];
    const auto last = fields_end(segment);
    if (number == 0 || number > last - place.first_field) return {};
    const auto at = place.first_field + number - 1;
    const auto begin = field_starts_[at];
    if (segment == 0 && number == 1) return {begin, begin + 1};
    return {begin, at + 1 < last ? field_starts_[at + 1] - 1 : place.end};
}

std::uint32_t Index::end_of_text(std::uint32_t begin, std::uint32_t end) const noexcept {
    const auto found = std::lower_bound(texts_.begin(), texts_.end(), begin,
                                        [](const Range& text, std::uint32_t at) { return text.begin < at; });
    return found != texts_.end() && found->begin == begin && found->end >= end ? found->end : 0;
}

std::size_t Index::segment_at(std::uint32_t at) const noexcept {
    const auto after = std::upper_bound(segments_.begin(), segments_.end(), at,
                                        [](std::uint32_t value, const Segment& s) { return value < s.begin; });
    return static_cast<std::size_t>(after - segments_.begin()) - 1;
}

std::uint32_t Index::field_at(std::size_t segment, std::uint32_t at) const noexcept {
    const auto first = field_starts_.begin() + segments_[segment].first_field;
    const auto after = std::upper_bound(first, field_starts_.begin() + fields_end(segment), at);
    return offset(static_cast<std::size_t>(after - first));
}

Trimmed trim_message(std::string_view bytes) {
    Trimmed out;
    if (bytes.starts_with("\xEF\xBB\xBF")) {
        bytes.remove_prefix(3);
        warn(out.warnings, "bom", "MSH", "The message begins with a byte order mark.");
    }
    const auto begin = std::min(bytes.find_first_not_of("\v \t\r\n"), bytes.size());
    if (begin > 0) {
        const bool framed = bytes.substr(0, begin).find('\v') != npos;
        warn(out.warnings, framed ? "mllp-framing" : "leading-blank", "MSH",
             framed ? "The message still has its MLLP framing." : "Blanks precede the message.");
        bytes.remove_prefix(begin);
    }
    const auto rest = bytes.substr(value_end(bytes));
    bytes.remove_suffix(rest.size());
    const auto end = rest.substr(0, segment_end_length(rest));
    out.text = {bytes.data(), bytes.size() + end.size()};
    const auto extra = rest.substr(end.size());
    if (extra.find('\0') != npos) warn(out.warnings, "trailing-nul", "", "NUL characters follow the message.");
    if (extra.find_first_of(" \t") != npos) warn(out.warnings, "trailing-blank", "", "Blanks follow the message.");
    if (extra.find('\x1c') != npos)
        warn(out.warnings, "mllp-framing", "", "The message still has its MLLP framing.");
    else if (extra.find_first_of("\r\n") != npos)
        warn(out.warnings, "blank-line", "", "Blank lines follow the message.");
    return out;
}

}  // namespace causeway::hl7v2
