#pragma once
/// What the fields and components of one message are called, and of what data type they are.

#include <cstdint>
#include <string>
#include <string_view>

#include "hl7v2/dictionary/dictionary.hpp"
#include "hl7v2/message.hpp"

namespace causeway::hl7v2 {

/// Definitions by the message's own version (MSH-12). What is not known has no name and no type. Lifetime: the
/// message's.
class Naming {
public:
    explicit Naming(const Message& message);

    const Dictionary& dictionary() const noexcept { return *dictionary_; }
    std::string_view title(std::size_t segment) const;
    /// OBX-5 has the type that OBX-2 names.
    FieldDefinition field(std::size_t segment, std::uint32_t number) const;
    /// A component of such a field; where the field has no parts, component 1 of a plain type is the field itself.
    FieldDefinition component(const FieldDefinition& field, std::uint32_t number) const;

private:
    const Message& message_;
    const Dictionary* dictionary_;
};

/// DT, TM, TS, DTM: a point in time?
bool is_time_type(std::string_view type) noexcept;
/// "19750131123045.5+0100" as "1975-01-31 12:30:45.5 +0100", as precise as it is; empty where it is no time of HL7's.
std::string readable_time(std::string_view type, std::string_view value);

}  // namespace causeway::hl7v2
