#include <array>

#include "net/tls.hpp"

namespace causeway::net {
namespace {

using config::FieldSpec;
using config::FieldType;

constexpr std::array kServerFields = std::to_array<FieldSpec>({
    {"certificate", FieldType::path, "PEM file with the listener's certificate, followed by its chain."},
    {"key", FieldType::path, "PEM file with the certificate's private key, not encrypted."},
    {"client_ca", FieldType::path,
     "PEM file with the authorities of client certificates; where it is given, a client must show one.", ""},
});

constexpr std::array kClientFields = std::to_array<FieldSpec>({
    {"ca", FieldType::path, "PEM file with the authorities of the server; without it the machine's own count.", ""},
    {"certificate", FieldType::path, "PEM file with the certificate to show to the server, followed by its chain.", ""},
    {"key", FieldType::path, "PEM file with the certificate's private key, not encrypted.", ""},
    {"server_name", FieldType::text,
     "Name that the server's certificate must hold; without it the host of the address.", ""},
});

std::filesystem::path optional_path(const config::Settings& settings, std::string_view field) {
    return settings.has(field) ? settings.path(field) : std::filesystem::path();
}

}  // namespace

std::span<const FieldSpec> tls_server_fields() {
    return kServerFields;
}
std::span<const FieldSpec> tls_client_fields() {
    return kClientFields;
}

Result<TlsServerPtr> make_tls_server(const config::Settings& tls) {
    if (!tls.has("certificate")) return TlsServerPtr();
    return make_tls_server(TlsServerFiles{tls.path("certificate"), tls.path("key"), optional_path(tls, "client_ca")});
}

Result<TlsClientPtr> make_tls_client(const config::Settings& tls) {
    if (!tls.has("ca") && !tls.has("certificate") && !tls.has("key") && !tls.has("server_name")) return TlsClientPtr();
    return make_tls_client(TlsClientFiles{optional_path(tls, "ca"), optional_path(tls, "certificate"),
                                          optional_path(tls, "key"), tls.text("server_name")});
}

}  // namespace causeway::net
