#include "hl7v2/values.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "core/digest.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr std::string_view kDelete = "\"\"";
constexpr const char* kHalfAuthority = "A universal id and its type go together: give both or none.";

bool is_whole(const Authority& authority) {
    return authority.universal_id.empty() == authority.universal_id_type.empty();
}

Error refused(std::string_view where, std::string what) {
    return fail(Issue::value, std::string(where), std::move(what), Retry::never, 102);
}

bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Collects parts; the first thing that cannot be written stays.
class Collector {
public:
    void add(std::uint16_t component, std::uint16_t subcomponent, const std::string& text) {
        if (text.empty()) return;
        if (text == kDelete)
            return refuse(component, "The text \"\" means deletion: say Deletion, or leave the part out.");
        parts_.push_back({component, subcomponent, text});
    }
    void add(std::uint16_t component, const std::string& text) { add(component, 1, text); }

    /// As sub-components of a component.
    void add(std::uint16_t component, const Authority& authority) {
        if (!is_whole(authority)) return refuse(component, kHalfAuthority);
        add(component, 1, authority.namespace_id);
        add(component, 2, authority.universal_id);
        add(component, 3, authority.universal_id_type);
    }

    void refuse(std::uint16_t component, std::string what) {
        if (!error_) error_ = refused('.' + std::to_string(component), std::move(what));
    }
    Result<ValueParts> result() {
        if (error_) return std::move(*error_);
        return std::move(parts_);
    }

private:
    ValueParts parts_;
    std::optional<Error> error_;
};

Result<ValueParts> one(std::string text) {
    ValueParts parts;
    parts.push_back({1, 1, std::move(text)});
    return parts;
}

bool is_within(const std::optional<int>& value, int least, int most) {
    return !value || (*value >= least && *value <= most);
}

/// Is nothing set behind something unset?
bool has_no_gap(std::initializer_list<bool> set) {
    bool ended = false;
    for (const bool each : set) {
        if (each && ended) return false;
        ended = ended || !each;
    }
    return true;
}

bool is_day(const Moment& m) {
    if (!m.day) return true;
    const auto date = std::chrono::year(*m.year) / *m.month / *m.day;
    return date.ok();
}

std::string padded(const std::optional<int>& value, int width = 2) {
    if (!value) return {};
    std::array<char, 12> text{};
    std::snprintf(text.data(), text.size(), "%0*d", width, *value);
    return text.data();
}

std::string offset_text(const std::optional<int>& minutes) {
    if (!minutes) return {};
    const int size = *minutes < 0 ? -*minutes : *minutes;
    return (*minutes < 0 ? "-" : "+") + padded(size / 60) + padded(size % 60);
}

std::optional<std::string> wrong_with(const Moment& m) {
    const bool date = m.as != Moment::As::time, time = m.as != Moment::As::date;
    if (!date && (m.year || m.month || m.day)) return "A time of the day has no date.";
    if (!time && (m.hour || m.minute || m.second)) return "A date has no time.";
    if (date && !m.year) return "A date needs its year.";
    if (!date && !m.hour) return "A time needs its hour.";
    const bool whole_date = !date || m.day.has_value();
    if (!has_no_gap({date ? m.year.has_value() : true, !date || m.month, whole_date, m.hour.has_value(),
                     m.minute.has_value(), m.second.has_value(), !m.fraction.empty()}))
        return "Nothing may be set behind a part that is not known.";
    if (!is_within(m.year, 1, 9999) || !is_within(m.month, 1, 12) || !is_within(m.day, 1, 31) || !is_day(m))
        return "There is no such date.";
    if (!is_within(m.hour, 0, 23) || !is_within(m.minute, 0, 59) || !is_within(m.second, 0, 59))
        return "There is no such time.";
    if (!m.fraction.empty() && (!is_digits(m.fraction) || m.fraction.size() > 4))
        return "A fraction of a second has one to four digits.";
    if (m.offset_minutes && !m.hour) return "An offset needs an hour.";
    if (!is_within(m.offset_minutes, -12 * 60, 14 * 60)) return "There is no such offset.";
    return std::nullopt;
}

}  // namespace

