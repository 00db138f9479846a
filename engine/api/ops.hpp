#pragma once
/// Health and metrics over HTTP: /livez, /readyz, /metrics.

#include <boost/asio/awaitable.hpp>

#include "net/http.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

/// Threads: any.
class Operations {
public:
    explicit Operations(pipeline::Engine& engine) : engine_(engine) {}
    boost::asio::awaitable<net::HttpResponse> handle(net::HttpRequest request) const;

private:
    net::HttpResponse answer(const net::HttpRequest& request) const;

    pipeline::Engine& engine_;
};

}  // namespace causeway::api
