#include "mapping/table.hpp"

#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <vector>

#include "core/text.hpp"
#include "fhir/json.hpp"
#include "mapping/identity.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

struct System {
    std::string_view name;
    std::string_view uri;
};

/// First name of a URI is the one we write.
constexpr std::array kSystems = std::to_array<System>({{"SCT", "http://snomed.info/sct"},
                                                       {"SNM", "http://snomed.info/sct"},
                                                       {"SNOMED", "http://snomed.info/sct"},
                                                       {"SNOMED-CT", "http://snomed.info/sct"},
                                                       {"SNOMEDCT", "http://snomed.info/sct"},
                                                       {"LN", "http://loinc.org"},
                                                       {"LOINC", "http://loinc.org"},
                                                       {"UCUM", "http://unitsofmeasure.org"},
                                                       {"ISO3166_1", "urn:iso:std:iso:3166"},
                                                       {"ISO3166", "urn:iso:std:iso:3166"},
                                                       {"RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"},
                                                       {"NDC", "http://hl7.org/fhir/sid/ndc"},
                                                       {"CVX", "http://hl7.org/fhir/sid/cvx"},
                                                       {"C4", "http://www.ama-assn.org/go/cpt"},
                                                       {"CPT4", "http://www.ama-assn.org/go/cpt"},
                                                       {"CPT", "http://www.ama-assn.org/go/cpt"},
                                                       {"I9C", "http://hl7.org/fhir/sid/icd-9-cm"},
                                                       {"I10C", "http://hl7.org/fhir/sid/icd-10-cm"},
                                                       {"WC", "http://www.whocc.no/atc"},
                                                       {"I10", "http://hl7.org/fhir/sid/icd-10"},
                                                       {"ICD10", "http://hl7.org/fhir/sid/icd-10"},
                                                       {"ICD-10", "http://hl7.org/fhir/sid/icd-10"},
                                                       {"OPCS4", "https://fhir.hl7.org.uk/CodeSystem/UKCore-OPCS-4"},
                                                       {"DMD", "https://dmd.nhs.uk"},
                                                       {"READ2", "http://read.info/readv2"},
                                                       {"CTV3", "http://read.info/ctv3"}});

constexpr std::string_view kV2Tables = "http://terminology.hl7.org/CodeSystem/v2-";
constexpr std::string_view kLocal = "urn:id:";

std::vector<Node> all(const Node& node, std::string_view name) {
    std::vector<Node> found;
    node.children(name, found);
    return found;
}

std::string text(const Node& node, std::string_view name) {
    return std::string(node.child(name).text());
}

std::string lower(std::string_view text) {
    std::string folded(text);
    for (auto& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return folded;
}

bool is_exact(std::string_view equivalence) {
    return equivalence.empty() || equivalence == "equal" || equivalence == "equivalent";
}

}  // namespace

void Table::add(const Coded& left, const Coded& right, std::string_view equivalence) {
    if (equivalence == "unmatched" || equivalence == "disjoint" || right.code.empty()) return;
    own_.emplace(left.code, left);
    const bool exact = is_exact(equivalence);
    if (const auto known = rights_.find(left.code); known == rights_.end()) rights_.emplace(left.code, right);
    auto& back = lefts_[right.code];
    if (back.left.code.empty() || (exact && !back.exact)) {
        back = {left, exact, false};
    } else if (exact || !back.exact) {
        back.clash = true;
    }
}

void Table::find_ambiguous() {
    for (const auto& [code, back] : lefts_)
        if (back.clash) ambiguous_ = code;
}

void Table::fold() {
    for (const auto& [code, right] : rights_) {
        const auto [entry, added] = folded_.emplace(lower(code), code);
        if (!added) entry->second.clear();
    }
}

std::string_view Table::as_listed(std::string_view code) const {
    if (rights_.contains(code)) return code;
    const auto found = folded_.find(lower(code));
    return found == folded_.end() || found->second.empty() ? code : std::string_view(found->second);
}

Result<Table> Table::load(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return fail(Issue::not_found, file.string(), "Put a ConceptMap at this path.");
    auto document = fhir::parse_json(Payload(std::string(std::istreambuf_iterator<char>(in), {})));
    if (!document) return document.error();
    const auto root = (*document)->root();
    if (root.type() != "ConceptMap" && text(root, "resourceType") != "ConceptMap")
        return fail(Issue::structure, file.string(), "Write a FHIR R4 ConceptMap in this file.");
    Table table;
    for (const auto& group : all(root, "group")) {
        const auto source = text(group, "source");
        const auto target = text(group, "target");
        for (const auto& element : all(group, "element")) {
            const Coded left{source, text(element, "code"), text(element, "display")};
            for (const auto& to : all(element, "target"))
                table.add(left, {target, text(to, "code"), text(to, "display")}, text(to, "equivalence"));
        }
        const auto unmapped = group.child("unmapped");
        if (text(unmapped, "mode") == "provided") table.unmapped_provided_ = true;
        if (text(unmapped, "mode") == "fixed")
            table.unmapped_ = Coded{target, text(unmapped, "code"), text(unmapped, "display")};
    }
    table.find_ambiguous();
    table.fold();
    return table;
}

std::optional<Coded> Table::to_right(std::string_view code) const {
    if (const auto found = rights_.find(as_listed(code)); found != rights_.end()) return found->second;
    if (unmapped_provided_) return Coded{"", std::string(code), ""};
    return unmapped_;
}

std::optional<Coded> Table::to_left(std::string_view code) const {
    if (const auto found = lefts_.find(code); found != lefts_.end()) return found->second.left;
    if (unmapped_provided_) return Coded{"", std::string(code), ""};
    return std::nullopt;
}

std::optional<Coded> Table::left(std::string_view code) const {
    const auto found = own_.find(as_listed(code));
    return found == own_.end() ? std::nullopt : std::optional(found->second);
}

std::string v2_system_name(std::string_view uri) {
    for (const auto& system : kSystems)
        if (system.uri == uri) return std::string(system.name);
    if (uri.starts_with(kV2Tables)) return "HL7" + std::string(uri.substr(kV2Tables.size()));
    if (uri.starts_with("urn:oid:")) return std::string(uri.substr(8));
    if (auto local = local_name(uri)) return std::move(*local);
    return std::string(uri);
}

std::string fhir_system_uri(std::string_view name) {
    name = trim(name);
    if (name.empty() || equals_ignoring_case(name, "L") || name.starts_with("99")) return {};
    for (const auto& system : kSystems)
        if (equals_ignoring_case(system.name, name)) return std::string(system.uri);
    if (name.size() == 7 && name.starts_with("HL7")) return std::string(kV2Tables) + std::string(name.substr(3));
    if (name.find("://") != std::string_view::npos || name.starts_with("urn:")) return std::string(name);
    if (is_oid(name)) return "urn:oid:" + std::string(name);
    return local_system(name);
}

std::string local_system(std::string_view name) {
    std::string system(kLocal);
    for (const char c : name) system += std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' ? c : '_';
    return system;
}

std::optional<std::string> local_name(std::string_view system) {
    if (!system.starts_with(kLocal)) return std::nullopt;
    return std::string(system.substr(kLocal.size()));
}

}  // namespace causeway::mapping
