#include "api/pages.hpp"

#include <charconv>

#include "core/text.hpp"

namespace causeway::api {

using net::HttpResponse;

namespace {

int status_of(Issue issue) {
    switch (issue) {
        case Issue::not_found:
            return 404;
        case Issue::conflict:
            return 409;
        case Issue::throttled:
            return 429;
        case Issue::no_store:
            return 503;
        default:
            return 400;
    }
}

}  // namespace

std::string Call::parameter(std::string_view name) const {
    for (const auto part : split(query, '&')) {
        const auto equals = part.find('=');
        if (part.substr(0, equals) == name && equals != std::string_view::npos)
            return std::string(part.substr(equals + 1));
    }
    return {};
}

std::int64_t Call::number(std::string_view name, std::int64_t otherwise) const {
    const auto text = parameter(name);
    std::int64_t value = otherwise;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

Call call_of(const net::HttpRequest& request, std::string who) {
    const auto mark = request.target.find('?');
    Call call;
    call.method = request.method;
    call.path = request.target.substr(0, mark);
    if (mark != std::string::npos) call.query = request.target.substr(mark + 1);
    call.who = std::move(who);
    call.as_text = net::header(request.headers, "Accept").starts_with("text/plain");
    call.body = JsonObject(request.body);
    return call;
}

std::optional<Error> wrong_reason(const JsonObject& body) {
    constexpr std::size_t longest = 1'000;
    const auto reason = body.text("reason");
    if (trim(reason).empty())
        return fail(Issue::required, "reason", "Say why, with --reason: it is kept with the act.");
    if (reason.size() > longest || reason.find_first_of("\r\n") != std::string::npos)
        return fail(Issue::too_long, "reason", "Say why in one line of at most 1000 characters.");
    return std::nullopt;
}

HttpResponse respond(int status, bool as_text, View view) {
    HttpResponse response;
    response.status = status;
    response.headers.emplace_back("Content-Type", as_text ? "text/plain; charset=utf-8" : "application/json");
    response.body = as_text ? std::move(view.text) : std::move(view.json) + '\n';
    return response;
}

HttpResponse respond(bool as_text, const Error& error) {
    JsonText json;
    json.object([&] { json.add("error", error.what).add("where", error.where); });
    return respond(status_of(error.issue), as_text, {json.text(), to_string(error) + '\n'});
}

}  // namespace causeway::api
