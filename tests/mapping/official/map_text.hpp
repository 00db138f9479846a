#pragma once
/// Which fields a shipped map reads into which element, taken from its text: what the map says, not what a sample
/// shows.

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace causeway::test {

/// "PID-8" to ("Patient", "gender"), by the element's first name.
struct Mapped {
    std::string field, resource, root;
    auto operator<=>(const Mapped&) const = default;
};

class MapText {
public:
    MapText(std::filesystem::path folder, const std::string& file) : folder_(std::move(folder)) {
        read(file);
        for (const auto& [where, to] : references_)
            for (const auto& field : fields_of_[to]) mapped_.insert({field, where.first, where.second});
    }
    bool has(const std::string& field, const std::string& resource, const std::string& root) const {
        for (const auto& one : mapped_)
            if (one.field == field && one.resource == resource && is_same(one.root, root)) return true;
        return false;
    }

private:
    /// A choice stands with its type or without: valueQuantity, value[x], value.
    static bool is_same(const std::string& ours, const std::string& official) {
        if (ours == official) return true;
        if (ours == "value")
            return official == "valueDateTime";  // value[x] : DTM.dateTime; other types are written out.
        const auto starts = [](const std::string& longer, const std::string& shorter) {
            return longer.starts_with(shorter) && longer.size() > shorter.size() &&
                   std::isupper(static_cast<unsigned char>(longer[shorter.size()])) != 0;
        };
        return starts(ours, official) || starts(official, ours);
    }
    /// "{FIELD}" with what stands for it.
    using Fillings = std::map<std::string, std::string>;

    static std::string filled(std::string line, const Fillings& fillings) {
        for (const auto& [name, value] : fillings)
            for (auto at = line.find(name); at != std::string::npos; at = line.find(name, at + value.size()))
                line.replace(at, name.size(), value);
        return line;
    }
    /// extends "FILE" with FIELD = PV1-6, NAME = prior
    void extends(const std::string& text) {
        const auto end = text.rfind('"');
        Fillings fillings;
        const std::regex filling("([A-Z_]+) = ([^,]+)");
        const auto with = text.substr(end);
        for (std::sregex_iterator found(with.begin(), with.end(), filling), last; found != last; ++found)
            fillings["{" + (*found)[1].str() + "}"] = (*found)[2];
        read(text.substr(9, end - 9), fillings);
    }
    void read(const std::string& file, const Fillings& fillings = {}) {
        std::ifstream in(folder_ / file);
        bool in_test = false;
        for (std::string line; std::getline(in, line);) {
            line = filled(line, fillings);
            const auto begin = line.find_first_not_of(' ');
            const auto text = begin == std::string::npos ? std::string() : line.substr(begin);
            if (text.starts_with("test ")) in_test = true;
            if (!in_test) read_line(text);
            if (text == "}" && line.size() == 1) in_test = false;
        }
    }
    void read_line(const std::string& text) {
        if (text.empty() || text[0] == '#') return;
        if (text.starts_with("extends ")) return extends(text);
        if (text == "}") return close();
        if (text.starts_with("resource ")) return resource(text);
        if (text.back() == '{') return open(text);
        for (const auto* skipped : {"let ", "require ", "ignore ", "table ", "segment ", "map ", "zone ", "null "})
            if (text.starts_with(skipped)) return;
        row(text);
    }
    void resource(const std::string& text) {
        std::smatch found;
        if (!std::regex_search(text, found, std::regex("^resource ([A-Za-z]+) as ([a-z_0-9]+)"))) return;
        resource_ = found[1];
        name_ = found[2];
        add_fields(text);
    }
    void open(const std::string& text) {
        std::smatch found;
        std::string within;
        if (std::regex_search(text, found, std::regex("^in ([^ ]+)"))) within = found[1];
        blocks_.push_back({resource_, name_, within});
    }
    void close() {
        if (blocks_.empty()) return;
        resource_ = blocks_.back().resource;
        name_ = blocks_.back().name;
        blocks_.pop_back();
    }
    static std::vector<std::string> fields_in(const std::string& text) {
        std::vector<std::string> fields;
        const std::regex path("\\b([A-Z][A-Z0-9]{2})(\\[[^\\]]*\\])?-([0-9]+)");
        for (std::sregex_iterator found(text.begin(), text.end(), path), end; found != end; ++found)
            fields.push_back((*found)[1].str() + "-" + (*found)[3].str());
        return fields;
    }
    void add_fields(const std::string& text) {
        for (auto& field : fields_in(text)) fields_of_[name_].insert(std::move(field));
    }
    std::string root_of(const std::string& target) const {
        std::string path;
        for (const auto& block : blocks_)
            if (!block.within.empty()) path += block.within + ".";
        path += target;
        if (path.starts_with("_")) path.erase(0, 1);
        std::smatch found;
        return std::regex_search(path, found, std::regex("^([A-Za-z]+)")) ? found[1].str() : std::string();
    }
    void row(const std::string& text) {
        std::smatch found;
        if (!std::regex_search(text, found, std::regex("^(.*?)(^|[ )])(<->|->) +([^ ]+)(.*)$"))) return;
        const auto root = root_of(found[4]);
        const auto left = found[1].str() + found[2].str();
        const auto right = found[5].str();
        std::smatch to;
        if (std::regex_search(right, to, std::regex(": Reference\\(([a-z_0-9]+)\\)")))
            references_.emplace_back(std::pair(resource_, root), to[1]);
        // What only decides on a constant is read for it; what a value's condition looks at is not.
        auto fields = fields_in(left);
        if (fields.empty()) fields = fields_in(right);
        for (const auto& field : fields) {
            mapped_.insert({field, resource_, root});
            fields_of_[name_].insert(field);
        }
    }

    struct Block {
        std::string resource, name, within;
    };

    const std::filesystem::path folder_;
    std::string resource_ = "Bundle", name_;
    std::vector<Block> blocks_;
    std::set<Mapped> mapped_;
    std::map<std::string, std::set<std::string>> fields_of_;  ///< By the resource's name.
    std::vector<std::pair<std::pair<std::string, std::string>, std::string>> references_;
};

}  // namespace causeway::test
