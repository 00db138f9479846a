#pragma once
/// Where references lead inside a document (http://hl7.org/fhir/R4/bundle.html#references). Each bundle and each
/// container is indexed once, when it is first asked about. Internal.

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "fhir/tape.hpp"
#include "validation/well_known.hpp"

namespace causeway::validation {

/// A reference taken apart.
struct ReferenceText {
    std::string_view whole;
    std::string_view base;  ///< "https://example.org/fhir/"; empty: relative.
    std::string_view type;  ///< "Patient"; empty where the form does not tell.
    std::string_view id;
    std::string_view version;
    std::string_view fragment;  ///< Behind "#".
    bool is_absolute = false;
    bool is_urn = false;
    bool is_rest = false;  ///< [base/]Type/id[/_history/version]
};

ReferenceText split_reference(std::string_view reference, const fhir::Definitions* definitions);

class BundleIndex {
public:
    using Id = std::uint32_t;

    struct Entry {
        Id entry = 0;
        Id resource = 0;
        std::uint32_t matches = 0;  ///< Entries with this key that have a resource, or the first without.
        std::unique_ptr<std::map<std::string_view, Id>> versions = {};  ///< Of further resources, by meta.versionId.
    };
    struct TypeId {
        fhir::Index type = 0;
        std::string_view id;
        bool operator==(const TypeId&) const = default;
    };
    struct TypeIdHash {
        std::size_t operator()(const TypeId& key) const noexcept {
            return std::hash<std::string_view>()(key.id) * 31 + key.type;
        }
    };
    struct Bundle {
        std::string_view type;
        std::unordered_map<std::string_view, Entry> by_url;
        std::unordered_map<TypeId, Entry, TypeIdHash> by_id;
    };

    BundleIndex(const fhir::Tape& tape, const WellKnown& names) : tape_(tape), names_(names) {}

    const Bundle& bundle(Id bundle);
    /// A contained resource by id; 0: none.
    Id contained(Id container, std::string_view id);
    /// The ids of all elements and resources in a resource.
    const std::unordered_set<std::string_view>& ids(Id resource);

private:
    Id child(Id record, fhir::Index name) const noexcept;
    void add(Entry& entry, Id record, Id resource) const;

    const fhir::Tape& tape_;
    const WellKnown& names_;
    std::unordered_map<Id, Bundle> bundles_;
    std::unordered_map<Id, std::unordered_map<std::string_view, Id>> contained_;
    std::unordered_map<Id, std::unordered_set<std::string_view>> ids_;
};

}  // namespace causeway::validation
