#include <doctest/doctest.h>

#include "core/text.hpp"
#include "pipeline/configuration_files.hpp"
#include "pipeline/configuration_specs.hpp"
#include "pipeline/configuration_support.hpp"

using namespace causeway;
using namespace causeway::pipeline;
using test::ConfFolder;

TEST_CASE("causeway.yaml may be empty: every setting has a default") {
    ConfFolder folder;
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto& engine = made->engine;
    CHECK(engine.state == folder.path("var"));
    CHECK(engine.mappings == folder.path("mappings"));
    CHECK(engine.environment == "development");
    CHECK(engine.threads == 2);
    CHECK(engine.ops_host == "127.0.0.1");
    CHECK(engine.ops_port == 8090);
    CHECK(engine.stop_within == std::chrono::seconds(10));
    CHECK(engine.min_free_disk == 256u << 20);
    CHECK(engine.body_memory == 40u << 20);
    CHECK(engine.log_level == "warning");
    CHECK(engine.base_url == "");
}

TEST_CASE("causeway.yaml sets what it names") {
    ConfFolder folder;
    folder.write(
        "conf/causeway.yaml",
        "environment: live\nstate: /srv/causeway\nthreads: 8\nops: '[::1]:9000'\nbase_url: https://a.example/fhir/\n"
        "stop_within: 1m\nmin_free_disk: 1GB\nlog_level: info\nbody_memory: 200MB\n");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto& engine = made->engine;
    CHECK(engine.environment == "live");
    CHECK(engine.state == "/srv/causeway");
    CHECK(engine.threads == 8);
    CHECK(engine.body_memory == 200u << 20);
    CHECK(engine.ops_host == "::1");
    CHECK(engine.ops_port == 9000);
    CHECK(engine.base_url == "https://a.example/fhir");
    CHECK(engine.stop_within == std::chrono::minutes(1));
    CHECK(engine.min_free_disk == 1u << 30);
    CHECK(engine.log_level == "info");
}

TEST_CASE("how the ledger is kept stands in causeway.yaml, and a channel may say otherwise") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml",
                 "ledger:\n  encryption: [file:keys/new, 'file:/etc/old', env:OLDEST]\n  max_size: 200GB\n"
                 "retention: {bodies: 90d, events: 365d}\n");
    folder.write("conf/channels/a.yaml", "channel: a\ntype: test_listener\nport: 0\nretention: {bodies: 7d}\n");
    folder.write("conf/channels/b.yaml", "channel: b\ntype: test_listener\nport: 0\n");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->engine.encryption ==
          std::vector<std::string>{"file:" + folder.path("conf/keys/new").string(), "file:/etc/old", "env:OLDEST"});
    CHECK(made->engine.max_ledger == std::uint64_t{200} << 30);
    const auto retention = made->retention();
    REQUIRE(retention.size() >= 2);
    CHECK(retention[0].channel == "a");
    CHECK(retention[0].bodies == std::chrono::hours(7 * 24));
    CHECK(retention[0].events == std::chrono::hours(365 * 24));
    CHECK(retention[1].bodies == std::chrono::hours(90 * 24));
}

TEST_CASE("retention that would break a promise is a mistake") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml", "retention: {events: 29d, bodies: 1d}\n");
    CHECK(folder.said().find("Give at least 30d") != std::string::npos);
    folder.write("conf/causeway.yaml", "retention: {events: 30d, bodies: 31d}\n");
    CHECK(folder.said().find("Bodies cannot be kept longer than events") != std::string::npos);
    folder.write("conf/causeway.yaml", "retention: {events: 30d}\n");
    CHECK(folder.said().find("Bodies cannot be kept longer than events") != std::string::npos);
    folder.write("conf/causeway.yaml", "retention: {bodies: 0s}\n");
    CHECK(folder.said().find("Give more than 0s") != std::string::npos);
    folder.write("conf/causeway.yaml", "ledger: {max_size: 1MB}\n");
    CHECK(folder.said().find("Give at least 64MB") != std::string::npos);
    folder.write("conf/causeway.yaml", "ledger: {encryption: [c2VjcmV0]}\n");
    CHECK(folder.said().find("A secret never stands in a file") != std::string::npos);
}

TEST_CASE("health and metrics can be off, and are open to others only with a reason") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml", "ops: off\n");
    auto made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->engine.ops_host == "");

    folder.write("conf/causeway.yaml", "ops: 0.0.0.0:8090\n");
    CHECK(folder.said().starts_with("conf/causeway.yaml:1:6: error: This address can be reached from other machines"));

    folder.write("conf/causeway.yaml", "ops: 0.0.0.0:8090\nops_insecure: Behind the monitoring network's firewall.\n");
    made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->engine.ops_insecure == "Behind the monitoring network's firewall.");
}

