#include "net/smtp.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "core/digest.hpp"
#include "net/net_test_support.hpp"
#include "support/fake_mail_server.hpp"

namespace causeway::net {
namespace {

using namespace std::chrono_literals;
using test::FakeMailServer;
using test::MailManners;

Mail mail() {
    Mail made;
    made.from = "causeway@example.nhs.uk";
    made.to = {"on-call@example.nhs.uk", "team@example.nhs.uk"};
    made.subject = "pas takes no messages";
    made.text = ".one\nW\xc3\xa4rme\n";
    made.id = "alert-1";
    made.date = *parse_fhir_instant("2026-11-22T09:30:00Z");
    return made;
}

SmtpServer at(const FakeMailServer& fake, SmtpServer::Security security = SmtpServer::Security::starttls) {
    SmtpServer server;
    server.host = "localhost";
    server.port = fake.port();
    server.security = security;
    if (security != SmtpServer::Security::none)
        server.tls = make_tls_client(TlsClientFiles{fake.authority(), {}, {}, ""}).value();
    return server;
}

test::awaitable<Result<void>> send(SmtpServer server, Mail one, Duration limit) {
    auto executor = co_await boost::asio::this_coro::executor;
    auto sent = co_await send_mail(executor, server, one, limit);
    co_return sent;
}

Result<void> deliver(const SmtpServer& server, const Mail& one, Duration limit = 10s) {
    return test::run(send(server, one, limit));
}

std::string body_of(const std::string& text) {
    return *base64_decode(text.substr(text.find("\r\n\r\n") + 4));
}

TEST_CASE("smtp: a mail goes through STARTTLS to every address, and arrives as it was written") {
    const FakeMailServer fake;
    REQUIRE(deliver(at(fake), mail()).has_value());
    REQUIRE(fake.mails().size() == 1);
    CHECK(body_of(fake.mails()[0]) == ".one\r\nW\xc3\xa4rme\r\n");
    CHECK(fake.heard("MAIL FROM:<causeway@example.nhs.uk>"));
    CHECK(fake.heard("RCPT TO:<on-call@example.nhs.uk>"));
    CHECK(fake.heard("RCPT TO:<team@example.nhs.uk>"));
    const auto commands = fake.commands();
    CHECK(commands[1] == "STARTTLS");
    CHECK(commands[2].starts_with("EHLO "));
    CHECK(commands.back() == "QUIT");
}

TEST_CASE("smtp: user and password are sent over TLS only") {
    const FakeMailServer fake;
    auto server = at(fake);
    server.user = "causeway";
    server.password = "secret";
    REQUIRE(deliver(server, mail()).has_value());
    CHECK(fake.heard("AUTH PLAIN " + base64_encode(std::string("\0causeway\0secret", 16))));

    auto open = at(fake, SmtpServer::Security::none);
    open.user = "causeway";
    open.password = "secret";
    const auto commands = fake.commands().size();
    CHECK(deliver(open, mail()).has_error());
    const auto said = fake.commands();
    CHECK(std::none_of(said.begin() + static_cast<long>(commands), said.end(),
                       [](const std::string& line) { return line.starts_with("AUTH"); }));
}

TEST_CASE("smtp: without the STARTTLS that is demanded nothing is told") {
    MailManners manners;
    manners.starttls = false;
    const FakeMailServer fake(manners);
    const auto sent = deliver(at(fake), mail());
    REQUIRE(sent.has_error());
    CHECK(sent.error().what.find("STARTTLS") != std::string::npos);
    CHECK(fake.commands().size() == 1);
}

TEST_CASE("smtp: words that somebody put in before TLS end the dialogue") {
    MailManners manners;
    manners.injected = "250 I was never here\r\n";
    const FakeMailServer fake(manners);
    const auto sent = deliver(at(fake), mail());
    REQUIRE(sent.has_error());
    CHECK(sent.error().issue == Issue::forbidden);
    CHECK(fake.mails().empty());
}

TEST_CASE("smtp: a certificate of nobody that is trusted ends it") {
    const FakeMailServer fake;
    const FakeMailServer other;
    auto server = at(fake);
    server.tls = make_tls_client(TlsClientFiles{other.authority(), {}, {}, ""}).value();
    CHECK(deliver(server, mail()).has_error());
    CHECK(fake.mails().empty());
}

TEST_CASE("smtp: an address that is refused does not keep the mail from the others") {
    MailManners manners;
    manners.unknown = {"on-call@example.nhs.uk"};
    const FakeMailServer fake(manners);
    CHECK(deliver(at(fake), mail()).has_value());
    CHECK(fake.mails().size() == 1);

    manners.unknown.insert("team@example.nhs.uk");
    const FakeMailServer nobody(manners);
    const auto refused = deliver(at(nobody), mail());
    REQUIRE(refused.has_error());
    CHECK(refused.error().what.find("550") != std::string::npos);
    CHECK(refused.error().retry == Retry::never);
    CHECK(nobody.mails().empty());
}

TEST_CASE("smtp: a mail that is not taken is an error that may pass") {
    MailManners manners;
    manners.refuses_data = true;
    const FakeMailServer fake(manners);
    const auto sent = deliver(at(fake), mail());
    REQUIRE(sent.has_error());
    CHECK(sent.error().retry == Retry::later);
}

TEST_CASE("smtp: what is no mail server, and what does not answer, is said so") {
    MailManners manners;
    manners.greeting = "HTTP/1.1 400 Bad Request\r\n";
    const FakeMailServer web(manners);
    CHECK(deliver(at(web), mail()).error().issue == Issue::structure);
    manners.greeting = "220-wait\r\n";
    const FakeMailServer slow(manners);
    CHECK(deliver(at(slow), mail(), 200ms).error().issue == Issue::timeout);
}

TEST_CASE("smtp: headers hold nothing but what they should") {
    auto made = mail();
    made.subject = "first\r\nBcc: everybody@example.com";
    CHECK(mail_text(made).find("\r\nBcc:") == std::string::npos);
    made.subject = std::string("\xc3\xa4", 2) + std::string(100, 'x');
    const auto text = mail_text(made);
    CHECK(text.find("Subject: =?utf-8?B?") != std::string::npos);
    CHECK(text.find("Date: Sun, 22 Nov 2026 09:30:00 +0000\r\n") != std::string::npos);
    CHECK(text.find("Message-ID: <alert-1@example.nhs.uk>\r\n") != std::string::npos);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK(end - at <= 200);
        at = end + 2;
    }
}

TEST_CASE("smtp: addresses that could end a command are none") {
    for (const auto* good : {"a@b", "on-call+x@trust.nhs.uk"}) CHECK(is_mail_address(good));
    for (const auto* bad :
         {"", "@b", "a@", "a", "a@b@c", "a@b\r\nRCPT", "a b@c", "a@b>", "<a@b", "\"a\"@b", "a@\xc3\xa4"})
        CHECK_FALSE(is_mail_address(bad));
}

TEST_CASE("smtp: replies are read alike however they are cut") {
    const std::string bytes = "250-one\r\n250-two\r\n250 three\r\n354\r\n421 gone\r\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        SmtpReplies replies;
        std::vector<int> codes;
        for (const auto& part : {bytes.substr(0, cut), bytes.substr(cut)}) {
            replies.feed(part);
            for (auto next = replies.next(); next && *next; next = replies.next()) codes.push_back((*next)->code);
        }
        CHECK(codes == std::vector<int>{250, 354, 421});
        CHECK(replies.empty());
    }
    for (const auto* bad : {"25 one\r\n", "999 x\r\n", "250-one\r\n251 two\r\n", "250_one\r\n", "abc\r\n", "\r\n"}) {
        CAPTURE(bad);
        SmtpReplies replies;
        replies.feed(bad);
        CHECK(replies.next().has_error());
    }
    SmtpReplies endless;
    endless.feed(std::string(5000, '2'));
    CHECK(endless.next().has_error());
}

}  // namespace
}  // namespace causeway::net
