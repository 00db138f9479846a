#pragma once
/// The corpus's messages that come with the result somebody expects of them.

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "support/corpus.hpp"

namespace causeway::test {

struct AgreementCase {
    std::string source;   ///< "cdc-reportstream"
    std::string name;     ///< File, without its folders.
    std::string message;  ///< HL7 v2.
    std::string expected;
};

inline std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// HL7 v2 that a source keeps as JSON: {"ADT_A01": {"MSH": {"3": …}, "AL1": [{…}]}}, groups within.
class MessageOfJson {
public:
    explicit MessageOfJson(const boost::json::value& value) {
        add(value, "MSH");
        add(value, "");
    }
    const std::string& text() const noexcept { return text_; }

private:
    using Value = boost::json::value;

    static std::string joined(const Value& value, char separator, char below) {
        if (value.is_string()) return std::string(value.as_string());
        if (!value.is_object()) return {};
        std::string text;
        for (const auto& [key, part] : value.as_object()) {
            const auto at = static_cast<std::size_t>(std::stoul(std::string(key)));
            put(text, at, joined(part, below, below), separator);
        }
        return text;
    }
    /// Component or field `at` (from 1) of what is being put together.
    static void put(std::string& text, std::size_t at, const std::string& part, char separator) {
        std::vector<std::string> parts;
        std::istringstream in(text);
        for (std::string one; std::getline(in, one, separator);) parts.push_back(one);
        if (parts.size() < at) parts.resize(at);
        parts[at - 1] = part;
        text.clear();
        for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : std::string(1, separator)) + parts[i];
    }
    static std::string field(const Value& value) {
        if (!value.is_array()) return joined(value, '^', '&');
        std::string text;
        for (const auto& item : value.as_array()) text += (text.empty() ? "" : "~") + joined(item, '^', '&');
        return text;
    }
    void add_segment(const std::string& name, const boost::json::object& fields) {
        std::string text;
        for (const auto& [key, value] : fields) {
            const auto at = static_cast<std::size_t>(std::stoul(std::string(key)));
            if (at == 0 || (name == "MSH" && at <= 2) || value.is_null()) continue;
            put(text, name == "MSH" ? at - 2 : at, field(value), '|');
        }
        text_ += (name == "MSH" ? "MSH|^~\\&|" : name + "|") + text + "\r";
    }
    static bool is_segment(const boost::json::object& object) {
        return object.if_contains("0") != nullptr || object.if_contains("1") != nullptr;
    }
    void add(const Value& value, const std::string& only) {
        if (!value.is_object()) return;
        for (const auto& [key, item] : value.as_object()) add_named(std::string(key), item, only);
    }
    void add_named(const std::string& name, const Value& value, const std::string& only) {
        if (value.is_array()) {
            for (const auto& item : value.as_array()) add_named(name, item, only);
        } else if (value.is_object() && is_segment(value.as_object())) {
            if ((name == only && text_.empty()) || (only.empty() && name != "MSH"))
                add_segment(name, value.as_object());
        } else {
            add(value, only);
        }
    }

    std::string text_;
};

/// Lines of SOURCES.tsv: file, …, expected files (blank between them), note.
inline std::vector<AgreementCase> agreement_cases(const std::filesystem::path& folder) {
    std::vector<AgreementCase> cases;
    std::ifstream in(folder / "SOURCES.tsv");
    for (std::string line; std::getline(in, line);) {
        std::vector<std::string> columns;
        std::istringstream parts(line);
        for (std::string part; std::getline(parts, part, '\t');) columns.push_back(part);
        if (columns.size() < 6 || columns[5].empty() || columns[0] == "file") continue;
        const auto expected = columns[5].substr(0, columns[5].find(' '));
        if (!expected.ends_with(".json") && !expected.ends_with(".fhir")) continue;
        const std::filesystem::path file = columns[0];
        auto message = bytes_of(folder / file);
        if (file.extension() == ".fhir") continue;
        if (file.extension() == ".json") {
            boost::system::error_code failed;
            const auto value = boost::json::parse(message, failed);
            if (failed || message.find("\"MSH\"") == std::string::npos) continue;
            message = MessageOfJson(value).text();
        }
        cases.push_back({columns[0].substr(0, columns[0].find('/')), file.filename().string(), std::move(message),
                         bytes_of(folder / expected)});
    }
    return cases;
}

}  // namespace causeway::test
