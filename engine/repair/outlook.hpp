#pragma once
/// What an act would do to one message, without doing it: a dry run by the same code that would run.

#include <string>
#include <vector>

#include "pipeline/engine.hpp"
#include "store/message_store.hpp"

namespace causeway::repair {

/// One delivery that would be owed, or why there would be none.
struct Foreseen {
    std::string destination, organisation, map;
    std::string media_type;
    std::size_t bytes = 0;
    std::string problem;  ///< Why it would be held again; empty: it would be sent.
};

struct Outlook {
    Id message, obligation;
    std::string channel, message_type;
    std::string decision;  ///< "service headache by rule ..."; empty where no pathway decides.
    std::string routes;    ///< "referrals to pas"
    std::vector<Foreseen> deliveries;
    std::string ends;     ///< What ends without a delivery: "Filtered by the rule \"operator\"."
    std::string problem;  ///< Why the act would not help, or cannot be done.

    /// Nothing of it would fail as far as can be told without sending.
    bool good() const;
};

/// What a person asks for.
struct Wish {
    OperatorAct::Kind kind = OperatorAct::Kind::replay;
    std::string destination, organisation;  ///< redirect.
};

/// Decides and maps with the configuration that would be used; nothing is written or sent. Free of patient data.
Outlook foresee(pipeline::Engine& engine, const Wish& wish, Id obligation);

/// The act on this obligation. Errors say why it makes no sense.
Result<OperatorAct> act_for(const pipeline::Engine& engine, const Wish& wish, const Obligation& obligation,
                            std::string who, std::string reason);

}  // namespace causeway::repair
