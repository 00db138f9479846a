#pragma once
/// Fills a Tape from FHIR XML (http://hl7.org/fhir/R4/xml.html). Internal to the XML codec.

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/xml_scanner.hpp"

namespace causeway::fhir {

/// Reads tape.source(), which must be followed by a NUL. The records are those that the same content has in JSON, but
/// that numbers, booleans and values of one item in a list are told by definitions only (typer.hpp).
class XmlReader {
public:
    explicit XmlReader(TapeBuilder& builder);

    bool read();

private:
    // An element whose content is being read.
    struct Open {
        std::string_view tag;                  // With prefix.
        std::uint32_t record = 0;              // Of its value: a primitive's text, or the object.
        std::size_t runs = 0;                  // Its first in runs_.
        TapeBuilder::Chain children;           // Of a primitive: below its `_name` record.
        TapeBuilder::Chain* around = nullptr;  // That in which it stands itself.
        std::size_t offset = 0;                // Of the start tag.
        std::size_t depth = 0;
        bool is_primitive = false;
    };
    // Elements of one name side by side.
    struct Run {
        std::uint32_t name = 0;   // Used name.
        std::uint32_t first = 0;  // Record.
        std::uint32_t count = 0;
    };

    bool root();
    bool content(Open& open);
    bool element(Open& parent);
    bool begin(Open& parent, Open& open);
    bool end(Open& open);
    bool attributes(Open& open, std::string_view element);
    bool resource(Open& slot, Open& inner, bool is_empty);
    bool name_resource(Open& open);
    bool narrative(Open& parent, const Open& div, bool is_empty);
    void place(std::uint32_t record, std::string_view source, const std::optional<std::string>& text);
    bool check_namespace(std::string_view tag, std::uint32_t record, std::size_t offset);
    void number_item(const Open& parent, std::uint32_t record, std::uint32_t used);
    bool close(const Open& open);
    TapeBuilder::Chain* children(Open& open);
    bool report(std::uint32_t record, std::size_t offset, std::string_view id, std::string_view what) {
        return builder_.report(record, {}, offset, id, what);
    }

    TapeBuilder& builder_;
    std::vector<Record>& records_;
    Names& names_;
    XmlScanner scanner_;
    std::vector<Run> runs_;            // Of the elements that are being read.
    std::vector<std::uint32_t> seen_;  // By used name: 1 + record of the element in which it stood last.
};

}  // namespace causeway::fhir
