#include <doctest/doctest.h>

#include "pipeline/configuration_support.hpp"

using namespace causeway;
using namespace causeway::pipeline;
using test::ConfFolder;

TEST_CASE("a whole configuration loads without a mistake") {
    ConfFolder folder;
    CHECK(folder.said() == "");
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    CHECK(made->channels.contains("in"));
    CHECK(made->destinations.contains("out"));
    CHECK(made->routes.all().size() == 1);
}

TEST_CASE("mistakes of all files are reported together") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml", "thread: 2\n");
    folder.write("conf/destinations/out.yaml", "destination: out\ntype: [\n");
    folder.write("conf/routes/copy.yaml", "route: copy\nfrom: [inn]\nto:\n  - destination: out\n");
    const auto said = folder.said();
    CHECK(said.find("conf/causeway.yaml:1:1: error: unknown field \"thread\". Did you mean \"threads\"?\n") == 0);
    CHECK(said.find("conf/destinations/out.yaml:3:1: error: The list is not closed. Add \"]\".\n") !=
          std::string::npos);
    CHECK(said.find("conf/routes/copy.yaml:2:8: error: There is no channel \"inn\".") != std::string::npos);
    CHECK(folder.load() == nullptr);
}

TEST_CASE("a folder that is not there, and one without causeway.yaml, are mistakes") {
    std::vector<config::Mistake> mistakes;
    CHECK(load_configuration("/nowhere/conf", test::kAdapters, mistakes) == nullptr);
    CHECK(config::to_string(mistakes.at(0)) ==
          "/nowhere/conf:1:1: error: This folder does not exist. Name the folder that holds causeway.yaml.");
    ConfFolder folder;
    folder.remove("conf/causeway.yaml");
    CHECK(folder.said() == "conf/causeway.yaml:1:1: error: This file is missing. Create it; it may be empty.\n");
}

TEST_CASE("files that would silently not be read are pointed out") {
    ConfFolder folder;
    folder.write("conf/chanels/a.yaml", "x: 1\n");
    folder.write("conf/stray.yaml", "x: 1\n");
    folder.write("conf/routes/b.yml", "x: 1\n");
    const auto said = folder.said();
    const auto says = [&](const std::string& line) { return said.find(line) != std::string::npos; };
    CHECK(says("conf/chanels:1:1: warning: This folder is not read. Did you mean \"channels\"?\n"));
    CHECK(says("conf/stray.yaml:1:1: warning: This file is not read."));
    CHECK(says("conf/routes/b.yml:1:1: error: This file is not read. Rename it to end in .yaml.\n"));
}

TEST_CASE("data tests beside the configuration are neither read nor part of the hash") {
    ConfFolder folder;
    const auto before = folder.load();
    folder.write("conf/routes/copy.tests.yaml", "this: [is not, closed\n");
    const auto after = folder.load();
    REQUIRE(before != nullptr);
    REQUIRE(after != nullptr);
    CHECK(after->hash == before->hash);
}

TEST_CASE("the hash changes with any file that matters, and with its name") {
    ConfFolder folder;
    const auto first = folder.load()->hash;
    CHECK(first.size() == 64);
    CHECK(folder.load()->hash == first);
    folder.write("conf/causeway.yaml", "# All defaults!\n");
    const auto second = folder.load()->hash;
    CHECK(second != first);
    folder.remove("conf/routes/copy.yaml");
    folder.write("conf/routes/other.yaml", "route: copy\nfrom: [in]\nto:\n  - destination: out\n");
    CHECK(folder.load()->hash != second);
}

TEST_CASE("a configuration is restored from its record, while paths start where they did") {
    ConfFolder folder;
    const auto made = folder.load();
    REQUIRE(made != nullptr);
    const auto record = made->record(Instant{});
    folder.write("conf/destinations/out.yaml", "broken: [");

    const auto restored =
        restore_configuration(record, folder.path("conf"), folder.path("var/earlier"), test::kAdapters);

    REQUIRE_MESSAGE(restored.has_value(), (restored.has_error() ? to_string(restored.error()) : std::string()));
    CHECK((*restored)->hash == made->hash);
    CHECK((*restored)->files == made->files);
    CHECK((*restored)->destinations.at("out").settings.path("directory") == folder.path("out"));
    CHECK((*restored)->engine.state == folder.path("var"));
    CHECK((*restored)->routes.all().size() == 1);
}

TEST_CASE("a record that was changed is refused") {
    ConfFolder folder;
    auto record = folder.load()->record(Instant{});
    record.files.replace(record.files.find("port: 1"), 7, "port: 2");
    const auto restored = restore_configuration(record, folder.path("conf"), folder.path("scratch"), test::kAdapters);
    REQUIRE(restored.has_error());
    CHECK(restored.error().what.find("was changed") != std::string::npos);
    record.files = "[]";
    CHECK(restore_configuration(record, folder.path("conf"), folder.path("scratch"), test::kAdapters).has_error());
}

TEST_CASE("a record that this engine no longer compiles says why") {
    ConfFolder folder;
    const auto record = folder.load()->record(Instant{});
    const std::vector<const AdapterSpec*> without = {&test::kSend};
    const auto restored = restore_configuration(record, folder.path("conf"), folder.path("scratch"), without);
    REQUIRE(restored.has_error());
    CHECK(restored.error().what.find("There is no type of channel \"test_listener\"") != std::string::npos);
}

TEST_CASE("a mappings folder that is named must exist") {
    ConfFolder folder;
    folder.write("conf/causeway.yaml", "mappings: ../maps\n");
    CHECK(folder.said() ==
          "conf/causeway.yaml:1:11: error: This folder does not exist. Create it, or remove the line.\n");
}
