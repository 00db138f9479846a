/// What `causeway validate` says, and how it ends; by itself and as a channel would judge.
#include <doctest/doctest.h>

#include <cstdlib>
#include <iostream>
#include <sstream>

#include "app/commands.hpp"
#include "support/temp_dir.hpp"

using namespace causeway;

namespace {

constexpr auto kPatient = R"({"resourceType":"Patient","gender":"woman"})";

/// Catches what is written to a stream.
class Caught {
public:
    explicit Caught(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
    ~Caught() { stream_.rdbuf(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::ostream& stream_;
    std::streambuf* before_;
};

struct Outcome {
    int status = 0;
    std::string out, err;
};

Outcome validate(const std::string& content, const std::string& settings = "") {
    ::setenv("CAUSEWAY_DEFINITIONS", CAUSEWAY_BINARY_DIR "/definitions/r4.pack", 1);
    const test::TempDir dir;
    dir.write("document", content);
    dir.write("settings.yaml", settings);
    app::Arguments arguments;
    arguments.words = {(dir / "document").string()};
    if (!settings.empty()) arguments.options["--settings"] = (dir / "settings.yaml").string();
    const Caught out(std::cout), err(std::cerr);
    const int status = app::kValidate.run(arguments);
    return {status, out.text(), err.text()};
}

}  // namespace

TEST_CASE("validate: errors are told with rule and place, and end with 1") {
    const auto wrong = validate(kPatient);
    CHECK(wrong.status == 1);
    CHECK(wrong.out.find("Patient.gender") != std::string::npos);
    CHECK(wrong.out.find("(binding-required") != std::string::npos);
    CHECK(validate(R"({"resourceType":"Patient","gender":"female"})").status == 0);
}

TEST_CASE("validate: settings change severities and drop findings, each with a reason") {
    CHECK(validate(kPatient,
                   "overrides:\n  - {rule: binding-required, path: Patient.gender, severity: warning,\n"
                   "     reason: The sender's codes are mapped.}\n")
              .status == 0);
    CHECK(validate(kPatient, "overrides:\n  - {rule: dom-6, severity: \"off\", reason: No narratives.}\n").status == 1);
}

TEST_CASE("validate: mistakes in settings are told with their place") {
    const auto outcome =
        validate(kPatient, "overrides:\n  - {rule: binding-required, severity: warning}\nprofles: [a]\n");
    CHECK(outcome.status == app::kFailed);
    CHECK(outcome.err.find("settings.yaml:") != std::string::npos);
    CHECK(outcome.err.find("profiles") != std::string::npos);
}
