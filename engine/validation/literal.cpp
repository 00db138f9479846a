#include "validation/literal.hpp"

#include <string>

#include "fhir/json.hpp"

namespace causeway::validation {
namespace {

using fhir::Record;
using fhir::Tape;

bool is_primitive(const Record& record) {
    return record.kind != tree::Kind::object || record.is(Record::kExtra);
}

/// The same element, of the same type where the name tells it?
bool is_same_property(const Tape& tape, const Record& a, const Tape& other, const Record& b) {
    if (tape.names().text(a.name) != other.names().text(b.name) || a.is(Record::kChoice) != b.is(Record::kChoice))
        return false;
    return !a.is(Record::kChoice) || tape.names().text(a.type) == other.names().text(b.type);
}

/// Visits the visible children until `visit` gives false.
template <class Visit>
bool each_child(const Tape& tape, std::uint32_t record, Visit visit) {
    for (auto i = tape.first_child(record); i != 0; i = tape.records()[i].next)
        if (tape.records()[i].is_shown() && !visit(i)) return false;
    return true;
}

std::size_t count_children(const Tape& tape, std::uint32_t record) {
    std::size_t count = 0;
    each_child(tape, record, [&](std::uint32_t) { return ++count, true; });
    return count;
}

bool is_same_value(const Tape& tape, std::uint32_t record, const LiteralNode& literal) {
    const auto& a = tape.records()[record];
    const auto& b = literal.tape->records()[literal.record];
    return is_primitive(a) == is_primitive(b) && tape.text(record) == literal.text();
}

}  // namespace

LiteralNode LiteralNode::child(std::string_view name) const {
    LiteralNode found;
    each_child(*tape, record, [&](std::uint32_t i) {
        if (tape->name(i) != name) return true;
        found = {tape, i};
        return false;
    });
    return found;
}

Literal::Literal(std::string_view json) {
    std::string text = "{\"literal\":";
    text.append(json).append("}");
    auto parsed = fhir::parse_json(Payload(std::move(text)));
    if (!parsed) return;
    tape_ = std::static_pointer_cast<const Tape>(std::static_pointer_cast<const fhir::FhirDocument>(parsed.value()));
    root_ = {tape_.get(), tape_->first_child(0)};
}

bool equals_fixed(const Tape& tape, std::uint32_t record, const LiteralNode& literal) {
    if (!is_same_value(tape, record, literal)) return false;
    if (count_children(tape, record) != count_children(*literal.tape, literal.record)) return false;
    // Order matters only among items of one name.
    return each_child(*literal.tape, literal.record, [&](std::uint32_t wanted) {
        const auto& want = literal.tape->records()[wanted];
        return !each_child(tape, record, [&](std::uint32_t i) {
            const auto& have = tape.records()[i];
            const bool same_place = is_same_property(tape, have, *literal.tape, want) &&
                                    (have.item <= 1) == (want.item <= 1) && (want.item <= 1 || have.item == want.item);
            return !(same_place && equals_fixed(tape, i, {literal.tape, wanted}));
        });
    });
}

bool meets_pattern(const Tape& tape, std::uint32_t record, const LiteralNode& pattern) {
    const auto& want = pattern.tape->records()[pattern.record];
    if (!(want.is(Record::kExtra) && pattern.text().empty()) && !is_same_value(tape, record, pattern)) return false;
    return each_child(*pattern.tape, pattern.record, [&](std::uint32_t wanted) {
        const auto& part = pattern.tape->records()[wanted];
        return !each_child(tape, record, [&](std::uint32_t i) {
            return !(is_same_property(tape, tape.records()[i], *pattern.tape, part) &&
                     meets_pattern(tape, i, {pattern.tape, wanted}));
        });
    });
}

}  // namespace causeway::validation
