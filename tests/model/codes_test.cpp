#include <doctest/doctest.h>

#include "model/message.hpp"
#include "model/obligation.hpp"

using namespace causeway;

TEST_CASE("codes: every state is read back from its own code") {
    for (const State state : {State::queued, State::in_flight, State::held, State::delivered, State::filtered})
        CHECK(state_from_code(to_code(state)) == state);
    CHECK_FALSE(state_from_code("lost").has_value());
}

TEST_CASE("codes: words of the contract") {
    CHECK(to_code(State::in_flight) == "in-flight");
    CHECK(to_code(Duty::process) == "process");
    CHECK(to_code(Duty::answer) == "answer");
    CHECK(to_code(Priority::emergency) == "emergency");
    CHECK(to_code(Disposition::conflict) == "conflict");
    CHECK(to_code(Disposition::refused) == "refused");
}
