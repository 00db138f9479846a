#include "hl7v2/sequence.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/text.hpp"
#include "hl7v2/edit.hpp"
#include "hl7v2/escape.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::size_t kDigits = 15;  ///< More would overflow when counted on.

std::optional<std::int64_t> number_of(std::string_view text) noexcept {
    text = trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    if (text.size() > kDigits) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(value) : std::nullopt;
}

/// A message around MSH-13.
struct Around {
    std::string_view before, after;
};

std::optional<Around> around_number(std::string_view message) {
    constexpr int kSeparatorsBefore = 12;  // MSH-1 is the first.
    if (!message.starts_with("MSH") || message.size() < 4) return std::nullopt;
    const auto end = std::min(message.find_first_of("\r\n"), message.size());
    const auto header = message.substr(0, end);
    const char separator = header[3];
    std::size_t at = 3;
    for (int i = 1; i < kSeparatorsBefore && at != std::string_view::npos; ++i) at = header.find(separator, at + 1);
    if (at == std::string_view::npos) return Around{header, message.substr(end)};
    const auto next = std::min(header.find(separator, at + 1), end);
    return Around{header.substr(0, at), message.substr(next)};
}

/// So many are told from others where their messages never come again (an operator cancelled them).
constexpr std::size_t kMostArrived = 1000;

}  // namespace

SequenceSender::Start SequenceSender::start(std::string_view msa4, std::string_view name) {
    const auto doubt = std::exchange(doubt_, std::nullopt);
    const auto expected = number_of(msa4);
    if (!expected || *expected == 0 || *expected < -1) return Start::silent;
    if (*expected > 0 && *expected <= confirmed_) {
        confirmed_ = 0;
        arrived_.clear();
        return Start::behind;
    }
    known_ = true;
    next_ = *expected > 0 ? *expected : confirmed_ + 1;
    if (!doubt || *expected != doubt->number + 1) return Start::ready;
    confirmed_ = doubt->number;
    arrived_.push_back(doubt->name);
    if (arrived_.size() > kMostArrived) arrived_.pop_front();
    return doubt->name == name ? Start::arrived : Start::ready;
}

bool SequenceSender::has_arrived(std::string_view name) const {
    return std::find(arrived_.begin(), arrived_.end(), name) != arrived_.end();
}

SequenceSender::Heard SequenceSender::acknowledge(bool positive, std::string_view msa4) {
    const auto expected = number_of(msa4);
    // The peer echoes the number, or names the one behind it; many leave it out where all is well.
    if (positive && (!expected || *expected == next_ || *expected == next_ + 1)) {
        confirmed_ = next_++;
        return Heard::received;
    }
    if (!positive && expected == next_) return Heard::refused;
    known_ = false;
    return expected ? Heard::out_of_step : Heard::refused;
}

void SequenceSender::lose_sight(std::string name) {
    known_ = false;
    doubt_ = Doubt{std::move(name), next_};
}

Result<std::string> with_sequence_number(const Payload& message, std::int64_t number) {
    const auto parsed = parse(message);
    if (!parsed) return parsed.error();
    const auto path = Path::parse("MSH-13");
    return set_value(**parsed, *path, std::to_string(number));
}

bool same_but_for_number(std::string_view one, std::string_view other) {
    const auto first = around_number(one), second = around_number(other);
    return first && second && first->before == second->before && first->after == second->after;
}

std::string link_message(const Header& like, std::string_view control_id, Instant at, std::int64_t number) {
    const auto& d = like.delimiters;
    std::string out = "MSH";
    const auto field = [&](std::string_view value) {
        out += d.field;
        out += value;
    };
    field(d.msh2());
    field(like.sending_application);
    field(like.sending_facility);
    field(like.receiving_application);
    field(like.receiving_facility);
    field(to_hl7_dtm(at));
    field("");
    const auto event = d.component == '\0' ? std::string() : d.component + escape(like.trigger_event, d);
    field(escape(like.message_code, d) + event);
    field(escape(control_id, d));
    field(like.processing_id);
    field(like.version);
    field(std::to_string(number));
    return out + '\r';
}

}  // namespace causeway::hl7v2
