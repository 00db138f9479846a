#include "mapping/v2_draft.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "hl7v2/escape.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::mapping {
namespace {

constexpr std::string_view kHeader = "MSH|^~\\&";

bool is_standard(const hl7v2::Delimiters& delimiters) {
    return delimiters.component == '^' && delimiters.repetition == '~' && delimiters.subcomponent == '&' &&
           delimiters.escape == '\\';
}

std::size_t number_of(const tree::Node& node) {
    std::size_t number = 1;
    const auto name = node.name();
    std::from_chars(name.data(), name.data() + name.size(), number);
    return std::max<std::size_t>(number, 1);
}

std::vector<tree::Node> children_of(const tree::Node& node) {
    std::vector<tree::Node> found;
    node.children(found);
    return found;
}

DraftSegment::Parts component_of(const tree::Node& node) {
    const auto below = children_of(node);
    if (below.empty()) return {hl7v2::escape(node.text())};
    DraftSegment::Parts parts;
    for (const auto& each : below) {
        const auto number = number_of(each);
        if (parts.size() < number) parts.resize(number);
        parts[number - 1] = hl7v2::escape(each.text());
    }
    return parts;
}

DraftSegment::Field as_it_stands(const hl7v2::Message& message, hl7v2::Range whole) {
    const auto text = message.utf8();
    DraftSegment::Field field;
    for (hl7v2::Parts repetitions(text, whole, '~'); repetitions.next();) {
        auto& repetition = field.emplace_back();
        if (message.index().is_text(repetitions.part)) {
            repetition.push_back({std::string(hl7v2::slice(text, repetitions.part))});
            continue;
        }
        for (hl7v2::Parts components(text, repetitions.part, '^'); components.next();) {
            auto& component = repetition.emplace_back();
            for (hl7v2::Parts parts(text, components.part, '&'); parts.next();)
                component.emplace_back(hl7v2::slice(text, parts.part));
        }
    }
    return field;
}

bool is_empty(const DraftSegment::Parts& parts) {
    return std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); });
}

bool is_empty(const DraftSegment::Repetition& repetition) {
    return std::all_of(repetition.begin(), repetition.end(), [](const auto& parts) { return is_empty(parts); });
}

bool is_empty(const DraftSegment::Field& field) {
    return std::all_of(field.begin(), field.end(), [](const auto& repetition) { return is_empty(repetition); });
}

void trim_end(std::string& text, char delimiter) {
    while (text.ends_with(delimiter)) text.pop_back();
}

/// The parts up to the last one that is not empty.
template <class Parts, class Text>
std::string joined(const Parts& parts, char delimiter, Text text) {
    std::string out;
    std::size_t passed = 0;
    for (const auto& part : parts) {
        const std::string here = text(part);
        if (!here.empty()) out.append(std::exchange(passed, 0), delimiter).append(here);
        ++passed;
    }
    return out;
}

std::string text_of(const DraftSegment::Repetition& repetition) {
    return joined(repetition, '^',
                  [](const auto& component) { return joined(component, '&', [](const auto& part) { return part; }); });
}

}  // namespace

DraftSegment::Field& DraftSegment::field(std::uint16_t number) {
    if (fields_.size() < number) fields_.resize(number);
    return fields_[number - 1];
}

void DraftSegment::set(const hl7v2::Path& path, std::uint32_t repetition, std::string_view value) {
    auto& whole = field(path.field);
    if (whole.size() < repetition) whole.resize(repetition);
    auto& components = whole[repetition - 1];
    if (path.component == 0) components.clear();
    const auto component = std::max<std::size_t>(path.component, 1);
    if (components.size() < component) components.resize(component);
    auto& parts = components[component - 1];
    if (path.subcomponent == 0) parts.clear();
    const auto part = std::max<std::size_t>(path.subcomponent, 1);
    if (parts.size() < part) parts.resize(part);
    parts[part - 1] = hl7v2::escape(value);
}

void DraftSegment::set(std::uint16_t number, std::uint32_t repetition, Repetition parts) {
    auto& whole = field(number);
    if (whole.size() < repetition) whole.resize(repetition);
    whole[repetition - 1] = std::move(parts);
}

