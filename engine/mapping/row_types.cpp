/// A row's type, constant and table against what the FHIR definitions say of the element.
#include <algorithm>
#include <array>
#include <span>

#include "core/text.hpp"
#include "mapping/parser.hpp"

namespace causeway::mapping {
namespace {

using Names = std::vector<std::string>;

bool contains(std::span<const std::string_view> names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Primitive types whose JSON is any text.
constexpr std::array<std::string_view, 11> kTexts = {"string", "code", "uri",  "url",   "canonical",   "markdown",
                                                     "id",     "oid",  "uuid", "xhtml", "base64Binary"};
constexpr std::array<std::string_view, 4> kMoments = {"date", "dateTime", "instant", "time"};
constexpr std::array<std::string_view, 4> kNumbers = {"integer", "positiveInt", "unsignedInt", "decimal"};

/// May a value that a type makes as `from` stand in an element of type `to`?
bool may_write(std::string_view from, std::string_view to) {
    if (from == to || (contains(kTexts, from) && contains(kTexts, to))) return true;
    if (from == "integer") return contains(kNumbers, to);
    if (from == "date") return to == "dateTime" || to == "string";
    if (from == "dateTime") return to == "string";
    return from == "instant" && (to == "dateTime" || to == "string");
}

/// What else than its own FHIR type the way back of a type can read.
struct Readable {
    std::string_view type;
    std::array<std::string_view, 4> also;
};
constexpr std::array kReadable = std::to_array<Readable>({
    {"CWE", {"Coding", "Quantity"}},
    {"CWE.Coding", {"CodeableConcept"}},
    {"ODS", {"Organization", "Reference", "PractitionerRole", "HealthcareService"}},
    {"XON.Organization", {"Organization"}},
    {"XCN.Practitioner", {"Practitioner", "PractitionerRole"}},
    {"ED.Attachment", {"Binary"}},
    {"TX.narrative", {"xhtml"}},
});
/// Types that read a plain value too.
constexpr std::array<std::string_view, 12> kReadPlain = {"ST",  "code", "CX",  "EI",  "PLN",        "Identifier",
                                                         "ODS", "XPN",  "XTN", "CWE", "CWE.Coding", "TX.lines"};

std::string listed(const Names& names, std::string_view last) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0                  ? ""
                 : i + 1 == names.size() ? std::string(" ").append(last).append(" ")
                                         : std::string(", ")) +
                names[i];
    return text;
}

/// The types of rows that make one of these, for advice.
std::string advice(const Names& wanted) {
    Names types;
    for (const auto& name : type_names())
        if (const auto* type = find_type(name); std::find(wanted.begin(), wanted.end(), type->fhir) != wanted.end())
            types.push_back(name);
    if (std::find(wanted.begin(), wanted.end(), "Reference") != wanted.end()) types.emplace_back("Reference(NAME)");
    return types.empty() ? std::string() : " Write : " + listed(types, "or") + ".";
}

/// What a value read from FHIR is called in JSON: a System type by its FHIR name.
std::string fhir_name(std::string name) {
    if (name == "String") return "string";
    if (name == "Boolean") return "boolean";
    if (name == "Integer") return "integer";
    if (name == "Decimal") return "decimal";
    if (name == "Date") return "date";
    if (name == "DateTime") return "dateTime";
    return name;
}

}  // namespace

std::string Parser::check_reference(const FhirModel::Place& target, const std::string& resource) const {
    const auto names = fhir_.names(target.types);
    if (names.empty()) return {};
    if (std::all_of(names.begin(), names.end(), [](const auto& name) { return contains(kTexts, name); })) return {};
    if (std::find(names.begin(), names.end(), "Reference") == names.end())
        return target.path + " takes no reference, but " + listed(names, "or") + "." + advice(names);
    const auto allowed = fhir_.targets(target);
    if (allowed.empty() || std::find(allowed.begin(), allowed.end(), resource) != allowed.end()) return {};
    return "Refer to " + listed(allowed, "or") + " here: " + target.path + " takes no " + resource + ".";
}

void Parser::check_code(const std::string& code, std::size_t column, const std::string& what) {
    const auto codes = fhir_.codes(row_places_.target);
    if (!codes || std::find(codes->begin(), codes->end(), code) != codes->end()) return;
    const auto guess = did_you_mean(code, *codes);
    const bool few = codes->size() <= 8;
    mistake(column, what + " \"" + code + "\", which " + row_places_.target.path + " does not take." + guess +
                        (guess.empty() && few ? " It takes " + listed(*codes, "and") + "." : ""));
}

