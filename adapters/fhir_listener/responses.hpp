#pragma once
/// Answers of the FHIR listener: OperationOutcomes with their status and headers.

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "model/message.hpp"
#include "model/operation_outcome.hpp"
#include "net/http.hpp"

namespace causeway::fhir_listener {

/// An OperationOutcome as the body.
net::HttpResponse respond(int status, const OperationOutcome& outcome);
/// One error; status, WWW-Authenticate and Retry-After by its issue.
net::HttpResponse respond(const Error& error);
/// The same under a status of its own (405, 406, 415).
net::HttpResponse respond(int status, const Error& error);

/// What a sender hears of its message. Made from the verdict alone, so that a duplicate gets the same answer. `base` is
/// the path of the endpoint ("/fhir").
net::HttpResponse respond(const Verdict& verdict, std::string_view base);

/// Writes an OperationOutcome that was made as JSON as XML; other answers stay.
void make_xml(net::HttpResponse& response);

/// HTTP status for an error of that kind.
int status_of(Issue issue) noexcept;

}  // namespace causeway::fhir_listener
