#pragma once
/// The program with channels for the rows of the table "Bad input and its answer", and the senders' words to it. What
/// every row has in common is checked here: no patient data in log, metrics or answers.

#include <doctest/doctest.h>
#include <stdio.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "store/message_store.hpp"
#include "support/engine_process.hpp"
#include "support/raw_client.hpp"
#include "support/temp_dir.hpp"
#include "support/test_pathway.hpp"

namespace causeway::test {

/// The family name of every patient of these tests.
inline const std::string kCanary = "CANARYNAME";

/// An HL7 v2 message, right unless a field is changed.
struct V2 {
    std::string id = "ID1";
    std::string type = "ADT^A28^ADT_A05";
    std::string processing_id = "P";
    std::string version = "2.5.1";
    std::string character_set = {};
    std::string nhs_number = "9990000018";
    std::string to = "R9Z";  ///< MSH-6.
    std::string delimiters = "|^~\\&";
    std::string given_name = "EDITH";
    std::string more = {};  ///< Segments behind PID.

    std::string text() const {
        return "MSH" + delimiters + "|PAS|R9Z|CAUSEWAY|" + to + "|20261121093000||" + type + '|' + id + '|' +
               processing_id + '|' + version + "||||||" + character_set + "\rEVN||20261121093000\rPID|1||" +
               nhs_number + "^^^NHS^NH||" + kCanary + '^' + given_name + "||19660909|F\r" + more;
    }
};

/// A channel's file; `more` are whole lines of YAML.
inline std::string channel_file(const std::string& name, const std::string& type, std::uint16_t port,
                                const std::string& more) {
    return "channel: " + name + "\ntype: " + type + "\nport: " + std::to_string(port) + '\n' + more;
}

class World {
public:
    using Files = std::map<std::string, std::string>;

    /// `mllp` and `fhir`: lines for the two channels of these names; `engine`: lines for causeway.yaml.
    explicit World(const std::string& mllp = {}, const std::string& fhir = {}, const std::string& engine = {},
                   const Files& more = {})
        : engine_(CAUSEWAY_PROGRAM, dir_.path(), files(mllp, fhir, engine, more)) {
        start();
    }

    void start() {
        engine_.start();
        INFO(log());
        REQUIRE(wait_for_port(ops_, 20));
        REQUIRE(wait_for_port(mllp_, 20));
        REQUIRE(wait_for_port(fhir_, 20));
    }

    // ---- senders
    Ack mllp(const V2& message) { return told(send_message(mllp_, message.text())); }
    Ack mllp_bytes(std::string_view bytes) { return told(send_bytes(mllp_, bytes)); }
    HttpAnswer http(std::string_view bytes) { return told(send_http(fhir_, bytes)); }
    EngineProcess& engine() { return engine_; }
    std::uint16_t mllp_port() const { return mllp_; }

    // ---- people
    std::string metrics() const { return send_http(ops_, "GET /metrics HTTP/1.1\r\nHost: ops\r\n\r\n").body; }
    std::string log() const {
        std::ostringstream text;
        text << std::ifstream(engine_.log()).rdbuf();
        return text.str();
    }
    /// Is `part` in what `causeway WORDS` prints?
    bool shows(const std::string& words, const std::string& part) const {
        return run(words).find(part) != std::string::npos;
    }
    bool soon_shows(const std::string& words, const std::string& part) const {
        for (int tries = 0; tries < 100; ++tries) {
            if (shows(words, part)) return true;
            std::this_thread::sleep_for(Millis(100));
        }
        return false;
    }
    std::set<std::string> delivered() const { return names_in(dir_.path() / "out"); }

    /// Stops the engine, looks for patient data where none may be, and gives what the ledger holds, oldest first.
    std::vector<StoredMessage> stop() {
        said_ += metrics();
        CHECK(engine_.stop() == 0);
        return stored();
    }

