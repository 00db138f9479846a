#include "fhir/typer.hpp"

#include <algorithm>

#include "fhir/json_number.hpp"

namespace causeway::fhir {

Typer::Typer(TapeBuilder& builder)
    : builder_(builder),
      definitions_(*builder.tape().definitions()),
      records_(builder.records()),
      is_xml_(builder.tape().encoding() == Format::xml),
      value_(definitions_.name("value")),
      contexts_(records_.size()) {
    if (!is_xml_) return;
    boolean_ = definitions_.name("boolean");
    numbers_ = {definitions_.name("decimal"), definitions_.name("integer"), definitions_.name("positiveInt"),
                definitions_.name("unsignedInt")};
    orders_.resize(records_.size());
}

bool Typer::run() {
    type_root();
    for (std::uint32_t index = 1; index < records_.size(); ++index)
        if (!type(index)) return false;
    return true;
}

void Typer::type_root() {
    auto& root = records_.front();
    if (root.type >= definitions_.name_count()) return;
    root.element = definitions_.structure_at(definitions_.type_of_name(root.type)).elements.first;
    contexts_.front() = root.element;
}

bool Typer::type(std::uint32_t index) {
    auto& record = records_[index];
    if (record.is(Record::kHidden)) {
        type_extra(index);
        return true;
    }
    if (record.is(Record::kResourceType)) type_resource_name(index);
    const auto context = contexts_[record.parent];
    if (context == 0 || record.is(Record::kResourceType) || record.name >= definitions_.name_count()) return true;
    const auto child = definitions_.child(context, 0, record.name);
    const auto& element = definitions_.element(child.element);
    if (child.element == 0 || (element.is(Element::kChoice) && child.type == 0) || is_value(element)) return true;
    record.element = child.element;
    if (child.type != 0) {
        record.name = element.name;
        record.flags |= Record::kChoice;
        record.type = child.type;
        contexts_[index] = enter(index, element, child.type, definitions_.type_of_name(child.type));
    } else {
        const auto types = definitions_.types(element.types);
        const auto first = types.empty() ? Type() : types.front();
        contexts_[index] = enter(index, element, first.code, first.structure);
    }
    return !is_xml_ || check_xml(index, element);
}

// The value of a primitive is the record itself, and no child of it.
bool Typer::is_value(const Element& element) const noexcept {
    return element.name == value_ &&
           definitions_.structure_at(element.structure).kind == Structure::Kind::primitive_type;
}

// Sets the type, and gives the element whose children stand in the record.
Index Typer::enter(std::uint32_t index, const Element& element, Index type, Index structure) {
    auto& record = records_[index];
    if (element.is(Element::kResourceSlot) && record.is(Record::kResource)) {
        if (record.type >= definitions_.name_count()) return 0;
        return definitions_.structure_at(definitions_.type_of_name(record.type)).elements.first;
    }
    record.flags = static_cast<std::uint16_t>(record.flags & ~Record::kResource);
    record.type = element.is(Element::kResourceSlot) ? 0 : type;
    if (element.is(Element::kResourceSlot)) return 0;
    if (element.content_reference != 0) {
        const auto types = definitions_.types(definitions_.element(element.content_reference).types);
        record.type = types.empty() ? type : types.front().code;
        return element.content_reference;
    }
    return element.first_child != 0 ? record.element : definitions_.structure_at(structure).elements.first;
}

// A `_name` record is of its primitive's type.
void Typer::type_extra(std::uint32_t index) {
    auto& record = records_[index];
    const auto& primitive = records_[record.extra];
    if (record.extra > index) {
        // JSON gave `_name` before `name`: type that first.
        type(record.extra);
    }
    record.name = primitive.name;
    record.element = primitive.element;
    record.type = primitive.type;
    contexts_[index] = contexts_[record.extra];
}

// "resourceType" where no resource may stand is a property as any other.
void Typer::type_resource_name(std::uint32_t index) {
    auto& record = records_[index];
    if (!records_[record.parent].is(Record::kResource))
        record.flags = static_cast<std::uint16_t>(record.flags & ~Record::kResourceType);
}

bool Typer::check_xml(std::uint32_t index, const Element& element) {
    auto& record = records_[index];
    if (element.is(Element::kXmlAttribute)) return true;
    if (element.is(Element::kList) && record.item == 0) record.item = 1;
    const auto& type = definitions_.structure_at(definitions_.type_of_name(record.type));
    if (type.kind == Structure::Kind::primitive_type && record.type != 0) {
        if (record.kind == tree::Kind::text)
            set_kind(record);
        else
            record.flags |= Record::kExtra;
    }
    return check_order(index, element);
}

void Typer::set_kind(Record& record) const noexcept {
    const auto text = builder_.tape().text_of(record);
    if (record.type == boolean_ && (text == "true" || text == "false")) record.kind = tree::Kind::boolean;
    if (std::find(numbers_.begin(), numbers_.end(), record.type) != numbers_.end() && is_json_number(text))
        record.kind = tree::Kind::number;
}

bool Typer::check_order(std::uint32_t index, const Element& element) {
    auto& last = orders_[records_[index].parent];
    const bool is_behind = element.order >= last;
    last = element.order;
    return is_behind ||
           builder_.report(index, {}, builder_.tape().start_of(records_[index]), "xml-order",
                           "Put the elements into the order in which FHIR defines them: this one comes earlier.");
}

}  // namespace causeway::fhir
