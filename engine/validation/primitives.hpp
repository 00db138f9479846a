#pragma once
/// Values of FHIR primitive types (http://hl7.org/fhir/R4/datatypes.html#primitive): form, range and calendar.

#include <cstdint>
#include <string_view>

#include "tree/node.hpp"

namespace causeway::validation {

enum class Primitive : std::uint8_t {
    none,
    base64_binary,
    boolean,
    canonical,
    code,
    date,
    date_time,
    decimal,
    id,
    instant,
    integer,
    markdown,
    oid,
    positive_int,
    string,
    time,
    unsigned_int,
    uri,
    url,
    uuid,
    xhtml
};

/// By type name; none where it is no primitive type.
Primitive primitive_of(std::string_view type) noexcept;

/// The JSON form of the type: text, number or boolean.
tree::Kind json_kind(Primitive type) noexcept;

/// What to do about a value that the type does not allow; null where it is right. The text is static.
const char* check_primitive(Primitive type, std::string_view text) noexcept;

/// The same about a value that the type allows, but that is most likely a slip: a warning.
const char* remark_primitive(Primitive type, std::string_view text) noexcept;

}  // namespace causeway::validation
