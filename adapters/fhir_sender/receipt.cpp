#include "adapters/fhir_sender/receipt.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "fhir/document.hpp"

namespace causeway::fhir_sender {
namespace {

using tree::Node;

constexpr Duration kMostRetryAfter = std::chrono::hours(24);
/// An answer without it says nothing of its own, and need not be read.
constexpr std::string_view kSign = "resourceType";
constexpr std::string_view kXmlSign = "http://hl7.org/fhir";

/// What the body of an answer says. No text of the peer's gets in, only codes that FHIR knows and numbers.
struct Said {
    bool refuses = false;  ///< Although the HTTP status may not.
    bool transient = false;
    std::string detail;  ///< Goes behind the status, with what separates it.
};

/// Codes that FHIR knows, so that nothing else of the peer's text gets through.
Said of_outcome(const Node& outcome) {
    std::vector<Node> issues;
    outcome.children("issue", issues);
    Said said;
    std::set<std::string> codes;
    for (const auto& issue : issues) {
        codes.insert(std::string(to_code(issue_from_code(issue.child("code").text()))));
        const auto severity = issue.child("severity").text();
        said.refuses = said.refuses || severity == "error" || severity == "fatal";
    }
    for (const auto& code : codes) said.detail += (said.detail.empty() ? " " : ",") + code;
    return said;
}

/// The response message of $process-message (http://hl7.org/fhir/R4/messaging.html): a peer may have taken the request
/// and refuse the message.
Said of_message(const std::vector<Node>& entries) {
    if (entries.empty()) return {};
    const auto code = entries.front().child("resource").child("response").child("code").text();
    if (code == "transient-error") return {true, true, ", response transient-error"};
    if (code == "fatal-error") return {true, false, ", response fatal-error"};
    return {};
}

bool is_status(std::string_view text) {
    return text.size() == 3 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// In a batch each entry stands and falls alone (http://hl7.org/fhir/R4/http.html#transaction-response).
Said of_entries(const std::vector<Node>& entries) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const auto status = entries[i].child("response").child("status").text().substr(0, 3);
        if (status.empty() || status.starts_with('2') || status == "304") continue;
        return {true, false,
                ", entry " + std::to_string(i + 1) + (is_status(status) ? ": " + std::string(status) : " failed")};
    }
    return {};
}

Said read(const Payload& body) {
    const auto text = body.reveal();
    if (text.find(kSign) == std::string_view::npos && text.find(kXmlSign) == std::string_view::npos) return {};
    const auto document = fhir::parse(body);
    if (!document) return {};
    const auto root = (*document)->root();
    const auto type = root.child("resourceType").text();
    if (type == "OperationOutcome") return of_outcome(root);
    if (type != "Bundle") return {};
    std::vector<Node> entries;
    root.children("entry", entries);
    const auto kind = root.child("type").text();
    if (kind == "message") return of_message(entries);
    return kind == "batch-response" || kind == "transaction-response" ? of_entries(entries) : Said();
}

/// 401: the token has run out, which is mended by renewing it, not by looking at each message.
bool is_transient(int status) {
    return status == 401 || status == 408 || status == 429 || (status >= 502 && status <= 504);
}

}  // namespace

Duration retry_after(std::string_view value, Instant now) {
    value = trim(value);
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error == std::errc() && end == value.data() + value.size())
        return std::clamp<Duration>(std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 86'400)),
                                    Duration::zero(), kMostRetryAfter);
    tm parts{};
    if (::strptime(std::string(value).c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts) == nullptr) return Duration::zero();
    const Instant at{std::chrono::seconds(::timegm(&parts))};
    return std::clamp<Duration>(at - now, Duration::zero(), kMostRetryAfter);
}

Receipt receipt_of(net::HttpResponse response, Instant now) {
    Receipt receipt;
    receipt.answer = Payload(std::move(response.body));
    receipt.detail = "HTTP " + std::to_string(response.status);
    const bool taken = response.status >= 200 && response.status < 300;
    const auto said = read(receipt.answer);
    if (taken && !said.refuses) {
        receipt.outcome = Receipt::Outcome::confirmed;
        return receipt;
    }
    receipt.outcome = Receipt::Outcome::refused;
    receipt.detail += said.detail;
    receipt.transient = taken ? said.transient : is_transient(response.status);
    if (receipt.transient) receipt.retry_after = retry_after(net::header(response.headers, "Retry-After"), now);
    return receipt;
}

}  // namespace causeway::fhir_sender
