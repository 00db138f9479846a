#include "hl7v2/naming.hpp"

#include <algorithm>

#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {
namespace {

bool digits(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int number(std::string_view two) noexcept {
    return (two[0] - '0') * 10 + (two[1] - '0');
}

/// "1975", "1975-01", "1975-01-31".
std::string readable_date(std::string_view value) {
    const auto size = value.size();
    if ((size != 4 && size != 6 && size != 8) || !digits(value)) return {};
    std::string out(value.substr(0, 4));
    if (size >= 6) {
        if (const int month = number(value.substr(4, 2)); month < 1 || month > 12) return {};
        out += '-' + std::string(value.substr(4, 2));
    }
    if (size == 8) {
        if (const int day = number(value.substr(6, 2)); day < 1 || day > 31) return {};
        out += '-' + std::string(value.substr(6, 2));
    }
    return out;
}

/// "12", "12:30", "12:30:45", "12:30:45.5".
std::string readable_clock(std::string_view value) {
    const auto dot = std::min(value.find('.'), value.size());
    const auto whole = value.substr(0, dot);
    const bool fits = whole.size() == 2 || whole.size() == 4 || whole.size() == 6;
    const bool fraction = dot == value.size() || (whole.size() == 6 && dot + 1 < value.size());
    if (!fits || !fraction || !digits(whole) || !digits(value.substr(std::min(dot + 1, value.size())))) return {};
    if (number(whole.substr(0, 2)) > 23) return {};
    std::string out(whole.substr(0, 2));
    for (std::size_t at = 2; at < whole.size(); at += 2) {
        if (number(whole.substr(at, 2)) > (at == 4 ? 60 : 59)) return {};
        out += ':' + std::string(whole.substr(at, 2));
    }
    return out + std::string(value.substr(dot));
}

/// Takes "+0100" from the end; false where something stands there that is no offset.
bool take_offset(std::string_view& value, std::string& offset) {
    const auto sign = value.find_first_of("+-");
    if (sign == std::string_view::npos) return true;
    const auto zone = value.substr(sign + 1);
    if (zone.size() != 4 || !digits(zone) || number(zone) > 15 || number(zone.substr(2)) > 59) return false;
    offset = ' ' + std::string(value.substr(sign));
    value = value.substr(0, sign);
    return true;
}

}  // namespace

Naming::Naming(const Message& message)
    : message_(message), dictionary_(&Dictionary::of(message.get(Path{"MSH", 0, {}, 12, 0, {}, 1, 0}))) {
}

std::string_view Naming::title(std::size_t segment) const {
    const auto found = dictionary_->segment(message_.index().segments()[segment].name_view());
    return found ? found->title : std::string_view();
}

FieldDefinition Naming::field(std::size_t segment, std::uint32_t number) const {
    const auto name = message_.index().segments()[segment].name_view();
    auto found = dictionary_->field(name, number).value_or(FieldDefinition{});
    if (name == "OBX" && number == 5) found.type = slice(message_.utf8(), message_.index().field(segment, 2));
    return found;
}

FieldDefinition Naming::component(const FieldDefinition& field, std::uint32_t number) const {
    const auto type = dictionary_->type(field.type);
    if (number == 1 && type && type->fields == 0) return field;
    return dictionary_->component(field.type, number).value_or(FieldDefinition{});
}

bool is_time_type(std::string_view type) noexcept {
    return type == "DT" || type == "TS" || type == "DTM" || type == "TM";
}

std::string readable_time(std::string_view type, std::string_view value) {
    std::string offset;
    if (!take_offset(value, offset)) return {};
    if (type == "TM") {
        auto clock = readable_clock(value);
        return clock.empty() ? clock : clock + offset;
    }
    auto date = readable_date(value.substr(0, std::min<std::size_t>(value.size(), 8)));
    if (date.empty() || value.size() <= 8) return date.empty() ? date : date + offset;
    const auto clock = readable_clock(value.substr(8));
    return clock.empty() ? std::string() : date + ' ' + clock + offset;
}

}  // namespace causeway::hl7v2
