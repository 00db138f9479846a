#include "mapping/edit.hpp"

#include <algorithm>
#include <functional>
#include <optional>

namespace causeway::mapping {
namespace {

std::vector<Statement>* body_of(Statement& statement) {
    if (auto* block = std::get_if<For>(&statement.what)) return &block->body;
    if (auto* block = std::get_if<In>(&statement.what)) return &block->body;
    return nullptr;
}

std::string head_of(const Statement& statement) {
    if (const auto* block = std::get_if<For>(&statement.what)) return "for " + block->over.text;
    const auto& block = std::get<In>(statement.what);
    return "in " + block.location.text + (block.name.empty() ? "" : " as " + block.name);
}

std::string scope_in(const std::string& scope, const Statement& statement) {
    return (scope.empty() ? "" : scope + " > ") + head_of(statement);
}

std::string right_of(const Row& row) {
    if (row.location.text.empty()) return row.right.text;
    return row.resource.empty() ? row.location.text : row.resource + ":" + row.location.text;
}

bool writes_right(const Row& row) {
    return row.arrow != Arrow::left;
}

bool writes_left(const Row& row) {
    return row.arrow != Arrow::right;
}

/// Does the row write what the key names, in a direction that the key's row has?
bool has_target(const Row& row, const RowKey& key) {
    const bool right = writes_right(row) && key.arrow != Arrow::left && right_of(row) == key.target;
    const bool left = writes_left(row) && key.arrow != Arrow::right && row.left.text == key.target;
    return right || left;
}

bool has_source(const Row& row, const RowKey& key) {
    const auto& source = row.arrow == Arrow::left ? row.right.text : row.left.text;
    return source == key.source;
}

using Matches = std::function<bool(const Row&, const std::string& scope)>;

void each_row(std::vector<Statement>& statements, const std::string& scope,
              const std::function<void(Row&, const std::string&)>& see) {
    for (auto& statement : statements) {
        if (auto* row = std::get_if<Row>(&statement.what)) see(*row, scope);
        if (auto* body = body_of(statement)) each_row(*body, scope_in(scope, statement), see);
    }
}

void erase_rows(std::vector<Statement>& statements, const std::string& scope, const Matches& matches) {
    std::erase_if(statements, [&](Statement& statement) {
        if (const auto* row = std::get_if<Row>(&statement.what)) return matches(*row, scope);
        if (auto* body = body_of(statement)) erase_rows(*body, scope_in(scope, statement), matches);
        return false;
    });
}

bool insert_after(std::vector<Statement>& statements, const Row* place, Row& row) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (auto* body = body_of(statements[i]); body != nullptr && insert_after(*body, place, row)) return true;
        if (std::get_if<Row>(&statements[i].what) != place) continue;
        statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, Statement{std::move(row)});
        return true;
    }
    return false;
}

/// The narrowest sense in which the key names rows at all.
std::optional<Matches> narrowest(std::vector<Statement>& statements, const RowKey& key) {
    for (const bool anywhere : {false, true}) {
        if (anywhere && !key.scope.empty()) break;
        for (const bool any_source : {false, true}) {
            const Matches sense = [&key, anywhere, any_source](const Row& row, const std::string& scope) {
                return (anywhere || scope == key.scope) && row.place.file != key.file && has_target(row, key) &&
                       (any_source || has_source(row, key));
            };
            bool any = false;
            each_row(statements, "", [&](const Row& row, const std::string& scope) { any = any || sense(row, scope); });
            if (any) return sense;
        }
    }
    return std::nullopt;
}

/// What a block line is known by.
bool is_named(const Statement& statement, std::string_view kind, std::string_view name) {
    if (const auto* line = std::get_if<ResourceLine>(&statement.what)) return kind == "resource" && line->name == name;
    if (const auto* line = std::get_if<SegmentLine>(&statement.what)) return kind == "segment" && line->name == name;
    if (const auto* block = std::get_if<For>(&statement.what))
        return kind == "for" && (block->name == name || block->over.text == name);
    if (const auto* block = std::get_if<In>(&statement.what))
        return kind == "in" && (block->name == name || block->location.text == name);
    return false;
}

