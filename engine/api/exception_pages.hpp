#pragma once
/// Failures grouped by cause, and what a person does about a group.
///
///   GET  /v1/exceptions                     GET  /v1/exceptions/{group}?limit=N
///   GET  /v1/exceptions/{group}/ids?limit=N
///   POST /v1/exceptions/{group}/preview     {"act": "replay", "destination": "...", "organisation": "...", "count": N}
///   POST /v1/exceptions/{group}/act         {"act", "reason", "owner", "destination", "organisation", "ids": [...]}
///   POST /v1/exceptions/outcome             {"ids": [...]}
///
/// A preview changes nothing. /act takes at most 1,000 obligations at a time: the caller sets the pace.

#include <vector>

#include "api/pages.hpp"
#include "pipeline/engine.hpp"
#include "repair/groups.hpp"
#include "repair/outlook.hpp"
#include "repair/run.hpp"

namespace causeway::api {

View render(const std::vector<repair::Group>& groups, Instant now);
/// One group with some of its obligations.
View render(const repair::Group& group, const std::vector<Waiting>& members, Instant now);
View render(const repair::Group& group, const std::vector<repair::Outlook>& outlooks);
View render(const std::vector<repair::Acted>& acted);
View render(const repair::Aftermath& aftermath);

/// "hold", "release", "cancel", "replay", "redirect".
Result<OperatorAct::Kind> act_kind(const std::string& word);

class ExceptionPages final : public Pages {
public:
    explicit ExceptionPages(pipeline::Engine& engine) : engine_(engine) {}
    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    net::HttpResponse list(const Call& call) const;
    net::HttpResponse show(const Call& call, const repair::Group& group) const;
    net::HttpResponse ids(const Call& call, const repair::Group& group) const;
    net::HttpResponse preview(const Call& call, const repair::Group& group) const;
    net::HttpResponse outcome(const Call& call) const;
    boost::asio::awaitable<net::HttpResponse> act(Call call, repair::Group group);
    Result<repair::Group> find(const std::string& id) const;

    pipeline::Engine& engine_;
};

}  // namespace causeway::api
