#include "alerts/receiver.hpp"

#include "net/http.hpp"
#include "net/smtp.hpp"
#include "net/stream.hpp"
#include "net/tls.hpp"

namespace causeway::alerts {

using pipeline::AlertReceiver;

namespace {

constexpr std::size_t kLongestAnswer = 64 * 1024;

/// A receiver that must use TLS has a context also where its file says nothing of certificates.
Result<net::TlsClientPtr> tls_of(const config::Settings& settings) {
    auto made = net::make_tls_client(settings.object("tls"));
    if (made && !*made) return net::make_tls_client(net::TlsClientFiles{});
    return made;
}

Result<net::HttpRequest> request_of(const AlertReceiver& receiver, const net::Url& url, const Alert& alert) {
    net::HttpRequest request;
    request.method = "POST";
    request.target = url.path.empty() ? "/" : url.path;
    request.headers.emplace_back("Content-Type", "application/json");
    request.headers.emplace_back("Idempotency-Key", alert.id);
    if (receiver.settings.has("token")) {
        const auto token = receiver.settings.secret("token");
        if (!token) return token.error();
        request.headers.emplace_back("Authorization", "Bearer " + *token);
    }
    request.body = json_of(alert);
    return request;
}

Async<void> post(boost::asio::any_io_executor executor, const AlertReceiver& receiver, const Alert& alert) {
    const auto url = net::parse_url(receiver.url);
    if (!url) co_return fail(Issue::value, receiver.name, "The address of this webhook is no URL; correct it.");
    const auto request = request_of(receiver, *url, alert);
    if (!request) co_return request.error();
    net::TlsClientPtr tls;
    if (url->scheme == "https") {
        auto made = tls_of(receiver.settings);
        if (!made) co_return made.error();
        tls = std::move(*made);
    }
    auto stream = co_await net::connect(executor, url->host, url->port, tls, receiver.limit);
    if (!stream) co_return stream.error();
    bool sent = false;
    const auto host = net::host_header(*url);
    const auto exchange = co_await net::exchange_http(**stream, *request, host, receiver.limit, kLongestAnswer, sent);
    if (!exchange) co_return exchange.error();
    co_await (*stream)->close();
    const auto status = exchange->response.status;
    if (status >= 200 && status < 300) co_return Result<void>();
    co_return fail(Issue::processing, receiver.url.substr(0, receiver.url.find('?')),
                   "The webhook answered HTTP " + std::to_string(status) +
                       "; compare this receiver's url and token with what the webhook expects.",
                   Retry::later);
}

net::Mail mail_of(const AlertReceiver& receiver, const Alert& alert) {
    net::Mail mail;
    mail.from = receiver.from;
    mail.to = receiver.to;
    mail.subject = subject_of(alert);
    mail.text = text_of(alert);
    mail.id = "alert-" + alert.id;
    mail.date = alert.at;
    return mail;
}

net::SmtpServer::Security security_of(const AlertReceiver& receiver) {
    switch (receiver.security) {
        case AlertReceiver::MailSecurity::none:
            return net::SmtpServer::Security::none;
        case AlertReceiver::MailSecurity::tls:
            return net::SmtpServer::Security::tls;
        case AlertReceiver::MailSecurity::starttls:
            break;
    }
    return net::SmtpServer::Security::starttls;
}

Result<net::SmtpServer> server_of(const AlertReceiver& receiver) {
    net::SmtpServer server;
    server.host = receiver.host;
    server.port = receiver.port;
    server.security = security_of(receiver);
    server.user = receiver.user;
    if (!receiver.user.empty()) {
        auto password = receiver.settings.secret("password");
        if (!password) return password.error();
        server.password = std::move(*password);
    }
    if (server.security == net::SmtpServer::Security::none) return server;
    auto tls = tls_of(receiver.settings);
    if (!tls) return tls.error();
    server.tls = std::move(*tls);
    return server;
}

Async<void> send_by_mail(boost::asio::any_io_executor executor, const AlertReceiver& receiver, const Alert& alert) {
    const auto mail = mail_of(receiver, alert);
    if (!receiver.argv.empty()) {
        auto text = net::mail_text(mail);
        std::erase(text, '\r');  // sendmail reads a local file: lines end with "\n".
        co_return co_await run_program(receiver.argv, std::move(text), receiver.limit);
    }
    const auto server = server_of(receiver);
    if (!server) co_return server.error();
    co_return co_await net::send_mail(executor, *server, mail, receiver.limit);
}

}  // namespace

Async<void> tell(boost::asio::any_io_executor executor, AlertReceiver receiver, Alert alert) {
    switch (receiver.by) {
        case AlertReceiver::By::webhook:
            co_return co_await post(executor, receiver, alert);
        case AlertReceiver::By::mail:
            co_return co_await send_by_mail(executor, receiver, alert);
        case AlertReceiver::By::command:
            break;
    }
    auto input = json_of(alert) + '\n';
    co_return co_await run_program(receiver.argv, std::move(input), receiver.limit);
}

}  // namespace causeway::alerts
