#pragma once
/// The pieces of data tests; used inside pipeline, and by the tests of expectations.

#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "pipeline/configuration.hpp"
#include "pipeline/data_tests.hpp"
#include "pipeline/facts.hpp"
#include "tree/node.hpp"

namespace causeway::pipeline {

/// Collects what differs, in words.
class Differences {
public:
    void text(std::string_view what, const std::string& expected, const std::string& actual);
    void flag(std::string_view what, bool expected, bool actual);
    /// The same entries in the same order.
    void list(std::string_view what, const std::vector<std::string>& expected, const std::vector<std::string>& actual);
    void contains(std::string_view what, const std::string& part, const std::string& whole);
    void add(std::string words);

    const std::string& words() const noexcept { return words_; }

private:
    std::string words_;
};

/// A decoded message with what a route or pathway may ask for.
struct GivenMessage {
    tree::DocumentPtr document;
    std::optional<Facts> facts;
    std::string body;  ///< The bytes that were decoded.
};

/// Reads `given` of a test, makes its `change`s and decodes it as a message of `channel` at `now`, as intake would.
Result<GivenMessage> read_given(const config::Settings& test, const std::string& channel, Instant now,
                                const Configuration& configuration);

/// Fields of one `change`.
inline constexpr config::FieldSpec kChangeFields[] = {
    {.name = "at", .doc = "JSON Pointer (RFC 6901) of what gets the value `to`; FHIR only.", .fallback = ""},
    {.name = "to", .doc = "JSON value for `at`, or text for `from`.", .fallback = ""},
    {.name = "remove", .doc = "JSON Pointer of what is taken out; FHIR only.", .fallback = ""},
    {.name = "from", .doc = "Text that stands in the file exactly once and is replaced by `to`.", .fallback = ""},
};

/// Fields of a tests file of each part.
std::span<const config::FieldSpec> directory_test_fields();
std::span<const config::FieldSpec> pathway_test_fields();
std::span<const config::FieldSpec> route_test_fields();

/// Each runs one test of a file and says what differs.
void run_directory_test(const config::Settings& test, const Configuration& configuration, Differences& differences);
void run_pathway_test(const config::Settings& file, const config::Settings& test, const Configuration& configuration,
                      Differences& differences);
void run_route_test(const config::Settings& file, const config::Settings& test, const Configuration& configuration,
                    Differences& differences);

/// "complete-copd-fev1" of "referral-optimisation/1 complete-copd-fev1".
std::string short_rule(const std::string& rule);

}  // namespace causeway::pipeline
