#pragma once
/// The mapping language: rows that turn one document into another, and back. Grammar: mappings/README.md.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "core/error.hpp"
#include "core/payload.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhirpath/expression.hpp"
#include "model/operation_outcome.hpp"
#include "tree/node.hpp"

namespace causeway::mapping {

/// Which way a map is run: from its left side to its right one, or back.
enum class Direction { forward, reverse };

/// What the engine knows about the message being mapped: %now, %obligation (MSH-10), %message, %sender, %decision,
/// %organisation, %patient ... as FHIRPath variables.
using Facts = fhirpath::Environment;

/// Where an output element comes from, for explain and the journal.
struct Trace {
    std::string output;  ///< Path in the output.
    std::string row;     ///< "uk/pid.map:16".
    std::string source;  ///< Path in the input.
};

/// A code that a row's table does not map.
struct UnmappedCode {
    std::string table;   ///< The map's name for it.
    std::string system;  ///< URI, or the name that HL7 v2 gives; empty where the message names none.
    std::string code;    ///< As shown_code() shows it.
};

/// The code itself where it looks like one; "(text)" for what may be free text, because codes are shown and counted.
std::string shown_code(std::string_view code);

struct Output {
    Payload payload;
    std::string media_type;
    OperationOutcome outcome;       ///< Warnings that rows gave.
    std::vector<Trace> traces;      ///< Filled when asked for.
    std::vector<std::string> lost;  ///< Input paths with a value that no row read.
};

/// One data test of a map: what it checked and what differed.
struct TestResult {
    std::string place;  ///< file:line
    std::string name;
    bool passed = false;
    std::string difference;
};

/// Does a test reach this row? Reached: a row that wrote something, or failed as a test expects.
struct RowUse {
    std::string file;  ///< Path.
    std::uint32_t line = 0;
    std::string row;  ///< "PID-8 -> gender".
    bool is_reached = false;
};

/// What maps are checked against when they are loaded.
struct LoadOptions {
    fhir::DefinitionsPtr definitions;  ///< Null: FHIR elements, types and codes are not checked.
};

class Program;

/// A compiled map. Immutable; copies share. Threads: any, at the same time.
class Map {
public:
    Map() = default;

    /// Compiles FILE (and what it extends, its tables and concept maps beside it). Every mistake is reported with
    /// file:line:column and the nearest right name; the map is whole only where none was added.
    static Map load(const std::filesystem::path& file, std::vector<config::Mistake>& mistakes,
                    const LoadOptions& options = {});

    bool empty() const noexcept { return !program_; }
    const std::string& name() const;  ///< "uk.ref.i12".
    const std::string& version() const;
    const std::vector<std::filesystem::path>& files() const;  ///< Everything that it was compiled from.
    bool can(Direction direction) const;

    /// A row that rejects gives an Error with its place and code; nothing is ever mapped in part.
    /// `unmapped` gets the codes without a row in their table, also where the message is rejected.
    Result<Output> run(Direction direction, const tree::Node& input, const Facts& facts, bool explain = false,
                       std::vector<UnmappedCode>* unmapped = nullptr) const;

    /// Runs the tests that stand in the file, and the round trips of its `<->` rows.
    std::vector<TestResult> test() const;
    /// The same, and which rows the tests reach; in the order of the files.
    std::vector<TestResult> test(std::vector<RowUse>& rows) const;

private:
    std::shared_ptr<const Program> program_;
};

}  // namespace causeway::mapping
