#include "hl7v2/decode.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "hl7v2/header.hpp"

namespace causeway::hl7v2 {
namespace {

const Charset kUtf8{"UTF-8"};

Error not_in_set() {
    return fail(Issue::value, "MSH-18", "Send only bytes of the character set that MSH-18 declares.", Retry::never,
                102);
}

Result<Decoded> in_charset(std::string_view text, const Charset& charset) {
    Decoded out{charset, std::nullopt, {}};
    if (is_same_in_utf8(text, charset)) return out;
    out.converted = to_utf8(text, charset);
    if (!out.converted) return not_in_set();
    return out;
}

/// No set is declared: UTF-8 where valid, else ISO-8859-1; but with bytes that only Windows-1252 has, that.
Result<Decoded> detect(std::string_view text) {
    if (is_same_in_utf8(text, kUtf8)) return Decoded{kUtf8, std::nullopt, {}};
    if (auto latin = in_charset(text, {"ISO-8859-1"})) return latin;
    auto windows = in_charset(text, {"windows-1252"});
    if (windows)
        windows->warnings.push_back({"windows-1252", "MSH-18", "The character set is undeclared Windows-1252.", 1});
    return windows;
}

/// A set that is not known: only what is beyond doubt is taken.
Result<Decoded> unknown(std::string_view text) {
    if (!is_same_in_utf8(text, kUtf8)) return not_in_set();
    Decoded out{kUtf8, std::nullopt, {}};
    out.warnings.push_back({"unknown-charset", "MSH-18", "The declared character set is not known.", 1});
    return out;
}

/// The first known name among the repetitions: an empty first one means ASCII, which the others contain.
std::optional<Charset> first_known(std::string_view declared, char separator) {
    while (!declared.empty()) {
        const auto end = std::min(declared.find(separator), declared.size());
        if (auto charset = find_charset(declared.substr(0, end))) return charset;
        declared.remove_prefix(std::min(end + 1, declared.size()));
    }
    return std::nullopt;
}

Delimiters delimiters_of(std::string_view text) {
    Delimiters delimiters;
    const auto end = std::min(text.find(text[3], 4), text.size());
    read_delimiters(text[3], text.substr(4, end - 4), delimiters);
    return delimiters;
}

/// Where escapes could not be told from text, the bytes can't be kept: shift sequences, and no escape character.
Result<Decoded> keep_bytes(std::string_view text, const Charset& charset) {
    if (charset.name.starts_with("ISO-2022") || text.size() < 5) return not_in_set();
    const auto escape = delimiters_of(text).escape_text();
    if (escape.empty()) return not_in_set();
    Decoded out{charset, std::nullopt, {}};
    std::uint32_t kept = 0;
    out.converted = to_utf8_keeping(text, charset, escape, kept);
    out.warnings.push_back(
        {"undecodable-bytes", "MSH-18", "Bytes that are not in the character set are kept as escapes.", kept});
    return out;
}

bool declares_wide(std::string_view declared) noexcept {
    return declared.find("UTF-16") != std::string_view::npos || declared.find("UTF-32") != std::string_view::npos;
}

}  // namespace

Result<Decoded> decode(std::string_view text, std::string_view charset, Undecodable undecodable) {
    const auto declared = trim(charset.empty() ? declared_charset(text) : charset);
    const bool keeps = undecodable == Undecodable::keep;
    if (declared.empty() || declared == "\"\"") {
        auto out = detect(text);
        return out || !keeps ? std::move(out) : keep_bytes(text, kUtf8);
    }
    const auto known = charset.empty() ? first_known(declared, delimiters_of(text).repetition) : find_charset(charset);
    auto out = known ? in_charset(text, *known) : unknown(text);
    if (!out && keeps) return keep_bytes(text, known ? *known : kUtf8);
    if (out && declares_wide(declared))
        out->warnings.push_back({"utf16-declared", "MSH-18", "UTF-16 or UTF-32 is declared, but not sent.", 1});
    return out;
}

}  // namespace causeway::hl7v2
