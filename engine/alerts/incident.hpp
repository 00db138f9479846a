#pragma once
/// One incident, from its start to its end, and how the ledger keeps it.

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "pipeline/incident_source.hpp"

namespace causeway::alerts {

struct Incident {
    std::string id;          ///< Eight hexadecimal digits: what receivers know it by.
    std::string source;      ///< Name of the source that sees it.
    pipeline::Signal facts;  ///< As last seen.
    Instant started_at;
    Instant ended_at;                            ///< Zero: it goes on.
    int returns = 0;                             ///< How often it came back soon after an end.
    std::set<std::string> to;                    ///< Receivers that are to hear of it.
    std::set<std::string> told_start, told_end;  ///< Of them, those that have.

    bool open() const noexcept { return ended_at == Instant(); }
};

/// What makes two signals one incident: "queue-age/pas".
std::string key_of(const pipeline::Signal& signal);
std::string id_of(const pipeline::Signal& signal, Instant started_at);

/// The ledger's note of it: "incident/" and the key, with a JSON object.
std::string note_name(const Incident& incident);
inline constexpr std::string_view kNotePrefix = "incident/";
std::string to_json(const Incident& incident);
/// Nothing where it is no such object.
std::optional<Incident> incident_from_json(std::string_view json);

}  // namespace causeway::alerts