void DraftSegment::clear(const hl7v2::Path& path) {
    if (path.field > fields_.size()) return;
    auto& whole = fields_[path.field - 1];
    if (path.component == 0 && path.repetition == 0) return whole.clear();
    for (std::size_t i = 0; i < whole.size(); ++i) {
        if (path.repetition != 0 && path.repetition != i + 1) continue;
        if (path.component == 0) {
            whole[i].clear();
        } else if (path.component <= whole[i].size()) {
            auto& parts = whole[i][path.component - 1];
            if (path.subcomponent == 0)
                parts.clear();
            else if (path.subcomponent <= parts.size())
                parts[path.subcomponent - 1].clear();
        }
    }
    if (path.component == 0) std::erase_if(whole, [](const Repetition& each) { return is_empty(each); });
}

std::uint32_t DraftSegment::repetitions(std::uint16_t number) const {
    return number > fields_.size() || is_empty(fields_[number - 1])
               ? 0
               : static_cast<std::uint32_t>(fields_[number - 1].size());
}

std::string DraftSegment::text() const {
    const bool is_header = name == "MSH";
    std::string text = is_header ? std::string(kHeader) : name;
    for (std::size_t i = is_header ? 2 : 0; i < fields_.size(); ++i) {
        std::string whole;
        for (std::size_t j = 0; j < fields_[i].size(); ++j) whole += (j == 0 ? "" : "~") + text_of(fields_[i][j]);
        text += '|' + whole;
    }
    trim_end(text, '|');
    return text;
}

std::unique_ptr<DraftSegment> DraftSegment::copy(const hl7v2::Message& message, std::size_t number) {
    const auto& index = message.index();
    auto made = std::make_unique<DraftSegment>(std::string(index.segments()[number].name_view()), number);
    made->has_content = true;
    const auto count = index.field_count(number);
    if (is_standard(message.delimiters())) {
        for (std::uint32_t i = 1; i <= count; ++i)
            made->fields_.push_back(as_it_stands(message, index.field(number, i)));
        return made;
    }
    const auto segments = children_of(message.root());
    for (const auto& repetition : children_of(segments[number]))
        made->field(static_cast<std::uint16_t>(number_of(repetition))).push_back(parts_of(repetition));
    return made;
}

DraftSegment::Repetition DraftSegment::parts_of(const tree::Node& place) {
    const auto below = children_of(place);
    if (below.empty()) return {{hl7v2::escape(place.text())}};
    Repetition made;
    for (const auto& each : below) {
        const auto number = number_of(each);
        if (made.size() < number) made.resize(number);
        made[number - 1] = component_of(each);
    }
    return made;
}

void V2Draft::copy(const hl7v2::Message& message, std::size_t number) {
    segments_.push_back(DraftSegment::copy(message, number));
}

DraftSegment* V2Draft::copy_of(std::size_t source) const {
    const auto found = std::find_if(segments_.begin(), segments_.end(),
                                    [&](const auto& segment) { return segment->source == source; });
    return found == segments_.end() ? nullptr : found->get();
}

DraftSegment* V2Draft::first(std::string_view name) const {
    const auto found =
        std::find_if(segments_.begin(), segments_.end(), [&](const auto& segment) { return segment->name == name; });
    return found == segments_.end() ? nullptr : found->get();
}

DraftSegment& V2Draft::add(std::string name, const DraftSegment* after) {
    const auto place =
        std::find_if(segments_.begin(), segments_.end(), [&](const auto& segment) { return segment.get() == after; });
    const auto at = place == segments_.end() ? place : std::next(place);
    return **segments_.insert(at, std::make_unique<DraftSegment>(std::move(name), DraftSegment::kNew));
}

void V2Draft::erase(std::size_t source) {
    std::erase_if(segments_, [&](const auto& segment) { return segment->source == source; });
}

std::string V2Draft::text() const {
    std::string text;
    for (const auto& segment : segments_)
        if (segment->is_written()) text += segment->text() + '\r';
    return text;
}

}  // namespace causeway::mapping
