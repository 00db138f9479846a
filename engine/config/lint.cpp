/// lint: a document against its specs.

#include <algorithm>
#include <string>

#include "config/settings_data.hpp"
#include "config/values.hpp"
#include "config/yaml.hpp"
#include "core/text.hpp"

namespace causeway::config {

class Linter {
public:
    Linter(const std::shared_ptr<const Yaml>& yaml, std::vector<Mistake>& mistakes)
        : yaml_(yaml), mistakes_(mistakes) {}

    void check_object(const YamlNode* node, std::span<const FieldSpec> specs);

    static Settings settings(std::shared_ptr<const Yaml> yaml, std::span<const FieldSpec> specs) {
        Settings::Data data{std::move(yaml)};
        data.owner = std::make_shared<const std::vector<FieldSpec>>(specs.begin(), specs.end());
        data.specs = *data.owner;
        const auto* root = data.yaml ? data.yaml->root() : nullptr;
        if (root != nullptr && root->kind == YamlNode::Kind::mapping) data.node = root;
        data.place = root;
        return Settings(std::make_shared<const Settings::Data>(std::move(data)));
    }

private:
    void check_unknown(const YamlNode& key, std::span<const FieldSpec> specs);
    void check_value(const YamlNode& key, const YamlNode& value, FieldType type, const FieldSpec& spec);
    void check_scalar(const YamlNode& value, FieldType type, const FieldSpec& spec);
    void check_list(const YamlNode& value, const FieldSpec& spec);
    void check_table(const YamlNode& value, const FieldSpec& spec);
    void add(const YamlNode* node, std::string what);

    static constexpr std::size_t kMost = 200;  ///< Mistakes of one file: a wrong file is not a million of them.
    const std::shared_ptr<const Yaml>& yaml_;
    std::vector<Mistake>& mistakes_;
    std::size_t added_ = 0;
};

namespace {

YamlNode::Kind expected_kind(FieldType type) {
    if (type == FieldType::list) return YamlNode::Kind::list;
    return is_scalar(type) ? YamlNode::Kind::scalar : YamlNode::Kind::mapping;
}

std::string_view describe(YamlNode::Kind kind) {
    switch (kind) {
        case YamlNode::Kind::list:
            return "a list";
        case YamlNode::Kind::mapping:
            return "an object";
        case YamlNode::Kind::scalar:
            return "a single value";
        case YamlNode::Kind::null:
            break;
    }
    return "nothing";
}

const FieldSpec* find_spec(std::span<const FieldSpec> specs, std::string_view name) {
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const FieldSpec& s) { return s.name == name; });
    return found == specs.end() ? nullptr : &*found;
}

}  // namespace

void Linter::add(const YamlNode* node, std::string what) {
    if (added_ > kMost) return;
    if (added_++ == kMost) what = "There are more mistakes in this file. Mend the ones above first.";
    mistakes_.push_back(yaml_->mistake(node, std::move(what)));
}

void Linter::check_unknown(const YamlNode& key, std::span<const FieldSpec> specs) {
    std::vector<std::string> names;
    for (const auto& spec : specs) names.emplace_back(spec.name);
    if (key.text == "<<") return add(&key, "Merge keys (\"<<\") are not used here. Write the fields out.");
    if (key.text.size() > 60) return add(&key, "unknown field \"" + key.text.substr(0, 60) + "...\". Remove it.");
    const auto suggestion = did_you_mean(key.text, names);
    if (!suggestion.empty()) return add(&key, "unknown field \"" + key.text + "\"." + suggestion);
    std::string all;
    for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
    add(&key, "unknown field \"" + key.text + "\". Known here: " + all + ".");
}

void Linter::check_object(const YamlNode* node, std::span<const FieldSpec> specs) {
    if (node != nullptr && node->kind != YamlNode::Kind::mapping && node->kind != YamlNode::Kind::null)
        return add(node, "This must be " + std::string(describe(FieldType::object)) + ".");
    const bool written = node != nullptr && node->kind == YamlNode::Kind::mapping;
    for (const auto& spec : specs) {
        if (spec.fallback || (written && node->find(spec.name) != nullptr)) continue;
        add(node, "The field \"" + std::string(spec.name) + "\" is missing. " + std::string(spec.doc));
    }
    if (!written) return;
    for (const auto& [key, value] : node->entries) {
        const auto* spec = find_spec(specs, key->text);
        if (spec == nullptr) {
            check_unknown(*key, specs);
        } else {
            check_value(*key, *value, spec->type, *spec);
        }
    }
}

void Linter::check_value(const YamlNode& key, const YamlNode& value, FieldType type, const FieldSpec& spec) {
    const auto expected = expected_kind(type);
    if (value.kind == YamlNode::Kind::null)
        return add(&key, "\"" + key.text.substr(0, 60) + "\" has no value. Give " + std::string(describe(type)) +
                             " or remove the line.");
    if (value.kind != expected)
        return add(&value, "This is " + std::string(describe(value.kind)) + ", but must be " +
                               std::string(describe(type)) + ".");
    if (type == FieldType::object) return check_object(&value, spec.fields);
    if (type == FieldType::table) return check_table(value, spec);
    if (type == FieldType::list) return check_list(value, spec);
    check_scalar(value, type, spec);
}

void Linter::check_scalar(const YamlNode& value, FieldType type, const FieldSpec& spec) {
    const bool must_be_plain = type == FieldType::boolean || type == FieldType::integer;
    auto what = explain_value(type, spec, value.text);
    if (what.empty() && must_be_plain && value.quoted)
        what = "In quotes this is text, but must be " + std::string(describe(type)) + ". Remove the quotes.";
    if (!what.empty()) add(&value, std::move(what));
}

void Linter::check_list(const YamlNode& value, const FieldSpec& spec) {
    for (const auto* item : value.items) {
        if (item->kind == YamlNode::Kind::null) {
            add(item,
                "This entry of the list has no value. Give " + std::string(describe(spec.item)) + " or remove it.");
        } else {
            check_value(*item, *item, spec.item, spec);
        }
    }
}

void Linter::check_table(const YamlNode& value, const FieldSpec& spec) {
    for (const auto& [key, entry] : value.entries) {
        if (trim(key->text).empty()) add(key, "The name of this entry is empty. Give one.");
        check_value(*key, *entry, spec.item, spec);
    }
}

Settings lint(const std::shared_ptr<const Yaml>& yaml, std::span<const FieldSpec> specs,
              std::vector<Mistake>& mistakes) {
    if (is_whole(yaml)) Linter(yaml, mistakes).check_object(yaml->root(), specs);
    return Linter::settings(yaml, specs);
}

bool is_whole(const std::shared_ptr<const Yaml>& yaml) {
    return yaml && yaml->whole();
}

std::string peek(const std::shared_ptr<const Yaml>& yaml, std::string_view field) {
    if (!yaml || yaml->root() == nullptr) return {};
    const auto* value = yaml->root()->find(field);
    return value == nullptr || value->kind != YamlNode::Kind::scalar ? std::string() : value->text;
}

}  // namespace causeway::config
