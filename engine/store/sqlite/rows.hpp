#pragma once
/// Rows as the types of the model. Each reader expects the columns of "SELECT *" from its table.

#include <string>
#include <vector>

#include "store/message_store.hpp"
#include "store/sqlite/names.hpp"

namespace causeway::sqlite {

Obligation read_obligation(const Cursor& row, Names& names);
Event read_event(const Cursor& row, Names& names);
PathwayClock read_clock(const Cursor& row);

/// Message keys as `[["nhs-number","..."],...]`, and back.
std::string keys_to_json(const std::vector<Key>& keys);
std::vector<Key> keys_from_json(std::string_view json);

/// Every row of a running statement through `read`.
template <class T, class Read>
std::vector<T> all(Cursor rows, Read read) {
    std::vector<T> found;
    while (rows.next()) found.push_back(read(rows));
    return found;
}

}  // namespace causeway::sqlite
