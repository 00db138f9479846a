#include "fhirpath/functions.hpp"

#include <algorithm>
#include <unordered_map>

namespace causeway::fhirpath {
namespace {

std::unordered_map<std::string_view, const Function*> make_table() {
    std::unordered_map<std::string_view, const Function*> table;
    for (const auto group :
         {collection_functions(), conversion_functions(), string_functions(), math_functions(), utility_functions()})
        for (const auto& function : group) table.emplace(function.name, &function);
    return table;
}

const std::unordered_map<std::string_view, const Function*>& table() {
    static const auto kTable = make_table();
    return kTable;
}

}  // namespace

const Function* find_function(std::string_view name) {
    const auto found = table().find(name);
    return found == table().end() ? nullptr : found->second;
}

const std::vector<std::string>& function_names() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names;
        for (const auto& [name, function] : table()) names.emplace_back(name);
        std::sort(names.begin(), names.end());
        return names;
    }();
    return kNames;
}

}  // namespace causeway::fhirpath
