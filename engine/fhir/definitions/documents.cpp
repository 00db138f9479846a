#include "fhir/definitions/documents.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "fhir/definitions/archive.hpp"
#include "fhir/document.hpp"
#include "fhir/json.hpp"

namespace causeway::fhir {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kWanted[] = {
    "StructureDefinition", "ValueSet",      "CodeSystem",          "SearchParameter",   "MessageDefinition",
    "GraphDefinition",     "Questionnaire", "NamingSystem",        "Measure",           "Library",
    "PlanDefinition",      "ConceptMap",    "OperationDefinition", "ActivityDefinition"};

// Where the type is looked for.
constexpr std::size_t kHead = 4096;

bool is_wanted(std::string_view type) {
    return std::find(std::begin(kWanted), std::end(kWanted), type) != std::end(kWanted);
}

bool ends_like(std::string_view name, std::initializer_list<std::string_view> endings) {
    return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return name.ends_with(ending); });
}

bool is_archive(std::string_view name) {
    return ends_like(name, {".tgz", ".tar.gz", ".tar"});
}

bool is_document(std::string_view name) {
    return ends_like(name, {".json", ".xml"}) && !ends_like(name, {".index.json", ".openapi.json", ".schema.json"});
}

/// The resource type where the document begins with it, as nearly all do; empty where that takes parsing.
std::string_view leading_type(std::string_view text) {
    constexpr std::string_view kKey = "\"resourceType\"";
    const auto brace = text.find('{');
    if (brace == std::string_view::npos) return {};
    text.remove_prefix(brace + 1);
    text.remove_prefix(std::min(text.size(), text.find_first_not_of(" \t\r\n")));
    if (!text.starts_with(kKey)) return {};
    text.remove_prefix(kKey.size());
    const auto first = text.find('"');
    if (first == std::string_view::npos) return {};
    text.remove_prefix(first + 1);
    return text.substr(0, text.find('"'));
}

bool is_xml(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const auto first = text.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && text[first] == '<';
}

/// The name of the first element of an XML text; empty where comments or instructions hide it.
std::string_view leading_element(std::string_view text) {
    auto open = text.find('<');
    while (open != std::string_view::npos && text.substr(open).starts_with("<?")) open = text.find('<', open + 1);
    if (open == std::string_view::npos || text.substr(open).starts_with("<!")) return {};
    text.remove_prefix(open + 1);
    return text.substr(0, text.find_first_of(" \t\r\n/>"));
}

Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    if (!in) return fail(Issue::not_found, path.string(), "Name a file that can be read.");
    return std::move(bytes).str();
}

}  // namespace

Result<void> Documents::add(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) return add_folder(path);
    if (!fs::is_regular_file(path, error))
        return fail(Issue::not_found, path.string(), "Name an existing file, folder or archive of definitions.");
    return is_archive(path.filename().string()) ? add_archive(path) : add_file(path);
}

Result<void> Documents::add_file(const fs::path& path) {
    const auto text = read_file(path);
    if (!text) return text.error();
    if (path.filename() == "package.json") return add_package(*text, path.string());
    return add_text(*text, path.string());
}

Result<void> Documents::add_archive(const fs::path& path) {
    const auto bytes = read_file(path);
    if (!bytes) return bytes.error();
    const auto origin = path.string();
    auto done = read_archive(*bytes, [&](std::string_view name, std::string_view content) {
        return add_member(name, content, origin + ":" + std::string(name));
    });
    if (!done && done.error().where.find(origin) == std::string::npos) {
        auto error = done.error();
        error.where = error.where.empty() ? origin : origin + ":" + error.where;
        return error;
    }
    return done;
}

Result<void> Documents::add_member(std::string_view path, std::string_view bytes, const std::string& origin) {
    const auto name = path.substr(path.rfind('/') + 1);
    if (path == "package/package.json") return add_package(bytes, origin);
    // What a package defines lies in files of their own; its Bundles are examples.
    if (path.starts_with("package/") && leading_type(bytes.substr(0, kHead)) == "Bundle") return {};
    const bool is_other_part = path.starts_with("package/") && path.find('/', 8) != std::string_view::npos;
    if (name == "package.json" || !is_document(name) || is_other_part) return {};
    const auto added = add_text(bytes, origin);
    return added ? added : leave_out(added.error(), bytes);
}

// Folders and archives hold other things too; only what says that it is a definition is missed.
Result<void> Documents::leave_out(const Error& error, std::string_view text) {
    const auto head = text.substr(0, kHead);
    const bool is_definition = is_wanted(is_xml(text) ? leading_element(head) : leading_type(head));
    issues_.push_back({error.where, "It was left out. " + error.what, is_definition});
    return {};
}

