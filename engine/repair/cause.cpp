#include "repair/cause.hpp"

#include <algorithm>
#include <cctype>

#include "core/id.hpp"

namespace causeway::repair {
namespace {

constexpr std::size_t kIdText = 13;
constexpr std::size_t kLongNumber = 6;
constexpr std::size_t kHash = 16;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool all(std::string_view text, bool (*is)(char)) {
    return std::all_of(text.begin(), text.end(), is);
}

/// A date, alone or with its time: "2026-11-22T09:30:00.000Z".
std::size_t length_of_date(std::string_view text) {
    constexpr std::string_view kForm = "dddd-dd-dd";
    if (text.size() < kForm.size()) return 0;
    for (std::size_t i = 0; i < kForm.size(); ++i)
        if (kForm[i] == 'd' ? !is_digit(text[i]) : text[i] != '-') return 0;
    std::size_t end = kForm.size();
    if (end < text.size() && text[end] == 'T')
        while (end < text.size() && (is_word(text[end]) || text[end] == ':' || text[end] == '.' || text[end] == '+'))
            ++end;
    while (end > 0 && (text[end - 1] == '.' || text[end - 1] == ':')) --end;
    return end;
}

/// A UUID: groups of 8, 4, 4, 4 and 12 hexadecimal digits.
bool starts_with_uuid(std::string_view text) {
    constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() < kForm.size()) return false;
    for (std::size_t i = 0; i < kForm.size(); ++i)
        if (kForm[i] == '-' ? text[i] != '-' : !is_hex(static_cast<char>(std::tolower(text[i])))) return false;
    return true;
}

std::string_view word_at(std::string_view text) {
    const auto end = std::find_if_not(text.begin(), text.end(), is_word);
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// What stands for a word that differs from message to message; the word itself where it does not.
std::string_view in_place_of(std::string_view word, std::string_view before, std::string_view after) {
    if (word.size() == kIdText && is_digit(word.front()) && Id::parse(word)) return kDiffers;
    if (word.size() >= kHash && all(word, is_hex)) return kDiffers;
    if (!all(word, is_digit)) return word;
    if (word.size() >= kLongNumber) return kDiffers;
    const bool repetition = before.ends_with('[') && after.starts_with(']');
    const bool place = before.ends_with("line ") || before.ends_with("column ");
    return repetition || place ? kDiffers : word;
}

std::string without_particulars(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto rest = text.substr(at);
        if (!is_word(rest.front())) {
            out += rest.front();
            ++at;
        } else if (const auto date = length_of_date(rest); date > 0) {
            out += kDiffers;
            at += date;
        } else if (starts_with_uuid(rest)) {
            out += kDiffers;
            at += 36;
        } else {
            const auto word = word_at(rest);
            out += in_place_of(word, text.substr(0, at), rest.substr(word.size()));
            at += word.size();
        }
    }
    return out;
}

/// What the engine says and what that asks for. With `whole`, the cause ends with the phrase: what follows it differs
/// with who says it.
struct Known {
    std::string_view phrase;
    bool whole;
    std::string_view act;
    std::string_view todo;
};

constexpr Known kKnown[] = {
    {" is not in the directory", true, "release",
     "Find out whether the code is right. Add the organisation to conf/directory and reload, then release; where the "
     "message is wrong, amend it."},
    {" has no endpoint", true, "release", "Add its endpoint to conf/directory and reload, then release."},
    {" is closed", false, "replay",
     "Find out who has the patient now. Correct the registration (ADT) and replay, or amend the message."},
    {"No source knows the organisation", false, "replay",
     "Find the organisation, correct what names it (directory, registration), then replay; or amend the message."},
    {"The sources disagree about the organisation", false, "replay",
     "Find out which one is right, correct the other, then replay; or amend the message."},
    {"No organisation was found", false, "replay", "Mend what names the organisation, then replay."},
    {"Given up after", false, "release", "See that the destination runs, then release at a rate that it bears."},
    {"Outcome unknown", false, "release",
     "Look there whether it has the message: if not, release; if it has, cancel with the reason."},
    {"Refused by", false, "release",
     "Read what the peer says (`causeway body ID`). Mend the cause there and release, correct the map and replay, or "
     "amend the message."},
    {"No answer from", false, "cancel", "Ask the receiver what became of it, then cancel the wait with the reason."},
    {" answered ", false, "cancel",
     "Read the answer (`causeway body ID`), act on it, then cancel the wait with the reason."},
    {"No route takes this message", false, "replay", "Add a route, or a filter with its reason; reload, then replay."},
    {"No target of the route", false, "replay", "Add a target, or a filter with its reason; reload, then replay."},
    {"Add this map", false, "replay", "Add the map and reload, then replay."},
    {"Add this destination", false, "redirect",
     "Add the destination to the configuration again and release, or redirect to the one that replaces it."},
    {"is not in this configuration", false, "replay", "Add the channel again and reload, then replay."},
    {"The configuration that accepted it cannot be restored", false, "replay",
     "Replay: the message goes through the configuration of today."},
    {"The engine failed on this message", false, "replay",
     "Report it with the id of a message. After the repair, replay."},
    {"The map ", false, "replay", "Correct the map and reload, then replay; or amend the message."},
    {"the map needs it", false, "amend", "Amend the message, or correct the map, reload and replay."},
    {"The expression cannot be evaluated", false, "replay", "Correct the expression and reload, then replay."},
};

const Known* known(std::string_view cause) {
    for (const auto& one : kKnown)
        if (cause.find(one.phrase) != std::string_view::npos) return &one;
    return nullptr;
}

}  // namespace

std::string cause_of(std::string_view text) {
    auto cause = without_particulars(text);
    const auto* found = known(cause);
    if (found && found->whole) cause.resize(cause.find(found->phrase) + found->phrase.size());
    return cause;
}

Advice advice_for(std::string_view cause, bool held) {
    if (!held)
        return {"It is tried again by itself, with growing pauses. See whether the destination runs and is reached.",
                ""};
    const auto* found = known(cause);
    if (found) return {std::string(found->todo), std::string(found->act)};
    return {"Read the cause, and ask its owner where a person held it; then release, replay, amend or cancel.",
            "release"};
}

}  // namespace causeway::repair
