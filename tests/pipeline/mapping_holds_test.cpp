/// Messages that a map cannot take whole: held with an owner, never lost, and their values in no log.
#include <doctest/doctest.h>

#include <mutex>

#include "core/log.hpp"
#include "pipeline/adt_engine.hpp"

namespace causeway::pipeline {
namespace {

const std::string kNarrow =
    "map narrow   v2 2.1..2.9 ADT^A28   ->   Patient   version 1\n\n"
    "ignore MSH, EVN, PID-1\n\nresource Patient   id from PID-3\n  PID-3[*]  -> identifier[*] : CX\n";

/// What is logged while it lives.
class Logged {
public:
    Logged() {
        log::set_sink([this](std::string_view line) {
            const std::lock_guard lock(mutex_);
            text_.append(line);
        });
    }
    ~Logged() { log::set_sink({}); }
    std::string text() const {
        const std::lock_guard lock(mutex_);
        return text_;
    }

private:
    mutable std::mutex mutex_;
    std::string text_;
};

/// Every ADT goes to "pas" through a map called narrow.
struct NarrowEngine : TestEngine {
    explicit NarrowEngine(const std::string& options = "", const std::string& rows = "") {
        map("narrow", kNarrow + rows);
        adt_to("[{destination: pas, map: narrow" + options + "}]");
        start();
    }
};

std::string details(TestEngine& engine, Id message) {
    std::string all;
    for (const auto& event : engine.store().events_of(message).value()) all += event.detail + "\n";
    return all;
}

bool names_the_patient(const std::string& text) {
    for (const auto* part : {"TESTPATIENT", "EDITH", "9990000018", "19660909", "19661345"})
        if (text.find(part) != std::string::npos) return true;
    return false;
}

}  // namespace

TEST_CASE("lost: hold keeps a message that the map would not read whole, and names the places") {
    const Logged logged;
    NarrowEngine engine(", lost: hold");
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    const auto owed = *engine.owed_to(message, "pas");
    CHECK(owed.owner == "pas-team");
    CHECK(owed.cause.find("The map would lose ") != std::string::npos);
    CHECK(owed.cause.find("PID-5") != std::string::npos);
    CHECK(owed.cause.find("PID-7") != std::string::npos);
    CHECK(owed.cause.find("PID-3") == std::string::npos);
    CHECK(engine.peers.seen("pas").empty());
    CHECK(details(engine, message).find("\"map\":\"narrow\",\"version\":\"1\",\"lost\":[") != std::string::npos);
    CHECK_FALSE(names_the_patient(owed.cause + details(engine, message) + logged.text()));
    CHECK(engine.balances({message}));
}

TEST_CASE("lost: hold lets go of it once a row reads the places or ignore names them") {
    NarrowEngine engine(", lost: hold");
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    engine.map("narrow", kNarrow + "  PID-7     -> birthDate : DTM.date  else reject 102\n\nignore PID-5, PID-8\n");
    REQUIRE(engine.reload().empty());
    REQUIRE(engine.act(OperatorAct::Kind::replay, engine.owed_to(message, "pas")->id).has_value());
    CHECK(soon([&] { return engine.peers.seen("pas").size() == 1; }));
    CHECK(engine.settles());
}

TEST_CASE("lost: hold lets go of it when an operator releases it as it is") {
    NarrowEngine engine(", lost: hold");
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    REQUIRE(engine.act(OperatorAct::Kind::release, engine.owed_to(message, "pas")->id).has_value());
    CHECK(engine.becomes(message, "pas", State::delivered));
    CHECK(details(engine, message).find("\"lost\":[") != std::string::npos);
    CHECK(engine.balances({message}));
}

TEST_CASE("without lost: hold it is delivered, and the places stand in its journey") {
    NarrowEngine engine;
    const auto message = engine.send("adt", adt("C1", kOne)).message;
    REQUIRE(engine.becomes(message, "pas", State::delivered));
    CHECK(details(engine, message).find("\"lost\":[") != std::string::npos);
}

TEST_CASE("a value that cannot be mapped is named by rule, place and kind, held with an owner, and in no log") {
    const Logged logged;
    NarrowEngine engine("", "  PID-7     -> birthDate : DTM.date  else reject 102\n");
    auto body = adt("C1", kOne);
    body.replace(body.find("19660909"), 8, "19661345");
    const auto message = engine.send("adt", body).message;
    REQUIRE(engine.becomes(message, "pas", State::held));
    const auto owed = *engine.owed_to(message, "pas");
    CHECK(owed.owner == "pas-team");
    CHECK(owed.cause.find("PID-7[1] is no date: month 13 (narrow.map:7).") != std::string::npos);
    CHECK_FALSE(names_the_patient(owed.cause + details(engine, message) + logged.text()));
    CHECK(engine.balances({message}));
}

TEST_CASE("a code without its table's row is told beside the attempt, also where the message is held") {
    for (const auto* policy : {"warn keep", "reject 103"}) {
        TestEngine engine;
        engine.dir.write(
            "mappings/sex.json",
            R"({"resourceType":"ConceptMap","group":[{"element":[{"code":"M","target":[{"code":"male"}]}]}]})");
        engine.map("coded",
                   "map coded   v2 2.1..2.9 ADT^A28   ->   Patient   version 1\n\ntable sex = \"sex.json\"\n"
                   "resource Patient\n  PID-8  -> language : code via sex  else " +
                       std::string(policy) + "\n");
        engine.adt_to("[{destination: pas, map: coded}]");
        engine.start();
        const auto message = engine.send("adt", adt("C1", kOne)).message;
        REQUIRE(engine.settles());
        INFO(details(engine, message));
        CHECK(details(engine, message).find(R"("unmapped":[{"table":"sex","code":"F"}])") != std::string::npos);
    }
}

}  // namespace causeway::pipeline
