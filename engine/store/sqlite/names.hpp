#pragma once
/// Names from the configuration and other words of few values, written once and referred to by number.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/sqlite/connection.hpp"

namespace causeway::sqlite {

/// The table "name" as one connection sees it. 0 stands for the empty text. A number never changes its meaning, so what
/// was read once is kept. Threads: as its connection.
class Names {
public:
    explicit Names(Connection& connection) : connection_(connection) {}

    /// The number of `text`, given now where it has none yet (writer only).
    std::int64_t intern(std::string_view text);
    /// The number of `text`, or nothing where no row can have it.
    std::optional<std::int64_t> find(std::string_view text);
    std::string text(std::int64_t number);
    /// After a rollback: numbers given in the transaction are gone.
    void forget();

private:
    void remember(std::int64_t number, std::string_view text);

    Connection& connection_;
    std::map<std::string, std::int64_t, std::less<>> numbers_;
    std::unordered_map<std::int64_t, std::string> texts_;
};

}  // namespace causeway::sqlite
