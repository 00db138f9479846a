#pragma once
/// A map in a temporary folder.

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/map.hpp"
#include "support/definitions.hpp"
#include "support/temp_dir.hpp"

namespace causeway::test {

/// Writes `text` as test.map; other files may be put beside it.
class MapFile {
public:
    explicit MapFile(const std::string& text) { put("test.map", text); }

    void put(const std::string& name, const std::string& text) const {
        std::ofstream(std::filesystem::path(dir_.path()) / name, std::ios::binary) << text;
    }
    /// Puts a folder's files beside it.
    void copy(const std::filesystem::path& folder) const {
        std::filesystem::copy(folder, dir_.path(), std::filesystem::copy_options::recursive);
    }
    mapping::Map load() const {
        found_.clear();
        return mapping::Map::load(std::filesystem::path(dir_.path()) / "test.map", found_, {r4()});
    }
    /// "3:9: what": without the temporary folder.
    std::vector<std::string> mistakes() const {
        std::vector<std::string> texts;
        for (const auto& mistake : found_)
            texts.push_back(std::to_string(mistake.line) + ":" + std::to_string(mistake.column) + ": " + mistake.what);
        return texts;
    }

private:
    TempDir dir_;
    mutable std::vector<config::Mistake> found_;
};

inline tree::DocumentPtr v2(const std::string& text) {
    return hl7v2::parse(Payload(text)).value();
}

inline tree::DocumentPtr fhir_json(const std::string& text) {
    return fhir::parse_json(Payload(text)).value();
}

}  // namespace causeway::test
