#pragma once
/// A mail server for one test: takes connections one after the other and keeps what it is told. Link OpenSSL::SSL.

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "support/certificates.hpp"

namespace causeway::test {

/// What it does.
struct MailManners {
    bool starttls = true;
    bool auth = true;
    std::set<std::string> unknown = {};  ///< Addresses that it refuses.
    std::string injected = {};           ///< Sent in the same breath as the answer to STARTTLS.
    bool refuses_data = false;
    std::string greeting = "220 mail.example ESMTP\r\n";
};

class FakeMailServer {
public:
    explicit FakeMailServer(MailManners manners = {})
        : manners_(std::move(manners)),
          files_(authority_.server()),
          tls_(boost::asio::ssl::context::tls_server),
          acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
        tls_.use_certificate_chain_file(files_.certificate.string());
        tls_.use_private_key_file(files_.key.string(), boost::asio::ssl::context::pem);
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeMailServer() {
        stopping_ = true;
        boost::system::error_code ignored;
        boost::asio::ip::tcp::socket wake(io_);
        wake.connect(acceptor_.local_endpoint(), ignored);
        thread_.join();
    }

    std::string port() const { return std::to_string(acceptor_.local_endpoint().port()); }
    std::filesystem::path authority() const { return authority_.file(); }
    std::vector<std::string> commands() const {
        const std::lock_guard lock(mutex_);
        return commands_;
    }
    /// The mails, as they came after DATA, dots as sent.
    std::vector<std::string> mails() const {
        const std::lock_guard lock(mutex_);
        return mails_;
    }
    bool heard(const std::string& command) const {
        for (const auto& one : commands())
            if (one == command) return true;
        return false;
    }

private:
    using Socket = boost::asio::ip::tcp::socket;

    void serve() {
        while (!stopping_) {
            Socket socket(io_);
            boost::system::error_code failed;
            acceptor_.accept(socket, failed);
            if (failed || stopping_) continue;
            try {
                talk(std::move(socket));
            } catch (const std::exception&) {
                // The peer went: the test looks at what was said so far.
            }
        }
    }

    void talk(Socket socket) {
        boost::asio::write(socket, boost::asio::buffer(manners_.greeting));
        if (!dialogue(socket, false)) return;
        boost::asio::write(socket, boost::asio::buffer("220 go on\r\n" + manners_.injected));
        boost::asio::ssl::stream<Socket> secure(std::move(socket), tls_);
        secure.handshake(boost::asio::ssl::stream_base::server);
        dialogue(secure, true);
    }

    /// Says true where the peer wants TLS.
    template <class Peer>
    bool dialogue(Peer& peer, bool secure) {
        boost::asio::streambuf buffer;
        const auto say = [&](const std::string& text) { boost::asio::write(peer, boost::asio::buffer(text)); };
        for (;;) {
            const auto line = read_line(peer, buffer);
            note(line);
            if (line.starts_with("EHLO")) {
                say(std::string("250-mail.example\r\n") + (manners_.starttls && !secure ? "250-STARTTLS\r\n" : "") +
                    (manners_.auth ? "250-AUTH LOGIN PLAIN\r\n" : "") + "250 8BITMIME\r\n");
            } else if (line == "STARTTLS") {
                return true;
            } else if (line.starts_with("RCPT TO:<")) {
                const auto address = line.substr(9, line.find('>') - 9);
                say(manners_.unknown.contains(address) ? "550 no such user\r\n" : "250 ok\r\n");
            } else if (line == "DATA") {
                say("354 go on\r\n");
                keep(peer, buffer);
                say(manners_.refuses_data ? "451 no room\r\n" : "250 queued\r\n");
            } else if (line == "QUIT") {
                say("221 bye\r\n");
                return false;
            } else {
                say(line.starts_with("AUTH") ? "235 welcome\r\n" : "250 ok\r\n");
            }
        }
    }

    template <class Peer>
    static std::string read_line(Peer& peer, boost::asio::streambuf& buffer) {
        boost::asio::read_until(peer, buffer, "\r\n");
        std::istream in(&buffer);
        std::string line;
        std::getline(in, line);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        return line;
    }

    template <class Peer>
    void keep(Peer& peer, boost::asio::streambuf& buffer) {
        std::string mail;
        for (auto line = read_line(peer, buffer); line != "."; line = read_line(peer, buffer)) mail += line + "\r\n";
        const std::lock_guard lock(mutex_);
        mails_.push_back(std::move(mail));
    }

    void note(const std::string& command) {
        const std::lock_guard lock(mutex_);
        commands_.push_back(command);
    }

    const MailManners manners_;
    Authority authority_;
    const CertificateFiles files_;
    boost::asio::io_context io_;
    boost::asio::ssl::context tls_;
    boost::asio::ip::tcp::acceptor acceptor_;
    std::atomic<bool> stopping_{false};
    mutable std::mutex mutex_;
    std::vector<std::string> commands_, mails_;
    std::thread thread_;
};

}  // namespace causeway::test
