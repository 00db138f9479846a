#include "config/settings.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "config/settings_data.hpp"
#include "config/values.hpp"
#include "core/text.hpp"

namespace causeway::config {
namespace {

constexpr std::size_t kMostSecretBytes = 64 * 1024;

const FieldSpec& require_spec(std::span<const FieldSpec> specs, std::string_view field) {
    const auto found = std::find_if(specs.begin(), specs.end(), [&](const FieldSpec& s) { return s.name == field; });
    if (found == specs.end()) throw std::logic_error("no spec declares the field " + std::string(field));
    return *found;
}

const FieldSpec& require_spec(std::span<const FieldSpec> specs, std::string_view field, FieldType type) {
    const auto& spec = require_spec(specs, field);
    if (spec.type != type) throw std::logic_error("the field " + std::string(field) + " is of another type");
    return spec;
}

std::filesystem::path resolve(const std::filesystem::path& base, std::string_view text) {
    if (text.empty()) return {};
    return std::filesystem::absolute(base / std::filesystem::path(text)).lexically_normal();
}

/// The entries of a list's fallback: "P, D".
std::vector<std::string> split_fallback(std::string_view fallback) {
    std::vector<std::string> parts;
    for (const auto part : split(fallback, ','))
        if (!trim(part).empty()) parts.emplace_back(trim(part));
    return parts;
}

Result<std::string> read_secret_file(const std::filesystem::path& path, const std::string& place) {
    std::ifstream in(path, std::ios::binary);
    if (!in)
        return fail(Issue::not_found, place, "The secret's file cannot be read. Create it and let this user read it.");
    std::string text(kMostSecretBytes + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > kMostSecretBytes) return fail(Issue::too_long, place, "The secret's file is larger than 64 KB.");
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

Result<std::string> read_environment(const std::string& name, const std::string& place) {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return fail(Issue::not_found, place, "Set the environment variable " + name + ".");
    return std::string(value);
}

}  // namespace

std::string to_string(const Mistake& mistake) {
    return mistake.file + ":" + std::to_string(mistake.line) + ":" + std::to_string(mistake.column) +
           (mistake.warning ? ": warning: " : ": error: ") + mistake.what;
}

Settings::Settings() : data_(std::make_shared<const Data>()) {
}

const YamlNode* Settings::find(std::string_view field) const {
    return data_->node == nullptr ? nullptr : data_->node->find(field);
}

std::string Settings::scalar(const FieldSpec& spec) const {
    const auto* value = find(spec.name);
    return value != nullptr ? value->text : std::string(spec.fallback.value_or(""));
}

Settings Settings::child(const YamlNode* node, std::span<const FieldSpec> specs) const {
    Data data = *data_;
    data.node = node;
    if (node != nullptr) data.place = node;
    data.specs = specs;
    return Settings(std::make_shared<const Data>(std::move(data)));
}

bool Settings::has(std::string_view field) const {
    require_spec(data_->specs, field);
    return find(field) != nullptr;
}

std::string Settings::text(std::string_view field) const {
    const auto& spec = require_spec(data_->specs, field);
    if (!is_scalar(spec.type)) throw std::logic_error("the field " + std::string(field) + " is not a scalar");
    return scalar(spec);
}

std::filesystem::path Settings::path(std::string_view field) const {
    const auto text = scalar(require_spec(data_->specs, field, FieldType::path));
    return data_->yaml ? resolve(data_->yaml->base(), text) : resolve({}, text);
}

bool Settings::boolean(std::string_view field) const {
    return scalar(require_spec(data_->specs, field, FieldType::boolean)) == "true";
}

std::int64_t Settings::integer(std::string_view field) const {
    return parse_integer(scalar(require_spec(data_->specs, field, FieldType::integer))).value_or(0);
}

std::uint64_t Settings::size(std::string_view field) const {
    return parse_size(scalar(require_spec(data_->specs, field, FieldType::size))).value_or(0);
}

Duration Settings::duration(std::string_view field) const {
    return parse_duration(scalar(require_spec(data_->specs, field, FieldType::duration))).value_or(Duration{});
}

Result<std::string> Settings::secret(std::string_view field) const {
    const auto reference = scalar(require_spec(data_->specs, field, FieldType::secret));
    if (reference.starts_with("env:")) return read_environment(reference.substr(4), place(field));
    if (!reference.starts_with("file:")) return std::string();
    const auto base = data_->yaml ? data_->yaml->base() : std::filesystem::path();
    return read_secret_file(resolve(base, std::string_view(reference).substr(5)), place(field));
}

std::vector<std::string> Settings::texts(std::string_view field) const {
    const auto& spec = require_spec(data_->specs, field, FieldType::list);
    std::vector<std::string> texts;
    if (const auto* list = find(field)) {
        for (const auto* item : list->items) texts.push_back(item->text);
    } else {
        texts = split_fallback(spec.fallback.value_or(""));
    }
    if (spec.item == FieldType::path && data_->yaml)
        for (auto& text : texts) text = resolve(data_->yaml->base(), text).string();
    return texts;
}

Settings Settings::object(std::string_view field) const {
    const auto& spec = require_spec(data_->specs, field, FieldType::object);
    return child(find(field), spec.fields);
}

std::vector<Settings> Settings::objects(std::string_view field) const {
    const auto& spec = require_spec(data_->specs, field, FieldType::list);
    std::vector<Settings> objects;
    const auto* list = find(field);
    if (list == nullptr) return objects;
    for (const auto* item : list->items) objects.push_back(child(item, spec.fields));
    return objects;
}

std::vector<std::pair<std::string, std::string>> Settings::entries(std::string_view field) const {
    require_spec(data_->specs, field, FieldType::table);
    std::vector<std::pair<std::string, std::string>> entries;
    if (const auto* table = find(field))
        for (const auto& [name, value] : table->entries) entries.emplace_back(name->text, value->text);
    return entries;
}

std::vector<std::pair<std::string, Settings>> Settings::object_entries(std::string_view field) const {
    const auto& spec = require_spec(data_->specs, field, FieldType::table);
    std::vector<std::pair<std::string, Settings>> entries;
    if (const auto* table = find(field))
        for (const auto& [name, value] : table->entries) entries.emplace_back(name->text, child(value, spec.fields));
    return entries;
}

}  // namespace causeway::config
