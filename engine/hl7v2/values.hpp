#pragma once
/// Values by their HL7 type, on their way into a message (chapter 2A): strict, so that what is written can be read by
/// anybody. What a type cannot represent is an Error (code 102 of table 0357), never written otherwise.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "hl7v2/writer.hpp"

namespace causeway::hl7v2 {

/// One part of a field repetition; both count from 1.
struct ValuePart {
    std::uint16_t component = 1, subcomponent = 1;
    std::string value;
};
using ValueParts = std::vector<ValuePart>;

/// ST, TX, FT, ID, IS: any text but `""`, which would delete what the receiver has (see Deletion).
struct Text {
    std::string text;
};

/// `""`: the receiver deletes its value (chapter 2.5.3).
struct Deletion {};

/// NM: an optional sign, digits, perhaps a point and digits; nothing is rounded.
struct Number {
    explicit Number(std::int64_t value) : digits(std::to_string(value)) {}
    explicit Number(std::string text) : digits(std::move(text)) {}
    std::string digits;
};

/// DT, TM, DTM, TS: as precise as what is set. What stands behind something unset must be unset too.
struct Moment {
    enum class As {
        date,      ///< DT: year, month, day.
        time,      ///< TM: hour, minute, second; no year.
        date_time  ///< DTM and TS.
    };
    As as = As::date_time;
    std::optional<int> year{}, month{}, day{}, hour{}, minute{}, second{};
    std::string fraction = {};            ///< Of the second: one to four digits; empty: none.
    std::optional<int> offset_minutes{};  ///< From UTC, -720 to 840; needs an hour.
};

/// HD: namespace id, or a universal id with its type (table 0301).
struct Authority {
    std::string namespace_id = {}, universal_id = {}, universal_id_type = {};
};

/// CX: an identifier with who gave it.
struct Identifier {
    std::string id = {};
    std::string check_digit = {}, check_digit_scheme = {};
    Authority authority = {};
    std::string type = {};  ///< Table 0203: "NH", "MR".
    Authority facility = {};
};

/// CE or CWE: a code with its meaning, and another one that means the same.
struct Coded {
    enum class As { ce, cwe };
    As as = As::cwe;
    std::string code = {}, text = {}, system = {};
    std::string alternate_code = {}, alternate_text = {}, alternate_system = {};
    std::string system_version = {}, alternate_system_version = {};  ///< CWE only.
    std::string original_text = {};                                  ///< CWE only.
};

/// XPN.
struct PersonName {
    std::string family = {}, given = {}, further = {}, suffix = {}, prefix = {};
    std::string type = {};  ///< Table 0200: "L".
};

/// ED: a document, which is written as base64.
struct Document {
    Authority source = {};
    std::string type = {};     ///< Table 0191: "AP", "IM", "TEXT".
    std::string subtype = {};  ///< Table 0291: "PDF".
    std::string bytes = {};
};

Result<ValueParts> to_parts(const Text& value);
Result<ValueParts> to_parts(const Deletion& value);
Result<ValueParts> to_parts(const Number& value);
Result<ValueParts> to_parts(const Moment& value);
Result<ValueParts> to_parts(const Authority& value);
Result<ValueParts> to_parts(const Identifier& value);
Result<ValueParts> to_parts(const Coded& value);
Result<ValueParts> to_parts(const PersonName& value);
Result<ValueParts> to_parts(const Document& value);

/// Puts the parts into a field repetition of the writer's current segment; an empty one clears nothing.
void put_parts(Writer& writer, std::uint16_t field, std::uint32_t repetition, ValueParts parts);

/// Writes the value into a field repetition of the writer's current segment; all of it or nothing. The Error's place is
/// the field's number.
template <class T>
Result<void> put(Writer& writer, std::uint16_t field, std::uint32_t repetition, const T& value) {
    auto parts = to_parts(value);
    if (!parts) {
        auto error = parts.error();
        error.where = std::to_string(field) + error.where;
        return error;
    }
    put_parts(writer, field, repetition, std::move(*parts));
    return {};
}

template <class T>
Result<void> put(Writer& writer, std::uint16_t field, const T& value) {
    return put(writer, field, 1, value);
}

}  // namespace causeway::hl7v2
