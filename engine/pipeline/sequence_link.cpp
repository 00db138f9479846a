#include "pipeline/sequence_link.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.hpp"

namespace causeway::pipeline {
namespace {

constexpr std::int64_t kAny = -1;
constexpr std::int64_t kMost = 999'999'999'999'999;  ///< NM of 15 digits: far from where counting on would overflow.

std::optional<std::int64_t> integer(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(value) : std::nullopt;
}

/// Is there anything behind MSH but names of segments and empty fields?
bool has_content(std::string_view body, const hl7v2::Delimiters& delimiters) {
    const auto is_blank = [&](char c) {
        return c == delimiters.field || c == delimiters.component || c == delimiters.repetition ||
               c == delimiters.subcomponent || c == ' ';
    };
    bool first = true;
    while (!body.empty()) {
        const auto end = std::min(body.find_first_of("\r\n"), body.size());  // As the parser ends segments.
        auto line = trim(body.substr(0, end));
        body.remove_prefix(std::min(end + 1, body.size()));
        if (line.empty()) continue;
        const bool is_header = std::exchange(first, false);
        if (is_header) continue;
        line.remove_prefix(std::min<std::size_t>(line.size(), 3));
        if (!std::all_of(line.begin(), line.end(), is_blank)) return true;
    }
    return false;
}

}  // namespace

std::string link_note(const std::string& channel, const hl7v2::Header& header) {
    return "sequence/" + channel + '/' + header.sending_application + '|' + header.sending_facility;
}

std::optional<LinkRequest> link_request(std::string_view body, const hl7v2::Header& header) {
    const auto& number = header.sequence_number;
    if ((number != "0" && number != "-1") || has_content(body, header.delimiters)) return std::nullopt;
    return number == "0" ? LinkRequest::ask : LinkRequest::reset;
}

Result<std::optional<Numbered>> number_of(const Channel& channel, const hl7v2::Header& header) {
    auto text = std::string_view(header.sequence_number);
    if (text.empty() || text == "\"\"") {
        if (channel.sequence == Sequence::optional) return std::optional<Numbered>();
        return fail(Issue::required, "MSH-13", "This channel takes numbered messages: send a sequence number.",
                    Retry::never, 101);
    }
    if (text.starts_with('+')) text.remove_prefix(1);
    const auto number = integer(text);
    if (!number || *number < 1 || *number > kMost)
        return fail(Issue::value, "MSH-13",
                    "Send a sequence number from 1, of at most 15 digits, with a message; 0 and -1 are for messages "
                    "without content.",
                    Retry::never, 102);
    return std::optional<Numbered>(Numbered{link_note(channel.name, header), *number});
}

Result<std::int64_t> expected_on(const MessageStore& store, const std::string& note) {
    const auto notes = store.notes(note);
    if (!notes) return notes.error();
    for (const auto& one : *notes)
        if (one.name == note) return integer(one.value).value_or(kAny);
    return kAny;
}

}  // namespace causeway::pipeline
