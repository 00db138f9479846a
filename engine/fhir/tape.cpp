#include "fhir/tape.hpp"

#include <algorithm>

#include "fhir/utf8.hpp"

namespace causeway::fhir {

tree::Position position_at(std::string_view source, std::size_t offset) noexcept {
    const auto mark = byte_order_mark(source);
    const auto before = source.substr(0, offset).substr(std::min(mark, offset));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto start = before.rfind('\n') + 1;  // npos + 1 is 0.
    return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(count_characters(before.substr(start)) + 1)};
}

Tape::Tape(Payload payload, Format encoding, DefinitionsPtr definitions)
    : payload_(std::move(payload)),
      encoding_(encoding),
      definitions_(std::move(definitions)),
      names_(definitions_.get()) {
}

std::string_view Tape::name(tree::Node::Handle node) const {
    return names_.text(at(node).name);
}

std::string_view Tape::type(tree::Node::Handle node) const {
    return names_.text(at(node).type);
}

tree::Kind Tape::kind(tree::Node::Handle node) const {
    const auto& record = at(node);
    return record.is(Record::kExtra) ? tree::Kind::none : record.kind;
}

std::string_view Tape::text(tree::Node::Handle node) const {
    const auto& record = at(node);
    if (watch_ != nullptr) (*watch_)[static_cast<std::size_t>(node)] = 1;
    return record.kind == tree::Kind::object || record.kind == tree::Kind::none ? std::string_view() : text_of(record);
}

std::size_t Tape::start_of(const Record& record) const noexcept {
    if (record.kind == tree::Kind::object || record.kind == tree::Kind::none) return record.offset;
    // A rewritten narrative lies behind the source; its element begins near its parent.
    if (record.offset >= source().size()) return records_[record.parent].offset;
    // A start tag holds no other "<".
    if (encoding_ == Format::xml) return source().rfind('<', record.offset);
    return record.kind == tree::Kind::text ? record.offset - 1 : record.offset;
}

std::size_t Tape::memory() const noexcept {
    return sizeof(Tape) + payload_.size() + (converted_ ? converted_->capacity() : 0) + buffer_.capacity() +
           records_.capacity() * sizeof(Record) + lines_.capacity() * sizeof(std::uint32_t);
}

tree::Position Tape::position(tree::Node::Handle node) const {
    return position_of(start_of(at(node)));
}

tree::Position Tape::position_of(std::size_t offset) const {
    const auto text = source();
    if (lines_.empty()) {
        lines_.push_back(static_cast<std::uint32_t>(byte_order_mark(text)));
        for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1))
            lines_.push_back(static_cast<std::uint32_t>(i + 1));
    }
    const auto line = std::upper_bound(lines_.begin(), lines_.end(), offset) - 1;
    return {static_cast<std::uint32_t>(line - lines_.begin() + 1),
            static_cast<std::uint32_t>(count_characters(text.substr(*line, offset - *line)) + 1)};
}

std::string Tape::path(tree::Node::Handle node) const {
    std::vector<std::uint32_t> steps;
    steps.reserve(16);
    for (auto index = static_cast<std::uint32_t>(node); index != 0; index = records_[index].parent) {
        if (records_[index].is(Record::kHidden)) index = records_[index].extra;
        steps.push_back(index);
    }
    std::string path(type(0));
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        const auto& record = records_[*step];
        if (!path.empty()) path += '.';
        path += name(*step);
        if (record.is(Record::kChoice)) path.append(".ofType(").append(type(*step)).append(")");
        if (record.item != 0) path.append("[").append(std::to_string(record.item - 1)).append("]");
    }
    return path;
}

std::uint32_t Tape::first_child(std::uint32_t index) const noexcept {
    const auto& record = records_[index];
    if (record.kind == tree::Kind::object) return record.is(Record::kEmpty) ? 0 : index + 1;
    return record.extra != 0 ? record.extra + 1 : 0;
}

void Tape::children(tree::Node::Handle node, std::vector<tree::Node>& out) const {
    for (auto i = first_child(static_cast<std::uint32_t>(node)); i != 0; i = records_[i].next)
        if (records_[i].is_shown()) out.push_back(this->node(i));
}

void Tape::children(tree::Node::Handle node, std::string_view name, std::vector<tree::Node>& out) const {
    children_of(node, names_.find(name), out);
}

void Tape::children_of(tree::Node::Handle node, Index wanted, std::vector<tree::Node>& out) const {
    if (wanted == 0) return;
    constexpr auto kLeftOut = Record::kHidden | Record::kDropped;
    for (auto i = first_child(static_cast<std::uint32_t>(node)); i != 0; i = records_[i].next)
        if (records_[i].name == wanted && (records_[i].flags & kLeftOut) == 0) out.push_back(this->node(i));
}

}  // namespace causeway::fhir
