#include "mapping/watched.hpp"

#include <algorithm>
#include <array>

namespace causeway::mapping {
namespace {

constexpr std::array<std::string_view, 7> kServing = {"resourceType", "id",   "fullUrl", "meta",
                                                      "reference",    "text", "request"};

bool is_value(tree::Kind kind) {
    return kind != tree::Kind::none && kind != tree::Kind::object;
}

}  // namespace

Watched::Watched(const tree::Node& root)
    : tape_(dynamic_cast<const fhir::Tape*>(root.document())), root_(static_cast<std::uint32_t>(root.handle())) {
    if (tape_ == nullptr) return;
    read_.resize(tape_->records().size());
    for (std::size_t i = 0; i < kServing.size(); ++i) serving_[i] = tape_->names().find(kServing[i]);
    text_ = tape_->names().find("text");
    tape_->watch(&read_);
}

Watched::~Watched() {
    if (tape_ != nullptr) tape_->watch(nullptr);
}

void Watched::mark(const tree::Node& node) {
    if (tape_ != nullptr && node.document() == tape_) mark_below(static_cast<std::uint32_t>(node.handle()));
}

void Watched::mark_below(std::uint32_t record) {
    read_[record] = 1;
    for (auto i = tape_->first_child(record); i != 0; i = tape_->records()[i].next)
        if (tape_->records()[i].is_shown()) mark_below(i);
}

/// A narrative serves; the text of a CodeableConcept or an Annotation is a value.
bool Watched::serves(std::uint32_t record) const {
    const auto name = tape_->records()[record].name;
    if (name == 0 || std::find(serving_.begin(), serving_.end(), name) == serving_.end()) return false;
    return name != text_ || !is_value(tape_->kind(record));
}

bool Watched::is_read_leaf(std::uint32_t record) const {
    return read_[record] != 0 && tape_->first_child(record) == 0;
}

void Watched::collect(std::uint32_t record, std::vector<std::string>& out) const {
    if (read_[record] == 0 && is_value(tape_->kind(record))) out.push_back(tape_->path(record));
    for (auto i = tape_->first_child(record); i != 0; i = tape_->records()[i].next)
        if (tape_->records()[i].is_shown() && !is_read_leaf(i) && !serves(i)) collect(i, out);
}

std::vector<std::string> Watched::lost() const {
    std::vector<std::string> out;
    if (tape_ != nullptr) collect(root_, out);
    return out;
}

}  // namespace causeway::mapping
