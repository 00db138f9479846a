/// parse_yaml: yaml-cpp's events become our tree. yaml-cpp alone accepts an unclosed quote, stops at a 0x04, keeps the
/// last of two equal keys and follows aliases without bound; all of these are refused here.

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <set>
#include <sstream>
#include <unordered_map>

#include "config/yaml.hpp"
#include "core/text.hpp"

namespace causeway::config {
namespace {

constexpr std::size_t kMostBytes = 16u << 20;
constexpr std::size_t kMostNodes = 1'000'000;
constexpr std::size_t kMostDepth = 64;

/// Leaves yaml-cpp's parser; never leaves this file.
struct Refused {
    std::size_t line, offset;
    std::string what;
};

Refused refuse(const YAML::Mark& mark, std::string what) {
    return {static_cast<std::size_t>(std::max(mark.line, 0)), static_cast<std::size_t>(std::max(mark.pos, 0)),
            std::move(what)};
}

/// A character that YAML does not allow, or that its reader would take for something else.
std::size_t find_forbidden(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const bool line_end = c == '\n' || (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n');
        if ((c < 0x20 && c != '\t' && !line_end) || c == 0x7f) return i;
    }
    return std::string_view::npos;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(offset), '\n'));
}

bool is_closed(std::string_view text, std::size_t begin) {
    const char quote = text[begin];
    for (auto at = begin + 1; at < text.size(); ++at) {
        if (text[at] == '\\' && quote == '"') {
            ++at;
        } else if (text[at] == quote) {
            if (quote == '"' || at + 1 >= text.size() || text[at + 1] != quote) return true;
            ++at;
        }
    }
    return false;
}

/// The line of `offset` is indented with a tab.
bool is_tabbed(std::string_view text, std::size_t offset) {
    offset = std::min(offset, text.size());
    const auto before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
    const auto begin = before == std::string_view::npos ? 0 : before + 1;
    const auto content = text.find_first_not_of(" \t", begin);
    return text.substr(begin, content - begin).find('\t') != std::string_view::npos;
}

struct Hint {
    std::string_view said, hint;
};

/// What yaml-cpp says, and what a person can do about it.
constexpr std::array kHints = std::to_array<Hint>({
    {"illegal map value", "A \": \" is not expected here. Check the indentation, or put the value in quotes."},
    {"end of map not found", "The fields do not line up. Give all fields of one object the same indentation."},
    {"end of sequence not found", "The list does not line up. Start every entry with \"- \" in the same column."},
    {"end of sequence flow not found", "The list is not closed. Add \"]\"."},
    {"end of map flow not found", "The object is not closed. Add \"}\"."},
    {"unknown token", "A value cannot begin with this character. Put the value in quotes."},
    {"the referenced anchor is not defined", "No anchor of this name stands above. If it is text, put it in quotes."},
});

std::string explain(const std::string& said) {
    for (const auto& hint : kHints)
        if (said.starts_with(hint.said)) return std::string(hint.hint);
    return "This is not valid YAML (" + said + "). Check indentation, quotes and brackets.";
}

}  // namespace

/// Makes one document's tree from events.
class YamlBuilder final : public YAML::EventHandler {
public:
    explicit YamlBuilder(Yaml& yaml, std::vector<Mistake>& mistakes) : yaml_(yaml), mistakes_(mistakes) {}

    void parse();
    bool is_readable();

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (documents_++ > 0)
            throw refuse(mark, "Only one document is allowed in a file. Move this one to another file.");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { attach(make(mark, anchor, {})); }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
        open(make(mark, anchor, tag), YamlNode::Kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
        open(make(mark, anchor, tag), YamlNode::Kind::mapping);
    }
    void OnMapEnd() override { close(); }

private:
    /// A list or mapping that is not at its end yet.
    struct Open {
        YamlNode* node;
        const YamlNode* key = nullptr;
        std::set<std::string_view> names{};
    };

    YamlNode& make(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag);
    void attach(const YamlNode& node);
    void attach_to_mapping(Open& open, const YamlNode& node);
    void open(YamlNode& node, YamlNode::Kind kind);
    void close();
    void add(std::size_t line, std::size_t offset, std::string what) {
        mistakes_.push_back(yaml_.mistake_at(line, offset, std::move(what)));
    }

    Yaml& yaml_;
    std::vector<Mistake>& mistakes_;
    std::vector<Open> open_;
    std::unordered_map<YAML::anchor_t, const YamlNode*> anchors_;
    std::size_t documents_ = 0;
};

