#include "mapping/edit.hpp"

#include <algorithm>

namespace causeway::mapping {
namespace {

std::vector<Statement>* body_of(Statement& statement) {
    if (auto* block = std::get_if<For>(&statement.what)) return &block->body;
    if (auto* block = std::get_if<In>(&statement.what)) return &block->body;
    return nullptr;
}

Row* find_row(std::vector<Statement>& statements, std::string_view key) {
    for (auto& statement : statements) {
        if (auto* row = std::get_if<Row>(&statement.what); row != nullptr && row_key(*row) == key) return row;
        if (auto* body = body_of(statement))
            if (auto* row = find_row(*body, key)) return row;
    }
    return nullptr;
}

/// Erases rows with this key, except the one that was written at `keep`.
void erase_rows(std::vector<Statement>& statements, std::string_view key, const std::string& keep) {
    for (auto& statement : statements)
        if (auto* body = body_of(statement)) erase_rows(*body, key, keep);
    std::erase_if(statements, [&](const Statement& statement) {
        const auto* row = std::get_if<Row>(&statement.what);
        return row != nullptr && row_key(*row) == key && row->place.text() != keep;
    });
}

}  // namespace

std::string row_key(const Row& row) {
    if (row.arrow == Arrow::left) return row.left.text;
    return row.resource.empty() ? row.location.text : row.resource + ":" + row.location.text;
}

std::vector<std::string> row_keys(const std::vector<Statement>& statements) {
    std::vector<std::string> keys;
    for (const auto& statement : statements) {
        if (const auto* row = std::get_if<Row>(&statement.what)) keys.push_back(row_key(*row));
        auto* body = body_of(const_cast<Statement&>(statement));
        if (body == nullptr) continue;
        const auto below = row_keys(*body);
        keys.insert(keys.end(), below.begin(), below.end());
    }
    return keys;
}

bool replace_row(std::vector<Statement>& statements, Row row) {
    const auto key = row_key(row);
    auto* place = find_row(statements, key);
    if (place == nullptr) return false;
    const auto kept = row.place.text();
    *place = std::move(row);
    erase_rows(statements, key, kept);
    return true;
}

bool remove_row(std::vector<Statement>& statements, std::string_view key) {
    if (find_row(statements, key) == nullptr) return false;
    erase_rows(statements, key, "");
    return true;
}

}  // namespace causeway::mapping
