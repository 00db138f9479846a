/// Strings (FHIRPath N1 section 5.6, with the additions of 2.1 and 3.0: trim, split, join, encode, escape).
#include <algorithm>
#include <charconv>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/letter_case.hpp"

namespace causeway::fhirpath {
namespace {

// The text of the input; nothing where it is empty.
bool input_text(Call& call, std::optional<std::string_view>& text) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    text = as_string(*item);
    return text || call.fail("Call " + std::string(call.op.function->name) + "() on a text.");
}

struct Texts {
    std::optional<std::string_view> input;
    std::optional<std::string> first, second;
};

// Input and arguments; `ready` only where all are there.
bool texts_of(Call& call, Texts& texts, bool& ready) {
    if (!input_text(call, texts.input)) return false;
    if (call.arguments() > 0 && !call.string_argument(0, texts.first)) return false;
    if (call.arguments() > 1 && !call.string_argument(1, texts.second)) return false;
    ready = texts.input && (call.arguments() < 1 || texts.first) && (call.arguments() < 2 || texts.second);
    return true;
}

// Calls `work(texts)` where input and arguments are all there; else the result is empty.
template <class Work>
bool with_texts(Call& call, Work work) {
    Texts texts;
    bool ready = false;
    if (!texts_of(call, texts, ready)) return false;
    return !ready || work(texts);
}

bool starts_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

std::int64_t characters(std::string_view text) {
    return std::count_if(text.begin(), text.end(), starts_character);
}

// Byte offset of a character; the size where there are fewer.
std::size_t offset_of(std::string_view text, std::int64_t character) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (starts_character(text[i]) && character-- == 0) return i;
    return text.size();
}

bool index_of(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        const auto at = t.input->find(*t.first);
        return call.give(at == std::string_view::npos ? std::int64_t{-1} : characters(t.input->substr(0, at)));
    });
}

bool last_index_of(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        const auto at = t.input->rfind(*t.first);
        return call.give(at == std::string_view::npos ? std::int64_t{-1} : characters(t.input->substr(0, at)));
    });
}

bool substring(Call& call) {
    std::optional<std::string_view> text;
    std::optional<std::int64_t> start;
    std::optional<std::int64_t> length;
    if (!input_text(call, text) || !call.integer_argument(0, start)) return false;
    if (call.arguments() > 1 && !call.integer_argument(1, length)) return false;
    if (!text || !start || *start < 0) return true;
    const auto from = offset_of(*text, *start);
    if (from == text->size()) return true;
    auto rest = text->substr(from);
    if (length) rest = rest.substr(0, *length > 0 ? offset_of(rest, *length) : 0);
    return call.give(std::string(rest));
}

bool starts_with(Call& call) {
    return with_texts(call, [&](const Texts& t) { return call.give(t.input->starts_with(*t.first)); });
}

bool ends_with(Call& call) {
    return with_texts(call, [&](const Texts& t) { return call.give(t.input->ends_with(*t.first)); });
}

bool contains_text(Call& call) {
    return with_texts(call,
                      [&](const Texts& t) { return call.give(t.input->find(*t.first) != std::string_view::npos); });
}

bool upper(Call& call) {
    return with_texts(call, [&](const Texts& t) { return call.give(to_upper(*t.input)); });
}

bool lower(Call& call) {
    return with_texts(call, [&](const Texts& t) { return call.give(to_lower(*t.input)); });
}

bool replace(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        std::string out;
        std::size_t at = 0;
        if (t.first->empty()) {
            for (const char c : *t.input) {
                if (starts_character(c)) out += *t.second;
                out += c;
            }
            return call.give(out.append(*t.second));
        }
        for (auto found = t.input->find(*t.first); found != std::string_view::npos;
             found = t.input->find(*t.first, at)) {
            out.append(t.input->substr(at, found - at)).append(*t.second);
            if (out.size() > kMaxText) return call.fail("Replace less: the result is too long.");
            at = found + t.first->size();
        }
        return call.give(out.append(t.input->substr(at)));
    });
}

// The compiled pattern: prepared with the expression where it is literal.
bool regex_of(Call& call, const std::string& pattern, std::optional<Regex>& own, const Regex*& regex) {
    if (call.op.a != 0) {
        regex = &call.evaluator.program().regexes[call.op.a - 1];
        return true;
    }
    own = Regex::compile(pattern);
    regex = own ? &*own : nullptr;
    return own || call.fail("Correct the regular expression; back-references and look-around are not supported.");
}

template <std::optional<bool> (Regex::*test)(std::string_view) const>
bool matched(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        std::optional<Regex> own;
        const Regex* regex = nullptr;
        if (!regex_of(call, *t.first, own, regex)) return false;
        const auto found = (regex->*test)(*t.input);
        if (!found) return call.fail("Match a shorter text or a simpler pattern.");
        return call.give(*found);
    });
}

bool replace_matches(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        if (t.first->empty()) return call.give(std::string(*t.input));
        std::optional<Regex> own;
        const Regex* regex = nullptr;
        if (!regex_of(call, *t.first, own, regex)) return false;
        auto replaced = regex->replace(*t.input, *t.second);
        if (!replaced) return call.fail("Match a shorter text or a simpler pattern.");
        return call.give(std::move(*replaced));
    });
}

bool length(Call& call) {
    return with_texts(call, [&](const Texts& t) { return call.give(characters(*t.input)); });
}

bool to_chars(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        std::string_view rest = *t.input;
        if (rest.size() > kMaxText / 16) return call.fail("Call toChars() on a shorter text.");
        while (!rest.empty()) {
            const auto size = offset_of(rest, 1);
            call.give(std::string(rest.substr(0, size)));
            rest.remove_prefix(size);
        }
        return true;
    });
}

