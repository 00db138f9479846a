#pragma once
/// The official tables of HL7's v2-to-FHIR guide: which field of a message goes to which element of which resource.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace causeway::test {

using Csv = std::vector<std::vector<std::string>>;

/// Quoted cells may hold commas, doubled quotes and line breaks.
inline Csv read_csv(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    Csv rows(1, std::vector<std::string>(1));
    bool quoted = false;
    for (const char c : text) {
        auto& cell = rows.back().back();
        if (c == '"') quoted = !quoted;
        if (quoted && c != '"') cell += c;
        if (quoted || c == '"' || c == '\r') continue;
        if (c == ',')
            rows.back().emplace_back();
        else if (c == '\n')
            rows.emplace_back(1);
        else
            cell += c;
    }
    return rows;
}

/// One line of a segment's table: PID-8 of PID[Patient] goes to "gender".
struct OfficialRow {
    std::string table;  ///< "PID[Patient]"
    std::string field;  ///< "PID-8"
    std::string element;
    std::string resource;
    std::string root;  ///< First name of the element: "gender".

    std::string text() const { return table + " " + field + " " + element; }
};

inline std::string first_match(const std::string& text, const char* pattern) {
    std::smatch found;
    return std::regex_search(text, found, std::regex(pattern)) ? found[1].str() : std::string();
}

/// The rows of one segment's table that name an element.
inline std::vector<OfficialRow> rows_of_table(const std::filesystem::path& file, const std::string& table) {
    std::vector<OfficialRow> rows;
    const auto csv = read_csv(file);
    for (std::size_t i = 2; i < csv.size(); ++i) {
        if (csv[i].size() < 10 || csv[i][9].find_first_not_of(" \n") == std::string::npos) continue;
        const auto field = first_match(csv[i][1], "^([A-Z][A-Z0-9]{2}-[0-9]+)");
        if (field.empty()) continue;
        const auto root = first_match(csv[i][9], "^[ ]*([A-Za-z$]+)");
        rows.push_back({table, field, csv[i][9], first_match(table, "\\[([A-Za-z]+)"), root});
    }
    return rows;
}

/// All rows that the tables of these message structures lead to, each once.
inline std::vector<OfficialRow> official_rows(const std::filesystem::path& folder,
                                              const std::vector<std::string>& structures) {
    std::set<std::string> tables;
    for (const auto& structure : structures)
        for (const auto& row :
             read_csv(folder / "messages" / ("HL7 Message - FHIR R4_ " + structure + " - Sheet1.csv"))) {
            if (row.size() < 11) continue;
            const std::regex named("[A-Z][A-Z0-9]{2}\\[[^\\]]*\\]");
            for (std::sregex_iterator found(row[10].begin(), row[10].end(), named), end; found != end; ++found)
                tables.insert(found->str());
        }
    std::map<std::string, std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder / "segments"))
        files[first_match(entry.path().filename().string(), "R4_ ([A-Z0-9]+\\[[^\\]]*\\])")] = entry.path();
    std::vector<OfficialRow> rows;
    for (const auto& table : tables)
        if (files.contains(table))
            for (auto& row : rows_of_table(files.at(table), table)) rows.push_back(std::move(row));
    return rows;
}

/// "M -> male" for each code that the official table of that title maps: "M -> SYSTEM|male" where it names the system.
inline std::vector<std::string> official_codes(const std::filesystem::path& folder, const std::string& title) {
    const auto csv = read_csv(folder / "codesystems" / ("HL7 Concept Map_ " + title + " - Sheet1.csv"));
    std::size_t target = 0;
    while (target < csv[1].size() && csv[1][target] != "Narrative") ++target;
    auto system = target;
    while (system < csv[1].size() && csv[1][system] != "Code System") ++system;
    std::vector<std::string> codes;
    for (std::size_t i = 2; i < csv.size(); ++i) {
        if (csv[i].size() <= target + 1 || csv[i][0].empty() || csv[i][target + 1].empty()) continue;
        const auto trimmed = [](const std::string& text) {  // Also of blanks that do not break.
            return first_match(text.substr(0, text.find("\xC2\xA0")), "^ *(.*[^ ]) *$");
        };
        const auto of =
            system < csv[i].size() && !csv[i][system].empty() ? trimmed(csv[i][system]) + "|" : std::string();
        codes.push_back(trimmed(csv[i][0]) + " -> " + of + trimmed(csv[i][target + 1]));
    }
    return codes;
}

}  // namespace causeway::test
