#include "fhir/xml_reader.hpp"

#include <algorithm>

#include "fhir/narrative.hpp"

namespace causeway::fhir {
namespace {

constexpr std::size_t kMarkupDepth = 256;

bool is_resource_name(std::string_view name) noexcept {
    return !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
}

bool is_extension(std::string_view name) noexcept {
    return name == "extension" || name == "modifierExtension";
}

const XmlScanner::Attribute* find_value(const std::vector<XmlScanner::Attribute>& attributes) noexcept {
    const auto found =
        std::find_if(attributes.begin(), attributes.end(), [](const auto& each) { return each.name == "value"; });
    return found == attributes.end() ? nullptr : &*found;
}

bool is_markup(std::string_view attribute) noexcept {
    return attribute == "xmlns" || attribute.starts_with("xmlns:") ||
           (attribute.find(':') != std::string_view::npos && local_part(attribute) == "schemaLocation");
}

}  // namespace

XmlReader::XmlReader(TapeBuilder& builder)
    : builder_(builder), records_(builder.records()), names_(builder.names()), scanner_(builder) {
}

bool XmlReader::read() {
    return scanner_.prolog() && root() && scanner_.epilog();
}

bool XmlReader::root() {
    Open open;
    bool is_empty = false;
    open.offset = scanner_.offset();
    open.depth = 1;
    if (!scanner_.start_tag(open.tag, is_empty)) return false;
    if (!builder_.add(tree::Kind::object, open.offset, 0)) return false;
    return check_namespace(open.tag, 0, open.offset) && name_resource(open) && attributes(open, {}) &&
           (is_empty || content(open));
}

bool XmlReader::check_namespace(std::string_view tag, std::uint32_t record, std::size_t offset) {
    const auto space = scanner_.namespace_of(tag);
    if (space == XmlScanner::Namespace::fhir) return true;
    if (space == XmlScanner::Namespace::undeclared)
        return builder_.refuse(offset, "Declare the prefix of this element.");
    return report(record, offset, "xml-namespace", "Put the element into the namespace http://hl7.org/fhir.");
}

// The resource lies in the record of `open`: the root, or the element that holds it.
bool XmlReader::name_resource(Open& open) {
    const auto type = local_part(open.tag);
    const auto offset = static_cast<std::size_t>(type.data() - builder_.tape().source().data());
    auto& record = records_[open.record];
    record.type = names_.intern(type);
    record.flags |= Record::kResource;
    if (!builder_.add(tree::Kind::text, offset, type.size(), &open.children, names_.intern("resourceType")))
        return false;
    records_.back().flags |= Record::kResourceType;
    return true;
}

bool XmlReader::content(Open& open) {
    open.runs = runs_.size();
    for (;;) {
        const char* text = nullptr;
        if (!scanner_.content(text)) return false;
        if (text != nullptr && !report(open.record, scanner_.offset(text), "xml-text",
                                       "Take the text out, or put it into the attribute value of an element."))
            return false;
        if (scanner_.at()[1] == '/') return scanner_.end_tag(open.tag) && close(open);
        if (!element(open)) return false;
    }
}

bool XmlReader::element(Open& parent) {
    Open open;
    bool is_empty = false;
    const auto scope = scanner_.scope();
    open.offset = scanner_.offset();
    open.depth = parent.depth + 1;
    if (open.depth > builder_.options().limits.max_depth)
        return builder_.refuse(open.offset, "Nest elements less deeply.");
    if (!scanner_.start_tag(open.tag, is_empty)) return false;
    const auto name = local_part(open.tag);
    bool is_done = false;
    if (name == "div")
        is_done = narrative(parent, open, is_empty);
    else if (is_resource_name(name) && !parent.is_primitive && !records_[parent.record].is(Record::kResource))
        is_done = resource(parent, open, is_empty);
    else
        is_done = begin(parent, open) && attributes(open, name) && (is_empty || content(open)) && end(open);
    scanner_.leave(scope);
    return is_done;
}

bool XmlReader::resource(Open& slot, Open& inner, bool is_empty) {
    inner.record = slot.record;
    inner.children = slot.children;
    if (!check_namespace(inner.tag, inner.record, inner.offset) || !name_resource(inner) || !attributes(inner, {}))
        return false;
    if (!is_empty && !content(inner)) return false;
    slot.children = inner.children;
    return true;
}

bool XmlReader::begin(Open& parent, Open& open) {
    auto* chain = children(parent);
    if (chain == nullptr) return false;
    const auto used = names_.use(local_part(open.tag));
    const auto* value = find_value(scanner_.attributes());
    open.is_primitive = value != nullptr;
    open.record = static_cast<std::uint32_t>(records_.size());
    const auto id = names_.used(used).id;
    if (!(value != nullptr ? builder_.add(tree::Kind::text, value->offset, value->value.size(), chain, id)
                           : builder_.add(tree::Kind::object, open.offset, 0, chain, id)))
        return false;
    open.around = chain;
    open.children = {open.record, 0};
    if (const auto& known = names_.used(used); known.choice_base != 0 && known.choice_primitive == open.is_primitive) {
        records_[open.record].flags |= Record::kChoice;
        records_[open.record].name = known.choice_base;
        records_[open.record].type = known.choice_type;
    }
    number_item(parent, open.record, used);
    return check_namespace(open.tag, open.record, open.offset);
}

bool XmlReader::end(Open& open) {
    if (open.is_primitive || open.children.last != 0) return true;
    records_[open.record].flags |= Record::kEmpty;
    return report(open.record, open.offset, "xml-empty-element",
                  "Leave the element out, or give it a value or content.");
}

// What stands inside a primitive hangs in the record of its `_name` property.
TapeBuilder::Chain* XmlReader::children(Open& open) {
    if (!open.is_primitive || open.children.record != open.record) return &open.children;
    const auto extra = static_cast<std::uint32_t>(records_.size());
    const auto& primitive = records_[open.record];
    const auto name = primitive.name, type = primitive.type, item = primitive.item;
    const auto flags = primitive.flags;
    if (!builder_.add(tree::Kind::object, open.offset, 0, open.around, name, item)) return nullptr;
    auto& record = records_.back();
    record.type = type;
    record.flags = static_cast<std::uint16_t>(flags | Record::kExtra | Record::kHidden);
    record.extra = open.record;
    records_[open.record].extra = extra;
    open.children = {extra, 0};
    return &open.children;
}

void XmlReader::number_item(const Open& parent, std::uint32_t record, std::uint32_t used) {
    if (runs_.size() == parent.runs || runs_.back().name != used) {
        runs_.push_back({used, record, 1});
        return;
    }
    auto& run = runs_.back();
    if (run.count == 1) records_[run.first].item = 1;
    records_[record].item = ++run.count;
}

// No name may come again after another one.
bool XmlReader::close(const Open& open) {
    if (seen_.size() < names_.used_count()) seen_.resize(names_.used_count() + 32);
    const auto stamp = open.record + 1;
    for (auto i = open.runs; i < runs_.size(); ++i) {
        auto& seen = seen_[runs_[i].name];
        const auto first = runs_[i].first;
        if (seen == stamp && !report(first, builder_.tape().start_of(records_[first]), "xml-order",
                                     "Put the repeats of an element side by side."))
            return false;
        seen = stamp;
    }
    runs_.resize(open.runs);
    return true;
}

bool XmlReader::attributes(Open& open, std::string_view element) {
    for (const auto& each : scanner_.attributes()) {
        const bool is_child = (each.name == "id" && !element.empty()) || (each.name == "url" && is_extension(element));
        if (is_child) {
            auto* chain = children(open);
            if (chain == nullptr ||
                !builder_.add(tree::Kind::text, each.offset, each.value.size(), chain, names_.intern(each.name)))
                return false;
        } else if ((each.name != "value" || element.empty()) && !is_markup(each.name)) {
            if (!report(open.record, each.offset, "xml-attribute",
                        "Take the attribute out: FHIR elements have value, id and, on extensions, url."))
                return false;
        }
    }
    return true;
}

bool XmlReader::narrative(Open& parent, const Open& div, bool is_empty) {
    const bool is_xhtml = scanner_.namespace_of(div.tag) == XmlScanner::Namespace::xhtml;
    const bool is_self_contained = std::any_of(scanner_.attributes().begin(), scanner_.attributes().end(),
                                               [](const auto& each) { return each.name == "xmlns"; });
    if (!is_empty && !scanner_.markup(div.tag, kMarkupDepth)) return false;
    auto* chain = children(parent);
    if (chain == nullptr || !builder_.add(tree::Kind::text, div.offset, 0, chain, names_.intern("div"))) return false;
    const auto record = static_cast<std::uint32_t>(records_.size() - 1);
    number_item(parent, record, names_.use("div"));
    const auto source = builder_.tape().source().substr(div.offset, scanner_.offset() - div.offset);
    place(record, source, narrative_text(source, div.tag, is_self_contained));
    return is_xhtml ||
           report(record, div.offset, "xml-namespace", "Put the div into the namespace http://www.w3.org/1999/xhtml.");
}

void XmlReader::place(std::uint32_t record, std::string_view source, const std::optional<std::string>& text) {
    records_[record].length = static_cast<std::uint32_t>(text ? text->size() : source.size());
    if (!text) return;
    if (text->size() > source.size())
        records_[record].offset = static_cast<std::uint32_t>(builder_.append(*text));
    else
        std::copy(text->begin(), text->end(), builder_.buffer() + records_[record].offset);
}

}  // namespace causeway::fhir