Result<ValueParts> to_parts(const Text& value) {
    Collector parts;
    parts.add(1, value.text);
    return parts.result();
}

Result<ValueParts> to_parts(const Deletion&) {
    return one(std::string(kDelete));
}

Result<ValueParts> to_parts(const Number& value) {
    std::string_view rest = value.digits;
    if (rest.starts_with('+') || rest.starts_with('-')) rest.remove_prefix(1);
    const auto point = rest.find('.');
    const auto whole = rest.substr(0, point);
    const auto part = point == std::string_view::npos ? std::string_view("0") : rest.substr(point + 1);
    if (!is_digits(whole) || !is_digits(part))
        return refused("", "A number is written with digits, a sign before them and a point in them at most.");
    return one(value.digits);
}

Result<ValueParts> to_parts(const Moment& value) {
    if (auto wrong = wrong_with(value)) return refused("", std::move(*wrong));
    auto text = padded(value.year, 4) + padded(value.month) + padded(value.day) + padded(value.hour) +
                padded(value.minute) + padded(value.second);
    if (!value.fraction.empty()) text += '.' + value.fraction;
    return one(text + offset_text(value.offset_minutes));
}

Result<ValueParts> to_parts(const Authority& value) {
    if (!is_whole(value)) return refused("", kHalfAuthority);
    Collector parts;
    parts.add(1, value.namespace_id);
    parts.add(2, value.universal_id);
    parts.add(3, value.universal_id_type);
    return parts.result();
}

Result<ValueParts> to_parts(const Identifier& value) {
    Collector parts;
    if (value.id.empty()) parts.refuse(1, "An identifier needs its value.");
    if (value.check_digit.empty() && !value.check_digit_scheme.empty())
        parts.refuse(3, "A check digit scheme needs a check digit.");
    parts.add(1, value.id);
    parts.add(2, value.check_digit);
    parts.add(3, value.check_digit_scheme);
    parts.add(4, value.authority);
    parts.add(5, value.type);
    parts.add(6, value.facility);
    return parts.result();
}

Result<ValueParts> to_parts(const Coded& value) {
    Collector parts;
    const bool has_code = !value.code.empty() || !value.text.empty() || !value.alternate_code.empty() ||
                          !value.alternate_text.empty() || !value.original_text.empty();
    if (!has_code) parts.refuse(1, "A coded value needs a code or a text.");
    const bool newer =
        !value.system_version.empty() || !value.alternate_system_version.empty() || !value.original_text.empty();
    if (value.as == Coded::As::ce && newer)
        parts.refuse(7, "CE holds neither versions of systems nor the original text: use CWE.");
    parts.add(1, value.code);
    parts.add(2, value.text);
    parts.add(3, value.system);
    parts.add(4, value.alternate_code);
    parts.add(5, value.alternate_text);
    parts.add(6, value.alternate_system);
    parts.add(7, value.system_version);
    parts.add(8, value.alternate_system_version);
    parts.add(9, value.original_text);
    return parts.result();
}

Result<ValueParts> to_parts(const PersonName& value) {
    Collector parts;
    if (value.family.empty() && value.given.empty() && value.further.empty())
        parts.refuse(1, "A name needs a family name or a given name.");
    parts.add(1, value.family);
    parts.add(2, value.given);
    parts.add(3, value.further);
    parts.add(4, value.suffix);
    parts.add(5, value.prefix);
    parts.add(7, value.type);
    return parts.result();
}

Result<ValueParts> to_parts(const Document& value) {
    Collector parts;
    if (value.type.empty()) parts.refuse(2, "A document needs its type of table 0191.");
    if (value.bytes.empty()) parts.refuse(5, "A document needs its bytes.");
    parts.add(1, value.source);
    parts.add(2, value.type);
    parts.add(3, value.subtype);
    parts.add(4, "Base64");
    parts.add(5, base64_encode(value.bytes));
    return parts.result();
}

void put_parts(Writer& writer, std::uint16_t field, std::uint32_t repetition, ValueParts parts) {
    for (auto& part : parts) writer.set(field, repetition, part.component, part.subcomponent, part.value);
}

}  // namespace causeway::hl7v2