bool trimmed(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        static constexpr std::string_view kBlank = " \t\r\n\f\v";
        const auto first = t.input->find_first_not_of(kBlank);
        if (first == std::string_view::npos) return call.give(std::string());
        return call.give(std::string(t.input->substr(first, t.input->find_last_not_of(kBlank) - first + 1)));
    });
}

bool split_text(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        if (t.first->empty()) return call.fail("Give split() a separator.");
        std::size_t at = 0;
        for (auto found = t.input->find(*t.first); found != std::string_view::npos;
             found = t.input->find(*t.first, at)) {
            call.give(std::string(t.input->substr(at, found - at)));
            at = found + t.first->size();
        }
        return call.give(std::string(t.input->substr(at)));
    });
}

bool join(Call& call) {
    std::optional<std::string> separator;
    if (call.arguments() > 0 && !call.string_argument(0, separator)) return false;
    if (call.input.empty()) return true;
    std::string out;
    for (std::size_t i = 0; i < call.input.size(); ++i) {
        const auto text = as_string(call.input[i]);
        if (!text) return call.fail("Call join() on texts.");
        if (i > 0 && separator) out += *separator;
        out += *text;
        if (out.size() > kMaxText) return call.fail("Join less: the result is too long.");
    }
    return call.give(std::move(out));
}

std::string url_safe(std::string text) {
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    return text;
}

bool encode(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        if (*t.first == "hex") return call.give(to_hex(*t.input));
        if (*t.first == "base64") return call.give(base64_encode(*t.input));
        if (*t.first == "urlbase64") return call.give(url_safe(base64_encode(*t.input)));
        return call.fail("Encode as hex, base64 or urlbase64.");
    });
}

std::optional<std::string> from_hex(std::string_view text) {
    std::string out;
    if (text.size() % 2 != 0) return std::nullopt;
    for (; !text.empty(); text.remove_prefix(2)) {
        unsigned byte = 0;
        const auto* end = text.data() + 2;
        const auto [next, error] = std::from_chars(text.data(), end, byte, 16);
        if (error != std::errc() || next != end) return std::nullopt;
        out += static_cast<char>(byte);
    }
    return out;
}

bool decode(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        std::optional<std::string> decoded;
        if (*t.first == "hex") {
            decoded = from_hex(*t.input);
        } else if (*t.first == "base64" || *t.first == "urlbase64") {
            std::string text(*t.input);
            std::replace(text.begin(), text.end(), '-', '+');
            std::replace(text.begin(), text.end(), '_', '/');
            decoded = base64_decode(text);
        } else {
            return call.fail("Decode from hex, base64 or urlbase64.");
        }
        if (decoded && is_valid_utf8(*decoded)) call.give(std::move(*decoded));
        return true;
    });
}

struct Entity {
    std::string_view character, name;
};
constexpr Entity kEntities[] = {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}};

std::string html_escape(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto* found = std::find_if(std::begin(kEntities), std::end(kEntities),
                                         [&](const Entity& e) { return e.character[0] == c; });
        if (found == std::end(kEntities)) {
            out += c;
        } else {
            out += found->name;
        }
    }
    return out;
}

std::string html_unescape(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto* found = std::find_if(std::begin(kEntities), std::end(kEntities),
                                         [&](const Entity& e) { return text.starts_with(e.name); });
        out += found == std::end(kEntities) ? text.substr(0, 1) : found->character;
        text.remove_prefix(found == std::end(kEntities) ? 1 : found->name.size());
    }
    return out;
}

std::string json_unescape(std::string_view text) {
    static constexpr std::string_view kFrom = "nrtfb";
    static constexpr std::string_view kTo = "\n\r\t\f\b";
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) {
            const auto which = kFrom.find(text[++i]);
            out += which == std::string_view::npos ? text[i] : kTo[which];
        } else {
            out += text[i];
        }
    }
    return out;
}

bool escape(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        if (*t.first == "html") return call.give(html_escape(*t.input));
        if (*t.first == "json") return call.give(json_escape(*t.input));
        return call.fail("Escape for html or json.");
    });
}

bool unescape(Call& call) {
    return with_texts(call, [&](const Texts& t) {
        if (*t.first == "html") return call.give(html_unescape(*t.input));
        if (*t.first == "json") return call.give(json_unescape(*t.input));
        return call.fail("Unescape from html or json.");
    });
}

constexpr Function kFunctions[] = {
    {"indexOf", 1, 1, index_of},
    {"lastIndexOf", 1, 1, last_index_of},
    {"substring", 1, 2, substring},
    {"startsWith", 1, 1, starts_with},
    {"endsWith", 1, 1, ends_with},
    {"contains", 1, 1, contains_text},
    {"upper", 0, 0, upper},
    {"lower", 0, 0, lower},
    {"replace", 2, 2, replace},
    {"matches", 1, 1, matched<&Regex::search>, false, true},
    {"matchesFull", 1, 1, matched<&Regex::matches_all>, false, true},
    {"replaceMatches", 2, 2, replace_matches, false, true},
    {"length", 0, 0, length},
    {"toChars", 0, 0, to_chars},
    {"trim", 0, 0, trimmed},
    {"split", 1, 1, split_text},
    {"join", 0, 1, join},
    {"encode", 1, 1, encode},
    {"decode", 1, 1, decode},
    {"escape", 1, 1, escape},
    {"unescape", 1, 1, unescape},
};

}  // namespace

std::span<const Function> string_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
