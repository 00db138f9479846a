#include "hl7v2/header.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "core/text.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/parts.hpp"
#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

/// The fields of the first line, with MSH-1 counted as HL7 does.
class HeaderLine {
public:
    explicit HeaderLine(std::string_view text) noexcept
        : line_(text.substr(0, text.find_first_of("\r\n"))), separator_(line_.size() > 3 ? line_[3] : '\0') {}

    char separator() const noexcept { return separator_; }

    std::string_view field(std::uint32_t number) const noexcept {
        const Range whole{0, static_cast<std::uint32_t>(line_.size())};
        return slice(line_, nth_part(line_, whole, separator_, number));
    }

private:
    std::string_view line_;
    char separator_;
};

bool begins_with_header(std::string_view text) noexcept {
    return text.size() > 3 && equals_ignoring_case(text.substr(0, 3), "MSH") && is_field_separator(text[3]);
}

std::string_view first_component(std::string_view field, const Delimiters& d, std::uint32_t number = 1) noexcept {
    const Range whole{0, static_cast<std::uint32_t>(field.size())};
    const auto repetition = nth_part(field, whole, d.repetition, 1);
    return trim(slice(field, nth_part(field, repetition, d.component, number)));
}

bool is_listed_version(std::string_view version) noexcept {
    static constexpr auto listed =
        std::to_array<std::string_view>({"2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1",
                                         "2.8", "2.8.1", "2.8.2", "2.9", "2.9.1"});
    return std::find(listed.begin(), listed.end(), version) != listed.end();
}

Error header_error(Issue issue, std::string where, std::string what, int code) {
    return fail(issue, std::move(where), std::move(what), Retry::never, code);
}

/// In 2.1 a type has no event.
std::optional<Error> check_type(std::string_view field, std::string_view version, Index& index) {
    const auto& d = index.delimiters();
    if (!is_segment_name(first_component(field, d)))
        return header_error(Issue::not_supported, "MSH-9.1", "Send a message type of three capitals in MSH-9.1.", 200);
    const auto event = first_component(field, d, 2);
    if (!event.empty() && !is_segment_name(event))
        return header_error(Issue::not_supported, "MSH-9.2", "Send a trigger event such as A28 in MSH-9.2.", 201);
    if (event.empty() && first_component(field, d) != "ACK" && version != "2.1")
        index.warnings().push_back({"missing-event", "MSH-9.2", "The trigger event is missing.", 1});
    return std::nullopt;
}

std::optional<Error> check_version(std::string_view field, Index& index) {
    const auto version = first_component(field, index.delimiters());
    auto& warnings = index.warnings();
    if (version.empty()) {
        warnings.push_back({"missing-version", "MSH-12", "The version is missing.", 1});
    } else if (!is_version_2(version)) {
        return header_error(Issue::not_supported, "MSH-12", "Send an HL7 version of the form 2.x in MSH-12.", 203);
    } else if (!is_listed_version(version)) {
        warnings.push_back({"unlisted-version", "MSH-12", "The version is not a published one.", 1});
    }
    if (index.delimiter_state() == DelimiterState::truncation && !is_version_at_least(version, 7))
        warnings.push_back({"odd-encoding-characters", "MSH-2", "MSH-2 holds five characters before version 2.7.", 1});
    return std::nullopt;
}

}  // namespace

bool is_version_2(std::string_view version) noexcept {
    if (!version.starts_with("2.") || version.size() > 12 || version.back() == '.') return false;
    return std::all_of(version.begin() + 2, version.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); }) &&
           version.find("..") == std::string_view::npos;
}

bool is_version_at_least(std::string_view version, int minor, int patch) noexcept {
    if (!is_version_2(version)) return false;
    std::array<int, 2> parts{};
    const char* at = version.data() + 2;
    const char* const end = version.data() + version.size();
    for (auto& part : parts) {
        at = std::from_chars(at, end, part).ptr;
        if (at == end) break;
        ++at;
    }
    return parts[0] > minor || (parts[0] == minor && parts[1] >= patch);
}

std::optional<Error> check_header(std::string_view text, Index& index) {
    const auto field = [&](std::uint32_t number) { return slice(text, index.field(0, number)); };
    const auto control_id = trim(field(10));
    if (control_id.empty() || control_id == "\"\"")
        return header_error(Issue::required, "MSH-10", "Send a message control id in MSH-10.", 101);
    if (auto problem = check_type(field(9), first_component(field(12), index.delimiters()), index)) return problem;
    return check_version(field(12), index);
}

std::string_view declared_charset(std::string_view text) noexcept {
    return begins_with_header(text) ? HeaderLine(text).field(18) : std::string_view();
}

std::optional<Header> read_header(std::string_view bytes) {
    const auto wide = wide_to_utf8(bytes);
    const auto text = trim_message(wide ? *wide : bytes).text;
    if (!begins_with_header(text)) return std::nullopt;
    const HeaderLine line(text);
    Header out;
    const auto state = read_delimiters(line.separator(), line.field(2), out.delimiters);
    if (state == DelimiterState::malformed &&
        std::string_view("^~\\&").find(line.separator()) != std::string_view::npos)
        return std::nullopt;
    const auto copy = [&](std::string& to, std::uint32_t number) { to = line.field(number); };
    copy(out.sending_application, 3);
    copy(out.sending_facility, 4);
    copy(out.receiving_application, 5);
    copy(out.receiving_facility, 6);
    out.message_code = first_component(line.field(9), out.delimiters);
    out.trigger_event = first_component(line.field(9), out.delimiters, 2);
    copy(out.message_control_id, 10);
    copy(out.processing_id, 11);
    copy(out.version, 12);
    out.accept_acknowledgement = trim(line.field(15));
    out.application_acknowledgement = trim(line.field(16));
    copy(out.character_set, 18);
    out.sequence_number = trim(line.field(13));
    return out;
}

}  // namespace causeway::hl7v2
