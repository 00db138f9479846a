#include "fhir/tape_builder.hpp"

#include <algorithm>

namespace causeway::fhir {
namespace {

constexpr std::size_t kLongestPath = 400;
// Enough to mend a document by; the rest would only cost memory.
constexpr std::size_t kMostFindings = 1000;
// Official examples have 83 bytes a record, compact Bundles 40.
constexpr std::size_t kBytesOfRecord = 64;

// Property names are the sender's: only what may be a path of FHIR goes into a message.
bool is_path(std::string_view text) noexcept {
    return text.size() <= kLongestPath && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      std::string_view("_.[]()").find(c) != std::string_view::npos;
           });
}

}  // namespace

TapeBuilder::TapeBuilder(Tape& tape, const ParseOptions& options) : tape_(tape), options_(options) {
    tape_.records_.reserve(std::min(tape_.source().size() / kBytesOfRecord + 16, options.limits.max_nodes));
}

bool TapeBuilder::add(tree::Kind kind, std::size_t offset, std::size_t length, Chain* chain, std::uint32_t name,
                      std::uint32_t item) {
    auto& records = tape_.records_;
    if (records.size() >= options_.limits.max_nodes)
        return refuse(offset, "Split the document: it has more elements than the limit.", Issue::too_costly);
    if (records.size() == records.capacity()) grow(offset);
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

// As many more as the rest of the document will need, if it is like what was read so far.
void TapeBuilder::grow(std::size_t offset) {
    const auto size = tape_.records_.size();
    const auto read = static_cast<double>(offset + 1) / static_cast<double>(tape_.source().size() + 1);
    const auto whole = static_cast<std::size_t>(1.1 * static_cast<double>(size) / read);
    tape_.records_.reserve(std::clamp(whole, size + size / 4 + 16, size * 4 + 16));
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
    if (tape_.findings_.size() == kMostFindings) return true;
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

// Of an element that FHIR does not define, nothing more is to be said.
bool TapeBuilder::is_unknown(std::uint32_t record) const noexcept {
    return tape_.definitions_ && tape_.records_.front().element != 0 && tape_.records_[record].element == 0;
}

void TapeBuilder::finish() {
    auto& findings = tape_.findings_;
    std::erase_if(findings, [&](const auto& finding) { return is_unknown(finding.record); });
    for (auto& finding : findings) finding.expression = path_of(finding.record, finding.expression);
    std::stable_sort(findings.begin(), findings.end(),
                     [](const auto& a, const auto& b) { return a.offset < b.offset; });
}

}  // namespace causeway::fhir
