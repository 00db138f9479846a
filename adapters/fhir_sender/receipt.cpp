#include "adapters/fhir_sender/receipt.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "fhir/json.hpp"

namespace causeway::fhir_sender {
namespace {

constexpr Duration kMostRetryAfter = std::chrono::hours(24);

/// Codes that FHIR knows, so that nothing else of the peer's text gets through.
std::string issue_codes(const Payload& body) {
    const auto document = fhir::parse_json(body);
    if (!document || (*document)->root().child("resourceType").text() != "OperationOutcome") return {};
    std::vector<tree::Node> issues;
    (*document)->root().children("issue", issues);
    std::set<std::string> codes;
    for (const auto& issue : issues) codes.insert(std::string(to_code(issue_from_code(issue.child("code").text()))));
    std::string joined;
    for (const auto& code : codes) joined += (joined.empty() ? " " : ",") + code;
    return joined;
}

bool is_transient(int status) {
    return status == 408 || status == 429 || (status >= 502 && status <= 504);
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
    if (response.status >= 200 && response.status < 300) {
        receipt.outcome = Receipt::Outcome::confirmed;
        return receipt;
    }
    receipt.outcome = Receipt::Outcome::refused;
    receipt.detail += issue_codes(receipt.answer);
    receipt.transient = is_transient(response.status);
    if (receipt.transient) receipt.retry_after = retry_after(net::header(response.headers, "Retry-After"), now);
    return receipt;
}

}  // namespace causeway::fhir_sender
