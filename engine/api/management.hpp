#pragma once
/// The management API: HTTP over a Unix socket (mode 0600). Who acts is the user at the other end of the socket.
///
///   GET  /v1/status                     POST /v1/find   {"key": "...", "kind": "..."}
///   GET  /v1/journey/{id}               POST /v1/act    {"act": "hold", "id": "...", "reason": "...", "owner": "..."}
///   GET  /v1/stats                      POST /v1/reload
///   GET  /v1/events?after=N&wait=SECONDS&channel=NAME
///   GET  /v1/upgrade                    POST /v1/upgrade {"program": "/path/of/causeway"}
///
/// `Accept: text/plain` gives the same facts for people. Errors are {"error": "...", "where": "..."}.

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "api/pages.hpp"
#include "net/http.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// Threads: handle may be called from any.
class Management {
public:
    explicit Management(pipeline::Engine& engine);

    /// Further pages, asked before its own; before the first request.
    void add(std::unique_ptr<Pages> pages) { pages_.push_back(std::move(pages)); }

    /// `who` is the name of the peer's user.
    boost::asio::awaitable<net::HttpResponse> handle(net::HttpRequest request, std::string who);

private:
    struct Selection;
    boost::asio::awaitable<net::HttpResponse> change(Call call);
    boost::asio::awaitable<net::HttpResponse> events(Call call);
    Result<std::vector<Event>> select(Selection& selection) const;
    net::HttpResponse read(const Call& call);
    net::HttpResponse status(const Call& call) const;
    net::HttpResponse find(const Call& call) const;
    net::HttpResponse journey(const Call& call) const;

    pipeline::Engine& engine_;
    std::vector<std::unique_ptr<Pages>> pages_;
};

}  // namespace causeway::api