YamlNode& YamlBuilder::make(const YAML::Mark& mark, YAML::anchor_t anchor, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") throw refuse(mark, "Tags are not used here. Remove the \"!\" word.");
    if (yaml_.nodes_.size() >= kMostNodes) throw refuse(mark, "The file has too many values. Split it.");
    auto& node = yaml_.nodes_.emplace_back();
    node.offset = static_cast<std::size_t>(mark.pos);
    node.line = static_cast<std::size_t>(mark.line);
    if (anchor != 0) anchors_[anchor] = &node;
    return node;
}

void YamlBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
    auto& node = make(mark, anchor, tag);
    node.kind = YamlNode::Kind::scalar;
    node.quoted = tag == "!";
    node.text = value;
    const auto begin = skip_properties(yaml_.text_, node.offset);
    const bool has_quote =
        node.quoted && begin < yaml_.text_.size() && (yaml_.text_[begin] == '"' || yaml_.text_[begin] == '\'');
    if (has_quote && !is_closed(yaml_.text_, begin))
        throw refuse(mark, "The quote is not closed. Add the closing one.");
    attach(node);
}

void YamlBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    const auto is_inside = [&](const Open& open) { return open.node == found->second; };
    if (found == anchors_.end() || std::any_of(open_.begin(), open_.end(), is_inside))
        throw refuse(mark, "An alias cannot stand inside its own anchor.");
    attach(*found->second);
    if (open_.back().node->weight > kMostNodes) throw refuse(mark, "Aliases make this file too large. Write it out.");
}

void YamlBuilder::open(YamlNode& node, YamlNode::Kind kind) {
    node.kind = kind;
    if (open_.size() >= kMostDepth)
        throw Refused{node.line, node.offset, "Values are nested too deeply. Use at most 64 levels."};
    open_.push_back({&node});
}

void YamlBuilder::close() {
    const auto& node = *open_.back().node;
    open_.pop_back();
    attach(node);
}

void YamlBuilder::attach(const YamlNode& node) {
    if (open_.empty()) {
        yaml_.root_ = &node;
        return;
    }
    auto& parent = open_.back();
    parent.node->weight += node.weight;
    if (parent.node->kind == YamlNode::Kind::list) {
        parent.node->items.push_back(&node);
    } else {
        attach_to_mapping(parent, node);
    }
}

void YamlBuilder::attach_to_mapping(Open& open, const YamlNode& node) {
    if (open.key == nullptr) {
        open.key = &node;
        if (node.kind != YamlNode::Kind::scalar) add(node.line, node.offset, "The name of a field must be text.");
        return;
    }
    const auto& key = *std::exchange(open.key, nullptr);
    if (key.kind != YamlNode::Kind::scalar) return;
    if (open.names.insert(key.text).second) {
        open.node->entries.emplace_back(&key, &node);
    } else {
        add(key.line, key.offset,
            "The field \"" + key.text.substr(0, 60) + "\" stands here a second time. Remove one.");
    }
}

/// What must be refused before the parser sees it.
bool YamlBuilder::is_readable() {
    const auto at = find_forbidden(yaml_.text_);
    const bool is_text = is_valid_utf8(yaml_.text_);
    if (!is_text) add(0, 0, "The file is not UTF-8. Save it as UTF-8.");
    if (is_text && at != std::string::npos)
        add(line_of(yaml_.text_, at), at, "A control character stands here. Remove it.");
    return is_text && at == std::string::npos;
}

void YamlBuilder::parse() {
    if (!is_readable()) return;
    std::istringstream in(yaml_.text_);
    try {
        YAML::Parser parser(in);
        while (parser.HandleNextDocument(*this)) {
        }
        yaml_.whole_ = true;
        return;
    } catch (const Refused& refused) {
        add(refused.line, refused.offset, refused.what);
    } catch (const YAML::Exception& error) {
        const auto at = refuse(error.mark, {});
        const bool tabbed = is_tabbed(yaml_.text_, at.offset);
        add(at.line, at.offset, tabbed ? "Tabs cannot indent YAML. Use spaces." : explain(error.msg));
    } catch (const std::exception&) {
        add(0, 0, "This file cannot be read as YAML. Check quotes, brackets and escapes.");
    }
}

std::shared_ptr<const Yaml> parse_yaml(std::string_view text, std::string file, std::filesystem::path base,
                                       std::vector<Mistake>& mistakes) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    if (text.size() > kMostBytes) {
        mistakes.push_back({file, 1, 1, false, "The file is larger than 16 MB. Split it."});
        return std::make_shared<const Yaml>("", std::move(file), std::move(base));
    }
    auto yaml = std::make_shared<Yaml>(std::string(text), std::move(file), std::move(base));
    YamlBuilder(*yaml, mistakes).parse();
    return yaml;
}

}  // namespace causeway::config
