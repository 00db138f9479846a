#include "fhir/definitions/profile_folder.hpp"

#include <algorithm>
#include <cctype>

namespace causeway::fhir {
namespace {

namespace fs = std::filesystem;

Error not_stored(const fs::path& path) {
    return fail(Issue::no_store, path.string(), "Make room, and this folder writable.");
}

bool is_archive(const fs::path& path) {
    const auto name = path.filename().string();
    return name.ends_with(".tgz") || name.ends_with(".tar.gz") || name.ends_with(".tar");
}

/// Names and versions become file names, so that they may hold nothing else.
bool is_plain(std::string_view text) {
    return !text.empty() && text.size() <= 128 && text.front() != '.' &&
           std::all_of(text.begin(), text.end(), [](char c) {
               return std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
           });
}

Result<InstalledPackage> read_package(const fs::path& path, const DefinitionsPtr& core) {
    Documents documents(core);
    if (const auto added = documents.add(path); !added) return added.error();
    const auto& packages = documents.packages();
    if (packages.size() != 1 || !is_plain(packages.front().name) || !is_plain(packages.front().version))
        return fail(
            Issue::structure, path.string(),
            "Give a FHIR package: an archive or folder with one package/package.json that tells name and version.");
    return InstalledPackage{packages.front(), path, documents.items().size() + documents.kept_xml()};
}

/// The folder of an unpacked package in which its definitions lie.
fs::path root_of(const fs::path& package) {
    std::error_code error;
    return fs::is_regular_file(package / "package" / "package.json", error) ? package / "package" : package;
}

Result<void> copy_folder(const fs::path& package, const fs::path& to) {
    std::error_code error;
    fs::create_directories(to / "package", error);
    if (error) return not_stored(to);
    for (fs::directory_iterator at(root_of(package), error), end; !error && at != end; at.increment(error)) {
        const auto extension = at->path().extension();
        if (!at->is_regular_file() || (extension != ".json" && extension != ".xml")) continue;
        fs::copy_file(at->path(), to / "package" / at->path().filename(), error);
        if (error) return not_stored(to);
    }
    if (error) return fail(Issue::not_found, package.string(), "Make the folder readable.");
    return {};
}

// Beside its place first, so that a loader never sees half a package.
Result<fs::path> store(const fs::path& folder, const fs::path& package, const PackageInfo& info) {
    const auto name = info.name + "-" + info.version;
    const auto part = folder / (".part-" + name);
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return not_stored(folder);
    fs::remove_all(part, error);
    const bool is_file = is_archive(package);
    if (is_file) {
        fs::copy_file(package, part, error);
        if (error) return not_stored(folder);
    } else if (const auto copied = copy_folder(package, part); !copied) {
        return copied.error();
    }
    const auto place = folder / (is_file ? name + (package.extension() == ".tar" ? ".tar" : ".tgz") : name);
    fs::remove_all(place, error);
    fs::rename(part, place, error);
    if (error) return not_stored(folder);
    return place;
}

/// The first error, where there is one.
const DefinitionIssue* first_error(const std::vector<DefinitionIssue>& issues) {
    const auto found = std::find_if(issues.begin(), issues.end(), [](const auto& issue) { return issue.is_error; });
    return found == issues.end() ? nullptr : &*found;
}

Result<std::vector<DefinitionIssue>> check(const InstalledPackage& package, const std::vector<InstalledPackage>& others,
                                           const DefinitionsPtr& core) {
    std::vector<PackageInfo> infos{package.info};
    Documents documents(core);
    for (const auto& other : others) {
        infos.push_back(other.info);
        if (const auto added = documents.add(other.path); !added) return added.error();
    }
    const auto where = package.info.name + "#" + package.info.version;
    for (const auto& issue : check_packages(infos, core->fhir_version()))
        if (issue.where == where) return fail(Issue::conflict, where, issue.what);
    if (const auto added = documents.add(package.path); !added) return added.error();
    const auto compiled = extend(core, documents);
    if (!compiled) return compiled.error();
    if (const auto* error = first_error(compiled->issues)) return fail(Issue::structure, error->where, error->what);
    return compiled->issues;
}

}  // namespace

Result<std::vector<InstalledPackage>> installed_packages(const fs::path& folder) {
    std::vector<InstalledPackage> packages;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
        const bool is_hidden = at->path().filename().string().starts_with('.');
        if (is_hidden || (!at->is_directory() && !is_archive(at->path()))) continue;
        auto package = read_package(at->path(), nullptr);
        if (!package) return package.error();
        packages.push_back(std::move(*package));
    }
    std::sort(packages.begin(), packages.end(), [](const auto& a, const auto& b) { return a.info.name < b.info.name; });
    return packages;
}

Result<AddedPackage> add_package(const fs::path& folder, const fs::path& package, const DefinitionsPtr& core) {
    auto read = read_package(package, core);
    if (!read) return read.error();
    auto installed = installed_packages(folder);
    if (!installed) return installed.error();
    AddedPackage added{std::move(*read), {}, {}};
    std::erase_if(*installed, [&](const InstalledPackage& other) {
        const bool is_same = other.info.name == added.package.info.name;
        if (is_same) added.replaced.push_back(other.path);
        return is_same;
    });
    auto checked = check(added.package, *installed, core);
    if (!checked) return checked.error();
    added.issues = std::move(*checked);
    const auto place = store(folder, package, added.package.info);
    if (!place) return place.error();
    added.package.path = *place;
    std::erase(added.replaced, *place);
    std::error_code ignored;
    for (const auto& old : added.replaced) fs::remove_all(old, ignored);
    return added;
}

}  // namespace causeway::fhir