Result<void> Documents::add_folder(const fs::path& path) {
    std::error_code error;
    // An unpacked package: its folder "package" alone counts.
    const bool is_package = fs::is_regular_file(path / "package" / "package.json", error);
    std::vector<fs::path> files;
    const auto root = is_package ? path / "package" : path;
    const bool is_flat = fs::is_regular_file(root / "package.json", error);
    for (fs::recursive_directory_iterator at(root, error), end; at != end; at.increment(error)) {
        if (error) return fail(Issue::not_found, root.string(), "Make the folder readable.");
        if (is_flat && at->is_directory()) at.disable_recursion_pending();
        const auto name = at->path().filename().string();
        if (at->is_regular_file() && (name == "package.json" || is_document(name) || is_archive(name)))
            files.push_back(at->path());
    }
    if (error) return fail(Issue::not_found, root.string(), "Make the folder readable.");
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        if (const auto added = add_found(file); !added) return added.error();
    }
    return {};
}

Result<void> Documents::add_found(const fs::path& file) {
    if (is_archive(file.filename().string())) return add_archive(file);
    const auto text = read_file(file);
    if (!text) return text.error();
    const auto origin = file.string();
    const auto added = file.filename() == "package.json" ? add_package(*text, origin) : add_text(*text, origin);
    return added ? added : leave_out(added.error(), *text);
}

Result<void> Documents::add_package(std::string_view text, std::string origin) {
    const auto parsed = arena_.parse(text);
    if (!parsed) return fail(parsed.error().issue, origin + ": " + parsed.error().where, parsed.error().what);
    const auto& json = **parsed;
    PackageInfo package;
    package.name = json("name");
    package.version = json("version");
    for (const auto list : {"fhirVersions", "fhir-version-list"})
        for (const auto& item : json[list]) package.fhir_versions.emplace_back(item.value->text);
    for (const auto& item : json["dependencies"])
        package.dependencies.emplace(std::string(item.name), std::string(item.value->text));
    packages_.push_back(std::move(package));
    return {};
}

Result<void> Documents::add_text(std::string_view text, std::string origin) {
    const auto refuse = [&](const Error& error) { return fail(error.issue, origin + ": " + error.where, error.what); };
    std::string converted;
    if (is_xml(text)) {
        const auto type = leading_element(text.substr(0, kHead));
        if (!type.empty() && !is_wanted(type) && type != "Bundle") return {};
        if (!base_) {
            kept_xml_.emplace_back(text, std::move(origin));
            return {};
        }
        auto json = json_of(text);
        if (!json) return refuse(json.error());
        converted = std::move(*json);
        text = converted;
    }
    const auto type = leading_type(text.substr(0, kHead));
    if (!type.empty() && !is_wanted(type) && type != "Bundle") return {};
    const auto parsed = arena_.parse(text);
    if (!parsed) return refuse(parsed.error());
    add_resource(**parsed, origin);
    return {};
}

Result<void> Documents::add_xml_of(const Documents& other) {
    for (const auto& [text, origin] : other.kept_xml_)
        if (const auto added = add_text(text, origin); !added) return added.error();
    return {};
}

Result<std::string> Documents::json_of(std::string_view xml) const {
    ParseOptions options;
    options.definitions = base_;
    options.encoding = ParseOptions::Encoding::xml;
    options.lenient = true;
    const auto document = parse(Payload(std::string(xml)), options);
    if (!document) return document.error();
    return to_json((*document)->root());
}

namespace {

// The "data elements" that are published beside the core tell each element again as a structure of its own.
bool is_data_element(const Json& resource) {
    const auto path = resource["snapshot"]["element"].item(0)("path");
    return path.find('.') != std::string_view::npos;
}

}  // namespace

/// Value sets and code systems that a definition contains are known as "its-url#id".
void Documents::add_contained(const Json& resource, const std::string& origin) {
    const auto url = resource("url");
    if (url.empty()) return;
    for (const auto& item : resource["contained"]) {
        const auto& contained = *item.value;
        const auto type = contained("resourceType");
        const auto id = contained("id");
        if (id.empty() || (type != "ValueSet" && type != "CodeSystem")) continue;
        if (type == "CodeSystem" && contained.has("url")) {
            items_.push_back({&contained, origin});
            continue;
        }
        Json* named = arena_.copy(contained);
        named->set("url", arena_.text(arena_.keep(std::string(url).append("#").append(id))));
        items_.push_back({named, origin});
    }
}

void Documents::add_resource(const Json& resource, const std::string& origin) {
    const auto type = resource("resourceType");
    if (is_wanted(type) && !is_data_element(resource)) {
        items_.push_back({&resource, origin});
        add_contained(resource, origin);
    }
    if (type == "Bundle")
        for (const auto& entry : resource["entry"]) add_resource((*entry.value)["resource"], origin);
}

}  // namespace causeway::fhir
