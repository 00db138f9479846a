#pragma once
/// The bytes of a message as received, and what receivers answered to its deliveries. That somebody read them is an
/// event of the message, with who and why.
///
///   POST /v1/body  {"id": "MESSAGE", "reason": "..."}                       its bytes
///   POST /v1/body  {"id": "MESSAGE", "reason": "...", "answers": "yes"}     the answers to all its deliveries
///   POST /v1/body  {"id": "OBLIGATION", "reason": "..."}                    the answers to one
///
/// "body" is in base64; of several answers it is the last one, and "answers" has all.

#include <vector>

#include "api/pages.hpp"
#include "pipeline/engine.hpp"

namespace causeway::api {

class BodyPages final : public Pages {
public:
    explicit BodyPages(pipeline::Engine& engine) : engine_(engine) {}
    bool takes(const Call& call) const override;
    boost::asio::awaitable<net::HttpResponse> answer(Call call) override;

private:
    boost::asio::awaitable<net::HttpResponse> body(Call call, StoredMessage stored);
    boost::asio::awaitable<net::HttpResponse> answers(Call call, Id message, Id obligation);
    Result<std::vector<StoredAnswer>> find_answers(Id message, Id obligation) const;
    Async<void> note(const Call& call, Id message, std::string_view what);

    pipeline::Engine& engine_;
};

}  // namespace causeway::api
