#pragma once
/// The tree that parse_yaml makes: inside this folder only. YAML 1.2 without tags and merge keys; anchors are shared
/// nodes, so that an alias costs nothing to hold, and what it stands for is counted before anybody walks it.

#include <deque>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/settings.hpp"

namespace causeway::config {

/// One value. Lives as long as its Yaml.
struct YamlNode {
    enum class Kind { null, scalar, list, mapping } kind = Kind::null;
    bool quoted = false;                 ///< A scalar in quotes or a block ("|", ">"): text, whatever it looks like.
    std::size_t offset = 0;              ///< In the document, in bytes.
    std::size_t line = 0;                ///< From 0.
    std::size_t weight = 1;              ///< Nodes below and including this one, aliases followed.
    std::string text;                    ///< Scalars.
    std::vector<const YamlNode*> items;  ///< Lists.
    std::vector<std::pair<const YamlNode*, const YamlNode*>> entries;  ///< Mappings; keys are scalars and differ.

    const YamlNode* find(std::string_view key) const;
};

/// One parsed document. Immutable. Threads: any.
class Yaml {
public:
    Yaml(std::string text, std::string file, std::filesystem::path base);

    const std::string& file() const noexcept { return file_; }
    const std::filesystem::path& base() const noexcept { return base_; }
    const std::string& text() const noexcept { return text_; }
    /// Null where the document is empty.
    const YamlNode* root() const noexcept { return root_; }
    /// False where it could not be read to its end: what it lacks is no mistake of its own then.
    bool whole() const noexcept { return whole_; }

    /// A mistake at a node (at the first line where it is null).
    Mistake mistake(const YamlNode* node, std::string what) const;
    /// A mistake at a character (from 1) inside a scalar's text; at the scalar where that cannot be told.
    Mistake mistake_inside(const YamlNode& scalar, std::size_t column, std::string what) const;

private:
    friend class YamlBuilder;
    Mistake mistake_at(std::size_t line, std::size_t offset, std::string what) const;

    std::string text_, file_;
    std::filesystem::path base_;
    std::deque<YamlNode> nodes_;
    const YamlNode* root_ = nullptr;
    bool whole_ = false;
};

/// First byte of a node's own text at `offset`: behind an anchor and a tag.
std::size_t skip_properties(std::string_view text, std::size_t offset);

}  // namespace causeway::config
