// Any bytes: parse, read and walk everything, acknowledge, read as an answer.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/message.hpp"

using namespace causeway;

namespace {

void walk(const hl7v2::Message& message, const tree::Node& node, int& left) {
    std::vector<tree::Node> children;
    node.children(children);
    for (const auto& child : children) {
        if (left-- <= 0) return;
        child.text();
        child.position();
        const auto path = hl7v2::Path::parse(child.path());
        if (!path || message.first(*path) != child) std::abort();
        walk(message, child, left);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto header = hl7v2::read_header(bytes);
    const auto message = hl7v2::parse(Payload(bytes));
    if (message) {
        int left = 500;
        walk(**message, (*message)->root(), left);
        if (!header) std::abort();
    } else if (message.error().hl7_code == 0) {
        std::abort();
    }
    OperationOutcome outcome;
    outcome.add({Severity::error, Issue::value, "Send | and ^ escaped.", "PID-3[1].4", "", "", 0, 0, 102});
    const auto acknowledgement = hl7v2::write_acknowledgement(header, {"AE", "A1", Instant{}, outcome});
    const auto answer = hl7v2::read_answer(acknowledgement);
    if (!answer || answer->code != "AE") std::abort();
    if (header && answer->control_id != header->message_control_id) std::abort();
    if (const auto other = hl7v2::read_answer(bytes)) (void)other->positive();
    return 0;
}
