#pragma once
/// Routes: condition → destinations, mapping, ordering key, policies. Files in conf/routes/.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "directory/directory.hpp"
#include "fhirpath/expression.hpp"
#include "model/message.hpp"
#include "model/obligation.hpp"

namespace causeway::route {

/// One way to learn an organisation's ODS code ("addressee", "registered practice", "patient knowledge").
struct Source {
    std::string name;
    fhirpath::Expression ods_code;
};

/// One destination of a route.
struct Target {
    std::string destination;
    std::string map;                   ///< Empty: the bytes as received.
    fhirpath::Expression when;         ///< Empty: always.
    std::vector<Source> organisation;  ///< Where the directory decides the address: sources in order of trust.
    std::string unknown_owner;         ///< Who gets it when the sources disagree or the organisation cannot be sent to.
    Duration answer_within{};          ///< A business answer is awaited as an obligation of its own; zero: none.
    std::string answer_owner;
    bool holds_lost = false;  ///< What the map would lose holds the message.
};

struct Route {
    std::string name;
    std::string place;                        ///< file:line:column
    std::set<std::string, std::less<>> from;  ///< Channels.
    fhirpath::Expression when;
    std::string pathway;            ///< Decided by this pathway before its targets are matched; may be empty.
    fhirpath::Expression order_by;  ///< Ordering key; empty: the patient's NHS number, else the channel.
    std::map<std::string, fhirpath::Expression> keys;  ///< Search keys beyond the standard ones: kind to expression.
    std::string learn;  ///< Map that turns the message into a Patient for the patient knowledge; may be empty.
    std::vector<Target> targets;
    std::string filter;  ///< Name of the rule when the route drops on purpose (no targets, with a reason).
    std::string reason;
};

/// What a route owes for one message, before it becomes obligations.
struct Owed {
    std::string route;
    std::string destination;
    std::string map;
    std::string organisation;  ///< ODS code, when the directory decides.
    std::string ordering_key;
    bool held = false;  ///< The organisation is unknown, closed, without endpoint, or in dispute.
    std::string owner;
    std::string cause;  ///< In words, without patient data.
    Duration answer_within{};
    std::string answer_owner;
};

/// All routes of a configuration. Immutable once checked. Threads: any.
class Routes {
public:
    static std::span<const config::FieldSpec> specs();

    /// Adds the route of one linted file (`mistakes` for conditions that do not compile).
    /// With definitions the types of its expressions are checked too.
    void add(const config::Settings& file, std::vector<config::Mistake>& mistakes,
             const fhir::DefinitionsPtr& definitions = nullptr);

    const std::vector<Route>& all() const noexcept { return routes_; }

    /// Routes that take the message. An Error names the route and the expression that failed: the message is held.
    Result<std::vector<const Route*>> matching(std::string_view channel, const tree::Node& message,
                                               const fhirpath::Environment& environment) const;

    /// What one of them owes: targets whose condition holds, with organisations looked up.
    Result<std::vector<Owed>> owed(const Route& route, const tree::Node& message,
                                   const fhirpath::Environment& environment, const directory::Directory& directory,
                                   std::string_view default_ordering_key) const;

private:
    std::vector<Route> routes_;
};

}  // namespace causeway::route
