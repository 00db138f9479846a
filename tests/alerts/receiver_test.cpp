#include "alerts/receiver.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "net/http_test_support.hpp"
#include "support/fake_mail_server.hpp"
#include "support/temp_dir.hpp"

namespace causeway::alerts {
namespace {

using namespace std::chrono_literals;
using pipeline::AlertReceiver;

AlertReceiver receiver(const std::string& yaml) {
    std::vector<config::Mistake> mistakes;
    const auto parsed = config::parse_yaml("receivers:\n  - receiver: on-call\n    limit: 5s\n    " + yaml + "\n",
                                           "alerts.yaml", "/", mistakes);
    const auto settings = config::lint(parsed, pipeline::alert_fields(), mistakes);
    auto alerts = pipeline::read_alerts(settings, mistakes);
    for (const auto& mistake : mistakes) FAIL(config::to_string(mistake));
    return alerts.receivers.at(0);
}

Alert alert() {
    Alert made;
    made.id = "0011";
    made.environment = "live";
    made.at = *parse_fhir_instant("2026-11-22T09:00:00Z");
    made.test = true;
    return made;
}

test::awaitable<Result<void>> telling(AlertReceiver to, Alert one) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto told = co_await tell(executor, std::move(to), std::move(one));
    co_return told;
}

Result<void> tell(const AlertReceiver& to) {
    return test::run(telling(to, alert()));
}

std::string content(const std::filesystem::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A program of the test: what `script` says, with its own folder as $1.
struct Program {
    explicit Program(const std::string& script) { dir.write("run.sh", script); }
    std::string words() const {
        return "[/bin/sh, " + (dir / "run.sh").string() + ", " + std::filesystem::path(dir / ".").string() + "]";
    }
    test::TempDir dir;
};

TEST_CASE("receiver: a webhook gets the JSON with its token and its id") {
    std::vector<net::HttpRequest> seen;
    std::mutex mutex;
    net::HttpHandler handler;
    handler.handle = [&](net::HttpRequest request) -> test::awaitable<net::HttpResponse> {
        const std::lock_guard lock(mutex);
        seen.push_back(std::move(request));
        co_return net::HttpResponse{};
    };
    handler.refuse = [](int, const Error&) { return net::HttpResponse{}; };
    test::Server server([&](net::StreamPtr stream, const std::atomic<bool>& stopping) -> test::awaitable<void> {
        co_await net::serve_http(*stream, {}, handler, stopping);
    });
    const test::TempDir dir;
    dir.write("token", "s3cret\n");
    REQUIRE(tell(receiver("webhook: {url: 'http://127.0.0.1:" + server.port() +
                          "/hook?team=a', token: 'file:" + (dir / "token").string() + "'}"))
                .has_value());
    REQUIRE(seen.size() == 1);
    CHECK(seen[0].method == "POST");
    CHECK(seen[0].target == "/hook?team=a");
    CHECK(net::header(seen[0].headers, "Authorization") == "Bearer s3cret");
    CHECK(net::header(seen[0].headers, "Idempotency-Key") == "0011");
    CHECK(seen[0].body == json_of(alert()));
}

TEST_CASE("receiver: a webhook that says no, or is not there, is an error that may pass and keeps secrets") {
    test::HttpServer server;  // Answers 404 to nothing; /nothing is 204.
    CHECK(tell(receiver("webhook: {url: 'http://127.0.0.1:" + server.port() + "/nothing'}")).has_value());
    const auto nobody = tell(receiver("webhook: {url: 'http://127.0.0.1:1/hook?key=s3cret'}"));
    REQUIRE(nobody.has_error());
    CHECK(nobody.error().retry == Retry::later);
    CHECK(to_string(nobody.error()).find("s3cret") == std::string::npos);
}

TEST_CASE("receiver: e-mail goes to the server, or to a program that takes whole mails") {
    const test::FakeMailServer fake;
    REQUIRE(tell(receiver("mail: {from: causeway@example.nhs.uk, to: [a@example.nhs.uk], server: 'localhost:" +
                          fake.port() + "', tls: {ca: " + fake.authority().string() + "}}"))
                .has_value());
    REQUIRE(fake.mails().size() == 1);
    CHECK(fake.mails()[0].find("Subject: Causeway live: a test, nothing is wrong\r\n") != std::string::npos);

    const Program sendmail("cat > \"$1/mail\"\n");
    REQUIRE(tell(receiver("mail: {from: causeway@example.nhs.uk, to: [a@example.nhs.uk], sendmail: " +
                          sendmail.words() + "}"))
                .has_value());
    const auto mail = content(sendmail.dir / "mail");
    CHECK(mail.find("To: a@example.nhs.uk\n") != std::string::npos);
    CHECK(mail.find('\r') == std::string::npos);
}

TEST_CASE("receiver: a command gets the JSON on its standard input, and nothing of it passes a shell") {
    const Program program("cat > \"$1/in\"; echo \"$2\" > \"$1/word\"\n");
    auto to = receiver("command: {run: " + program.words() + "}");
    to.argv.emplace_back("$(touch /tmp/never); 'x'");
    REQUIRE(tell(to).has_value());
    CHECK(content(program.dir / "in") == json_of(alert()) + '\n');
    CHECK(content(program.dir / "word") == "$(touch /tmp/never); 'x'\n");
}

TEST_CASE("receiver: a command that fails, hangs or is not there is an error that may pass") {
    const Program fails("exit 3\n");
    const auto failed = tell(receiver("command: {run: " + fails.words() + "}"));
    REQUIRE(failed.has_error());
    CHECK(failed.error().what.find("status 3") != std::string::npos);
    CHECK(failed.error().retry == Retry::later);
    const Program hangs("sleep 60 & sleep 60\n");
    auto slow = receiver("command: {run: " + hangs.words() + "}");
    slow.limit = 100ms;
    const auto killed = tell(slow);
    REQUIRE(killed.has_error());
    CHECK(killed.error().issue == Issue::timeout);
    CHECK(tell(receiver("command: {run: [/nowhere/page]}")).error().issue == Issue::not_found);
}

TEST_CASE("receiver: a program that reads nothing does not keep the engine, and inherits none of its files") {
    const Program program("ls -l /proc/self/fd | grep -c socket > \"$1/sockets\"\n");
    test::HttpServer open;
    REQUIRE(test::run(run_program({"/bin/sh", (program.dir / "run.sh").string(), program.dir / "."},
                                  std::string(4u << 20, 'x'), 10s))
                .has_error());  // grep -c finds none and ends with 1.
    CHECK(content(program.dir / "sockets") == "0\n");
}

}  // namespace
}  // namespace causeway::alerts
