#include <iostream>

#include "app/commands.hpp"
#include "core/text.hpp"
#include "fhir/definitions/profile_folder.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--folder", "DIR", "Folder of the packages (default: profiles beside the configuration)."},
};

std::filesystem::path profile_folder(const Arguments& arguments) {
    if (arguments.has("--folder")) return std::filesystem::absolute(arguments.get("--folder"));
    return (config_folder(arguments) / "../profiles").lexically_normal();
}

// A package that can't be taken is its own fault, unless the machine has no room for it.
int refused(const Error& error) {
    const int status = failed(error);
    return error.issue == Issue::no_store ? status : kProblems;
}

std::string json_of(const fhir::InstalledPackage& package) {
    std::string versions;
    for (const auto& version : package.info.fhir_versions)
        versions += (versions.empty() ? "\"" : ",\"") + json_escape(version) + '"';
    return "{\"name\":\"" + json_escape(package.info.name) + "\",\"version\":\"" + json_escape(package.info.version) +
           "\",\"fhirVersions\":[" + versions + "],\"definitions\":" + std::to_string(package.definitions) +
           ",\"path\":\"" + json_escape(package.path.string()) + "\"}";
}

int add(const Arguments& arguments) {
    if (arguments.words.size() < 2) return wrong_call("give the package: causeway profile add DIR|TGZ.");
    const auto core = fhir::Definitions::open(fhir::default_pack());
    if (!core) return refused(core.error());
    const auto added = fhir::add_package(profile_folder(arguments), arguments.words[1], *core);
    if (!added) return refused(added.error());
    for (const auto& issue : added->issues) std::cerr << "causeway: " << issue.where << ": " << issue.what << '\n';
    if (arguments.has("--json")) {
        std::cout << json_of(added->package) << '\n';
        return kDone;
    }
    const auto& info = added->package.info;
    std::cout << "Added " << info.name << ' ' << info.version << " with " << added->package.definitions
              << " definitions: " << added->package.path.string() << '\n';
    for (const auto& old : added->replaced) std::cout << "Removed " << old.string() << '\n';
    return kDone;
}

int list(const Arguments& arguments) {
    const auto folder = profile_folder(arguments);
    const auto installed = fhir::installed_packages(folder);
    if (!installed) return refused(installed.error());
    const bool is_json = arguments.has("--json");
    std::string json;
    for (const auto& package : *installed) {
        if (is_json)
            json += (json.empty() ? "" : ",") + json_of(package);
        else
            std::cout << package.info.name << ' ' << package.info.version << "  " << package.definitions
                      << " definitions\n";
    }
    if (is_json) std::cout << '[' << json << "]\n";
    if (!is_json && installed->empty())
        std::cout << "There is no package in " << folder.string() << "; causeway profile add puts one there.\n";
    return kDone;
}

int profile(const Arguments& arguments) {
    const auto& action = arguments.words.front();
    if (action == "add") return add(arguments);
    if (action == "list" && arguments.words.size() == 1) return list(arguments);
    return wrong_call("say add DIR|TGZ, or list. See causeway profile --help.");
}

}  // namespace

const Command kProfile = {
    "profile",
    "add|list [DIR|TGZ]",
    "Add a FHIR package (UK Core, BaRS, ...) to this installation, or list those that are there.",
    kOptions,
    "  causeway profile add uk-core-2.0.1.tgz\n"
    "  causeway profile list --json\n",
    profile,
};

}  // namespace causeway::app
