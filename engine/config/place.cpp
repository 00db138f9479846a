/// Where a field stands in its file, and mistakes that point there.

#include "config/settings_data.hpp"

namespace causeway::config {

const YamlNode* Settings::written(std::string_view field) const {
    const auto* value = field.empty() ? nullptr : find(field);
    return value != nullptr ? value : data_->place;
}

const YamlNode* Settings::written(std::string_view field, std::size_t index) const {
    const auto* list = find(field);
    const bool there = list != nullptr && index < list->items.size();
    return there ? list->items[index] : written(field);
}

const YamlNode* Settings::written(std::string_view field, std::string_view entry) const {
    const auto* table = find(field);
    const auto* value = table == nullptr ? nullptr : table->find(entry);
    return value != nullptr ? value : written(field);
}

Mistake Settings::at(const YamlNode* node, std::string what) const {
    if (!data_->yaml) return {{}, 1, 1, false, std::move(what)};
    return data_->yaml->mistake(node, std::move(what));
}

Mistake Settings::inside(const YamlNode* node, std::size_t column, std::string what) const {
    if (node == nullptr || node->kind != YamlNode::Kind::scalar) return at(node, std::move(what));
    return data_->yaml->mistake_inside(*node, column, std::move(what));
}

std::string Settings::place(std::string_view field) const {
    const auto mistake = at(written(field), {});
    return mistake.file + ":" + std::to_string(mistake.line) + ":" + std::to_string(mistake.column);
}

Mistake Settings::mistake(std::string_view field, std::string what) const {
    return at(written(field), std::move(what));
}

Mistake Settings::mistake(std::string_view field, std::size_t index, std::string what) const {
    return at(written(field, index), std::move(what));
}

Mistake Settings::mistake(std::string_view field, std::string_view entry, std::string what) const {
    return at(written(field, entry), std::move(what));
}

Mistake Settings::mistake_inside(std::string_view field, std::size_t column, std::string what) const {
    return inside(written(field), column, std::move(what));
}

Mistake Settings::mistake_inside(std::string_view field, std::size_t index, std::size_t column,
                                 std::string what) const {
    return inside(written(field, index), column, std::move(what));
}

Mistake Settings::mistake_inside(std::string_view field, std::string_view entry, std::size_t column,
                                 std::string what) const {
    return inside(written(field, entry), column, std::move(what));
}

}  // namespace causeway::config
