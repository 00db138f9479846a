#include "mapping/v2_model.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace causeway::mapping {
namespace {

using Names = std::vector<std::string_view>;

void add(Names& names, std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::string listed(const Names& names) {
    std::string text;
    for (const auto name : names) text += (text.empty() ? "" : " or ") + std::string(name);
    return text;
}

/// Data types that a row's type reads and writes; what has no components is a part of any of them.
struct Takes {
    std::string_view type;
    std::array<std::string_view, 9> data_types;
};
constexpr std::array kTakes = std::to_array<Takes>({
    {"CX", {"CX", "CK", "EI", "PLN", "CM"}},
    {"ERL", {"ERL"}},
    {"ELD", {"ELD", "CM"}},
    {"EI", {"EI", "CX", "CM", "HD"}},
    {"PLN", {"PLN", "CX", "CM"}},
    {"XPN", {"XPN", "PN"}},
    {"XCN.name", {"XCN", "CN", "PPN", "NDL", "CNN", "XPN"}},
    {"XCN.identifier", {"XCN", "CN", "PPN", "NDL", "CNN"}},
    {"XCN.Practitioner", {"XCN", "CN", "PPN", "NDL", "CNN"}},
    {"XON.Organization", {"XON", "HD", "CM"}},
    {"XAD", {"XAD", "AD", "SAD", "CM"}},
    {"XTN", {"XTN", "TN", "CM"}},
    {"CWE", {"CWE", "CE", "CNE", "CF", "EI", "CX", "CM", "CQ", "PL"}},
    {"CWE.Coding", {"CWE", "CE", "CNE", "CF", "CM"}},
    {"ED.Attachment", {"ED", "RP"}},
    {"ED.data", {"ED", "RP"}},
    {"ED.contentType", {"ED", "RP"}},
});
constexpr std::array<std::string_view, 5> kMoments = {"TS", "DTM", "DT", "TM", "DR"};
/// Composites that the dictionary does not describe.
constexpr std::array<std::string_view, 3> kOpen = {"VARIES", "CM", "*"};
constexpr std::array<std::string_view, 3> kTexts = {"ST", "TX", "FT"};

bool contains(const auto& names, std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

using hl7v2::Structure;
using hl7v2::StructureNode;

/// Do the groups of a path stand one within the other between these nodes, and its segment in the last one?
bool holds(const Structure& structure, std::uint32_t node, std::uint32_t end, const hl7v2::Path& path,
           std::size_t group = 0) {
    const bool is_last = group == path.groups.size();
    if (is_last && (path.segment.empty() || path.segment.starts_with('Z'))) return true;
    for (; node < end; ++node) {
        const auto what = structure.node(node);
        if (is_last && what.kind == StructureNode::Kind::segment && what.name == path.segment) return true;
        if (!is_last && what.kind == StructureNode::Kind::group && what.name == path.groups[group].name &&
            holds(structure, node + 1, what.end, path, group + 1))
            return true;
    }
    return false;
}

}  // namespace

int version_number(std::string_view text) noexcept {
    if (!text.starts_with("2.")) return 0;
    int minor = 0;
    int patch = 0;
    const auto* const end = text.data() + text.size();
    const auto [dot, error] = std::from_chars(text.data() + 2, end, minor);
    if (error == std::errc() && dot != end && *dot == '.') std::from_chars(dot + 1, end, patch);
    return minor * 100 + patch;
}

bool in_range(std::string_view version, std::string_view range) noexcept {
    const auto dots = range.find("..");
    const auto number = version_number(version);
    const auto low = version_number(range.substr(0, dots));
    if (dots == std::string_view::npos) return number == low;
    // "2.8" as the end of a range means 2.8.2 too.
    const auto end = range.substr(dots + 2);
    const auto high = version_number(end) + (std::count(end.begin(), end.end(), '.') < 2 ? 99 : 0);
    return number >= low && number <= high;
}

V2Model::V2Model(const std::vector<std::string>& ranges, std::vector<std::string> types)
    : message_types_(std::move(types)) {
    for (const auto& dictionary : hl7v2::Dictionary::all())
        if (std::any_of(ranges.begin(), ranges.end(),
                        [&](const std::string& range) { return in_range(dictionary.version(), range); }))
            versions_.push_back(&dictionary);
    if (!versions_.empty()) return;
    // A version between those that are listed is read as the next lower one.
    for (const auto& range : ranges)
        if (version_number(range) != 0)
            versions_.push_back(&hl7v2::Dictionary::of(std::string_view(range).substr(0, range.find(".."))));
}

std::string V2Model::versions() const {
    std::string text = "HL7 v" + std::string(versions_.front()->version());
    if (versions_.size() > 1) text += " to v" + std::string(versions_.back()->version());
    return text;
}

bool V2Model::has_components(std::string_view type) const {
    return std::any_of(versions_.begin(), versions_.end(), [&](const auto* version) {
        const auto found = version->type(type);
        return found && found->fields > 0;
    });
}

std::optional<std::string> V2Model::mistake_in_segment(std::string_view name) const {
    if (!knows() || name.starts_with('Z')) return std::nullopt;
    const auto has = [&](std::string_view segment) {
        return std::any_of(versions_.begin(), versions_.end(),
                           [&](const auto* version) { return version->segment(segment).has_value(); });
    };
    if (has(name)) return std::nullopt;
    std::vector<std::string> near;
    for (std::size_t at = 0; at < name.size(); ++at)
        for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")) {
            std::string other(name);
            other[at] = c;
            if (has(other)) near.push_back(std::move(other));
        }
    for (std::size_t at = 0; at + 1 < name.size(); ++at) {
        std::string other(name);
        std::swap(other[at], other[at + 1]);
        if (has(other)) near.insert(near.begin(), std::move(other));
    }
    const auto guess = near.empty() ? std::string() : " Did you mean \"" + near.front() + "\"?";
    return "Correct " + std::string(name) + ": " + versions() + " has no such segment." + guess;
}

std::vector<std::string_view> V2Model::component_types(const Names& types, unsigned component) const {
    Names found;
    for (const auto* version : versions_)
        for (const auto type : types) {
            const auto part = version->component(type, component);
            if (part) add(found, part->type);
            // A type without components is its own first one.
            if (!part && component == 1 && !has_components(type)) add(found, type);
            if (!part && contains(kOpen, type)) add(found, "VARIES");
        }
    return found;
}

std::vector<std::string_view> V2Model::types_of(const hl7v2::Path& path) const {
    Names types;
    for (const auto* version : versions_)
        if (const auto field = version->field(path.segment, path.field)) add(types, field->type);
    if (path.component != 0) types = component_types(types, path.component);
    if (path.subcomponent != 0) types = component_types(types, path.subcomponent);
    return types;
}

std::optional<std::string> V2Model::mistake_in_part(const std::string& shown, const Names& types,
                                                    unsigned component) const {
    if (component == 0 || types.empty() || !component_types(types, component).empty()) return std::nullopt;
    std::uint32_t most = 0;
    for (const auto* version : versions_)
        for (const auto type : types)
            if (const auto found = version->type(type)) most = std::max(most, found->fields);
    return most == 0 ? shown + " has no components: it is " + listed(types) + "."
                     : shown + " has " + std::to_string(most) + " components: it is " + listed(types) + ".";
}

std::vector<Structure> V2Model::structures() const {
    std::vector<Structure> found;
    for (const auto* version : versions_)
        for (const auto& type : message_types_) {
            const auto hat = type.find('^');
            const auto event = hat == std::string::npos ? std::string() : type.substr(hat + 1);
            if (auto structure = Structure::of(*version, type.substr(0, hat), event, ""))
                found.push_back(std::move(*structure));
        }
    return found;
}

std::optional<std::string> V2Model::mistake_in_groups(const hl7v2::Path& path) const {
    std::vector<std::string> known;
    for (const auto& structure : structures()) {
        if (holds(structure, structure.begin(), structure.end(), path)) return std::nullopt;
        for (auto node = structure.begin(); node < structure.end(); ++node)
            if (const auto what = structure.node(node);
                what.kind == StructureNode::Kind::group && !contains(known, what.name))
                known.emplace_back(what.name);
    }
    for (const auto& group : path.groups)
        if (!contains(known, group.name))
            return "Correct " + group.name + ": the message types of the map have no such group." +
                   did_you_mean(group.name, known);
    return "Correct the groups: " + path.text() + " does not stand so in the message types of the map.";
}

std::optional<std::string> V2Model::mistake(const hl7v2::Path& path) const {
    if (!knows()) return std::nullopt;
    if (auto wrong = path.groups.empty() ? std::nullopt : mistake_in_groups(path)) return wrong;
    if (path.segment.empty() || path.segment.starts_with('Z')) return std::nullopt;
    if (auto wrong = mistake_in_segment(path.segment)) return wrong;
    const auto field_types = [&](unsigned number) {
        return types_of({path.segment, 0, {}, static_cast<std::uint16_t>(number), 0, {}, 0, 0});
    };
    const auto check = [&](unsigned field, unsigned component, unsigned subcomponent) -> std::optional<std::string> {
        const auto types = field_types(field);
        const auto shown = path.segment + "-" + std::to_string(field);
        if (types.empty()) return "Correct " + shown + ": " + versions() + " has no such field.";
        if (auto wrong = mistake_in_part(shown, types, component)) return wrong;
        if (component == 0) return std::nullopt;
        return mistake_in_part(shown + "." + std::to_string(component), component_types(types, component),
                               subcomponent);
    };
    for (const auto& test : path.segment_filter.any_of)
        if (auto wrong = check(test.first, test.second, 0)) return wrong;
    if (path.field == 0) return std::nullopt;
    for (const auto& test : path.repetition_filter.any_of)
        if (auto wrong = check(path.field, test.first, test.second)) return wrong;
    return check(path.field, path.component, path.subcomponent);
}

std::optional<std::string> V2Model::mistake(const hl7v2::Path& path, const Type& type) const {
    if (!knows() || path.segment.starts_with('Z') || path.field == 0) return std::nullopt;
    const auto types = types_of(path);
    const bool is_moment = type.name.starts_with("DTM");
    const auto fits = [&](std::string_view data_type) {
        if (contains(kTexts, data_type) || contains(kOpen, data_type)) return true;
        if (is_moment) return contains(kMoments, data_type);
        if (contains(kMoments, data_type)) return type.name == "ST" || type.fhir == "string";
        if (!has_components(data_type)) return true;
        for (const auto& takes : kTakes)
            if (takes.type == type.name) return contains(takes.data_types, data_type);
        return true;
    };
    if (types.empty() || std::any_of(types.begin(), types.end(), fits)) return std::nullopt;
    return "\"" + std::string(type.name) + "\" does not fit " + path.text() + ", which is " + listed(types) + ".";
}

bool V2Model::is_plain(const hl7v2::Path& path) const {
    if (!knows() || path.field == 0) return false;
    for (const auto* version : versions_)  // What comes with a later version comes early, too.
        if (const auto field = version->field(path.segment, path.field); field && field->name.starts_with("Reserved"))
            return false;
    const auto types = types_of(path);
    return !types.empty() && std::none_of(types.begin(), types.end(), [&](std::string_view type) {
        return has_components(type) || contains(kOpen, type);
    });
}

std::uint16_t V2Model::table_of(const hl7v2::Path& path) const {
    if (!knows() || path.component != 0) return 0;
    const auto field = versions_.back()->field(path.segment, path.field);
    return field ? field->table : std::uint16_t{0};
}

bool V2Model::takes_text(const hl7v2::Path& path) const {
    const auto types = types_of(path);
    return std::any_of(types.begin(), types.end(),
                       [](std::string_view type) { return contains(kTexts, type) || type == "IS"; });
}

bool V2Model::has_parts_in_component(const hl7v2::Path& path) const {
    if (!knows() || path.component == 0 || path.subcomponent != 0) return false;
    const auto types = types_of(path);
    return std::any_of(types.begin(), types.end(), [&](std::string_view type) { return has_components(type); });
}

}  // namespace causeway::mapping
