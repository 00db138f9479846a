#pragma once
/// Organisations, services and practices with their endpoints, from files in conf/directory/.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace causeway::directory {

/// One organisation of the Organisation Data Service.
struct Organisation {
    std::string ods_code;  ///< Upper case.
    std::string name;
    std::string type;  ///< "gp-practice", "nhs-trust", "service".
    bool active = true;
    std::string successor;  ///< ODS code that took over, when closed.
    std::string endpoint;   ///< FHIR base URL for documents, without "/" at its end; empty: none known.
    std::string closed_on;  ///< Day of closing, for people; empty where active or not known.
    std::string place;      ///< file:line:column, for messages.
};

/// Why an organisation cannot be sent to.
enum class Lookup { found, unknown, closed, no_endpoint };

/// Immutable. Threads: any.
class Directory {
public:
    /// Specs of one directory file: `organisations:` as a list.
    static std::span<const config::FieldSpec> specs();

    /// Adds what one linted file holds; duplicates and unknown successors are mistakes (the latter after `check`).
    void add(const config::Settings& file, std::vector<config::Mistake>& mistakes);
    void check(std::vector<config::Mistake>& mistakes) const;

    /// Case and surrounding white space do not matter. Null where nobody has the code; lives as long as the directory.
    const Organisation* find(std::string_view ods_code) const;
    /// Can a document be sent there? A closed one is never replaced by its successor silently: the caller holds it and
    /// may name the successor.
    Lookup look_up(std::string_view ods_code) const;
    std::size_t size() const noexcept { return by_code_.size(); }

private:
    std::map<std::string, Organisation, std::less<>> by_code_;
};

}  // namespace causeway::directory