void Parser::check_constant(const Row& row, const std::string& type) {
    const auto& target = row_places_.target;
    const auto column = row_places_.constant;
    if (!fhir_.is_primitive(type))
        return mistake(column, "Write the constant to an element of it: " + target.path + " is a " + type + ".");
    const bool truth = *row.constant == "true" || *row.constant == "false";
    const bool bare = type == "boolean" || contains(kNumbers, type);
    if (bare && (!row.constant_is_literal || truth != (type == "boolean")))
        return mistake(column, type == "boolean"
                                   ? "Write = true or = false, without quotes: " + target.path + " is a boolean."
                                   : "Write a number without quotes: " + target.path + " is a number.");
    if (!bare && row.constant_is_literal)
        return mistake(column, "Put the constant in double quotes: " + target.path + " is a " + type + ".");
    if (type == "code") check_code(*row.constant, column, "This constant is");
}

void Parser::check_table(const Row& row) {
    const auto codes = fhir_.codes(row_places_.target);
    if (!codes || row.type == nullptr || row.type->fhir != "code") return;
    for (const auto& [left, right] : row.table->rights())
        if (std::find(codes->begin(), codes->end(), right.code) == codes->end())
            return check_code(right.code, row_places_.table, "The table gives");
}

void Parser::check_target(const Row& row) {
    if (row.is_reference) return;
    const auto& target = row_places_.target;
    const auto names = fhir_.names(target.types);
    if (names.empty()) return;
    if (row.constant) return check_constant(row, names.front());
    const auto from = row.type != nullptr ? row.type->fhir : std::string_view("string");
    const bool plain = row.type == nullptr || row.type->name == "ST";
    // What an expression gives is written as it is: a fact may be a moment or a number.
    const bool computed = plain && !row.left.path;
    const auto fits = [&](const std::string& to) {
        return row.location.has_choice() ? to == from : may_write(from, to) || (computed && fhir_.is_primitive(to));
    };
    if (std::none_of(names.begin(), names.end(), fits)) {
        const auto what =
            plain ? "A text" : "\"" + std::string(row.type->name) + "\" gives " + std::string(from) + ", which";
        const bool few = names.size() <= 4;
        return mistake(row.type != nullptr ? row_places_.type : row_places_.right,
                       what + " does not fit " + target.path + ": it takes " +
                           (few ? listed(names, "or") : "other types") + "." + (few ? advice(names) : ""));
    }
    if (row.table != nullptr) check_table(row);
    const bool keeps = row.policy.kind == Policy::Kind::keep || row.policy.keep_after_warning;
    if (keeps && from == "code" && fhir_.codes(target))
        return mistake(row_places_.policy, "Write else drop, reject or a code of its own: " + target.path +
                                               " takes codes of one list only, what is kept need not be one.");
    if (row.policy.replacement && from == "code")
        check_code(*row.policy.replacement, row_places_.policy, "The row's own value is");
}

void Parser::check_source(const Row& row) {
    const auto& source = row_places_.source;
    if (source.any || source.of.empty() || !fhir_.knows()) return;
    Names names;
    for (const auto& each : source.of)
        names.push_back(each.system.empty() ? fhir_.names({false, false, {each}}).front()
                                            : fhir_name(std::string(each.system)));
    const auto type = row.type != nullptr ? row.type->name : std::string_view("ST");
    const auto reads = [&](const std::string& name) {
        if (fhir_.is_primitive(name))
            return contains(kReadPlain, type) ||
                   (row.type != nullptr && (may_write(row.type->fhir, name) || may_write(name, row.type->fhir) ||
                                            (contains(kMoments, name) && contains(kMoments, row.type->fhir)) ||
                                            (contains(kNumbers, name) && contains(kNumbers, row.type->fhir))));
        if (row.type != nullptr && row.type->fhir == name) return true;
        for (const auto& readable : kReadable)
            if (readable.type == type && contains(readable.also, name)) return true;
        return !fhir_.knows() || fhir_.type(name).any;
    };
    if (std::any_of(names.begin(), names.end(), reads)) return;
    const bool few = names.size() <= 4;
    const auto found = few ? listed(names, "or") : std::string("values with parts");
    mistake(row.type != nullptr ? row_places_.type : row_places_.right,
            row.type != nullptr
                ? "\"" + std::string(type) + "\" cannot read " + found + "." + (few ? advice(names) : "")
                : "Say how to write " + found + "." + (few ? advice(names) : ""));
}

}  // namespace causeway::mapping
