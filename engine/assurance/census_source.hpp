#pragma once
/// Where a census comes from: a file, an address, or a command that prints it.

#include <optional>
#include <string>

#include "assurance/census_compare.hpp"
#include "assurance/day.hpp"
#include "assurance/fetch.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::assurance {

/// A census that somebody names on the command line instead of the configured one.
struct GivenCensus {
    std::string file;
    std::string key, column;  ///< Empty: as configured; without configuration "control-id" and the first column.
};

struct CensusLists {
    std::string key;
    ReadIds source, confirmed;  ///< `confirmed` is null where there is no such list.
};

/// The lists of one channel for one day; nothing where it has none. Nothing is read yet. A file is read anew each time;
/// what an address or a command gives is kept in an unnamed temporary file for as long as the lists live.
/// `go_on` is asked while they are fetched.
std::optional<CensusLists> census_lists(const pipeline::Channel& channel, const Day& day, const GivenCensus* given,
                                        const GoOn& go_on = {});

/// "{day}" and "{compact_day}" filled in.
std::string fill_day(std::string pattern, const Day& day);

/// The ids in a FHIR document: a Bundle of DocumentReference or ServiceRequest, or a List. `id` may be empty.
Result<void> read_fhir_ids(std::string json, const fhirpath::Expression& id,
                           const std::function<void(std::string_view id)>& take, std::string& next_page);

}  // namespace causeway::assurance
