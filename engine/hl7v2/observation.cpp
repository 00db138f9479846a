#include "hl7v2/observation.hpp"

#include <algorithm>
#include <array>

#include "hl7v2/walk.hpp"

namespace causeway::hl7v2 {
namespace {

bool is_text(std::string_view type) noexcept {
    return type == "TX" || type == "FT" || type == "ST";
}

bool is_observation(const Message& message, std::size_t segment) {
    const auto& segments = message.index().segments();
    return segment < segments.size() && segments[segment].name_view() == "OBX";
}

std::string_view raw(const Message& message, std::size_t segment, std::uint32_t field) {
    return slice(message.utf8(), message.index().field(segment, field));
}

/// Does the segment go on with the text of the one before it?
bool goes_on(const Message& message, std::size_t segment) {
    if (!is_observation(message, segment) || !is_text(raw(message, segment, 2))) return false;
    const auto same = [&](std::uint32_t field) {
        return raw(message, segment, field) == raw(message, segment - 1, field);
    };
    // A sub-id that counts on tells lines of one text apart as well as texts: only the same one joins.
    return same(2) && same(3) && same(4) && !raw(message, segment, 3).empty();
}

void add_lines(const Message& message, std::size_t segment, std::string& out, bool& first) {
    const SegmentWalk walk(message, segment);
    std::string scratch;
    auto lines = walk.repetitions(5);
    while (lines.next()) {
        if (!first) out += '\n';
        first = false;
        out += message.value(lines.part, scratch);
    }
}

constexpr std::array<std::int8_t, 256> digit_values() {
    std::array<std::int8_t, 256> out{};
    for (auto& value : out) value = -1;
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < digits.size(); ++i)
        out[static_cast<unsigned char>(digits[i])] = static_cast<std::int8_t>(i);
    return out;
}

constexpr auto kDigits = digit_values();
constexpr std::size_t kBuffer = 49152;

/// Length of an escape sequence for a line end that the text begins with; 0 for none.
std::size_t line_end_escape(std::string_view text) noexcept {
    for (const std::string_view escape : {"\\.br\\", "\\X0D\\", "\\X0A\\", "\\X0D0A\\"})
        if (text.starts_with(escape)) return escape.size();
    return 0;
}

class Base64 {
public:
    explicit Base64(const std::function<void(std::string_view)>& sink) : sink_(sink) { out_.reserve(kBuffer + 3); }

    bool run(std::string_view data) {
        for (std::size_t at = 0; at < data.size(); ++at) {
            const char c = data[at];
            if (c == '\r' || c == '\n' || c == ' ' || c == '\t') continue;
            if (c == '\\') {
                const auto length = line_end_escape(data.substr(at));
                if (length == 0) return false;
                at += length - 1;
                continue;
            }
            if (!take(c)) return false;
        }
        return finish();
    }

private:
    bool take(char c) {
        if (c == '=') return ++padding_ <= 2;
        const auto value = kDigits[static_cast<unsigned char>(c)];
        if (value < 0 || padding_ > 0) return false;
        bits_ = bits_ << 6U | static_cast<std::uint32_t>(value);
        if (++count_ == 4) flush(3);
        return true;
    }

    void flush(unsigned bytes) {
        for (unsigned i = 0; i < bytes; ++i) out_ += static_cast<char>(bits_ >> (16U - 8U * i) & 0xffU);
        bits_ = count_ = 0;
        if (out_.size() < kBuffer) return;
        sink_(out_);
        out_.clear();
    }

    bool finish() {
        if (count_ == 1 || (padding_ > 0 && (count_ + padding_) != 4)) return false;
        if (count_ > 1) {
            const unsigned bytes = count_ - 1;
            bits_ <<= 6U * (4U - count_);
            flush(bytes);
        }
        if (!out_.empty()) sink_(out_);
        return true;
    }

    const std::function<void(std::string_view)>& sink_;
    std::string out_;
    std::uint32_t bits_ = 0;
    unsigned count_ = 0, padding_ = 0;
};

}  // namespace

std::string joined_text(const Message& message, std::size_t segment, std::size_t* last) {
    std::string out;
    if (last != nullptr) *last = segment;
    if (!is_observation(message, segment) || !is_text(raw(message, segment, 2))) return out;
    bool first = true;
    add_lines(message, segment, out, first);
    while (goes_on(message, segment + 1)) {
        add_lines(message, ++segment, out, first);
        if (last != nullptr) *last = segment;
    }
    return out;
}

std::optional<EncapsulatedData> encapsulated_data(const Message& message, std::size_t segment) {
    if (!is_observation(message, segment) || raw(message, segment, 2) != "ED") return std::nullopt;
    const SegmentWalk walk(message, segment);
    auto repetitions = walk.repetitions(5);
    if (!repetitions.next()) return std::nullopt;
    EncapsulatedData out;
    std::string scratch;
    auto parts = walk.components(5, repetitions.part);
    while (parts.next()) {
        if (parts.number == 2) out.type = message.value(parts.part, scratch);
        if (parts.number == 3) out.subtype = message.value(parts.part, scratch);
        if (parts.number == 4) out.encoding = message.value(parts.part, scratch);
        if (parts.number == 5) out.data = slice(message.utf8(), parts.part);
    }
    return out.data.empty() ? std::nullopt : std::optional(std::move(out));
}

Result<void> decode_base64(std::string_view data, const std::function<void(std::string_view)>& sink) {
    if (!Base64(sink).run(data))
        return fail(Issue::value, "OBX-5.5", "Send the document as base64.", Retry::never, 102);
    return {};
}

}  // namespace causeway::hl7v2
