#include <algorithm>

#include "net/http.hpp"

namespace causeway::net {
namespace {

bool is_port(std::string_view text) {
    if (text.empty() || text.size() > 5 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return false;
    const int value = std::stoi(std::string(text));
    return value > 0 && value <= 65535;
}

bool is_plain(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_scheme(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

/// "host", "host:port", "[::1]:port".
bool read_authority(std::string_view authority, Url& url) {
    std::string_view port;
    bool has_port = false;
    if (authority.starts_with('[')) {
        const auto end = authority.find(']');
        if (end == std::string_view::npos) return false;
        url.host = authority.substr(1, end - 1);
        const auto rest = authority.substr(end + 1);
        if (!rest.empty() && rest.front() != ':') return false;
        has_port = !rest.empty();
        if (has_port) port = rest.substr(1);
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        has_port = colon != std::string_view::npos;
        if (has_port) port = authority.substr(colon + 1);
    }
    if (has_port) url.port = port;
    return !url.host.empty() && (!has_port || is_port(port));
}

}  // namespace

std::optional<Url> parse_url(std::string_view text) {
    const auto colon = text.find("://");
    if (colon == std::string_view::npos || !is_plain(text)) return std::nullopt;
    Url url;
    url.scheme = lower(text.substr(0, colon));
    if (!is_scheme(url.scheme)) return std::nullopt;
    if (url.scheme == "http") url.port = "80";
    if (url.scheme == "https") url.port = "443";
    text.remove_prefix(colon + 3);
    const auto slash = text.find_first_of("/?#");
    const auto authority = text.substr(0, slash);
    if (slash != std::string_view::npos) url.path = text.substr(slash);
    // A user's password does not belong here, and a fragment is never sent.
    if (authority.find_first_of("@\\") != std::string_view::npos || url.path.find('#') != std::string::npos)
        return std::nullopt;
    if (!read_authority(authority, url)) return std::nullopt;
    return url;
}

std::string host_header(const Url& url) {
    const bool usual = (url.scheme == "http" && url.port == "80") || (url.scheme == "https" && url.port == "443");
    const auto host = url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
    return usual ? host : host + ':' + url.port;
}

}  // namespace causeway::net
