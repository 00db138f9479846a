#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/parts.hpp"
#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kMostSegments = 10'000;
constexpr std::size_t kMostErrors = 20;

/// Reads fields of an answer as they stand.
class Answer {
public:
    Answer(std::string_view text, const Index& index) : text_(text), index_(index) {}

    std::string_view field(std::size_t segment, std::uint32_t number) const {
        return slice(text_, index_.field(segment, number));
    }

    std::string_view part(std::string_view field, std::uint32_t number) const {
        const Range whole{0, static_cast<std::uint32_t>(field.size())};
        const auto component = slice(field, nth_part(field, whole, index_.delimiters().component, number));
        const Range inner{0, static_cast<std::uint32_t>(component.size())};
        return trim(slice(component, nth_part(component, inner, index_.delimiters().subcomponent, 1)));
    }

    std::string message_type() const {
        const auto type = field(0, 9);
        const auto code = part(type, 1), event = part(type, 2);
        if (code == "ACK" || event.empty()) return std::string(code);
        return std::string(code) + '^' + std::string(event);
    }

    std::string errors() const {
        std::vector<std::string> found;
        for (std::size_t i = 0; i < index_.segments().size() && found.size() < kMostErrors; ++i) {
            const auto name = index_.segments()[i].name_view();
            if (name == "ERR") add_error(i, found);
            if (name == "MSA") add(found, part(field(i, 6), 1), {});
        }
        std::string out;
        for (const auto& error : found) out += (out.empty() ? "" : ", ") + error;
        return out;
    }

private:
    /// From 2.5 on ERR-3 is the code and ERR-2 the place; before, both are in each repetition of ERR-1.
    void add_error(std::size_t segment, std::vector<std::string>& found) const {
        const auto code = part(field(segment, 3), 1);
        if (!code.empty()) return add(found, code, place(field(segment, 2)));
        const auto old = field(segment, 1);
        Parts repetitions(old, {0, static_cast<std::uint32_t>(old.size())}, index_.delimiters().repetition);
        while (repetitions.next() && found.size() < kMostErrors) {
            const auto error = slice(old, repetitions.part);
            add(found, part(error, 4), place(error));
        }
    }

    /// "PID-7": only what has the form of a place gets on.
    std::string place(std::string_view location) const {
        const auto segment = part(location, 1), number = part(location, 3);
        if (!is_segment_name(segment)) return {};
        const bool numbered =
            !number.empty() && number.size() < 4 && std::all_of(number.begin(), number.end(), is_digit);
        return std::string(segment) + (numbered ? "-" + std::string(number) : "");
    }

    /// A code that is longer than codes are may be anything, so it is not told.
    static void add(std::vector<std::string>& found, std::string_view code, const std::string& place) {
        const bool is_code = code.size() <= 8 && std::all_of(code.begin(), code.end(), [](char c) {
                                 return std::isalnum(static_cast<unsigned char>(c)) != 0;
                             });
        if (code.empty() || code == "0") return;
        found.push_back((is_code ? std::string(code) : "other code") + (place.empty() ? "" : " at " + place));
    }

    static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

    std::string_view text_;
    const Index& index_;
};

}  // namespace

Result<PeerAnswer> read_answer(std::string_view bytes) {
    const auto text = trim_message(bytes).text;
    const auto index = Index::build(text, kMostSegments);
    if (!index) return index.error();
    const Answer answer(text, *index);
    const auto& segments = index->segments();
    const auto msa =
        std::find_if(segments.begin(), segments.end(), [](const auto& s) { return s.name_view() == "MSA"; });
    const auto at = static_cast<std::size_t>(msa - segments.begin());
    if (msa == segments.end() || trim(answer.field(at, 1)).empty())
        return fail(Issue::required, "MSA-1", "Answer with an acknowledgement code in MSA-1.", Retry::never, 101);
    PeerAnswer out;
    out.message_type = answer.message_type();
    out.code = trim(answer.field(at, 1));
    out.control_id = answer.field(at, 2);
    out.sequence = trim(answer.field(at, 4));
    out.error = answer.errors();
    return out;
}

}  // namespace causeway::hl7v2
