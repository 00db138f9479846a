#pragma once
/// One description of an option from which reading, defaults, lint, JSON Schema and documentation all come.

#include <optional>
#include <span>
#include <string_view>

namespace causeway::config {

/// text; path (of a file or folder, relative to the configuration's folder); size ("64MB"); duration ("30s");
/// secret ("env:NAME" or "file:PATH", never the value itself); expression (FHIRPath, checked by whoever compiles it);
/// one_of (choices); list (of `item`); object (of `fields`); table (any names, each with a value of `item`).
enum class FieldType { text, path, boolean, integer, size, duration, secret, expression, one_of, list, object, table };

struct FieldSpec {
    std::string_view name;
    FieldType type = FieldType::text;
    std::string_view doc;                                     ///< One sentence; shown in lint, schema and pages.
    std::optional<std::string_view> fallback = std::nullopt;  ///< None: required. "": may be absent.
    std::span<const std::string_view> choices = {};           ///< one_of: the values; elsewhere: examples.
    std::span<const FieldSpec> fields = {};                   ///< object, and list or table of objects.
    FieldType item = FieldType::text;                         ///< list and table: what each entry is.
};

}  // namespace causeway::config
