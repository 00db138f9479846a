#include "net/tls.hpp"

#include <doctest/doctest.h>

#include "net/net_test_support.hpp"
#include "support/certificates.hpp"
#include "support/settings.hpp"

using namespace causeway;
using namespace causeway::test;
using net::StreamPtr;
using net::TlsClientFiles;
using net::TlsServerFiles;

namespace {

awaitable<void> tell_subject(StreamPtr stream, const std::atomic<bool>&) {
    const std::string subject = stream->peer_subject() + ".";
    auto sent = co_await stream->write(subject, kPatience);
    if (!sent) co_return;
    co_await stream->close();
}

net::ListenOptions with_tls(const CertificateFiles& own, const std::filesystem::path& client_ca = {}) {
    const TlsServerFiles files{own.certificate, own.key, client_ca};
    net::ListenOptions options;
    options.tls = net::make_tls_server(files).value();
    return options;
}

net::TlsClientPtr trusting(const std::filesystem::path& ca, const CertificateFiles& own = {}) {
    const TlsClientFiles files{ca, own.certificate, own.key, ""};
    return net::make_tls_client(files).value();
}

/// What the server says over TLS; what went wrong where it says nothing.
awaitable<std::string> hear(std::string port, net::TlsClientPtr tls, std::string host = "127.0.0.1") {
    auto stream = co_await connect_to(port, tls, host);
    if (!stream) co_return "connect: " + stream.error().what;
    char buffer[256];
    const std::span<char> space(buffer, sizeof buffer);
    auto got = co_await stream.value()->read_some(space, kPatience);
    if (!got) co_return "read: " + got.error().what;
    co_return std::string(buffer, got.value());
}

awaitable<std::string> echo_large(std::string port, net::TlsClientPtr tls, std::string text) {
    auto stream = co_await connect_to(port, tls);
    std::string all;
    for (std::size_t at = 0; at < text.size(); at += 100'000) {
        const auto part = text.substr(at, 100'000);
        auto sent = co_await stream.value()->write(part, kPatience);
        CHECK(sent);
        auto back = co_await read_all(*stream.value(), part.size());
        all += back;
    }
    co_return all;
}

awaitable<void> expect_staleness(std::string port, net::TlsClientPtr tls) {
    auto stream = co_await connect_to(port, tls);
    co_await pause(50ms);
    CHECK_FALSE(stream.value()->is_stale());
    auto sent = co_await stream.value()->write("x", kPatience);
    CHECK(sent);
    co_await pause(50ms);
    CHECK(stream.value()->is_stale());
}

awaitable<void> read_twice(std::string port, net::TlsClientPtr tls) {
    auto stream = co_await connect_to(port, tls);
    char buffer[8];
    const std::span<char> space(buffer, sizeof buffer);
    auto first = co_await stream.value()->read_some(space, 20ms);
    CHECK(first.error().issue == Issue::timeout);
    auto sent = co_await stream.value()->write("again", kPatience);
    CHECK(sent);
    auto second = co_await stream.value()->read_some(space, kPatience);
    CHECK(second.value() == 5);
}

bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tls: bytes go both ways, without a client certificate where none is asked for") {
    Authority authority;
    const Server server(echo, with_tls(authority.server()));
    const std::string text(1'000'000, 'x');
    CHECK(run(echo_large(server.port(), trusting(authority.file()), text)) == text);

    const Server teller(tell_subject, with_tls(authority.server()));
    CHECK(run(hear(teller.port(), trusting(authority.file(), authority.client("gp")))) == ".");
}

TEST_CASE("tls: with client_ca a client needs a certificate of that authority") {
    Authority authority;
    Authority other("Other CA");
    const Server server(tell_subject, with_tls(authority.server(), authority.file()));

    CHECK(run(hear(server.port(), trusting(authority.file(), authority.client("gp.example")))) == "CN=gp.example.");

    for (const auto& client : {trusting(authority.file()), trusting(authority.file(), other.client("gp.example")),
                               trusting(authority.file(), authority.client("gp.example", -1))})
        CHECK_FALSE(holds(run(hear(server.port(), client)), "CN="));
}

TEST_CASE("tls: a client refuses a server that it cannot verify") {
    Authority authority;
    Authority other("Other CA");
    const auto client = trusting(authority.file());

    const Server unknown(echo, with_tls(other.server()));
    CHECK(holds(run(hear(unknown.port(), client)), "unable to get local issuer certificate"));
    const Server elsewhere(echo, with_tls(authority.server("DNS:pas.example")));
    CHECK(holds(run(hear(elsewhere.port(), client)), "IP address mismatch"));
    CHECK(holds(run(hear(elsewhere.port(), client, "localhost")), "hostname mismatch"));
    const Server expired(echo, with_tls(authority.server("IP:127.0.0.1", -1)));
    CHECK(holds(run(hear(expired.port(), client)), "certificate has expired"));
    const Server machine(echo, with_tls(authority.server()));
    CHECK(holds(run(hear(machine.port(), trusting({}))), "connect: "));
}

TEST_CASE("tls: server_name is verified in place of the host") {
    Authority authority;
    const Server server(tell_subject, with_tls(authority.server("DNS:pas.example")));
    const TlsClientFiles files{authority.file(), {}, {}, "pas.example"};
    CHECK(run(hear(server.port(), net::make_tls_client(files).value())) == ".");
}

TEST_CASE("tls: a client that does not begin the handshake is let go at the limit") {
    Authority authority;
    auto options = with_tls(authority.server());
    options.handshake_limit = 50ms;
    Server server(echo, options);
    CHECK(run(hear(server.port(), nullptr)) == "");
    for (int i = 0; i < 400 && server.listener().connections() != 0; ++i) std::this_thread::sleep_for(5ms);
    CHECK(server.listener().connections() == 0);
}

TEST_CASE("tls: plain bytes on a TLS port are refused") {
    Authority authority;
    const Server server(echo, with_tls(authority.server()));
    struct Plain {
        static awaitable<std::string> go(std::string port) {
            auto stream = co_await connect_to(port);
            auto sent = co_await stream.value()->write("GET / HTTP/1.1\r\n\r\n", kPatience);
            CHECK(sent);
            auto answer = co_await read_all(*stream.value());
            co_return answer;
        }
    };
    CHECK_FALSE(holds(run(Plain::go(server.port())), "GET"));
}

TEST_CASE("tls: any byte that can be read makes the stream stale, a quiet peer does not") {
    Authority authority;
    const Server server(echo, with_tls(authority.server()));
    run(expect_staleness(server.port(), trusting(authority.file())));
}

TEST_CASE("tls: after a read that ran out of time the stream can still be used") {
    Authority authority;
    const Server server(echo, with_tls(authority.server()));
    run(read_twice(server.port(), trusting(authority.file())));
}

TEST_CASE("tls: stop ends idle sessions and unfinished handshakes at once") {
    Authority authority;
    Server server(echo, with_tls(authority.server()));
    boost::asio::io_context context;
    auto idle = run(context, connect_to(server.port(), trusting(authority.file())));
    auto mute = run(context, connect_to(server.port()));
    REQUIRE(idle);
    REQUIRE(mute);
    for (int i = 0; i < 400 && server.listener().connections() != 2; ++i) std::this_thread::sleep_for(5ms);
    const auto begun = std::chrono::steady_clock::now();
    server.stop(8s);
    CHECK(std::chrono::steady_clock::now() - begun < 4s);
    CHECK(server.listener().connections() == 0);
}

TEST_CASE("tls: errors name the file") {
    Authority authority;
    const TempDir dir;
    const auto own = authority.server();
    const auto another = authority.server();
    const auto junk = dir.write("junk.pem", "no certificate");
    const auto missing = dir / "missing.pem";
    const struct {
        TlsServerFiles files;
        std::filesystem::path named;
    } cases[] = {{{missing, own.key, {}}, missing},
                 {{junk, own.key, {}}, junk},
                 {{own.certificate, missing, {}}, missing},
                 {{own.certificate, junk, {}}, junk},
                 {{own.certificate, another.key, {}}, another.key},
                 {{own.certificate, own.key, missing}, missing},
                 {{own.certificate, own.key, junk}, junk}};
    for (const auto& c : cases) {
        const auto made = net::make_tls_server(c.files);
        REQUIRE_FALSE(made);
        CHECK(made.error().where == c.named.string());
    }
    const TlsClientFiles half{authority.file(), own.certificate, {}, ""};
    CHECK(net::make_tls_client(half).error().where == own.certificate.string());
    const TlsClientFiles no_ca{missing, {}, {}, ""};
    CHECK(net::make_tls_client(no_ca).error().where == missing.string());
}

TEST_CASE("tls: only client_ca demands a client certificate") {
    Authority authority;
    const auto own = authority.server();
    CHECK_FALSE(
        net::demands_client_certificate(*net::make_tls_server(TlsServerFiles{own.certificate, own.key, {}}).value()));
    CHECK(net::demands_client_certificate(
        *net::make_tls_server(TlsServerFiles{own.certificate, own.key, authority.file()}).value()));
}

TEST_CASE("tls: contexts come from configuration, and are absent where that is") {
    Authority authority;
    const auto own = authority.server();
    std::vector<config::Mistake> mistakes;
    const auto yaml = "certificate: " + own.certificate.string() + "\nkey: " + own.key.string() + "\n";
    const auto server = net::make_tls_server(settings(yaml, net::tls_server_fields(), mistakes)).value();
    REQUIRE(server);
    CHECK_FALSE(net::demands_client_certificate(*server));
    const auto strict = yaml + "client_ca: " + authority.file().string() + "\n";
    CHECK(net::demands_client_certificate(
        *net::make_tls_server(settings(strict, net::tls_server_fields(), mistakes)).value()));
    const auto trusted = "ca: " + authority.file().string() + "\n";
    CHECK(net::make_tls_client(settings(trusted, net::tls_client_fields(), mistakes)).value());
    const config::FieldSpec both[] = {
        {"server", config::FieldType::object, "", "", {}, net::tls_server_fields()},
        {"client", config::FieldType::object, "", "", {}, net::tls_client_fields()},
    };
    const auto absent = settings("{}", both, mistakes);
    CHECK_FALSE(net::make_tls_server(absent.object("server")).value());
    CHECK_FALSE(net::make_tls_client(absent.object("client")).value());
    CHECK(texts(mistakes).empty());
}
