#include "core/text.hpp"
#include "fhir/choice.hpp"
#include "fhir/json.hpp"
#include "fhir/tape.hpp"

namespace causeway::fhir {
namespace {

/// Writes records back: items of one property become an array again, `_name` siblings stand beside it.
class JsonWriter {
public:
    JsonWriter(const Tape& tape, bool is_pretty) : tape_(tape), is_pretty_(is_pretty) {}

    void value(std::uint32_t index) {
        const auto& record = at(index);
        switch (record.kind) {
            case tree::Kind::object:
                object(index);
                break;
            case tree::Kind::text:
                quoted(tape_.text_of(record));
                break;
            case tree::Kind::number:
            case tree::Kind::boolean:
                out_ += tape_.text_of(record);
                break;
            case tree::Kind::none:
                out_ += "null";
                break;
        }
    }

    std::string take() { return std::move(out_); }

private:
    const Record& at(std::uint32_t index) const { return tape_.records()[index]; }

    void new_line() {
        if (is_pretty_) out_.append("\n").append(depth_ * 2, ' ');
    }

    void quoted(std::string_view text) {
        out_ += '"';
        out_ += json_escape(text);
        out_ += '"';
    }

    void object(std::uint32_t index) {
        out_ += '{';
        ++depth_;
        bool is_first = true;
        for (auto child = shown(tape_.first_child(index)); child != 0;) {
            const auto end = property_end(child);
            property(child, end, is_first);
            child = end;
        }
        --depth_;
        new_line();
        out_ += '}';
    }

    // The first record from `child` on that is not hidden.
    std::uint32_t shown(std::uint32_t child) const {
        while (child != 0 && (at(child).flags & (Record::kHidden | Record::kDropped)) != 0) child = at(child).next;
        return child;
    }

    // First record after the property that begins with `child`.
    std::uint32_t property_end(std::uint32_t child) const {
        const auto name = at(child).name;
        const auto type = at(child).is(Record::kChoice) ? at(child).type : 0;
        do child = shown(at(child).next);
        while (child != 0 && at(child).item > 1 && at(child).name == name && (type == 0 || at(child).type == type));
        return child;
    }

    void property(std::uint32_t begin, std::uint32_t end, bool& is_first) {
        bool has_values = false;
        bool has_extras = false;
        for (auto i = begin; i != end; i = shown(at(i).next)) {
            has_values |= !at(i).is(Record::kExtra) && at(i).kind != tree::Kind::none;
            has_extras |= at(i).is(Record::kExtra) || at(i).extra != 0;
        }
        if (has_values) items(begin, end, "", is_first, &JsonWriter::own_value);
        if (has_extras) items(begin, end, "_", is_first, &JsonWriter::extra_value);
    }

    void items(std::uint32_t begin, std::uint32_t end, std::string_view prefix, bool& is_first,
               void (JsonWriter::*write)(std::uint32_t)) {
        if (!is_first) out_ += ',';
        is_first = false;
        new_line();
        quoted(name(prefix, at(begin)));
        out_ += is_pretty_ ? ": " : ":";
        const bool is_list = at(begin).item != 0;
        if (is_list) out_ += '[';
        if (is_list) ++depth_;
        for (auto i = begin; i != end; i = shown(at(i).next)) {
            if (i != begin) out_ += ',';
            if (is_list) new_line();
            (this->*write)(i);
        }
        if (!is_list) return;
        --depth_;
        new_line();
        out_ += ']';
    }

    std::string name(std::string_view prefix, const Record& record) const {
        auto text = std::string(prefix).append(tape_.names().text(record.name));
        if (record.is(Record::kChoice)) append_type(text, tape_.names().text(record.type));
        return text;
    }

    void own_value(std::uint32_t index) {
        if (at(index).is(Record::kExtra)) {
            out_ += "null";
        } else {
            value(index);
        }
    }

    void extra_value(std::uint32_t index) {
        if (tape_.first_child(index) == 0) {
            out_ += "null";
        } else {
            object(index);
        }
    }

    const Tape& tape_;
    bool is_pretty_;
    std::size_t depth_ = 0;
    std::string out_;
};

}  // namespace

std::string to_json(const tree::Node& node, bool is_pretty) {
    const auto* tape = dynamic_cast<const Tape*>(node.document());
    if (tape == nullptr) return {};
    JsonWriter writer(*tape, is_pretty);
    writer.value(static_cast<std::uint32_t>(node.handle()));
    return writer.take();
}

}  // namespace causeway::fhir
