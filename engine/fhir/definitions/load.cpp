#include "fhir/definitions/load.hpp"

#include <algorithm>
#include <cstdlib>

namespace causeway::fhir {
namespace {

namespace fs = std::filesystem;

// Packages whose contents the core pack holds, or that only help authors.
constexpr std::string_view kCorePackages[] = {
    "hl7.fhir.r4.core",     "hl7.fhir.r4.examples", "hl7.fhir.r4.expansions", "hl7.fhir.r4.elements",
    "hl7.fhir.r4.corexml",  "hl7.fhir.r3.core",     "hl7.fhir.r3.examples",   "hl7.fhir.r3.expansions",
    "hl7.fhir.r3.elements", "hl7.fhir.pubpack",     "hl7.fhir.core"};

bool is_core(std::string_view name) {
    return std::find(std::begin(kCorePackages), std::end(kCorePackages), name) != std::end(kCorePackages);
}

std::string_view major(std::string_view version) {
    return version.substr(0, version.find('.'));
}

bool is_stu3(std::string_view version) {
    return major(version) == "3";
}

Result<void> add_all(Documents& documents, const DefinitionSources& sources) {
    for (const auto& path : sources.load)
        if (const auto added = documents.add(path); !added) return added.error();
    return {};
}

void append(std::vector<DefinitionIssue>& issues, std::vector<DefinitionIssue> more) {
    issues.insert(issues.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Result<Compiled> extend_core(const DefinitionsPtr& core, const Documents& documents) {
    if (documents.items().empty()) return Compiled{core, {}};
    return extend(core, documents);
}

// Its core comes as documents among the rest; XML has to wait until that is compiled.
Result<Compiled> load_stu3(const DefinitionSources& sources) {
    Documents first;
    if (const auto added = add_all(first, sources); !added) return added.error();
    auto core = compile(first);
    if (!core) return core;
    if (!is_stu3(core->definitions->fhir_version()))
        return fail(Issue::not_found, "",
                    "Load the core definitions of FHIR 3.0.2 too (--load); those that are loaded are of " +
                        std::string(core->definitions->fhir_version()) + ".");
    if (core->definitions->type("Patient") == 0)
        return fail(Issue::not_found, "",
                    "Load the core definitions of FHIR 3.0.2 too (--load); there is no Patient among them.");
    Documents second(core->definitions);
    if (const auto added = second.add_xml_of(first); !added) return added.error();
    auto whole = extend_core(core->definitions, second);
    if (!whole) return whole;
    append(whole->issues, std::move(core->issues));
    append(whole->issues, check_packages(first.packages(), "3.0.2"));
    return whole;
}

}  // namespace

fs::path default_pack() {
    if (const char* set = std::getenv("CAUSEWAY_DEFINITIONS"); set != nullptr && *set != '\0') return set;
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path() / "definitions" / "r4.pack";
}

Result<Compiled> load_definitions(const DefinitionSources& sources) {
    if (is_stu3(sources.fhir_version)) return load_stu3(sources);
    auto core = Definitions::open(sources.pack.empty() ? default_pack() : sources.pack);
    if (!core) return core.error();
    Documents documents(*core);
    if (const auto added = add_all(documents, sources); !added) return added.error();
    auto whole = extend_core(*core, documents);
    if (whole) append(whole->issues, check_packages(documents.packages(), (*core)->fhir_version()));
    return whole;
}

std::vector<DefinitionIssue> check_packages(const std::vector<PackageInfo>& packages, std::string_view fhir_version) {
    std::vector<DefinitionIssue> issues;
    for (const auto& package : packages) {
        const auto where = package.name + "#" + package.version;
        const bool fits = package.fhir_versions.empty() ||
                          std::any_of(package.fhir_versions.begin(), package.fhir_versions.end(),
                                      [&](const auto& version) { return major(version) == major(fhir_version); });
        if (!fits)
            issues.push_back({where, "Use a package for FHIR " + std::string(fhir_version) + "; this one is for " +
                                         package.fhir_versions.front() + "."});
        for (const auto& [name, version] : package.dependencies) {
            if (is_core(name)) continue;
            const auto held = std::find_if(packages.begin(), packages.end(),
                                           [&, wanted = name](const auto& other) { return other.name == wanted; });
            if (held == packages.end()) {
                issues.push_back({where, "Load " + name + "#" + version + " too; this package depends on it."});
            } else if (!meets_version(held->version, version)) {
                issues.push_back({where, "Load version " + version + " of " + name +
                                             "; this package depends on it, and " + held->version + " is here."});
            }
        }
    }
    return issues;
}

bool meets_version(std::string_view version, std::string_view asked) noexcept {
    if (asked.empty() || asked == "latest" || asked == "current" || asked == "dev" || asked == "*") return true;
    while (!asked.empty()) {
        const auto part = asked.substr(0, asked.find('.'));
        if (part == "x" || part == "X" || part == "*") return true;
        if (version.substr(0, version.find('.')) != part) return false;
        asked.remove_prefix(std::min(asked.size(), part.size() + 1));
        version.remove_prefix(std::min(version.size(), part.size() + 1));
    }
    return version.empty();
}

}  // namespace causeway::fhir
