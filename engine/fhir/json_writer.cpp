#include "core/text.hpp"
#include "fhir/json.hpp"
#include "fhir/tape.hpp"

namespace causeway::fhir {
namespace {

/// Writes records back: items of one property become an array again, `_name` siblings stand beside it.
class JsonWriter {
public:
    explicit JsonWriter(const Tape& tape) : tape_(tape) {}

    void value(std::uint32_t index) {
        const auto& record = at(index);
        switch (record.kind) {
            case tree::Kind::object:
                object(index);
                break;
            case tree::Kind::text:
                quoted(tape_.text(index));
                break;
            case tree::Kind::number:
            case tree::Kind::boolean:
                out_ += tape_.text(index);
                break;
            case tree::Kind::none:
                out_ += "null";
                break;
        }
    }

    std::string take() { return std::move(out_); }

private:
    const Record& at(std::uint32_t index) const { return tape_.records()[index]; }

    void quoted(std::string_view text) {
        out_ += '"';
        out_ += json_escape(text);
        out_ += '"';
    }

    void object(std::uint32_t index) {
        out_ += '{';
        bool first = true;
        for (auto child = tape_.first_child(index); child != 0;) {
            const auto end = property_end(child);
            if (!at(child).is(Record::kHidden)) property(child, end, first);
            child = end;
        }
        out_ += '}';
    }

    // First record after the property that begins with `child`.
    std::uint32_t property_end(std::uint32_t child) const {
        const auto name = at(child).name;
        const bool hidden = at(child).is(Record::kHidden);
        do child = at(child).next;
        while (child != 0 && at(child).item > 1 && at(child).name == name && at(child).is(Record::kHidden) == hidden);
        return child;
    }

    void property(std::uint32_t begin, std::uint32_t end, bool& first) {
        bool values = false;
        bool extras = false;
        for (auto i = begin; i != end; i = at(i).next) {
            values |= !at(i).is(Record::kExtra) && at(i).kind != tree::Kind::none;
            extras |= at(i).is(Record::kExtra) || at(i).extra != 0;
        }
        if (values) items(begin, end, "", first, &JsonWriter::own_value);
        if (extras) items(begin, end, "_", first, &JsonWriter::extra_value);
    }

    void items(std::uint32_t begin, std::uint32_t end, std::string_view prefix, bool& first,
               void (JsonWriter::*write)(std::uint32_t)) {
        if (!first) out_ += ',';
        first = false;
        quoted(std::string(prefix).append(tape_.names().text(at(begin).name)));
        out_ += at(begin).item != 0 ? ":[" : ":";
        for (auto i = begin; i != end; i = at(i).next) {
            if (i != begin) out_ += ',';
            (this->*write)(i);
        }
        if (at(begin).item != 0) out_ += ']';
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
    std::string out_;
};

}  // namespace

std::string to_json(const tree::Node& node) {
    const auto* tape = dynamic_cast<const Tape*>(node.document());
    if (tape == nullptr) return {};
    JsonWriter writer(*tape);
    writer.value(static_cast<std::uint32_t>(node.handle()));
    return writer.take();
}

}  // namespace causeway::fhir
