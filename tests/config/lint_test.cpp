#include <doctest/doctest.h>

#include <array>

#include "config/support.hpp"

using namespace causeway::config;
using test::lint_mistakes;

namespace {

constexpr std::string_view kModes[] = {"refuse", "warn"};
constexpr FieldSpec kTarget[] = {
    {"destination", FieldType::text, "Where it goes."},
    {"within", FieldType::duration, "How long it may take.", "1h"},
};
constexpr FieldSpec kTls[] = {{"certificate", FieldType::path, "The certificate.", ""}};

constexpr FieldSpec kSpecs[] = {
    {.name = "name", .doc = "What it is called."},
    {.name = "port", .type = FieldType::integer, .doc = "TCP port.", .fallback = "2575"},
    {.name = "limit", .type = FieldType::size, .doc = "Largest message.", .fallback = "64MB"},
    {.name = "timeout", .type = FieldType::duration, .doc = "How long to wait.", .fallback = "30s"},
    {.name = "keep", .type = FieldType::boolean, .doc = "Keep it?", .fallback = "false"},
    {.name = "mode", .type = FieldType::one_of, .doc = "What to do.", .fallback = "refuse", .choices = kModes},
    {.name = "token", .type = FieldType::secret, .doc = "The token.", .fallback = ""},
    {.name = "when", .type = FieldType::expression, .doc = "Condition.", .fallback = ""},
    {.name = "folder", .type = FieldType::path, .doc = "Folder.", .fallback = ""},
    {.name = "suffix", .doc = "Ending.", .fallback = ".hl7"},
    {.name = "accepts", .type = FieldType::list, .doc = "Types.", .fallback = ""},
    {.name = "modes",
     .type = FieldType::list,
     .doc = "Modes.",
     .fallback = "",
     .choices = kModes,
     .item = FieldType::one_of},
    {.name = "to",
     .type = FieldType::list,
     .doc = "Targets.",
     .fallback = "",
     .fields = kTarget,
     .item = FieldType::object},
    {.name = "tls", .type = FieldType::object, .doc = "TLS.", .fallback = "", .fields = kTls},
    {.name = "keys", .type = FieldType::table, .doc = "Keys.", .fallback = "", .item = FieldType::expression},
    {.name = "places",
     .type = FieldType::table,
     .doc = "Places.",
     .fallback = "",
     .fields = kTls,
     .item = FieldType::object},
};

/// What is wrong with `line` beside a right name.
std::string said(const std::string& line) {
    return lint_mistakes("name: x\n" + line + "\n", kSpecs);
}

bool is_wrong(const std::string& line) {
    return !said(line).empty();
}

}  // namespace

TEST_CASE("settings that keep to their specs have no mistakes") {
    CHECK(said("port: 1\nlimit: 10KB\ntimeout: 250ms\nkeep: true\nmode: warn\ntoken: env:TOKEN_1\n"
               "when: PID-3.exists()\nfolder: ../in\naccepts: [ADT^A01, 'MDM^T02']\nmodes: [warn]\n"
               "to: [{destination: pas, within: 2d}]\ntls: {certificate: a.pem}\nkeys: {visit: PV1-19.1}\n"
               "places: {here: {certificate: b.pem}}") == "");
}

TEST_CASE("an unknown field is an error with the nearest right name") {
    CHECK(said("tiemout: 5s") == "a.yaml:2:1: error: unknown field \"tiemout\". Did you mean \"timeout\"?\n");
    CHECK(said("to:\n  - destination: a\n    wihtin: 5s") ==
          "a.yaml:4:5: error: unknown field \"wihtin\". Did you mean \"within\"?\n");
}

TEST_CASE("an unknown field that resembles none names those that there are") {
    CHECK(said("tls: {zzzzzz: 1}") == "a.yaml:2:7: error: unknown field \"zzzzzz\". Known here: certificate.\n");
}

TEST_CASE("a missing field is named at its object, with what it is for") {
    CHECK(lint_mistakes("port: 1\n", kSpecs) ==
          "a.yaml:1:1: error: The field \"name\" is missing. What it is called.\n");
    CHECK(lint_mistakes("", kSpecs) == "a.yaml:1:1: error: The field \"name\" is missing. What it is called.\n");
    CHECK(said("to:\n  - within: 1h") == "a.yaml:3:5: error: The field \"destination\" is missing. Where it goes.\n");
}

TEST_CASE("every mistake is reported, not only the first") {
    CHECK(lint_mistakes("prt: 1\nkeep: yes\nlimit: big\n", kSpecs) ==
          "a.yaml:1:1: error: The field \"name\" is missing. What it is called.\n"
          "a.yaml:1:1: error: unknown field \"prt\". Did you mean \"port\"?\n"
          "a.yaml:2:7: error: \"yes\" is not true or false.\n"
          "a.yaml:3:8: error: \"big\" is not a size such as \"64MB\" (B, KB, MB or GB).\n");
}

TEST_CASE("a syntax error is not followed by complaints about what is missing") {
    CHECK(lint_mistakes("port: [1\n", kSpecs) == "a.yaml:2:1: error: The list is not closed. Add \"]\".\n");
}

TEST_CASE("a document that is no object is refused") {
    CHECK(lint_mistakes("- a\n", kSpecs) == "a.yaml:1:1: error: This must be an object (lines of \"name: value\").\n");
    CHECK(lint_mistakes("text\n", kSpecs).starts_with("a.yaml:1:1: error: This must be an object"));
}

