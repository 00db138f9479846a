#include "net/smtp.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>

#include "core/digest.hpp"
#include "core/text.hpp"

namespace causeway::net {
namespace {

constexpr std::size_t kLongestLine = 4'096;  ///< RFC 5321 asks for 512; servers write more.
constexpr std::size_t kMostLines = 200;
constexpr std::size_t kBase64Line = 76;

bool is_ascii_text(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < '\x7f'; });
}

/// RFC 2047: words of at most 75 characters, each whole in UTF-8.
std::string encoded_words(std::string_view text) {
    constexpr std::size_t kMost = 45;
    std::string out;
    while (!text.empty()) {
        auto size = std::min(kMost, text.size());
        while (size < text.size() && size > 1 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
        out += (out.empty() ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + base64_encode(text.substr(0, size)) + "?=";
        text.remove_prefix(size);
    }
    return out;
}

std::string header_text(std::string_view text) {
    std::string plain(text);
    for (char& c : plain)
        if (c == '\r' || c == '\n') c = ' ';
    return is_ascii_text(plain) && plain.size() < 200 ? plain : encoded_words(plain);
}

/// RFC 5322 date-time, UTC.
std::string mail_date(Instant at) {
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::time_t seconds = std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d +0000",
                  kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                  kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900, parts.tm_hour, parts.tm_min,
                  parts.tm_sec);
    return text.data();
}

std::string base64_lines(std::string_view text) {
    const auto encoded = base64_encode(text);
    std::string out;
    for (std::size_t at = 0; at < encoded.size(); at += kBase64Line) out += encoded.substr(at, kBase64Line) + "\r\n";
    return out;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '\n' && !out.ends_with('\r')) out += '\r';
        out += c;
    }
    return out;
}

std::string host_name() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0 || !is_ascii_text(name.data()) || name[0] == '\0')
        return "localhost";
    return name.data();
}

std::string domain_of(std::string_view address) {
    return std::string(address.substr(address.rfind('@') + 1));
}

/// Dots at the beginning of a line are doubled (RFC 5321 section 4.5.2); a dot alone ends it.
std::string data_block(std::string_view text) {
    std::string out;
    bool begins = true;
    for (const char c : text) {
        if (begins && c == '.') out += '.';
        begins = c == '\n';
        out += c;
    }
    if (!out.ends_with("\r\n")) out += "\r\n";
    return out + ".\r\n";
}

bool offers(const SmtpReplies::Reply& greeting, std::string_view extension, std::string_view value = {}) {
    for (const auto& line : greeting.lines) {
        const auto words = split(line, ' ');
        if (!equals_ignoring_case(words.front(), extension)) continue;
        if (value.empty()) return true;
        return std::any_of(words.begin() + 1, words.end(),
                           [&](std::string_view word) { return equals_ignoring_case(word, value); });
    }
    return false;
}

/// The dialogue with one server. Its words stay out of errors: only the code is told.
class Dialogue {
public:
    Dialogue(const SmtpServer& server, Duration limit)
        : server_(server), ends_(std::chrono::steady_clock::now() + limit) {}

    Async<void> open(boost::asio::any_io_executor executor) {
        const auto tls = server_.security == SmtpServer::Security::tls ? server_.tls : nullptr;
        auto stream = co_await connect(executor, server_.host, server_.port, tls, left());
        if (!stream) co_return stream.error();
        stream_ = std::move(*stream);
        const auto greeting = co_await read();
        if (!greeting) co_return greeting.error();
        if (greeting->code != 220) co_return refused("the connection", *greeting);
        auto greeted = co_await greet();
        if (!greeted) co_return greeted.error();
        if (server_.security == SmtpServer::Security::starttls) {
            auto secured = co_await secure();
            if (!secured) co_return secured.error();
        }
        co_return co_await sign_in();
    }

    Async<void> send(const Mail& mail) {
        auto taken = co_await ask("MAIL FROM:<" + mail.from + ">", "the sender's address");
        if (!taken) co_return taken.error();
        Result<SmtpReplies::Reply> last = fail(Issue::required, server_.host, "Give at least one address.");
        std::size_t takers = 0;
        for (const auto& address : mail.to) {
            auto answer = co_await ask("RCPT TO:<" + address + ">", "an address");
            if (!answer && !stream_) co_return answer.error();
            takers += answer ? 1 : 0;
            if (!answer) last = std::move(answer);
        }
        if (takers == 0) co_return last.error();
        auto ready = co_await ask("DATA", "the mail");
        if (!ready) co_return ready.error();
        auto sent = co_await stream_->write(data_block(mail_text(mail)), left());
        if (!sent) co_return sent.error();
        auto kept = co_await expect("the mail");
        if (!kept) co_return kept.error();
        co_return Result<void>();
    }

    boost::asio::awaitable<void> close() {
        if (!stream_) co_return;
        const auto said = co_await stream_->write("QUIT\r\n", left());
        if (said) static_cast<void>(co_await read());
        if (stream_) co_await stream_->close();
    }

private:
    Duration left() const {
        const auto rest = std::chrono::duration_cast<Duration>(ends_ - std::chrono::steady_clock::now());
        return std::max(rest, Duration(1));
    }

    Error refused(std::string_view what, const SmtpReplies::Reply& reply) const {
        return fail(Issue::processing, server_.host + ":" + server_.port,
                    "The mail server refused " + std::string(what) + " (" + std::to_string(reply.code) +
                        "); compare this receiver's addresses, user and password with what the server allows.",
                    reply.code < 500 ? Retry::later : Retry::never);
    }