TEST_CASE("values of causeway.yaml that make no sense are mistakes") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml", "log_level: warn\n");
    CHECK(folder.said() == "conf/causeway.yaml:1:12: error: \"warn\" is not one of: debug, info, warning, error.\n");
    folder.write("conf/causeway.yaml", "ops: here\nthreads: 0\nbase_url: a.example\n");
    CHECK(folder.said() ==
          "conf/causeway.yaml:2:10: error: Give a number from 1 to 256.\n"
          "conf/causeway.yaml:3:11: error: Give a whole address that begins with https:// or http://.\n"
          "conf/causeway.yaml:1:6: error: Give an address such as \"127.0.0.1:8090\", or off.\n");
}

TEST_CASE("a channel reads its common fields beside its adapter's") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\naccepts: [ADT^A01, Bundle/message]\nnhs_number: warn\n"
                 "nhs_number_required: true\nconflict: warn\nunknown_organisation: refuse\nprocessing_ids: [P, T]\n"
                 "charset: UTF-8\nundecodable: keep\nowner: ward-clerks\nkeys:\n  visit: PV1-19.1\n");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto& channel = made->channels.at("in");
    CHECK(channel.accepts == std::vector<std::string>{"ADT^A01", "Bundle/message"});
    CHECK(channel.nhs_number == Strictness::warn);
    CHECK(channel.nhs_number_required);
    CHECK(channel.conflict == Strictness::warn);
    CHECK(channel.unknown_organisation == Strictness::refuse);
    CHECK(channel.processing_ids == std::vector<std::string>{"P", "T"});
    CHECK(channel.v2.charset == "UTF-8");
    CHECK(channel.v2.undecodable == hl7v2::Undecodable::keep);
    CHECK(channel.owner == "ward-clerks");
    CHECK(channel.keys.at("visit").text() == "PV1-19.1");
    CHECK(channel.place == folder.path("conf/channels/in.yaml").string() + ":1:1");
    CHECK(channel.adapter == &test::kListen);
    CHECK(channel.settings.integer("port") == 1);
}

TEST_CASE("a channel is strict with identities and lenient with organisations by default") {
    ConfFolder folder;
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto& channel = made->channels.at("in");
    CHECK(channel.nhs_number == Strictness::refuse);
    CHECK_FALSE(channel.nhs_number_required);
    CHECK(channel.conflict == Strictness::refuse);
    CHECK(channel.unknown_organisation == Strictness::warn);
    CHECK(channel.processing_ids == std::vector<std::string>{"P"});
    CHECK(channel.owner == "integration-team");
}

TEST_CASE("values of a channel that make no sense are mistakes") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\naccepts: [ADT, adt^a01]\ncharset: UTF-9\nowner: ''\n");
    CHECK(
        folder.said() ==
        "conf/channels/in.yaml:4:16: error: Write HL7 v2 as \"ADT^A01\" or \"ADT\", and FHIR as \"Bundle/message\".\n"
        "conf/channels/in.yaml:5:10: error: This character set is not known. Use a name such as UTF-8 or ISO-8859-1.\n"
        "conf/channels/in.yaml:6:8: error: Name who acts, or remove the line.\n");
}

TEST_CASE("a destination reads its retries, and holds what is unknown by default") {
    ConfFolder folder;
    auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto& by_default = made->destinations.at("out");
    CHECK(by_default.retry.first == std::chrono::seconds(5));
    CHECK(by_default.retry.most == std::chrono::minutes(5));
    CHECK(by_default.retry.give_up == std::chrono::hours(24));
    CHECK_FALSE(by_default.resend_unknown);
    CHECK_FALSE(by_default.parks_held);
    CHECK(by_default.settings.path("directory") == folder.path("out"));

    folder.write(
        "conf/destinations/out.yaml",
        "destination: out\ntype: test_sender\ndirectory: ../out\nunknown: resend\non_held: park\nconcurrency: 9\n"
        "retry: {first: 1s, most: 10s, give_up: 1m}\nowner: pas-team\n");
    made = folder.load();
    REQUIRE(made != nullptr);
    const auto& destination = made->destinations.at("out");
    CHECK(destination.retry.first == std::chrono::seconds(1));
    CHECK(destination.retry.most == std::chrono::seconds(10));
    CHECK(destination.retry.give_up == std::chrono::minutes(1));
    CHECK(destination.resend_unknown);
    CHECK(destination.parks_held);
    CHECK(destination.concurrency == 9);
    CHECK(destination.owner == "pas-team");
}

