/// What `causeway hl7` prints, and how it ends.
#include <doctest/doctest.h>

#include "app/commands.hpp"
#include "support/command_line.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

namespace {

const std::string kMessage =
    "MSH|^~\\&|GP|A81001|PAS|RX1|20260101||ADT^A28^ADT_A05|M1|P|2.4\r"
    "PID|1||1^^^PAS~9990548609^^^NHS^NH||SMITH^Ann\r";

using test::Caught;
using test::Outcome;

Outcome hl7(const std::string& content, std::vector<std::pair<std::string, std::string>> options = {}) {
    const test::TempDir dir;
    dir.write("message", content);
    dir.write("other", kMessage);
    app::Arguments arguments;
    arguments.words = {(dir / "message").string()};
    for (auto& [name, value] : options) {
        if (name == "--diff") value = (dir / value).string();
        arguments.options[name] = value;
        arguments.repeated[name].push_back(value);
    }
    const Caught out(std::cout), err(std::cerr);
    const int status = app::kHl7.run(arguments);
    return {status, out.text(), err.text()};
}

}  // namespace

TEST_CASE("hl7: a message is shown with names") {
    const auto shown = hl7(kMessage);
    CHECK(shown.status == app::kDone);
    CHECK(shown.out.find("PID  Patient ") != std::string::npos);
    CHECK(shown.out.find("Family Name") != std::string::npos);
}

TEST_CASE("hl7: values are read by path") {
    CHECK(hl7(kMessage, {{"--get", "PID-3[4.1=\"NHS\"].1"}}).out == "9990548609\n");
    CHECK(hl7(kMessage, {{"--get", "PID-5.1"}, {"--get", "MSH-10"}}).out == "SMITH\nM1\n");
    const auto none = hl7(kMessage, {{"--get", "PID-8"}});
    CHECK(none.status == app::kDone);
    CHECK(none.out.empty());
    CHECK(hl7(kMessage, {{"--get", "PID-"}}).status == app::kUsage);
}

TEST_CASE("hl7: a value is changed and nothing else, in a batch and its frames too") {
    const std::string batch = "\v" + kMessage + "\x1c\r\v" + kMessage + "\x1c\r";
    auto expected = batch;
    for (auto at = expected.find("SMITH"); at != std::string::npos; at = expected.find("SMITH"))
        expected.replace(at, 5, "JONES");
    CHECK(hl7(batch, {{"--set", "PID-5.1=JONES"}}).out == expected);
    CHECK(hl7(kMessage, {{"--set", "PID-5.1"}}).status == app::kUsage);
    CHECK(hl7(kMessage, {{"--set", "MSH-2=x"}}).status == app::kUsage);
}

TEST_CASE("hl7: JSON ends with 0 where all is parsed, with 1, a code and a position where something is refused") {
    const auto good = hl7(kMessage, {{"--json", ""}});
    CHECK(good.status == app::kDone);
    CHECK(good.out.find("\"parsed\":true") != std::string::npos);
    const auto bad = hl7(kMessage + "MSH|^~\\&|GP\r", {{"--json", ""}});
    CHECK(bad.status == app::kProblems);
    CHECK(bad.out.find("\"code\":101,\"position\":{\"path\":\"MSH-10\",\"line\":3,\"column\":12,") !=
          std::string::npos);
    CHECK(hl7("", {{"--json", ""}}).status == app::kProblems);
    CHECK(hl7("BHS|^~\\&\rBTS|0\r", {{"--json", ""}}).status == app::kDone);
    CHECK(hl7("# x\n" + kMessage, {{"--json", ""}}).status == app::kDone);
}

TEST_CASE("hl7: what is refused is told with its place, and never with its values") {
    const auto bad = hl7("MSH|^~\\&|GP|A|P|R|2026||ADT^A28||P|2.4\rPID|||SECRET\r");
    CHECK(bad.status == app::kProblems);
    CHECK(bad.err.find(":1:33: code 101: ") != std::string::npos);
    CHECK(bad.err.find("SECRET") == std::string::npos);
}

TEST_CASE("hl7: two messages are compared") {
    auto changed = kMessage;
    changed.replace(changed.find("SMITH"), 5, "JONES");
    const auto found = hl7(changed, {{"--diff", "other"}});
    CHECK(found.status == app::kProblems);
    CHECK(found.out == "PID-5.1  Patient Name, Family Name: JONES -> SMITH\n");
    CHECK(hl7(kMessage, {{"--diff", "other"}}).status == app::kDone);
}

TEST_CASE("hl7: people are replaced by invented ones") {
    const auto out = hl7(kMessage, {{"--anonymise", ""}});
    CHECK(out.status == app::kDone);
    CHECK(out.out.find("SMITH") == std::string::npos);
    CHECK(out.out.find("9990548609") == std::string::npos);
    CHECK(out.out.find("^^^NHS^NH||") != std::string::npos);
}

TEST_CASE("hl7: a message is checked against a profile") {
    const std::string profile = CAUSEWAY_SOURCE_DIR "/profiles/itk-adt.yaml";
    const auto found = hl7(kMessage, {{"--check", profile}});
    CHECK(found.status == app::kProblems);
    CHECK(found.out.find("error at EVN: Send a segment EVN. [100]\n") != std::string::npos);
    const auto json = hl7(kMessage, {{"--check", profile}, {"--json", ""}});
    CHECK(json.out.find("OperationOutcome") != std::string::npos);
    CHECK(hl7(kMessage, {{"--check", "nowhere.yaml"}}).status == app::kUsage);
}
