#include "store/sqlite/sealed_under.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "store/sqlite/schema.hpp"

namespace causeway::sqlite {
namespace {

/// Rows of the table `ledger`: "sealed-under/6a503fb3", "sealed-under/none".
constexpr std::string_view kPrefix = "sealed-under/";
constexpr std::string_view kNone = "none";
/// A ledger from before this was told holds pieces under it is not known what.
constexpr std::string_view kUnknown = "unknown";

std::string_view bytes_of(const seal::KeyId& id) {
    return {reinterpret_cast<const char*>(id.data()), id.size()};
}

std::string newest_of(const seal::KeyRing& keys) {
    return keys.empty() ? std::string(kNone) : to_hex(bytes_of(keys.newest()));
}

std::vector<std::string> told(Connection& connection) {
    std::vector<std::string> names;
    Cursor rows = connection.query("SELECT name FROM ledger WHERE name LIKE 'sealed-under/%' ORDER BY name");
    while (rows.next()) names.emplace_back(rows.text(0).substr(kPrefix.size()));
    return names;
}

bool has_blocks(Connection& connection) {
    return connection.query("SELECT 1 FROM block LIMIT 1").next();
}

void tell(Connection& connection, std::string_view name) {
    set_ledger_value(connection, std::string(kPrefix) + std::string(name), 1);
}

bool is_named(const seal::KeyRing& keys, const std::string& name) {
    return name == kNone || name == kUnknown || keys.has(name);
}

}  // namespace

Result<void> check_keys(Connection& connection, const seal::KeyRing& keys) {
    for (const std::string& name : told(connection))
        if (!is_named(keys, name))
            return fail(Issue::login, "ledger.encryption",
                        "The ledger holds what is encrypted with the key " + name +
                            "; name that key too, behind the newest, until \"causeway rekey\" has ended.");
    return {};
}

void tell_newest(Connection& connection, const seal::KeyRing& keys) {
    const auto names = told(connection);
    const std::string newest = newest_of(keys);
    if (std::find(names.begin(), names.end(), newest) != names.end()) return;
    if (names.empty() && has_blocks(connection)) tell(connection, kUnknown);
    tell(connection, newest);
}

bool is_sealed_under(Connection& connection, const seal::KeyRing& keys) {
    return told(connection) == std::vector<std::string>{newest_of(keys)};
}

void forget_others(Connection& connection, const seal::KeyRing& keys) {
    connection.run("DELETE FROM ledger WHERE name LIKE 'sealed-under/%' AND name <> ?",
                   std::string(kPrefix) + newest_of(keys));
}

}  // namespace causeway::sqlite
