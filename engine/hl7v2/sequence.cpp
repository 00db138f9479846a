#include "hl7v2/sequence.hpp"

#include <charconv>

#include "core/text.hpp"

namespace causeway::hl7v2 {
namespace {

std::optional<std::int64_t> number_of(std::string_view text) noexcept {
    text = trim(text);
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
    return whole ? std::optional(value) : std::nullopt;
}

Error out_of_order(std::string what) {
    return fail(Issue::conflict, "MSH-13", std::move(what), Retry::later, 207);
}

}  // namespace

SequenceReceiver::Step SequenceReceiver::receive(std::string_view msh13) {
    taken_.reset();
    Step step;
    if (trim(msh13).empty() || trim(msh13) == "\"\"") {
        step.take = true;
        return step;
    }
    const auto number = number_of(msh13);
    step.answer = expected_;
    if (!number || *number < -1) {
        step.error = fail(Issue::value, "MSH-13", "Send a sequence number of digits in MSH-13.", Retry::never, 102);
    } else if (*number == 0) {
        step.is_query = true;
    } else if (*number == -1) {
        expected_.reset();
        step.answer.reset();
        step.is_query = true;
    } else if (expected_ && *number != *expected_) {
        step.error = out_of_order("Send the message with the sequence number that MSA-4 names.");
    } else {
        step.take = true;
        taken_ = step.answer = *number;
    }
    return step;
}

void SequenceReceiver::count() noexcept {
    if (taken_) expected_ = *taken_ + 1;
    taken_.reset();
}

bool SequenceSender::acknowledge(bool positive, std::string_view msa4) {
    const auto expected = number_of(msa4);
    // The peer names the message itself, or the one that it expects after it.
    const bool received = positive && (!expected || *expected == next_ || *expected == next_ + 1);
    if (received)
        ++next_;
    else if (expected && *expected > 0)
        next_ = *expected;
    return received;
}

}  // namespace causeway::hl7v2