std::string_view file_of(const Statement& statement) {
    return std::visit([](const auto& what) { return std::string_view(what.place.file); }, statement.what);
}

bool is_line(const Statement& statement) {
    return std::holds_alternative<ResourceLine>(statement.what) || std::holds_alternative<SegmentLine>(statement.what);
}

}  // namespace

RowKey key_of(const Row& row, std::string scope) {
    if (row.arrow == Arrow::left) return {std::move(scope), row.right.text, row.left.text, row.arrow, row.place.file};
    return {std::move(scope), row.left.text, right_of(row), row.arrow, row.place.file};
}

std::vector<std::string> targets_of(const std::vector<Statement>& statements) {
    std::vector<std::string> keys;
    auto copy = statements;
    each_row(copy, "", [&](const Row& row, const std::string&) {
        keys.push_back(writes_right(row) ? right_of(row) : row.left.text);
    });
    return keys;
}

bool replace_row(std::vector<Statement>& statements, Row row, const RowKey& key) {
    const auto sense = narrowest(statements, key);
    if (!sense) return false;
    std::string first;
    std::vector<std::string> others;
    std::optional<Row> other_way;
    each_row(statements, "", [&](const Row& found, const std::string& scope) {
        if (!(*sense)(found, scope)) return;
        (first.empty() ? first : others.emplace_back()) = found.place.text();
        if (found.arrow != Arrow::both || row.arrow == Arrow::both || other_way) return;
        other_way = found;
        other_way->arrow = row.arrow == Arrow::left ? Arrow::right : Arrow::left;
    });
    const auto is_of = [](const std::vector<std::string>& places, const Row& found) {
        return std::find(places.begin(), places.end(), found.place.text()) != places.end();
    };
    erase_rows(statements, "", [&](const Row& found, const std::string&) { return is_of(others, found); });
    Row* place = nullptr;
    each_row(statements, "", [&](Row& found, const std::string&) {
        if (is_of({first}, found)) place = &found;
    });
    *place = std::move(row);
    if (other_way) insert_after(statements, place, *other_way);
    return true;
}

bool remove_row(std::vector<Statement>& statements, const RowKey& key) {
    const auto sense = narrowest(statements, key);
    if (sense) erase_rows(statements, "", *sense);
    return sense.has_value();
}

bool remove_block(std::vector<Statement>& statements, std::string_view kind, std::string_view name,
                  std::string_view file) {
    bool any = false;
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (auto* body = body_of(statements[i])) any = remove_block(*body, kind, name, file) || any;
        if (!is_named(statements[i], kind, name) || file_of(statements[i]) == file) continue;
        auto end = i + 1;
        // The rows below a line go with it, up to the next line of its kind.
        if (is_line(statements[i]))
            while (end < statements.size() && (std::holds_alternative<Row>(statements[end].what) ||
                                               std::holds_alternative<In>(statements[end].what)))
                ++end;
        statements.erase(statements.begin() + static_cast<std::ptrdiff_t>(i),
                         statements.begin() + static_cast<std::ptrdiff_t>(end));
        any = true;
        --i;
    }
    return any;
}

void remove_empty(std::vector<Statement>& statements) {
    std::erase_if(statements, [](Statement& statement) {
        auto* body = body_of(statement);
        if (body == nullptr) return false;
        remove_empty(*body);
        return body->empty();
    });
}

std::vector<std::string> block_names(const std::vector<Statement>& statements, std::string_view kind) {
    std::vector<std::string> names;
    auto copy = statements;
    for (auto& statement : copy) {
        if (const auto* line = std::get_if<ResourceLine>(&statement.what); line && kind == "resource")
            names.push_back(line->name);
        if (const auto* line = std::get_if<SegmentLine>(&statement.what); line && kind == "segment")
            names.push_back(line->name);
        if (const auto* block = std::get_if<For>(&statement.what); block && kind == "for") names.push_back(block->name);
        if (const auto* block = std::get_if<In>(&statement.what); block && kind == "in") names.push_back(block->name);
        if (auto* body = body_of(statement)) {
            const auto below = block_names(*body, kind);
            names.insert(names.end(), below.begin(), below.end());
        }
    }
    return names;
}

}  // namespace causeway::mapping
