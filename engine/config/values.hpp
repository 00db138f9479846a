#pragma once
/// How a scalar is read as each type of field: inside this folder only.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/field_spec.hpp"

namespace causeway::config {

std::optional<std::int64_t> parse_integer(std::string_view text);
/// Reads "512", "64KB", "64MB", "1GB" as bytes; KB, MB and GB count in 1024.
std::optional<std::uint64_t> parse_size(std::string_view text);
/// Is it "env:NAME" or "file:PATH"?
bool is_secret_reference(std::string_view text);

/// What is wrong with this text as a value of that type, in one sentence; empty where nothing is. Never quotes a
/// secret.
std::string explain_value(FieldType type, const FieldSpec& spec, std::string_view text);

bool is_scalar(FieldType type);
/// "a duration such as \"30s\"".
std::string_view describe(FieldType type);
/// Regular expression (ECMA-262) of the text of this type; empty where any text will do.
std::string_view pattern(FieldType type);

}  // namespace causeway::config
