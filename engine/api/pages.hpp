#pragma once
/// What every page of the management API starts from: the request taken apart, and how an answer is made.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/json_object.hpp"
#include "api/view.hpp"
#include "core/error.hpp"
#include "net/http.hpp"

namespace causeway::api {

/// A request taken apart.
struct Call {
    std::string method, path, query;
    std::string who;       ///< Name of the user at the other end of the socket.
    bool as_text = false;  ///< For people, not for programs.
    JsonObject body{""};   ///< Empty where there is none.

    /// Of the query; empty where it is not there.
    std::string parameter(std::string_view name) const;
    std::int64_t number(std::string_view name, std::int64_t otherwise) const;
};

Call call_of(const net::HttpRequest& request, std::string who);

net::HttpResponse respond(int status, bool as_text, View view);
/// The status follows from the Issue.
net::HttpResponse respond(bool as_text, const Error& error);

/// What is wrong with the "reason" of an act; it is kept with the act and shown wherever that is.
std::optional<Error> wrong_reason(const JsonObject& body);

/// Pages of one subject, in a file of their own. Threads: both may be called from any.
class Pages {
public:
    virtual ~Pages() = default;
    virtual bool takes(const Call& call) const = 0;
    virtual boost::asio::awaitable<net::HttpResponse> answer(Call call) = 0;
};

}  // namespace causeway::api