TEST_CASE("values of a destination that make no sense are mistakes") {
    ConfFolder folder;
    folder.write("conf/destinations/out.yaml",
                 "destination: out\ntype: test_sender\ndirectory: ../out\nconcurrency: 0\n"
                 "retry: {first: 10s, most: 1s, give_up: 2s}\n");
    CHECK(folder.said() ==
          "conf/destinations/out.yaml:4:14: error: Give a number from 1 to 1000.\n"
          "conf/destinations/out.yaml:5:27: error: Give at least as much as \"first\".\n"
          "conf/destinations/out.yaml:5:40: error: Give at least as much as \"first\".\n");
    folder.write("conf/destinations/out.yaml",
                 "destination: out\ntype: test_sender\ndirectory: ../out\nretry: {first: 0s}\n");
    CHECK(folder.said() == "conf/destinations/out.yaml:4:16: error: Give more than 0s.\n");
}

TEST_CASE("an unknown type suggests the nearest, and a type of the other direction is told as such") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml", "channel: in\ntype: test_listner\nport: 1\n");
    CHECK(folder.said() ==
          "conf/channels/in.yaml:2:7: error: There is no type of channel \"test_listner\". Did you mean "
          "\"test_listener\"?\n");
    folder.write("conf/channels/in.yaml", "channel: in\ntype: test_sender\ndirectory: x\n");
    CHECK(folder.said() ==
          "conf/channels/in.yaml:2:7: error: \"test_sender\" is a type of destination. Types of channel are: "
          "test_listener.\n");
    folder.write("conf/channels/in.yaml", "channel: in\nport: 1\n");
    CHECK(folder.said() == "conf/channels/in.yaml:1:1: error: The field \"type\" is missing. One of: test_listener.\n");
}

TEST_CASE("the adapter's fields are linted with the common ones") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml", "channel: in\ntype: test_listener\nprt: 1\nownr: x\n");
    CHECK(folder.said() ==
          "conf/channels/in.yaml:1:1: error: The field \"port\" is missing. Port to listen on.\n"
          "conf/channels/in.yaml:3:1: error: unknown field \"prt\". Did you mean \"port\"?\n"
          "conf/channels/in.yaml:4:1: error: unknown field \"ownr\". Did you mean \"owner\"?\n");
}

TEST_CASE("a listener that others can reach needs a reason") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml", "channel: in\ntype: test_listener\nport: 1\nhost: 0.0.0.0\n");
    CHECK(folder.said().starts_with(
        "conf/channels/in.yaml:2:7: error: This listener can be reached from other machines"));
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\nhost: 0.0.0.0\ninsecure: Behind a TLS proxy.\n");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->channels.at("in").insecure == "Behind a TLS proxy.");
}

TEST_CASE("an expression that does not compile is a mistake at its character") {
    ConfFolder folder;
    folder.write("conf/channels/in.yaml",
                 "channel: in\ntype: test_listener\nport: 1\nkeys:\n  visit: 'PV1-19.1 = )'\n");
    CHECK(folder.said().starts_with("conf/channels/in.yaml:5:22: error: "));
}

TEST_CASE("conf/causeway.yaml documents every setting with its default") {
    const auto shipped = read_file(std::filesystem::path(CAUSEWAY_SOURCE_DIR) / "conf/causeway.yaml");
    REQUIRE(shipped.has_value());
    std::string uncommented;
    for (const auto line : split(*shipped, '\n'))
        if (const auto colon = line.find(": "); line.starts_with("# ") && colon != std::string_view::npos)
            if (line.substr(2, colon - 2).find(' ') == std::string_view::npos)
                uncommented += std::string(line.substr(2)) + "\n";

    std::vector<config::Mistake> mistakes;
    const auto settings =
        config::lint(config::parse_yaml(uncommented, "causeway.yaml", "/conf", mistakes), engine_fields(), mistakes);
    CHECK(mistakes.empty());
    for (const auto& field : engine_fields()) {
        CHECK_MESSAGE(settings.has(field.name), std::string(field.name));
        if (field.type == config::FieldType::object) continue;
        if (field.type == config::FieldType::list) {
            CHECK_MESSAGE(settings.texts(field.name).empty(), std::string(field.name));
            continue;
        }
        CHECK_MESSAGE(settings.text(field.name) == *field.fallback, std::string(field.name));
    }
}