TEST_CASE("a value of the wrong shape is refused with what is wanted") {
    CHECK(said("port: [1]") == "a.yaml:2:7: error: This is a list, but must be a whole number.\n");
    CHECK(
        said("accepts: ADT^A01") ==
        "a.yaml:2:10: error: This is a single value, but must be a list (lines that begin with \"- \", or [a, b]).\n");
    CHECK(said("tls: on") ==
          "a.yaml:2:6: error: This is a single value, but must be an object (lines of \"name: value\").\n");
    CHECK(said("keys: [a]").starts_with("a.yaml:2:7: error: This is a list, but must be a table"));
    CHECK(said("to: [a]").starts_with("a.yaml:2:6: error: This is a single value, but must be an object"));
}

TEST_CASE("a field without a value is refused") {
    CHECK(said("port:") == "a.yaml:2:1: error: \"port\" has no value. Give a whole number or remove the line.\n");
    CHECK(is_wrong("suffix: ~"));
    CHECK(is_wrong("suffix: null"));
    CHECK(is_wrong("accepts: [a, ~]"));
    CHECK(is_wrong("tls:"));
    CHECK(is_wrong("when: ''"));
    CHECK(lint_mistakes("name: ''\n", kSpecs) ==
          "a.yaml:1:7: error: A value is missing. Give one or remove the field.\n");
}

TEST_CASE("an optional text may be empty on purpose") {
    CHECK(said("suffix: ''") == "");
}

TEST_CASE("integers are whole decimal numbers without quotes") {
    for (const auto* bad : {"1.5", "0x10", "1_000", "ten", "99999999999999999999", "'8080'", "+1", "1 2"})
        CHECK_MESSAGE(is_wrong(std::string("port: ") + bad), std::string(bad));
    CHECK(said("port: -1") == "");
    CHECK(said("port: \"8080\"") ==
          "a.yaml:2:7: error: In quotes this is text, but must be a whole number. Remove the quotes.\n");
}

TEST_CASE("booleans are true and false, never YAML 1.1's yes, on and their relatives") {
    for (const auto* bad : {"yes", "no", "on", "off", "True", "1", "'true'"})
        CHECK_MESSAGE(is_wrong(std::string("keep: ") + bad), std::string(bad));
    CHECK(said("keep: false") == "");
}

TEST_CASE("text stays text, whatever YAML could take it for") {
    for (const auto* good : {"no", "NO", "on", "1e3", "0123", "12:30", "2026-01-01", "true"})
        CHECK_MESSAGE(!is_wrong(std::string("suffix: ") + good), std::string(good));
}

TEST_CASE("durations and sizes need a known unit") {
    for (const auto* bad : {"30", "30 s", "5min", "-1s", "1.5h", "s", "99999999999999999999s"})
        CHECK_MESSAGE(is_wrong(std::string("timeout: ") + bad), std::string(bad));
    for (const auto* bad : {"64 MB", "64mb", "-1", "1.5MB", "MB", "64TB", "99999999999GB"})
        CHECK_MESSAGE(is_wrong(std::string("limit: ") + bad), std::string(bad));
    for (const auto* good : {"0", "512", "1B", "64KB", "64MB", "2GB"})
        CHECK_MESSAGE(!is_wrong(std::string("limit: ") + good), std::string(good));
}

TEST_CASE("one_of takes its words only, and suggests the nearest") {
    CHECK(said("mode: wan") == "a.yaml:2:7: error: \"wan\" is not one of: refuse, warn. Did you mean \"warn\"?\n");
    CHECK(said("modes: [warn, off]").starts_with("a.yaml:2:15: error: \"off\" is not one of: refuse, warn."));
}

TEST_CASE("a secret in the file is refused and never repeated") {
    for (const auto* bad : {"hunter2", "env:", "env:A-B", "env:1A", "file:", "ENV:A"}) {
        const auto answer = said("token: \"" + std::string(bad) + "\"");
        CHECK_MESSAGE(answer.starts_with("a.yaml:2:8: error: A secret never stands in a file."), std::string(bad));
        CHECK(answer.find("hunter2") == std::string::npos);
    }
    CHECK(said("token: file:/run/secrets/token") == "");
}

TEST_CASE("tables take any names, each with a value of their type") {
    CHECK(said("keys: {a b: PID-3, é: PID-4}") == "");
    CHECK(said("keys: {a: [x]}").starts_with("a.yaml:2:11: error: This is a list, but must be a FHIRPath expression"));
    CHECK(said("keys: {'': x}").starts_with("a.yaml:2:8: error: The name of this entry is empty."));
    CHECK(said("places: {here: {certificat: x}}") ==
          "a.yaml:2:17: error: unknown field \"certificat\". Did you mean \"certificate\"?\n");
}

TEST_CASE("an aliased value is checked wherever it stands") {
    CHECK(said("accepts: &a [x]\nmodes: *a").find("\"x\" is not one of") != std::string::npos);
}

TEST_CASE("merge keys are refused by name") {
    CHECK(said("tls: &t {certificate: a}\nplaces:\n  b: {<<: *t}").starts_with("a.yaml:4:7: error: Merge keys"));
}

TEST_CASE("the number of mistakes of one file is bounded") {
    std::string text = "name: x\n";
    for (int i = 0; i < 1000; ++i) text += "f" + std::to_string(i) + ": 1\n";
    const auto answer = lint_mistakes(text, kSpecs);
    CHECK(std::count(answer.begin(), answer.end(), '\n') == 201);
    CHECK(answer.find("There are more mistakes in this file.") != std::string::npos);
}
