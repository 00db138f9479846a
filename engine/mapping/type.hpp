#pragma once
/// Data types of rows: how a v2 field becomes a FHIR element, and back.

#include <array>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhirpath/expression.hpp"
#include "mapping/dtm.hpp"
#include "mapping/json_value.hpp"
#include "mapping/letter.hpp"
#include "mapping/table.hpp"
#include "mapping/v2_reader.hpp"

namespace causeway::mapping {

/// Why a value could not be converted: a code (M301 ...) and a sentence without the value.
struct Failure {
    std::string_view code;  ///< A literal.
    std::string what;
    explicit operator bool() const noexcept { return !what.empty(); }
};

/// What a conversion to FHIR gets. Texts that the reader gives live as long as the message.
struct V2Input {
    V2Reader& reader;
    JsonArena& json;                  ///< Where what it makes lives.
    std::span<const V2Place> places;  ///< One, or all where the type is `whole`.
    std::string_view argument;        ///< Inside the brackets: XON.Organization(ods).
    const Table* table = nullptr;
    const Headings* headings = nullptr;
    const Zone& zone;
    bool raw = false;
    bool plain = false;  ///< The dictionary knows no parts of what is read.

    const V2Place& place() const { return places.front(); }
    std::string_view text() const { return plain ? reader.verbatim(place()) : reader.text(place()); }
    std::string_view component(unsigned component, unsigned subcomponent = 0) const {
        return reader.component(place(), component, subcomponent);
    }
    /// A component that has no parts by its type.
    std::string_view verbatim(unsigned component) const { return reader.verbatim(place(), component); }
};

/// Few, and mostly one: kept in place.
struct FhirValues {
    static constexpr std::size_t kMost = 4;

    std::array<JsonValue*, kMost> values{};
    std::size_t count = 0;
    Failure failure;
    std::vector<Failure> remarks;  ///< Converted, but a person should know.

    /// Unless it is empty.
    void add(JsonValue& value) {
        if (!value.empty() && count < kMost) values[count++] = &value;
    }
};

/// What a conversion to v2 gets.
struct FhirInput {
    const fhirpath::Value& value;
    std::string_view argument;
    const Table* table = nullptr;
    const std::function<tree::Node(std::string_view, const tree::Node&)>& resolve;

    tree::Node node() const;  ///< The value as a node; nothing where it is a plain value.
    std::string text() const { return fhirpath::to_text(value); }
    std::string value_text() const;  ///< Text of a plain value, else of the element `value` (Identifier, ContactPoint).
};

/// One component of a field repetition, from 1.
struct V2Part {
    unsigned component = 1;
    unsigned subcomponent = 1;
    std::string value;
};

struct V2Values {
    std::vector<std::vector<V2Part>> repetitions;
    Failure failure;
};

/// One data type. Exact: what it writes to v2 and reads back is the same FHIR.
struct Type {
    std::string_view name;
    std::string_view fhir;  ///< Element type, which names a choice: "dateTime".
    std::string_view doc;
    FhirValues (*to_fhir)(const V2Input&) = nullptr;
    V2Values (*to_v2)(const FhirInput&) = nullptr;
    bool fallible = false;
    bool whole = false;              ///< Takes all places at once.
    std::string_view argument = {};  ///< What stands in its brackets; empty: none.
};

/// All types, by family.
std::span<const Type> plain_types();
std::span<const Type> identity_types();
std::span<const Type> contact_types();
std::span<const Type> code_types();
std::span<const Type> text_types();

const Type* find_type(std::string_view name);
std::vector<std::string> type_names();

// Shared by the families.
FhirValues one(JsonValue& value);
FhirValues failed(std::string_view code, std::string what);
V2Values one_part(std::string value);
/// Components 1, 2, 3 ... of one repetition; empty ones are left out.
V2Values one_repetition(std::initializer_list<std::string_view> components);
/// A Period from the components of its start and end, or from the sub-components of a DR; empty where there is none.
JsonValue& period_in(const V2Input& in, unsigned start, unsigned end, unsigned range = 0);
/// The start and end of `node`'s period as these components.
void add_period(std::vector<V2Part>& parts, const tree::Node& node, unsigned start, unsigned end);
/// An extension whose value is a text; nothing where the text is empty.
void append_extension(JsonArena& json, JsonValue& to, std::string_view url, std::string_view value_name,
                      std::string_view value);
/// The value of the extension of that URL; empty where there is none.
std::string extension_text(const tree::Node& node, std::string_view url);
std::string child_text(const tree::Node& node, std::string_view name);
std::vector<tree::Node> child_nodes(const tree::Node& node, std::string_view name);

}  // namespace causeway::mapping
