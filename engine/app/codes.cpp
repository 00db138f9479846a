/// Codes that no table maps.
#include "app/client.hpp"
#include "app/commands.hpp"

namespace causeway::app {
namespace {

int codes(const Arguments& arguments) {
    const auto table = arguments.get("--table");
    return print(Client(arguments).get("/v1/codes?days=" + arguments.get("--days", "30") +
                                       (table.empty() ? std::string() : "&table=" + table)));
}

constexpr Option kOptions[] = {
    {"--days", "N", "How far back; 30 without it, 0 for all that the ledger keeps."},
    {"--table", "NAME", "Only codes that this table of a map lacks."},
};

}  // namespace

const Command kCodes = {"codes",
                        "",
                        "List the codes that came and that no table maps, with counts; map them and replay.",
                        kOptions,
                        "  causeway codes\n  causeway codes --table gender --days 7\n",
                        codes};

}  // namespace causeway::app
