#include "hl7v2/dictionary/dictionary.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "hl7v2/dictionary/tables.hpp"

namespace causeway::hl7v2 {
namespace {

std::string_view text(tables::Text at) noexcept {
    return {tables::kTexts + at.begin, at.length};
}

const tables::Entry* find(const tables::Entry* begin, const tables::Entry* end, std::string_view name) noexcept {
    const auto* found =
        std::lower_bound(begin, end, name, [](const tables::Entry& e, std::string_view n) { return text(e.name) < n; });
    return found != end && text(found->name) == name ? found : nullptr;
}

const tables::Entry* find_segment(std::uint32_t row, std::string_view name) noexcept {
    const auto& version = tables::kVersions[row];
    return find(tables::kSegments + version.segments, tables::kSegments + version.segments_end, name);
}

const tables::Entry* find_type(std::uint32_t row, std::string_view name) noexcept {
    const auto& version = tables::kVersions[row];
    return find(tables::kTypes + version.types, tables::kTypes + version.types_end, name);
}

std::optional<Definition> definition(const tables::Entry* entry) noexcept {
    if (entry == nullptr) return std::nullopt;
    return Definition{text(entry->name), text(entry->title), entry->count};
}

std::optional<FieldDefinition> field_of(const tables::Entry* entry, std::uint32_t number) noexcept {
    if (entry == nullptr || number == 0 || number > entry->count) return std::nullopt;
    const auto& field = tables::kFields[entry->first + number - 1];
    return FieldDefinition{text(field.name), text(field.type),  field.length,
                           field.table,      field.repetitions, static_cast<Usage>(field.usage)};
}

const tables::Table* find_table(std::uint32_t number) noexcept {
    const auto* end = tables::kTables + tables::kTableCount;
    const auto* found = std::lower_bound(tables::kTables, end, number,
                                         [](const tables::Table& t, std::uint32_t n) { return t.number < n; });
    return found != end && found->number == number ? found : nullptr;
}

/// "2.5.1" as 2, 5, 1: versions sort by number.
std::array<unsigned, 3> parts_of(std::string_view version) noexcept {
    std::array<unsigned, 3> parts{};
    const char* at = version.data();
    const char* const end = at + version.size();
    for (auto& part : parts) {
        at = std::from_chars(at, end, part).ptr;
        if (at == end || *at != '.') break;
        ++at;
    }
    return parts;
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) noexcept {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Does a code such as HL7nnnn or 99zzz stand for this one?
bool stands_for(std::string_view form, std::string_view code) noexcept {
    const auto digits = form.find("nnnn");
    const auto any = form.find("zzz");
    const auto open = std::min(digits, any);
    if (open == std::string_view::npos || code.size() <= open || !code.starts_with(form.substr(0, open))) return false;
    const auto rest = code.substr(open);
    const bool fits = form.size() == open + (digits == open ? 4U : 3U) && rest.size() <= 8;
    return fits &&
           std::all_of(rest.begin(), rest.end(), [&](char c) { return is_digit(c) || (any == open && is_letter(c)); });
}

constexpr std::string_view kUsual = "2.5.1";

/// What one version says of a component.
enum class Parts { unknown, none, some };

Parts parts_of_type(std::string_view type) noexcept {
    return Dictionary::is_primitive(type) ? Parts::none : Parts::some;
}

/// Composites that the dictionary does not describe.
bool is_open(std::string_view type) noexcept {
    return type.empty() || type == "CM";
}

Parts parts_in(const Dictionary& version, std::string_view type, std::uint32_t component) noexcept {
    if (is_open(type)) return Parts::unknown;
    if (Dictionary::is_primitive(type)) return Parts::none;
    const auto part = version.component(type, component);
    return part && !is_open(part->type) ? parts_of_type(part->type) : Parts::unknown;
}

}  // namespace

struct DictionaryList {
    DictionaryList() {
        all.resize(tables::kVersionCount);
        for (std::uint32_t i = 0; i < tables::kVersionCount; ++i) all[i].row_ = i;
        std::sort(all.begin(), all.end(), [](const Dictionary& a, const Dictionary& b) {
            return parts_of(a.version()) < parts_of(b.version());
        });
    }
    static const DictionaryList& get() {
        static const DictionaryList list;
        return list;
    }
    std::vector<Dictionary> all;
};

std::span<const Dictionary> Dictionary::all() noexcept {
    return DictionaryList::get().all;
}

const Dictionary& Dictionary::of(std::string_view version) noexcept {
    if (!version.starts_with("2.")) version = kUsual;
    const auto wanted = parts_of(version);
    const auto versions = all();
    const auto after = std::upper_bound(versions.begin(), versions.end(), wanted,
                                        [](const auto& w, const Dictionary& d) { return w < parts_of(d.version()); });
    return after == versions.begin() ? versions.front() : *std::prev(after);
}

std::string_view Dictionary::version() const noexcept {
    return text(tables::kVersions[row_].name);
}

std::optional<Definition> Dictionary::segment(std::string_view name) const noexcept {
    return definition(find_segment(row_, name));
}

std::optional<FieldDefinition> Dictionary::field(std::string_view segment, std::uint32_t number) const noexcept {
    return field_of(find_segment(row_, segment), number);
}

std::optional<Definition> Dictionary::type(std::string_view name) const noexcept {
    return definition(find_type(row_, name));
}

std::optional<FieldDefinition> Dictionary::component(std::string_view type, std::uint32_t number) const noexcept {
    return field_of(find_type(row_, type), number);
}

bool Dictionary::is_primitive(std::string_view type) noexcept {
    constexpr auto primitive = std::to_array<std::string_view>(
        {"DT", "DTM", "FT", "GTS", "ID", "IS", "NM", "SI", "SNM", "ST", "TM", "TN", "TX"});
    return std::binary_search(primitive.begin(), primitive.end(), type);
}

std::array<std::uint64_t, 2> Dictionary::text_fields(std::string_view segment, bool late) noexcept {
    std::uint32_t name = 0;
    for (const char c : segment) name = name << 8U | static_cast<unsigned char>(c);
    const auto* end = tables::kTextFields + tables::kTextFieldsCount;
    const auto* found = std::lower_bound(tables::kTextFields, end, name,
                                         [](const tables::TextFields& t, std::uint32_t n) { return t.name < n; });
    if (found == end || found->name != name) return {};
    return late ? std::array{found->late[0], found->late[1]} : std::array{found->early[0], found->early[1]};
}

bool Dictionary::is_leaf(std::string_view segment, std::uint32_t field, std::uint32_t component,
                         std::string_view type) const noexcept {
    bool any = false;
    const auto agrees = [&](const Dictionary& version) {
        const auto found = type.empty() ? version.field(segment, field) : FieldDefinition{{}, type};
        const auto says = found ? parts_in(version, found->type, component) : Parts::unknown;
        any = any || says == Parts::none;
        return says != Parts::some;
    };
    if (!agrees(*this)) return false;
    const auto versions = all();
    static const auto last_early = static_cast<std::size_t>(&of("2.6") - versions.data());
    const auto own = std::find_if(versions.begin(), versions.end(), [&](const auto& v) { return v.row_ == row_; });
    const auto next = static_cast<std::size_t>(own - versions.begin()) + 1;
    for (auto i = std::min(next, last_early); i <= last_early; ++i)
        if (!agrees(versions[i])) return false;
    return any;
}

std::optional<TableDefinition> Dictionary::table(std::uint32_t number) noexcept {
    const auto* found = find_table(number);
    if (found == nullptr) return std::nullopt;
    return TableDefinition{number, text(found->title), found->end - found->first};
}

bool Dictionary::has_code(std::uint32_t table, std::string_view code) noexcept {
    const auto* found = find_table(table);
    if (found == nullptr) return false;
    if (!code_text(table, code).empty()) return true;
    return std::any_of(tables::kCodes + found->first, tables::kCodes + found->end, [&](const tables::Code& each) {
        return text(each.code) == code || stands_for(text(each.code), code);
    });
}

std::string_view Dictionary::code_text(std::uint32_t table, std::string_view code) noexcept {
    const auto* found = find_table(table);
    if (found == nullptr) return {};
    const auto* end = tables::kCodes + found->end;
    const auto* at = std::lower_bound(tables::kCodes + found->first, end, code,
                                      [](const tables::Code& c, std::string_view v) { return text(c.code) < v; });
    return at != end && text(at->code) == code ? text(at->text) : std::string_view();
}

}  // namespace causeway::hl7v2
