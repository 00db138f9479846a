// How things are written: arrays, objects, plain values, names.
#include <algorithm>

#include "validation/walker.hpp"

namespace causeway::validation {

using fhir::Element;
using fhir::Record;

namespace {

std::string_view advice_of(tree::Kind kind) {
    switch (kind) {
        case tree::Kind::number:
            return "Write a number here, not an object.";
        case tree::Kind::boolean:
            return "Write true or false here, not an object.";
        default:
            return "Write a text in quotes here, not an object.";
    }
}

}  // namespace

bool Walker::is_complex(Index type) const {
    const auto structure = definitions_.type_of_name(type);
    return structure != 0 && definitions_.structure_at(structure).kind != fhir::Structure::Kind::primitive_type;
}

/// Array or not, object or not: JSON tells what XML does not. False where what stands there can't be gone into.
bool Walker::check_form(Id child, const Element& element) {
    const auto& here = at(child);
    if (is_primitive(here) && !here.is(Record::kExtra) && here.kind != tree::Kind::none && is_complex(here.type))
        say(child, {Severity::error, Issue::structure, "json-object-needed"}, [&] {
            return "Write an object in braces: " + std::string(definitions_.name_text(here.type)) + " has elements.";
        });
    const auto primitive = engine_.plans.primitive(here.type);
    if (primitive != Primitive::none && here.kind == tree::Kind::object && !here.is(Record::kExtra)) {
        say(child, {Severity::error, Issue::structure, "json-value-needed"},
            [&] { return std::string(advice_of(json_kind(primitive))); });
        return false;
    }
    const bool is_list = element.is(Element::kList);
    if (is_list == (here.item != 0) || here.item > 1) return true;
    say(child, {Severity::error, Issue::structure, is_list ? "json-array-needed" : "json-array-not-allowed"}, [&] {
        return std::string(is_list ? "Put the value into an array: this element may repeat."
                                   : "Write the value without an array: this element does not repeat.");
    });
    return true;
}

void Walker::unknown_child(Id child) {
    const Say what{Severity::error, Issue::structure, "unknown-element"};
    if (is_quiet()) {
        ++quiet_errors_;
        return;
    }
    std::string name(tape_.name(child));
    findings_.add_at(at(child).parent, child, what,
                     "Take away \"" + name.substr(0, 64) + "\": there is no such element here.");
}

/// Ids of elements are unique in a resource; those of contained resources have a resource of their own. The elements of
/// a snapshot have the ids of those of the differential.
void Walker::check_ids() {
    std::vector<std::pair<Id, Id>> elements;  // Resource and id.
    for (const Id id : ids_)
        if (!at(at(id).parent).is(Record::kResource) && at(at(id).parent).type != names_.element_definition_type)
            elements.emplace_back(resource_of(id), id);
    if (elements.size() < 2) return;
    const auto key = [&](const std::pair<Id, Id>& each) { return std::pair(each.first, text(each.second)); };
    std::stable_sort(elements.begin(), elements.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
    for (std::size_t i = 1; i < elements.size(); ++i) {
        if (key(elements[i - 1]) != key(elements[i])) continue;
        const Id parent = at(elements[i].second).parent;
        const Id owner = at(parent).is(Record::kHidden) && at(parent).extra != 0 ? at(parent).extra : parent;
        say(owner, {Severity::error, Issue::duplicate, "element-id"},
            [] { return std::string("Give each element of the resource an id of its own."); });
    }
}

}  // namespace causeway::validation
