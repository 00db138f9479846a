#include "repair/cause.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

namespace causeway::repair {
namespace {

TEST_CASE("cause: what differs from message to message is taken out") {
    CHECK(cause_of("pas answered AE: read message 0SA3ZXMC40000 and act.") ==
          cause_of("pas answered AE: read message 0SA3ZXMC40001 and act."));
    CHECK(cause_of("OBX[3]-5: Send text.") == cause_of("OBX[17]-5: Send text."));
    CHECK(cause_of("line 3, column 70: A comma is missing.") == cause_of("line 12, column 1: A comma is missing."));
    CHECK(cause_of("Awaited until 2026-11-22T09:30:00.000Z.") == cause_of("Awaited until 2026-11-23T10:00:00.000Z."));
    CHECK(cause_of("Entry 5d4f1c20-0501-4c63-9f2a-0a1b2c3d4e5f is missing.") ==
          cause_of("Entry 5d4f1c20-0502-4c63-9f2a-0a1b2c3d4e5f is missing."));
    CHECK(cause_of("configuration 9f86d081884c7d659a2feaa0c55ad015: mend it.") ==
          cause_of("configuration a591a6d40bf420404a011733cfb7b190: mend it."));
    CHECK(cause_of("The document has 1048576 bytes.") == cause_of("The document has 2097152 bytes."));
}

TEST_CASE("cause: what is the cause stays") {
    CHECK(cause_of("Organisation Y12345 is not in the directory: add it.") !=
          cause_of("Organisation Y12346 is not in the directory: add it."));
    CHECK(cause_of("Refused by pas: AE 102 at PID-3") == "Refused by pas: AE 102 at PID-3");
    CHECK(cause_of("Refused by pas: HTTP 422") != cause_of("Refused by pas: HTTP 400"));
    CHECK(cause_of("127.0.0.1:2575: Nothing listens there.") == "127.0.0.1:2575: Nothing listens there.");
    CHECK(cause_of("PID-3[4.1=\"NHS\"].1: Send it.") == "PID-3[4.1=\"NHS\"].1: Send it.");
    CHECK(cause_of("conf/routes/a.yaml:4:7: Correct \"when\".") == "conf/routes/a.yaml:4:7: Correct \"when\".");
    CHECK(cause_of("Organisation Y12345 is closed since 2026-03-31.").find("Y12345") != std::string::npos);
}

TEST_CASE("cause: an unknown organisation is one cause, whether it was found at routing or at sending") {
    const auto routing = cause_of("Organisation Y12345 is not in the directory. Add it, or find the right one.");
    const auto sending = cause_of("Organisation Y12345 is not in the directory: add it. Nothing was sent.");
    CHECK(routing == "Organisation Y12345 is not in the directory");
    CHECK(sending == routing);
}

TEST_CASE("cause: a cause that was made general stays as it is") {
    for (const auto* text : {"pas answered AE: read message 0SA3ZXMC40000 and act.", "OBX[3]-5: Send text.",
                             "Organisation Y12345 has no endpoint in the directory. Add its endpoint.",
                             "Awaited until 2026-11-22T09:30:00.000Z.", ""}) {
        CAPTURE(text);
        CHECK(cause_of(cause_of(text)) == cause_of(text));
    }
}

TEST_CASE("cause: every known failure says what to do") {
    struct Case {
        const char* cause;
        const char* act;
        const char* says;
    };
    for (const auto& one : std::initializer_list<Case>{
             {"Organisation Y12345 is not in the directory", "release", "conf/directory"},
             {"Organisation Y12345 is closed; its successor is Y12346.", "replay", "who has the patient"},
             {"Outcome unknown, pas may have it: no answer within 30s", "release", "cancel with the reason"},
             {"Refused by pas: AE 102 at PID-3", "release", "amend"},
             {"No route takes this message: add one.", "replay", "Add a route"},
             {"Given up after 24h: pas:2575: Nothing listens there.", "release", "rate"},
             {"No answer from pas in time.", "cancel", "Ask the receiver"},
             {"The map letter does not take this message type.", "replay", "Correct the map"},
             {"wrong patient?", "release", "its owner"}}) {
        CAPTURE(one.cause);
        const auto advice = advice_for(one.cause, true);
        CHECK(advice.act == one.act);
        CHECK(advice.todo.find(one.says) != std::string::npos);
    }
    CHECK(advice_for("pas:2575: Nothing listens there.", false).act.empty());
}

}  // namespace
}  // namespace causeway::repair
