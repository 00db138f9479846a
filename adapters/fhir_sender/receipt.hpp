#pragma once
/// From an HTTP response to a Receipt.

#include <string>
#include <string_view>

#include "core/time.hpp"
#include "model/obligation.hpp"
#include "net/http.hpp"

namespace causeway::fhir_sender {

/// 2xx confirmed, unless the answer itself refuses: an OperationOutcome with an error, a response message with
/// fatal-error or (for now) transient-error, an entry of a batch that failed. 401, 408, 429, 502, 503 and 504 refused
/// for now; anything else refused. The detail holds the status and codes, never the peer's text.
Receipt receipt_of(net::HttpResponse response, Instant now);

/// Retry-After (RFC 9110 section 10.2.3): seconds or a date; zero where it is absent, past or unreadable. At most a
/// day.
Duration retry_after(std::string_view value, Instant now);

}  // namespace causeway::fhir_sender
