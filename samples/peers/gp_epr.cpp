/// A simulated GP record system: takes FHIR documents over HTTP for any practice and answers with an OperationOutcome.
///
///   gp_epr --port 9080 [--keep FOLDER] [--answer STATUS]
#include <boost/asio/awaitable.hpp>
#include <iostream>

#include "fhir/json.hpp"
#include "model/operation_outcome.hpp"
#include "net/http.hpp"
#include "samples/peers/peer.hpp"

namespace causeway::samples {
namespace {

class GpEpr {
public:
    explicit GpEpr(Options options)
        : status_(options.contains("--answer") ? std::stoi(options["--answer"]) : 200), keeper_(options["--keep"]) {}

    boost::asio::awaitable<void> serve(net::StreamPtr stream, const std::atomic<bool>& stopping) {
        net::HttpHandler handler;
        handler.handle = [this](net::HttpRequest request) { return handle(std::move(request)); };
        handler.refuse = [](int status, const Error& why) { return respond(status, to_outcome(why)); };
        co_await net::serve_http(*stream, {}, handler, stopping);
    }

private:
    boost::asio::awaitable<net::HttpResponse> handle(net::HttpRequest request) { co_return answer(request); }

    net::HttpResponse answer(const net::HttpRequest& request) {
        const auto bundle = fhir::parse_json(Payload(request.body));
        if (request.method != "POST" || !bundle)
            return respond(400, to_outcome(fail(Issue::structure, "", "POST a FHIR Bundle.")));
        const auto root = (*bundle)->root();
        keeper_.keep("Bundle", ".json", request.body);
        std::cout << "GP EPR received Bundle/" << root.child("type").text() << " at " << request.target << ", answers "
                  << status_ << std::endl;
        return respond(status_, {});
    }

    static net::HttpResponse respond(int status, const OperationOutcome& outcome) {
        net::HttpResponse response;
        response.status = status;
        response.headers.emplace_back("Content-Type", "application/fhir+json");
        response.body = to_json(outcome);
        return response;
    }

    const int status_;
    Keeper keeper_;
};

}  // namespace
}  // namespace causeway::samples

int main(int argc, char** argv) {
    using namespace causeway::samples;
    auto options = read_options(argc, argv);
    const auto port = static_cast<std::uint16_t>(std::stoi(options.contains("--port") ? options["--port"] : "9080"));
    GpEpr epr(options);
    return serve("GP EPR", port, [&epr](causeway::net::StreamPtr stream, const std::atomic<bool>& stopping) {
        return epr.serve(std::move(stream), stopping);
    });
}
