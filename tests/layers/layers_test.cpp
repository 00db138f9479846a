/// Scans who includes whom: layers only look down.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Names = std::set<std::string>;

/// Folder → folders that it may include besides itself; "adapter.hpp" stands for the contract.
const std::map<std::string, Names>& allowed() {
    static const auto table = [] {
        std::map<std::string, Names> may;
        may["core"] = {};
        may["model"] = may["config"] = may["tree"] = {"core"};
        may["net"] = {"core", "config", "model"};
        may["hl7v2"] = may["fhir"] = {"core", "model", "config", "tree"};
        may["fhirpath"] = {"core", "model", "config", "tree", "hl7v2", "fhir"};
        auto upon = may["fhirpath"];
        upon.insert("fhirpath");
        may["validation"] = may["mapping"] = may["directory"] = upon;
        upon.insert({"validation", "mapping", "directory"});
        may["route"] = may["pathway"] = upon;
        may["store"] = {"core", "model"};
        upon.insert({"route", "pathway", "store", "net", "adapter.hpp"});
        may["pipeline"] = upon;
        upon.insert("pipeline");
        may["repair"] = may["alerts"] = may["assurance"] = upon;
        upon.insert({"repair", "alerts", "assurance"});
        may["api"] = upon;
        upon.insert({"api", "adapters"});
        may["app"] = upon;
        may["adapters"] = {"core", "model", "config", "net", "tree", "hl7v2", "fhir", "adapter.hpp"};
        may["adapter.hpp"] = {"core", "model", "config"};
        return may;
    }();
    return table;
}

std::vector<std::string> includes_of(const fs::path& file) {
    std::vector<std::string> found;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);)
        if (line.starts_with("#include \"")) found.push_back(line.substr(10, line.find('"', 10) - 10));
    return found;
}

std::string folder_of(const fs::path& include) {
    return include.begin()->string();
}

/// The folder that owns a file: engine/core/x.hpp → core; adapters/a/a.cpp → adapters; engine/adapter.hpp →
/// adapter.hpp.
std::string owner_of(const fs::path& relative) {
    auto part = relative.begin();
    return *part == "adapters" ? "adapters" : (++part)->string();
}

std::vector<fs::path> sources_below(const fs::path& root) {
    std::vector<fs::path> files;
    for (const auto* top : {"engine", "adapters"})
        for (const auto& entry : fs::recursive_directory_iterator(root / top))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
                files.push_back(fs::relative(entry.path(), root));
    return files;
}

}  // namespace

TEST_CASE("layers only look down") {
    const fs::path root = CAUSEWAY_SOURCE_DIR;
    const auto files = sources_below(root);
    REQUIRE(files.size() > 20);
    for (const auto& file : files) {
        const auto owner = owner_of(file);
        const auto rule = allowed().find(owner);
        REQUIRE_MESSAGE(rule != allowed().end(), "no rule for ", owner);
        for (const auto& include : includes_of(root / file)) {
            const auto folder = folder_of(include);
            CHECK_MESSAGE((folder == owner || rule->second.contains(folder)), file.string(), " may not include ",
                          include);
        }
    }
}

TEST_CASE("an adapter never includes another adapter") {
    const fs::path root = CAUSEWAY_SOURCE_DIR;
    for (const auto& file : sources_below(root)) {
        if (owner_of(file) != "adapters" || file.filename() == "all.cpp") continue;
        const auto own = std::next(file.begin())->string();
        for (const auto& include : includes_of(root / file))
            if (folder_of(include) == "adapters")
                CHECK_MESSAGE(include.starts_with("adapters/" + own), file.string(), " may not include ", include);
    }
}

TEST_CASE("Asio and Beast stay in few files") {
    const fs::path root = CAUSEWAY_SOURCE_DIR;
    for (const auto& file : sources_below(root)) {
        const auto owner = owner_of(file);
        std::ifstream in(root / file);
        for (std::string line; std::getline(in, line);)
            if (line.starts_with("#include <boost/beast"))
                CHECK_MESSAGE(owner == "net", file.string(), " includes Beast");
    }
}

TEST_CASE("no co_await stands inside a conditional operator") {
    // GCC 12 destroys the operands of such an expression twice.
    const fs::path root = CAUSEWAY_SOURCE_DIR;
    for (const auto& file : sources_below(root)) {
        std::ifstream in(root / file);
        for (std::string line; std::getline(in, line);)
            CHECK_MESSAGE(
                (line.find("? co_await") == std::string::npos && line.find(": co_await") == std::string::npos),
                file.string(), ": ", line);
    }
}
