#include "fhir/tape_builder.hpp"

#include <algorithm>

namespace causeway::fhir {
namespace {

constexpr std::size_t kLongestPath = 400;

// Property names are the sender's: only what may be a path of FHIR goes into a message.
bool is_path(std::string_view text) noexcept {
    return text.size() <= kLongestPath && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("_.[]()").find(c) != std::string_view::npos;
           });
}

}  // namespace

bool TapeBuilder::add(tree::Kind kind, std::size_t offset, std::size_t length, Chain* chain, std::uint32_t name,
                      std::uint32_t item) {
    auto& records = tape_.records_;
    if (records.size() >= options_.limits.max_nodes)
        return refuse(offset, "Split the document: it has more elements than the limit.", Issue::too_costly);
    const auto index = static_cast<std::uint32_t>(records.size());
    auto& record = records.emplace_back();
    record.kind = kind;
    record.offset = static_cast<std::uint32_t>(offset);
    record.length = static_cast<std::uint32_t>(length);
    record.name = name;
    record.item = item;
    if (chain == nullptr) return true;
    record.parent = chain->record;
    if (chain->last != 0) records[chain->last].next = index;
    chain->last = index;
    return true;
}

bool TapeBuilder::refuse(std::size_t offset, std::string what, Issue issue) {
    problem_ = Problem{offset, issue, std::move(what), {}};
    return false;
}

bool TapeBuilder::report(std::uint32_t record, std::string_view property, std::size_t offset, std::string_view id,
                         std::string_view what) {
    if (!options_.lenient) {
        problem_ = Problem{offset, Issue::structure, std::string(what), path_of(record, property)};
        return false;
    }
    tape_.findings_.push_back({record, static_cast<std::uint32_t>(offset), Issue::structure, false, std::string(id),
                               std::string(property), std::string(what)});
    return true;
}

std::string TapeBuilder::path_of(std::uint32_t record, std::string_view property) const {
    auto path = tape_.path(record);
    if (!property.empty() && !path.empty()) path += '.';
    path.append(property);
    return is_path(path) ? path : std::string();
}

char* TapeBuilder::buffer() {
    if (tape_.buffer_.empty()) tape_.buffer_ = tape_.source();
    return tape_.buffer_.data();
}

std::size_t TapeBuilder::append(std::string_view text) {
    buffer();
    tape_.buffer_.append(text);
    return tape_.buffer_.size() - text.size();
}

void TapeBuilder::finish() {
    for (auto& finding : tape_.findings_) finding.expression = path_of(finding.record, finding.expression);
    std::stable_sort(tape_.findings_.begin(), tape_.findings_.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
}

}  // namespace causeway::fhir