    /// What the ledger of the stopped engine holds.
    std::vector<StoredMessage> stored() {
        CHECK(said_.find(kCanary) == std::string::npos);
        CHECK(log().find(kCanary) == std::string::npos);
        const auto ledger = open();
        std::vector<Id> ids;
        const auto events = ledger->events_after(0, 10'000);
        for (const auto& event : *events)
            if (event.message && std::find(ids.begin(), ids.end(), event.message) == ids.end())
                ids.push_back(event.message);
        std::vector<StoredMessage> messages;
        for (const auto id : ids) messages.push_back(ledger->message(id).value());
        CHECK(ledger->verify_events().has_value());
        return messages;
    }

    std::unique_ptr<MessageStore> open() const {
        LedgerOptions options;
        options.file = engine_.ledger().string();
        options.min_free_bytes = 0;
        return open_sqlite_ledger(options, clock_).value();
    }

private:
    static std::set<std::string> names_in(const std::filesystem::path& folder) {
        std::set<std::string> names;
        if (!std::filesystem::exists(folder)) return names;
        for (const auto& entry : std::filesystem::directory_iterator(folder))
            names.insert(entry.path().filename().string());
        return names;
    }

    Ack told(Ack ack) {
        said_ += ack.text;
        return ack;
    }
    HttpAnswer told(HttpAnswer answer) {
        said_ += answer.head + answer.body;
        return answer;
    }

    std::string run(const std::string& words) const {
        const auto command =
            std::string(CAUSEWAY_PROGRAM) + " " + words + " --json --config '" + engine_.conf().string() + "' 2>&1";
        std::string text;
        auto* const pipe = ::popen(command.c_str(), "r");
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
        ::pclose(pipe);
        return text;
    }

    Files files(const std::string& mllp, const std::string& fhir, const std::string& engine, const Files& more) const {
        Files all{
            {"causeway.yaml", "state: ../var\nops: 127.0.0.1:" + std::to_string(ops_) + "\n" +
                                  (engine.empty() ? "min_free_disk: 1MB\n" : engine)},
            {"channels/mllp.yaml", channel_file("mllp", "mllp_listener", mllp_, mllp)},
            {"channels/fhir.yaml", channel_file("fhir", "fhir_listener", fhir_, fhir)},
            {"destinations/archive.yaml",
             "destination: archive\ntype: directory_writer\ndirectory: ../out\ncreate: true\nowner: archive-team\n"},
            {"directory/practices.yaml", kDirectory},
            {"pathways/test-pathway.yaml", kTestPathway},
            {"routes/adt.yaml", "route: adt\nfrom: [mllp]\nwhen: \"MSH-9.1 = 'ADT'\"\nto: [{destination: archive}]\n"},
            {"routes/letters.yaml", kLetters},
            {"routes/referrals.yaml",
             "route: referrals\nfrom: [fhir]\nwhen: \"Bundle.exists()\"\npathway: test-pathway\n"
             "to: [{destination: archive}]\n"},
        };
        for (const auto& [name, text] : more) all[name] = text;
        return all;
    }

    static constexpr auto kDirectory =
        "organisations:\n"
        "  - {ods_code: Y90001, name: Northgate, type: gp-practice, endpoint: 'http://127.0.0.1:9/fhir'}\n"
        "  - {ods_code: Y90003, name: Station Road, type: gp-practice, status: closed, closed_on: 2026-03-31}\n";
    static constexpr auto kLetters =
        "route: letters\nfrom: [mllp]\nwhen: \"MSH-9.1 = 'MDM'\"\nto:\n  - destination: archive\n"
        "    organisation: [{source: addressee, ods_code: MSH-6.1}]\n    unknown_owner: letters-team\n";

    TempDir dir_;
    SystemClock clock_;
    const std::uint16_t mllp_ = free_port(), fhir_ = free_port(), ops_ = free_port();
    EngineProcess engine_;
    std::string said_;  ///< Everything that the engine said to anybody.
};

/// "refused accepted" for two messages.
inline std::string dispositions(const std::vector<StoredMessage>& messages) {
    std::string text;
    for (const auto& one : messages) text += (text.empty() ? "" : " ") + std::string(to_code(one.disposition));
    return text;
}

}  // namespace causeway::test
