#include "mapping/v2_target.hpp"

#include <algorithm>

namespace causeway::mapping {

void V2Target::open(const std::string& name, bool required) {
    current_ = segments_.size();
    segments_.push_back({name, required, false, {}});
    segments_.back().places.reserve(16);
}

std::size_t V2Target::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::count_if(segments_.begin(), segments_.end(), [&](const Segment& segment) {
        return segment.is_written() && segment.name == name;
    }));
}

std::uint32_t V2Target::repetition(const hl7v2::Path& path, bool append) const noexcept {
    if (!append) return std::max<std::uint32_t>(path.repetition, 1);
    std::uint32_t most = 0;
    for (const auto& place : segments_[current_].places)
        if (place.field == path.field) most = std::max(most, place.repetition);
    return most + 1;
}

std::size_t V2Target::put(const hl7v2::Path& path, std::uint32_t repetition, std::vector<V2Part> parts) {
    auto& places = segments_[current_].places;
    std::size_t written = 0;
    for (auto& part : parts) {
        if (part.value.empty() || (path.component != 0 && part.component != 1)) continue;
        const auto component = path.component != 0 ? path.component : static_cast<std::uint16_t>(part.component);
        const auto subcomponent =
            path.subcomponent != 0 ? path.subcomponent : static_cast<std::uint16_t>(part.subcomponent);
        places.push_back({path.field, repetition, component, subcomponent, std::move(part.value)});
        ++written;
    }
    return written;
}

void V2Target::put(const hl7v2::Path& path, std::uint32_t repetition, std::string text) {
    if (text.empty()) return;
    segments_[current_].places.push_back({path.field, repetition, std::max<std::uint16_t>(path.component, 1),
                                          std::max<std::uint16_t>(path.subcomponent, 1), std::move(text)});
}

std::string V2Target::path_of(std::size_t place) const {
    const auto& wanted = segments_[place];
    if (!wanted.is_written()) return {};
    const auto all = count(wanted.name);
    const auto number = std::count_if(segments_.begin(), segments_.begin() + static_cast<std::ptrdiff_t>(place) + 1,
                                      [&](const Segment& s) { return s.is_written() && s.name == wanted.name; });
    return all > 1 ? wanted.name + "[" + std::to_string(number) + "]" : wanted.name;
}

std::string V2Target::text() {
    hl7v2::Writer writer;
    for (auto& segment : segments_)
        if (segment.is_written()) writer.segment(segment.name, std::move(segment.places));
    return writer.text();
}

}  // namespace causeway::mapping
