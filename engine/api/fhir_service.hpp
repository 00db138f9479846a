#pragma once
/// FHIR reads and searches over the ledger: Task, ServiceRequest, CapabilityStatement.

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapter.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// A client that proved who it is sees only what it sent itself. Threads: any.
class LedgerFhirService final : public FhirService {
public:
    explicit LedgerFhirService(pipeline::Engine& engine) : engine_(engine) {}

    boost::asio::awaitable<FhirResponse> handle(FhirRequest request) override;

private:
    FhirResponse answer(const FhirRequest& request) const;
    FhirResponse read(const FhirRequest& request, std::string_view type, std::string_view id) const;
    FhirResponse search(const FhirRequest& request) const;
    FhirResponse validate(const FhirRequest& request, std::string_view type) const;
    Result<Id> find_message(std::string_view type, std::string_view id, const Client& client) const;

    pipeline::Engine& engine_;
};

/// CapabilityStatement of what the FHIR endpoint of this channel does, from the running configuration.
std::string capability_json(const pipeline::Configuration& configuration, const std::string& channel, Instant now);

}  // namespace causeway::api
