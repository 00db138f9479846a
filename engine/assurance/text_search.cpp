#include <algorithm>
#include <mutex>

#include "assurance/work.hpp"
#include "core/digest.hpp"
#include "core/json_object.hpp"

namespace causeway::assurance {
namespace {

unsigned char lower(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 'A' && byte <= 'Z' ? static_cast<unsigned char>(byte + 32) : byte;
}

std::string lowered(std::string text) {
    for (auto& c : text) c = static_cast<char>(lower(c));
    return text;
}

/// UTF-8 as ISO 8859-1; empty where a character is not in it.
std::string latin1(const std::string& utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size(); ++i) {
        const auto byte = static_cast<unsigned char>(utf8[i]);
        if (byte < 0x80) {
            out += utf8[i];
            continue;
        }
        const bool fits = (byte == 0xC2 || byte == 0xC3) && i + 1 < utf8.size();
        if (!fits) return {};
        out += static_cast<char>(((byte & 3) << 6) | (static_cast<unsigned char>(utf8[++i]) & 0x3F));
    }
    return out;
}

/// Any letter case of `needle`, which is in lower case: memchr-like steps over its rarest-looking part would be faster,
/// and the ledger's decompression is slower than this.
bool contains(std::string_view body, const std::string& needle) {
    const auto found = std::search(body.begin(), body.end(), needle.begin(), needle.end(),
                                   [](char a, char b) { return lower(a) == static_cast<unsigned char>(b); });
    return found != body.end();
}

/// Shorter ones are words, or hold no letter.
constexpr std::size_t kLeastBase64 = 64;

/// What `text` begins with that may be base64.
std::string_view base64_at(std::string_view text) {
    const auto is_digit = [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    };
    auto end = std::find_if_not(text.begin(), text.end(), is_digit);
    for (int i = 0; i < 2 && end != text.end() && *end == '='; ++i) ++end;
    return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

/// What a hit shows: nothing of the body.
struct Hit {
    Id id;
    std::string channel, type;
    Instant at;
};

class TextSearch final : public Work {
public:
    TextSearch(Place place, TextQuestion question)
        : place_(std::move(place)), question_(std::move(question)), matcher_(question_.text) {}

    Result<void> run(Progress& progress) override {
        const auto last = std::min(question_.until, place_.clock.now());
        std::optional<Instant> first;
        return place_.store.scan_bodies(question_.from, question_.until, [&](const StoredMessage& stored) {
            const auto at = stored.message.received_at;
            if (!first) first = at;
            progress.set(static_cast<double>((at - *first).count()) /
                         static_cast<double>(std::max<std::int64_t>((last - *first).count(), 1)));
            return look(stored.message) && !progress.cancelled();
        });
    }

    Page page(std::size_t after) const override {
        const std::lock_guard lock(mutex_);
        JsonText json;
        std::string text;
        json.object([&] {
            json.add("searched", searched_).add("next", static_cast<std::int64_t>(hits_.size()));
            json.add("found", static_cast<std::int64_t>(hits_.size())).add("cut_off", hits_.size() >= kMostHits);
            json.array("hits", [&] {
                for (auto i = after; i < hits_.size(); ++i) write(json, text, hits_[i]);
            });
        });
        text += std::to_string(hits_.size()) + " of " + std::to_string(searched_) + " messages hold this text.\n";
        if (hits_.size() >= kMostHits) text += "There may be more: narrow the time with --from and --until.\n";
        return {json.text(), std::move(text)};
    }

private:
    /// False where enough was found.
    bool look(const Message& message) {
        const bool wanted = question_.channel.empty() || message.channel == question_.channel;
        const bool hit = wanted && matcher_.matches(message.body.reveal());
        const std::lock_guard lock(mutex_);
        searched_ += wanted ? 1 : 0;
        if (hit) hits_.push_back({message.id, message.channel, message.message_type, message.received_at});
        return hits_.size() < kMostHits;
    }

    static void write(JsonText& json, std::string& text, const Hit& hit) {
        json.object([&] {
            json.add("id", hit.id.text())
                .add("channel", hit.channel)
                .add("message_type", hit.type)
                .add("received_at", to_fhir_instant(hit.at));
        });
        text += "  " + hit.id.text() + "  " + to_fhir_instant(hit.at) + "  " + hit.type + "  " + hit.channel + '\n';
    }

    const Place place_;
    const TextQuestion question_;
    const TextMatcher matcher_;
    mutable std::mutex mutex_;
    std::vector<Hit> hits_;
    std::int64_t searched_ = 0;
};

}  // namespace

TextMatcher::TextMatcher(const std::string& text) {
    needles_.push_back(lowered(text));
    if (auto other = latin1(text); !other.empty() && other != text) needles_.push_back(lowered(std::move(other)));
}

bool TextMatcher::matches(std::string_view body) const {
    if (holds(body)) return true;
    for (std::size_t at = 0; at < body.size();) {
        const auto part = base64_at(body.substr(at));
        if (part.size() >= kLeastBase64)
            if (const auto inside = base64_decode(part.substr(0, part.size() / 4 * 4)); inside && holds(*inside))
                return true;
        at += part.size() + 1;
    }
    return false;
}

bool TextMatcher::holds(std::string_view body) const {
    return std::any_of(needles_.begin(), needles_.end(), [&](const auto& needle) { return contains(body, needle); });
}

namespace {

std::optional<Instant> moment_of(const std::string& text, Zone zone, bool end) {
    const auto day = parse_day(text, zone, Instant());
    if (day) return end ? day->end() : day->begin();
    return parse_fhir_instant(text);
}

Error wrong_moment(const char* where) {
    return fail(Issue::value, where, "Write a day as 2026-11-21, or a moment as 2026-11-21T12:00:00Z.");
}

}  // namespace

Result<TextQuestion> question_of(std::string text, std::string channel, const std::string& from,
                                 const std::string& until, Zone zone) {
    constexpr std::size_t least = 3;
    TextQuestion question{std::move(text), std::move(channel), {}, Instant::max()};
    if (question.text.size() < least)
        return fail(Issue::required, "text", "Give at least three characters to look for.");
    if (!from.empty()) {
        const auto moment = moment_of(from, zone, false);
        if (!moment) return wrong_moment("from");
        question.from = *moment;
    }
    if (!until.empty()) {
        const auto moment = moment_of(until, zone, true);
        if (!moment) return wrong_moment("until");
        question.until = *moment;
    }
    return question;
}

std::unique_ptr<Work> make_text_search(Place place, TextQuestion question) {
    return std::make_unique<TextSearch>(std::move(place), std::move(question));
}

}  // namespace causeway::assurance
