#include <algorithm>
#include <fstream>
#include <sstream>

#include "hl7v2/dictionary/compiler/model.hpp"

namespace causeway::hl7v2::compiler {
namespace {

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> out;
    for (std::string word; in >> word;) out.push_back(word);
    return out;
}

std::string joined(const std::vector<std::string>& words, std::size_t from) {
    std::string out;
    for (std::size_t i = from; i < words.size(); ++i) out += (out.empty() ? "" : " ") + words[i];
    return out;
}

bool is_number(const std::string& word) {
    return !word.empty() && word.size() < 6 &&
           std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

unsigned number(const std::string& word) {
    return is_number(word) ? static_cast<unsigned>(std::stoul(word)) : 0;
}

/// Reads `MSH [{SFT}] EVN PROCEDURE( PR1 [{ROL}] ) <OBR RXO>` into nodes. `[ ]` may be absent, `{ }` may repeat.
class Grammar {
public:
    explicit Grammar(std::string text) : text_(std::move(text)) {}

    bool read(std::vector<Node>& out) { return nodes(out, 1, 1) && peek() == '\0'; }

private:
    char peek() {
        while (at_ < text_.size() && text_[at_] == ' ') ++at_;
        return at_ < text_.size() ? text_[at_] : '\0';
    }

    bool take(char c) {
        if (peek() != c) return false;
        ++at_;
        return true;
    }

    std::string name() {
        const auto begin = at_;
        const auto is_name = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
        while (at_ < text_.size() && is_name(text_[at_])) ++at_;
        return text_.substr(begin, at_ - begin);
    }

    bool nodes(std::vector<Node>& out, unsigned min, unsigned max) {
        while (peek() != '\0' && std::string_view("])}>").find(peek()) == std::string_view::npos)
            if (!one(out, min, max)) return false;
        return true;
    }

    bool one(std::vector<Node>& out, unsigned min, unsigned max) {
        if (take('[')) return nodes(out, 0, max) && take(']');
        if (take('{')) return nodes(out, min, 0) && take('}');
        if (take('<')) {
            Node choice{'c', {}, min, max, {}};
            if (!nodes(choice.children, 1, 1) || !take('>')) return false;
            out.push_back(std::move(choice));
            return true;
        }
        Node node{'s', name(), min, max, {}};
        if (node.name.empty()) return false;
        if (take('(')) {
            node.kind = 'g';
            if (!nodes(node.children, 1, 1) || !take(')')) return false;
        }
        out.push_back(std::move(node));
        return true;
    }

    std::string text_;
    std::size_t at_ = 0;
};

class Additions {
public:
    explicit Additions(Model& model) : model_(model) {}

    Problem line(const std::string& line) {
        const auto words = words_of(line);
        if (words.empty() || words[0].starts_with('#')) return std::nullopt;
        if (is_number(words[0])) return field(words);
        entry_ = nullptr;
        if (words[0] == "version") return version(words);
        if (words[0] == "table" && words.size() > 1) return table(words);
        if (words[0] == "code" && words.size() > 1 && table_ != nullptr) {
            table_->codes[words[1]] = joined(words, 2);
            return std::nullopt;
        }
        if (words.size() < 3 || versions_.empty()) return "a line needs more words, or a version before it";
        if (words[0] == "segment") return entry(&Version::segments, words);
        if (words[0] == "type") return entry(&Version::types, words);
        if (words[0] == "structure") return structure(words);
        return "unknown word " + words[0];
    }

private:
    /// `version 2.8 from 2.7.1` begins a version as a copy; `version 2.3 2.4` adds to those.
    Problem version(const std::vector<std::string>& words) {
        versions_.clear();
        if (words.size() == 4 && words[2] == "from") {
            if (!model_.versions.contains(words[3])) return "there is no version " + words[3];
            model_.versions[words[1]] = Version(model_.versions[words[3]]);
            versions_.push_back(&model_.versions[words[1]]);
            return std::nullopt;
        }
        for (std::size_t i = 1; i < words.size(); ++i) {
            if (!model_.versions.contains(words[i])) return "there is no version " + words[i];
            versions_.push_back(&model_.versions[words[i]]);
        }
        return std::nullopt;
    }

    Problem table(const std::vector<std::string>& words) {
        table_ = &model_.tables[number(words[1])];
        if (words.size() > 2) table_->title = joined(words, 2);
        return std::nullopt;
    }

    Problem entry(std::map<std::string, Entry> Version::*map, const std::vector<std::string>& words) {
        map_ = map;
        entry_name_ = words[1];
        for (auto* version : versions_) {
            auto& entry = (version->*map)[entry_name_];
            entry.title = joined(words, 2);
            entry_ = &entry;
        }
        return std::nullopt;
    }

    /// `3 CX R * 61 Name of the field`: number, type, usage, repetitions, table, name.
    Problem field(const std::vector<std::string>& words) {
        const auto at = number(words[0]);
        if (entry_ == nullptr || at == 0 || at > 500 || words.size() < 6)
            return "a field needs a segment and six words";
        Field field{joined(words, 5), words[1], 0, number(words[4]), words[3] == "*" ? 0 : number(words[3])};
        field.usage = words[2][0];
        for (auto* version : versions_) {
            auto& fields = (version->*map_)[entry_name_].fields;
            if (fields.size() < at) fields.resize(at, Field{"Not used", "ST", 0, 0, 1, 'B'});
            fields[at - 1] = field;
        }
        return std::nullopt;
    }

    /// `structure ORM_O01 from 2.6`, or the structure itself.
    Problem structure(const std::vector<std::string>& words) {
        std::vector<Node> nodes;
        if (words.size() == 4 && words[2] == "from") {
            const auto version = model_.versions.find(words[3]);
            if (version == model_.versions.end() || !version->second.structures.contains(words[1]))
                return "there is no " + words[1] + " in " + words[3];
            nodes = version->second.structures[words[1]];
        } else if (!Grammar(joined(words, 2)).read(nodes)) {
            return "this structure cannot be read";
        }
        for (auto* version : versions_) version->structures[words[1]] = nodes;
        return std::nullopt;
    }

    Model& model_;
    std::vector<Version*> versions_;
    std::map<std::string, Entry> Version::*map_ = &Version::segments;
    std::string entry_name_;
    Entry* entry_ = nullptr;
    Table* table_ = nullptr;
};

}  // namespace

Problem read_additions(const std::filesystem::path& file, Model& model) {
    std::ifstream in(file);
    if (!in) return file.string() + ": cannot be read";
    Additions additions(model);
    unsigned number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (auto problem = additions.line(line)) return file.string() + ':' + std::to_string(number) + ": " + *problem;
    }
    return std::nullopt;
}

}  // namespace causeway::hl7v2::compiler
