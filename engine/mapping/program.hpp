#pragma once
/// A compiled map: what the parser makes and the runs read.

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fhirpath/expression.hpp"
#include "hl7v2/path.hpp"
#include "mapping/condition.hpp"
#include "mapping/location.hpp"
#include "mapping/map.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {

/// Where something stands, as findings and traces name it: "letter.map:16".
struct RulePlace {
    std::string file;  ///< File name without its folder.
    std::uint32_t line = 0;
    std::string text() const { return file + ":" + std::to_string(line); }
};

/// An HL7 v2 path in a FHIRPath, and the variable that stands there for it.
struct BoundPath {
    std::string name;
    hl7v2::Path path;
    bool only_asked = false;  ///< exists() or empty() follows: what is there is not read, and `""` is nothing.
};

/// A FHIRPath whose HL7 v2 paths are bound as variables, so that they see the group that the row stands in.
struct Term {
    std::string text;
    std::optional<hl7v2::Path> path;  ///< The whole term is this path.
    fhirpath::Expression expression;
    std::vector<BoundPath> bound;
    std::optional<Condition> condition;  ///< prepare(): of a condition that is simple enough.
    std::string of_type;                 ///< prepare(): it goes through the resources of this type ...
    bool is_all_of_type = false;         ///< ... and no further.
    /// find_steady(): what it gives on the way there, whatever the message.
    std::optional<fhirpath::Collection> always;
    std::uint32_t same = 0;  ///< prepare(): conditions with the same text have the same number; 0: none.

    bool empty() const noexcept { return text.empty(); }
    bool reads_v2() const noexcept { return path || !bound.empty(); }
    /// %set and %index number what stands there anyway: alone they are no content.
    bool is_counter() const noexcept { return text == "%set" || text == "%index"; }
};

enum class Arrow { both, right, left };

/// What happens to a value that cannot be converted.
struct Policy {
    enum class Kind { none, reject, warn, drop, keep } kind = Kind::none;
    int hl7_code = 102;
    std::string text;                        ///< The map's own sentence for a rejection.
    std::optional<std::string> replacement;  ///< warn "unknown"
    bool keep_after_warning = false;
};

struct Row {
    RulePlace place;
    Arrow arrow = Arrow::right;
    Term left;              ///< Source when read; empty where a constant or a reference is written.
    bool left_all = false;  ///< [*] stands in it.
    Location location;      ///< Target to the right.
    Term right;             ///< Source when read backwards.
    const Type* type = nullptr;
    std::string argument;
    bool is_reference = false;
    const Table* table = nullptr;
    std::shared_ptr<const Headings> headings;
    Term when;
    std::optional<std::string> constant;
    bool constant_is_literal = false;
    Policy policy;
    std::string name;
    std::string resource;  ///< Name of the resource that it stands under.
    bool lossy = false, required = false, raw = false;
    bool right_all = false;  ///< [*] stands in the HL7 v2 path to the right.
    std::string table_name;

    // What prepare() works out of the above.
    const Type* converts = nullptr;  ///< The type, or ST.
    std::vector<Step> steps;         ///< The location as the type writes it.
    bool takes_all = false;

    // What the dictionary says of `left` (fit.cpp).
    bool is_plain = false;  ///< No version knows parts of what is read.
    /// What of a type's components is written, because the version that is written knows no more of the place.
    enum class Fits : unsigned char { all, code, code_or_text, into_component };
    Fits fits = Fits::all;
    std::uint16_t hl7_table = 0;  ///< Of the field that is written: its codes need no system.

    /// Must what it reads come back as it was?
    bool is_exact() const noexcept { return !lossy && (fits == Fits::all || fits == Fits::into_component); }
    bool runs(Direction direction) const noexcept {
        return arrow == Arrow::both || (arrow == Arrow::right) == (direction == Direction::forward);
    }
};

struct ResourceLine {
    RulePlace place;
    std::string type, name;
    std::vector<std::vector<Term>> id_from;  ///< Alternatives of terms that are joined.
    bool each = false;                       ///< The round of `for` counts in the id.
    Term when;
    bool again = false;  ///< Continues the resource of that name.
    Term found;          ///< Which one it is on the way back; empty: the first of its type.
};

