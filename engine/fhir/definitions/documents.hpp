#pragma once
/// Definitions as documents, collected from files, folders and archives, before they are compiled.

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/json_value.hpp"

namespace causeway::fhir {

/// Something in the definitions that is not as it should be, and that did not keep the rest from being compiled.
struct DefinitionIssue {
    std::string where;  ///< Canonical and element id, or a file.
    std::string what;   ///< One sentence.
    bool is_error = false;
};

/// package.json of a FHIR package (https://confluence.hl7.org/display/FHIR/NPM+Package+Specification).
struct PackageInfo {
    std::string name;
    std::string version;
    std::vector<std::string> fhir_versions;
    std::map<std::string, std::string> dependencies;  ///< Name → version.
};

/// Resources that define something: StructureDefinition, ValueSet, CodeSystem, SearchParameter, MessageDefinition, ...
/// (what else lies in a folder or archive is passed over). Threads: one at a time.
class Documents {
public:
    /// XML is read by the definitions of `base`; without them it is kept for add_xml_of().
    explicit Documents(DefinitionsPtr base = nullptr) : base_(std::move(base)) {}

    struct Item {
        const Json* json = nullptr;
        std::string origin;  ///< File, or file and path in the archive: for messages.
    };

    /// A file (.json, .xml), an archive (.tgz, .tar.gz, .tar) or a folder with such files at any depth. In a package
    /// only the folder "package" counts, without its examples. What can't be read is an Error where it is named itself,
    /// else one of issues().
    Result<void> add(const std::filesystem::path& path);
    /// One resource, or a Bundle of resources, as JSON or XML. Other resources are passed over.
    Result<void> add_text(std::string_view text, std::string origin);

    /// Reads the XML that other documents had to keep.
    Result<void> add_xml_of(const Documents& other);

    /// XML documents that wait for add_xml_of().
    std::size_t kept_xml() const noexcept { return kept_xml_.size(); }

    const std::vector<Item>& items() const noexcept { return items_; }
    const std::vector<PackageInfo>& packages() const noexcept { return packages_; }
    /// Files of folders and archives that could not be read and were left out: errors where they are definitions.
    const std::vector<DefinitionIssue>& issues() const noexcept { return issues_; }
    JsonArena& arena() noexcept { return arena_; }

private:
    Result<void> add_file(const std::filesystem::path& path);
    Result<void> add_found(const std::filesystem::path& file);
    Result<void> add_archive(const std::filesystem::path& path);
    Result<void> add_folder(const std::filesystem::path& path);
    Result<void> leave_out(const Error& error, std::string_view text);
    Result<void> add_member(std::string_view path, std::string_view bytes, const std::string& origin);
    Result<void> add_package(std::string_view text, std::string origin);
    void add_resource(const Json& resource, const std::string& origin);
    void add_contained(const Json& resource, const std::string& origin);
    Result<std::string> json_of(std::string_view xml) const;

    DefinitionsPtr base_;
    std::vector<std::pair<std::string, std::string>> kept_xml_;  // Text and origin.
    JsonArena arena_;
    std::vector<Item> items_;
    std::vector<PackageInfo> packages_;
    std::vector<DefinitionIssue> issues_;
};

}  // namespace causeway::fhir
