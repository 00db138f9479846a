#pragma once
/// A journey as FHIR R4: Task (where it stands) and ServiceRequest (what was asked).

#include <string>

#include "api/journey.hpp"
#include "core/error.hpp"
#include "fhir/definitions/definitions.hpp"

namespace causeway::api {

/// Where a journey stands, as Task.status (http://hl7.org/fhir/R4/valueset-task-status.html) and in words.
struct Standing {
    std::string status;
    std::string words;
};

Standing standing_of(const Journey& journey);

/// Task whose id is the message's; free of patient data.
std::string task_json(const Journey& journey);

/// The ServiceRequest of the message as it was received, with the server's id and meta.lastUpdated; Error not_found
/// where the message holds none.
Result<std::string> service_request_json(const StoredMessage& message, const fhir::DefinitionsPtr& definitions);

/// A searchset Bundle of Tasks; `self` is the link of the search.
std::string searchset_json(const std::vector<Journey>& journeys, const std::string& base);

}  // namespace causeway::api