struct SegmentLine {
    RulePlace place;
    std::string name;
    Term when;
    bool required = false;   ///< Written also when only constants are in it.
    std::uint32_t slot = 0;  ///< Lines that write the same segment have the same one.
    bool again = false;      ///< Goes on with the segment of what is extended.
};

struct Let {
    RulePlace place;
    std::string name;
    Term value;
};

/// A condition that the message must meet before anything is made of it.
struct Require {
    RulePlace place;
    Term condition;
    Policy policy;
};

/// Parts of what is copied that stay away.
struct Omit {
    RulePlace place;
    std::vector<Term> paths;         ///< HL7 v2.
    std::vector<Location> elements;  ///< FHIR, below the element that the line stands under.
};

struct Statement;

/// What the walks over the statements of a block stop at, in order.
struct Walks {
    std::vector<const Statement*> making;   ///< There, first: lines that make resources.
    std::vector<const Statement*> writing;  ///< There, then: lines that write into them.
    std::vector<const Statement*> back;
};

struct For {
    RulePlace place;
    Term over;
    std::vector<std::string> with;
    bool joined = false;
    std::string name;
    Term when;
    std::vector<Statement> body;
    /// `for NK1[*] <-> contact[*]`: what the way back goes through, and where the way there writes each round. Only
    /// until the file is read: then it is two blocks (for_both_ways in blocks.cpp).
    Term items;
    std::optional<Location> into;
    bool of_document = false;  ///< To the left: `over` is asked of the whole document, not of the element around.
    Walks walks{};             ///< find_walks()
};

struct In {
    RulePlace place;
    Location location;
    Term focus;  ///< The same place when read backwards.
    std::vector<Statement> body;
    std::string name;
    Walks walks{};  ///< find_walks()
};

struct Statement {
    std::variant<Row, ResourceLine, SegmentLine, Let, Require, For, In, Omit> what;
};

/// One line of a test.
struct TestStep {
    enum class Kind { expect, warning, reject, lost, nothing_lost, no_warnings, roundtrip };

    RulePlace place;
    Kind kind = Kind::expect;
    Term expression;       ///< expect
    std::string code, at;  ///< warning M301 at PID-7; reject 102 at PID-7; lost PID-10
    std::vector<std::string> segments;
};

struct Test {
    RulePlace place;
    std::string name;
    std::string input;   ///< The document itself.
    std::string format;  ///< "v2" or "fhir"
    std::vector<std::pair<std::string, Term>> facts;
    std::vector<TestStep> steps;
};

/// What stands on the two sides of a map.
enum class Pair { v2_fhir, v2_v2, fhir_fhir };

class Program {
public:
    std::string name, version;
    RulePlace place;  ///< Of the map line.
    RulePlace copy;   ///< Of the line that copies.
    std::vector<std::string> v2_versions, v2_types;
    Arrow arrow = Arrow::right;
    std::string root_type;    ///< "Bundle", "Patient" ...
    std::string bundle_type;  ///< "message", "document" ...
    Zone zone;
    bool null_clears = true;
    std::map<std::string, Table> tables;  ///< By the name the map gives them.
    std::vector<Term> ignored;
    std::vector<Statement> statements;
    Walks walks{};  ///< find_walks()
    std::vector<Test> tests;
    std::vector<std::filesystem::path> files;
    std::uint32_t slots = 0;       ///< Of segment lines.
    std::uint32_t conditions = 1;  ///< Numbers of conditions (Term::same).
    Pair pair = Pair::v2_fhir;
    std::vector<std::string> right_versions, right_types;  ///< HL7 v2 into HL7 v2.
    /// FHIR into FHIR. The version is that of HL7, "4.0.1".
    std::string left_root_type, left_bundle_type, left_fhir = "4.0.1", right_fhir = "4.0.1";
    bool copies_all = false;
    std::vector<std::string> copied;  ///< Segments, or elements of the document.

    bool can(Direction direction) const noexcept {
        return arrow == Arrow::both || (arrow == Arrow::right) == (direction == Direction::forward);
    }
};

/// Works out what runs need of a map without mistakes, once.
void prepare(Program& program);

/// Facts that the engine gives (Facts in map.hpp); empty where a run does not have them.
const std::vector<std::string>& known_facts();

}  // namespace causeway::mapping