    Async<SmtpReplies::Reply> read() {
        for (;;) {
            auto reply = replies_.next();
            if (!reply) co_return broken(reply.error());
            if (*reply) co_return std::move(**reply);
            std::array<char, 4096> buffer{};
            const std::span<char> space(buffer);
            auto got = co_await stream_->read_some(space, left());
            if (!got) co_return broken(got.error());
            if (*got == 0)
                co_return broken(
                    fail(Issue::transient, server_.host,
                         "The mail server closed the connection before it answered; see whether it takes mail from "
                         "this machine, and with or without TLS on this port.",
                         Retry::later));
            replies_.feed({buffer.data(), *got});
        }
    }

    Error broken(Error why) {
        stream_.reset();
        return why;
    }

    Async<SmtpReplies::Reply> expect(std::string_view what) {
        auto reply = co_await read();
        if (reply && !reply->good()) co_return refused(what, *reply);
        co_return reply;
    }

    Async<SmtpReplies::Reply> ask(std::string command, std::string_view what) {
        command += "\r\n";
        auto written = co_await stream_->write(command, left());
        if (!written) co_return broken(written.error());
        co_return co_await expect(what);
    }

    Async<void> greet() {
        auto answer = co_await ask("EHLO " + host_name(), "EHLO");
        if (!answer) co_return answer.error();
        greeting_ = std::move(*answer);
        co_return Result<void>();
    }

    /// What stood before TLS counts no more; bytes that came with the answer would be somebody else's words.
    Async<void> secure() {
        if (!offers(greeting_, "STARTTLS"))
            co_return fail(Issue::not_supported, server_.host,
                           "The mail server offers no STARTTLS; use the port that does, or security: tls.");
        auto ready = co_await ask("STARTTLS", "STARTTLS");
        if (!ready) co_return ready.error();
        if (!replies_.empty())
            co_return fail(Issue::forbidden, server_.host,
                           "Somebody writes into this connection before TLS; see who stands between.");
        auto secured = co_await start_tls(std::move(stream_), server_.tls, server_.host, left());
        if (!secured) co_return secured.error();
        stream_ = std::move(*secured);
        co_return co_await greet();
    }

    Async<void> sign_in() {
        if (server_.user.empty()) co_return Result<void>();
        if (server_.security == SmtpServer::Security::none)
            co_return fail(Issue::forbidden, server_.host, "A password is sent over TLS only; use security: starttls.");
        if (!offers(greeting_, "AUTH", "PLAIN"))
            co_return fail(Issue::not_supported, server_.host,
                           "The mail server takes no AUTH PLAIN; remove the user, or use another server.");
        std::string secret(1, '\0');
        secret.append(server_.user).append(1, '\0').append(server_.password);
        auto answer = co_await ask("AUTH PLAIN " + base64_encode(secret), "user and password");
        if (!answer) co_return answer.error();
        co_return Result<void>();
    }

    const SmtpServer& server_;
    const std::chrono::steady_clock::time_point ends_;
    StreamPtr stream_;
    SmtpReplies replies_;
    SmtpReplies::Reply greeting_;
};

}  // namespace

bool is_mail_address(std::string_view text) {
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || at + 1 == text.size() || text.size() > 254) return false;
    return text.rfind('@') == at && std::all_of(text.begin(), text.end(), [](char c) {
               return c > ' ' && c < '\x7f' && std::string_view("<>()[],;:\\\"").find(c) == std::string_view::npos;
           });
}

std::string mail_text(const Mail& mail) {
    std::string to;
    for (const auto& address : mail.to) to += (to.empty() ? "" : ",\r\n ") + address;
    return "From: " + mail.from + "\r\nTo: " + to + "\r\nSubject: " + header_text(mail.subject) +
           "\r\nDate: " + mail_date(mail.date) + "\r\nMessage-ID: <" + mail.id + '@' + domain_of(mail.from) +
           ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           base64_lines(with_crlf(mail.text));
}

Result<std::optional<SmtpReplies::Reply>> SmtpReplies::next() {
    const auto broken = [] {
        return fail(Issue::structure, "", "The mail server's answer is no SMTP; see whether host and port are right.");
    };
    for (;;) {
        const auto end = buffer_.find('\n');
        if (end == std::string::npos) {
            if (buffer_.size() > kLongestLine + 1) return broken();  // Its "\r" may be there.
            return std::optional<Reply>();
        }
        std::string line = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        if (line.ends_with('\r')) line.pop_back();
        const bool coded = line.size() >= 3 &&
                           std::all_of(line.begin(), line.begin() + 3, [](char c) { return c >= '0' && c <= '9'; });
        if (!coded || line.size() > kLongestLine || (line.size() > 3 && line[3] != ' ' && line[3] != '-'))
            return broken();
        const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
        if (code < 200 || code > 599 || (!reply_.lines.empty() && code != reply_.code)) return broken();
        reply_.code = code;
        reply_.lines.push_back(line.substr(std::min<std::size_t>(4, line.size())));
        if (reply_.lines.size() > kMostLines) return broken();
        if (line.size() == 3 || line[3] == ' ') return std::optional(std::exchange(reply_, {}));
    }
}

Async<void> send_mail(boost::asio::any_io_executor executor, const SmtpServer& server, const Mail& mail,
                      Duration limit) {
    Dialogue dialogue(server, limit);
    auto opened = co_await dialogue.open(executor);
    if (!opened) co_return opened.error();
    auto sent = co_await dialogue.send(mail);
    co_await dialogue.close();
    co_return sent;
}

}  // namespace causeway::net
