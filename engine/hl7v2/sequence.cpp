#include "hl7v2/sequence.hpp"

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

}  // namespace

SequenceSender::Start SequenceSender::start(std::string_view msa4, std::string_view control_id) {
    const auto doubt = std::exchange(doubt_, std::nullopt);
    const auto expected = number_of(msa4);
    if (!expected || *expected == 0 || *expected < -1) return Start::silent;
    if (*expected > 0 && *expected <= confirmed_) {
        confirmed_ = 0;
        return Start::behind;
    }
    known_ = true;
    next_ = *expected > 0 ? *expected : confirmed_ + 1;
    const bool arrived = doubt && doubt->control_id == control_id && *expected == doubt->number + 1;
    if (arrived) confirmed_ = doubt->number;
    return arrived ? Start::arrived : Start::ready;
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

void SequenceSender::lose_sight(std::string control_id) {
    known_ = false;
    doubt_ = Doubt{std::move(control_id), next_};
}

Result<std::string> with_sequence_number(const Payload& message, std::int64_t number) {
    const auto parsed = parse(message);
    if (!parsed) return parsed.error();
    const auto path = Path::parse("MSH-13");
    return set_value(**parsed, *path, std::to_string(number));
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
