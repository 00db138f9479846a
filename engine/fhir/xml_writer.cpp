#include <algorithm>
#include <cstring>

#include "fhir/choice.hpp"
#include "fhir/narrative.hpp"
#include "fhir/problem.hpp"
#include "fhir/tape.hpp"
#include "fhir/utf8.hpp"
#include "fhir/xml.hpp"
#include "fhir/xml_scanner.hpp"

namespace causeway::fhir {
namespace {

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
constexpr std::size_t kMarkupDepth = 256;

// Is it one well-formed div, in the namespace of XHTML?
bool is_narrative(std::string_view text) {
    const ParseOptions options;
    Tape tape{Payload(std::string(text)), Format::xml};
    TapeBuilder builder(tape, options);
    XmlScanner scanner(builder);
    std::string_view tag;
    bool is_empty = false;
    if (!text.starts_with('<') || !scanner.start_tag(tag, is_empty) || tag != "div") return false;
    if (scanner.namespace_of(tag) != XmlScanner::Namespace::xhtml) return false;
    return (is_empty || scanner.markup(tag, kMarkupDepth)) && scanner.is_end();
}

class XmlWriter {
public:
    XmlWriter(const Tape& tape, bool is_pretty)
        : tape_(tape), definitions_(*tape.definitions()), records_(tape.records()), is_pretty_(is_pretty) {}

    Result<std::string> write() {
        out_.reserve(tape_.source().size() + kDeclaration.size() + 64);
        out_ += kDeclaration;
        const bool is_known = records_.front().element != 0;
        if (!is_known) refuse(0, "Send a resource of a type that the definitions know.");
        if (is_known) resource(0, " xmlns=\"http://hl7.org/fhir\"");
        if (is_pretty_) out_ += '\n';
        if (problem_) return to_error(tape_.source(), std::move(*problem_));
        return std::move(out_);
    }

private:
    using Children = std::vector<std::uint32_t>;

    bool refuse(std::uint32_t record, std::string what) {
        problem_ = Problem{tape_.start_of(records_[record]), Issue::structure, std::move(what), {}};
        return false;
    }

    void new_line() {
        if (is_pretty_) out_.append("\n").append(depth_ * 2, ' ');
    }

    bool resource(std::uint32_t record, std::string_view attributes) {
        const auto type = tape_.names().text(records_[record].type);
        return element(record, type, attributes, {}, tape_.first_child(record));
    }

    // <name attributes value="value">children</name>
    bool element(std::uint32_t record, std::string_view name, std::string_view attributes,
                 std::optional<std::string_view> value, std::uint32_t first_child) {
        Children children;
        if (!sort(first_child, children)) return false;
        new_line();
        out_.append("<").append(name).append(attributes);
        auto child = children.begin();
        for (; child != children.end() && is_attribute(*child); ++child)
            if (!attribute(*child, tape_.names().text(records_[*child].name), tape_.text(*child))) return false;
        if (value && !attribute(record, "value", *value)) return false;
        if (child == children.end()) {
            out_ += "/>";
            return true;
        }
        out_ += '>';
        ++depth_;
        for (; child != children.end(); ++child)
            if (!this->child(*child)) return false;
        --depth_;
        new_line();
        out_.append("</").append(name).append(">");
        return true;
    }

    bool is_attribute(std::uint32_t record) const noexcept {
        return definitions_.element(records_[record].element).is(Element::kXmlAttribute);
    }

    // Attributes first, then as defined.
    bool sort(std::uint32_t first, Children& children) {
        for (auto child = first; child != 0; child = records_[child].next) {
            const auto& record = records_[child];
            if (!record.is_shown() || record.is(Record::kNull)) continue;
            if (record.element == 0) return refuse(child, "Take the property out: FHIR does not define it here.");
            children.push_back(child);
        }
        const auto order = [&](std::uint32_t child) {
            const auto& element = definitions_.element(records_[child].element);
            return element.is(Element::kXmlAttribute) ? 0 : 1 + element.order;
        };
        std::stable_sort(children.begin(), children.end(), [&](auto a, auto b) { return order(a) < order(b); });
        return true;
    }

    bool attribute(std::uint32_t record, std::string_view name, std::string_view value) {
        if (records_[record].kind == tree::Kind::object && name != "value")
            return refuse(record, "Put a text here: this is an attribute in XML.");
        out_.append(" ").append(name).append("=\"");
        const auto begin = out_.size();
        for (const char c : value) append_escaped(c);
        out_ += '"';
        // Escapes put in are text; what was not text before still is not.
        return is_text(std::string_view(out_).substr(begin)) ||
               refuse(record, "Take the control character out of this value: XML cannot hold it.");
    }

    static bool is_text(std::string_view text) noexcept {
        return first_non_text(text) == kAllText && text.find("\xEF\xBF\xBE") == std::string_view::npos &&
               text.find("\xEF\xBF\xBF") == std::string_view::npos;
    }

    void append_escaped(char c) {
        switch (c) {
            case '<':
                out_ += "&lt;";
                break;
            case '>':
                out_ += "&gt;";
                break;
            case '&':
                out_ += "&amp;";
                break;
            case '"':
                out_ += "&quot;";
                break;
            case '\t':
                out_ += "&#x9;";
                break;
            case '\n':
                out_ += "&#xA;";
                break;
            case '\r':
                out_ += "&#xD;";
                break;
            default:
                out_ += c;
        }
    }

    bool child(std::uint32_t index) {
        const auto& record = records_[index];
        const auto& element = definitions_.element(record.element);
        if (element.is(Element::kXhtml) && record.kind == tree::Kind::text) return narrative(index);
        std::string name(tape_.names().text(record.name));
        if (record.is(Record::kChoice)) append_type(name, tape_.names().text(record.type));
        if (record.is(Record::kResource)) return slot(index, name);
        std::optional<std::string_view> value;
        if (record.kind != tree::Kind::object && record.kind != tree::Kind::none) value = tape_.text_of(record);
        return this->element(index, name, {}, value, tape_.first_child(index));
    }

    bool slot(std::uint32_t index, const std::string& name) {
        if (records_[index].type >= definitions_.name_count() || definitions_.type_of_name(records_[index].type) == 0)
            return refuse(index, "Send a resource of a type that the definitions know.");
        new_line();
        out_.append("<").append(name).append(">");
        ++depth_;
        if (!resource(index, {})) return false;
        --depth_;
        new_line();
        out_.append("</").append(name).append(">");
        return true;
    }

    bool narrative(std::uint32_t index) {
        const auto text = tape_.text_of(records_[index]);
        if (!is_text(text) || !is_narrative(text))
            return refuse(index, "Write the div as well-formed XHTML, in the namespace http://www.w3.org/1999/xhtml.");
        new_line();
        out_ += narrative_markup(text);
        return true;
    }

    const Tape& tape_;
    const Definitions& definitions_;
    std::span<const Record> records_;
    bool is_pretty_;
    std::size_t depth_ = 0;
    std::string out_;
    std::optional<Problem> problem_;
};

}  // namespace

Result<std::string> to_xml(const FhirDocument& document, bool is_pretty) {
    if (!document.definitions())
        return fail(Issue::not_supported, "", "Read the document with definitions to write it as XML.");
    return XmlWriter(Tape::of(document), is_pretty).write();
}

}  // namespace causeway::fhir
