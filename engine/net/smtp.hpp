#pragma once
/// Hands one mail to a mail server: SMTP (RFC 5321) with STARTTLS (RFC 3207) and AUTH PLAIN (RFC 4954, RFC 4616).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "net/stream.hpp"

namespace causeway::net {

struct Mail {
    std::string from;
    std::vector<std::string> to;
    std::string subject;  ///< UTF-8.
    std::string text;     ///< UTF-8, lines end with "\n".
    std::string id;       ///< Message-ID without its brackets and domain; a repeated mail has the same.
    Instant date;
};

struct SmtpServer {
    enum class Security { none, starttls, tls };

    std::string host, port;
    Security security = Security::starttls;
    TlsClientPtr tls;            ///< For starttls and tls.
    std::string user, password;  ///< Sent only over TLS; without a user nobody signs in.
};

/// "name@domain" with nothing that could end a command or a header.
bool is_mail_address(std::string_view text);

/// The mail as RFC 5322 text with CRLF: plain text in UTF-8, marked as generated (RFC 3834).
std::string mail_text(const Mail& mail);

/// Reads replies such as "250-SIZE\r\n250 HELP\r\n" from bytes as they come. Total: any bytes give a reply, "more", or
/// an Error, in bounded memory.
class SmtpReplies {
public:
    struct Reply {
        int code = 0;
        std::vector<std::string> lines;  ///< Without code and line end.
        bool good() const noexcept { return code >= 200 && code < 400; }
    };
    void feed(std::string_view bytes) { buffer_.append(bytes); }
    /// The next whole reply; nothing where more bytes are needed.
    Result<std::optional<Reply>> next();
    /// Bytes that belong to no reply yet.
    bool empty() const noexcept { return buffer_.empty() && reply_.lines.empty(); }

private:
    std::string buffer_;
    Reply reply_;
};

/// Delivers to every address that the server takes; an Error where it takes none, or not the mail. With an Error the
/// server may have it all the same, if that came after the last line. `limit` is for the whole dialogue.
Async<void> send_mail(boost::asio::any_io_executor executor, const SmtpServer& server, const Mail& mail,
                      Duration limit);

}  // namespace causeway::net
