#include "store/sqlite/names.hpp"

namespace causeway::sqlite {
namespace {

// Senders choose media and message types, so the memory that they can take is bounded.
constexpr std::size_t kMostRemembered = 4'096;

}  // namespace

std::int64_t Names::intern(std::string_view text) {
    if (const auto known = find(text)) return *known;
    connection_.run("INSERT INTO name (text) VALUES (?)", text);
    const std::int64_t number = sqlite3_last_insert_rowid(connection_.handle());
    remember(number, text);
    return number;
}

std::optional<std::int64_t> Names::find(std::string_view text) {
    if (text.empty()) return 0;
    if (const auto known = numbers_.find(text); known != numbers_.end()) return known->second;
    Cursor row = connection_.query("SELECT id FROM name WHERE text = ?", text);
    if (!row.next()) return std::nullopt;
    const std::int64_t number = row.integer(0);
    remember(number, text);
    return number;
}

std::string Names::text(std::int64_t number) {
    if (number == 0) return {};
    if (const auto known = texts_.find(number); known != texts_.end()) return known->second;
    Cursor row = connection_.query("SELECT text FROM name WHERE id = ?", number);
    if (!row.next()) return {};
    std::string text(row.text(0));
    remember(number, text);
    return text;
}

void Names::forget() {
    numbers_.clear();
    texts_.clear();
}

void Names::remember(std::int64_t number, std::string_view text) {
    if (numbers_.size() >= kMostRemembered) forget();
    numbers_.emplace(text, number);
    texts_.emplace(number, text);
}

}  // namespace causeway::sqlite
