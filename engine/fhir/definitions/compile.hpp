#pragma once
/// From documents to tables, and from tables to a pack file (README.md).

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/definitions/documents.hpp"

namespace causeway::fhir {

struct Compiled {
    DefinitionsPtr definitions;
    std::vector<DefinitionIssue> issues;
};

/// Core definitions of a FHIR version from nothing: the version is that of the StructureDefinitions.
Result<Compiled> compile(const Documents& documents);

/// The base and the documents. Indexes of the base keep their meaning.
Result<Compiled> extend(const DefinitionsPtr& base, const Documents& documents);

/// Writes a pack beside its place and moves it there. The same definitions give the same bytes.
Result<void> write_pack(const Definitions& definitions, const std::filesystem::path& path);

/// What write_pack() writes, and what Definitions::open() reads. `bytes` must be aligned to 8 and live as long as what
/// is returned; `owner` is kept to that end.
std::string pack_bytes(const Definitions& definitions);
Result<DefinitionsPtr> read_pack(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& where);

}  // namespace causeway::fhir
