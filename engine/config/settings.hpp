#pragma once
/// Options that passed lint, with their place in the file.

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/field_spec.hpp"
#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::config {

/// A mistake in a configuration file, as `causeway check` prints it: "conf/routes/a.yaml:4:7: error: ...".
struct Mistake {
    std::string file;
    std::uint32_t line = 0;  ///< From 1.
    std::uint32_t column = 0;
    bool warning = false;
    std::string what;  ///< What is wrong and what to do, with the nearest right name where there is one.
};

std::string to_string(const Mistake& mistake);

/// A parsed YAML document: names, values, and where each stands. Immutable. Threads: any.
class Yaml;
struct YamlNode;

/// Settings read their fallbacks from the specs: the specs' texts, choices and nested fields must outlive them (static
/// arrays do); the outermost array itself is copied, so that callers may join specs ad hoc.
///
/// An object whose every field was checked against its specs: an accessor for a field that the specs declare never
/// fails; one that they do not declare is a programming mistake and throws std::logic_error. Absent optional fields
/// give their fallback (empty text, 0, false, empty list). Immutable; copies share. Threads: any.
class Settings {
public:
    Settings();

    /// Was it written in the file?
    bool has(std::string_view field) const;
    std::string text(std::string_view field) const;
    std::filesystem::path path(std::string_view field) const;  ///< Absolute.
    bool boolean(std::string_view field) const;
    std::int64_t integer(std::string_view field) const;
    std::uint64_t size(std::string_view field) const;  ///< Bytes.
    Duration duration(std::string_view field) const;
    /// The secret itself, read from the environment or file at this moment; its last line end is dropped.
    Result<std::string> secret(std::string_view field) const;
    std::vector<std::string> texts(std::string_view field) const;  ///< A list of text, expression, path or one_of.
    Settings object(std::string_view field) const;
    std::vector<Settings> objects(std::string_view field) const;                             ///< A list of objects.
    std::vector<std::pair<std::string, std::string>> entries(std::string_view field) const;  ///< A table of text.
    std::vector<std::pair<std::string, Settings>> object_entries(
        std::string_view field) const;  ///< A table of objects.

    /// "file:line:column" of a field (of the object itself where it is absent or `field` is empty).
    std::string place(std::string_view field = {}) const;
    /// A Mistake at that field, for checks that specs cannot express.
    Mistake mistake(std::string_view field, std::string what) const;
    /// The same for entry `index` of a list.
    Mistake mistake(std::string_view field, std::size_t index, std::string what) const;
    /// The same for an entry of a table.
    Mistake mistake(std::string_view field, std::string_view entry, std::string what) const;
    /// At character `column` (from 1) inside the value of a field: where an expression does not compile.
    Mistake mistake_inside(std::string_view field, std::size_t column, std::string what) const;
    Mistake mistake_inside(std::string_view field, std::size_t index, std::size_t column, std::string what) const;
    Mistake mistake_inside(std::string_view field, std::string_view entry, std::size_t column, std::string what) const;

private:
    friend class Linter;
    struct Data;
    explicit Settings(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

    const YamlNode* find(std::string_view field) const;
    std::string scalar(const FieldSpec& spec) const;
    Settings child(const YamlNode* node, std::span<const FieldSpec> specs) const;
    const YamlNode* written(std::string_view field) const;
    const YamlNode* written(std::string_view field, std::size_t index) const;
    const YamlNode* written(std::string_view field, std::string_view entry) const;
    Mistake at(const YamlNode* node, std::string what) const;
    Mistake inside(const YamlNode* node, std::size_t column, std::string what) const;

    std::shared_ptr<const Data> data_;
};

/// Parses one YAML document (https://yaml.org/spec/1.2.2, without tags and merge keys). `file` is the name used in
/// messages; `base` the folder that relative paths start from. A syntax error, a duplicate key, a second document, a
/// tag or more than the limits (16 MB, 64 levels, 1,000,000 values with aliases followed) is a Mistake. Never null.
std::shared_ptr<const Yaml> parse_yaml(std::string_view text, std::string file, std::filesystem::path base,
                                       std::vector<Mistake>& mistakes);

/// Was the document read to its end? What a broken one lacks is no mistake of its own.
bool is_whole(const std::shared_ptr<const Yaml>& yaml);

/// Checks a document against `specs`: unknown fields (with the nearest right name), missing ones, wrong types, bad
/// values. Every mistake is reported, not only the first (up to 200 a file). Settings are whole only where no mistake
/// was added.
Settings lint(const std::shared_ptr<const Yaml>& yaml, std::span<const FieldSpec> specs,
              std::vector<Mistake>& mistakes);

/// SHA-256, in hexadecimal, over what these fields say: values as written or by default, and the contents of the files
/// and secrets that they name. It changes when anything changes that an adapter made from them could notice, as a
/// certificate that was renewed under its old name.
std::string fingerprint(const Settings& settings, std::span<const FieldSpec> fields);

/// A Mistake at the field, also inside an object, that names this file; nothing where none does.
std::optional<Mistake> mistake_about(const std::filesystem::path& file, const Settings& settings,
                                     std::span<const FieldSpec> fields, std::string_view what);

/// The text of one field of an unchecked document ("type: mllp_listener" chooses the specs); empty where absent.
std::string peek(const std::shared_ptr<const Yaml>& yaml, std::string_view field);

/// JSON Schema (draft 2020-12) of an object with these fields; `title` and `doc` head it.
std::string json_schema(std::string_view title, std::string_view doc, std::span<const FieldSpec> specs);
/// The same without "$schema": one alternative of a larger schema.
std::string json_schema_part(std::string_view title, std::string_view doc, std::span<const FieldSpec> specs);
/// The same fields as a Markdown table for the generated documentation.
std::string markdown(std::span<const FieldSpec> specs);

}  // namespace causeway::config
