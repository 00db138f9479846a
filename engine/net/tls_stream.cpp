#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/socket_stream.hpp"
#include "net/tls_context.hpp"

namespace causeway::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr auto kGoodbye = std::chrono::milliseconds(250);  ///< For the peer's close_notify.

}  // namespace

TlsStream::TlsStream(Socket socket, TlsServerPtr context, std::string peer)
    : SocketStream(socket.get_executor(), std::move(peer)),
      context_(context),
      tls_(std::move(socket), context->context) {
}

TlsStream::TlsStream(Socket socket, TlsClientPtr context, std::string peer)
    : SocketStream(socket.get_executor(), std::move(peer)),
      context_(context),
      tls_(std::move(socket), context->context) {
}

Result<void> TlsStream::expect(const std::string& host) {
    SSL* ssl = tls_.native_handle();
    error_code error;
    asio::ip::make_address(host, error);
    const bool is_address = !error;
    const bool set = is_address
                         ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                         : SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
    if (!set)
        return fail(Issue::value, peer(), "This is no host name that a certificate can hold; correct the address.");
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return {};
}

Async<void> TlsStream::handshake(asio::ssl::stream_base::handshake_type type, Duration limit) {
    const Step step(*this, kReading, limit);
    auto [error] = co_await tls_.async_handshake(type, kToken);
    if (!error) co_return Result<void>();
    Error why = step.error(error);
    if (why.issue != Issue::timeout)
        why.what = "The TLS handshake failed (" + handshake_reason(tls_.native_handle(), error) +
                   "); compare certificates, authorities and host name of both sides.";
    co_return why;
}

Async<std::size_t> TlsStream::read_some(std::span<char> buffer, Duration limit) {
    const Step step(*this, kReading, limit);
    auto [error, size] = co_await tls_.async_read_some(asio::buffer(buffer.data(), buffer.size()), kToken);
    if (!error) co_return size;
    if (error == asio::error::eof) co_return std::size_t{0};
    co_return step.error(error);
}

Async<void> TlsStream::write(std::string_view bytes, Duration limit) {
    const Step step(*this, kWriting, limit);
    auto [error, size] = co_await asio::async_write(tls_, asio::buffer(bytes.data(), bytes.size()), kToken);
    if (error) co_return step.error(error);
    co_return Result<void>();
}

bool TlsStream::is_stale() {
    // Bytes on the socket may be a session ticket, which is nothing stale: only OpenSSL can tell.
    char byte = 0;
    error_code error;
    tls_.read_some(asio::buffer(&byte, 1), error);
    return error != asio::error::would_block;
}

asio::awaitable<void> TlsStream::close() {
    if (!socket().is_open()) co_return;
    {
        const Step step(*this, kReading, kGoodbye);
        co_await tls_.async_shutdown(kToken);
    }
    error_code ignored;
    socket().close(ignored);
}

std::string TlsStream::peer_subject() const {
    return net::peer_subject(tls_.native_handle());
}

}  // namespace causeway::net
