#pragma once
/// Reads map files into a Program, with every mistake at its file, line and column.

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "mapping/fhir_model.hpp"
#include "mapping/program.hpp"
#include "mapping/scanner.hpp"
#include "mapping/v2_model.hpp"

namespace causeway::mapping {

/// One file on its way into the Program. Mistakes go to one list over all files.
class Parser {
public:
    Parser(Program& program, std::vector<config::Mistake>& mistakes, const LoadOptions& options);

    /// The map itself: its first line is `map`.
    void parse(const std::filesystem::path& file);
    std::size_t errors() const noexcept { return errors_; }

private:
    /// What rows stand under.
    struct Context {
        std::string resource;  ///< Its name.
        std::string segment;
        Types right;  ///< The FHIR element that locations and expressions start from.
        Types left;   ///< FHIR into FHIR: the element that is read.
    };
    /// What an expression is asked of.
    enum class Focus {
        reading,   ///< Whatever the way there reads: the message, or the element.
        message,   ///< HL7 v2: paths stand in it.
        element,   ///< The FHIR element that the row stands under.
        document,  ///< The whole FHIR document.
        source,    ///< Of the map: the message, else the document.
        none
    };
    /// Columns of a row's parts, for the mistakes that only the whole row shows.
    struct RowPlaces {
        std::size_t row = 1, left = 1, right = 1, type = 1, table = 1, constant = 1, policy = 1;
        FhirModel::Place target;          ///< Where the location leads to.
        Types source = Types::unknown();  ///< What is read from FHIR.
    };
    /// Where statements go while blocks are open.
    struct Open {
        std::vector<Statement>* into;
        std::uint32_t line;
        Context outside;   ///< Comes back when the block is closed.
        std::string head;  ///< "for OBX[*]", "in note[*] as first".
    };
    /// A file that is being read; `extends` nests them.
    struct File {
        std::filesystem::path path;
        std::vector<Line> lines;
        std::size_t next = 0;
        bool is_map = false;  ///< Has a map line of its own, and so tests of its own.
    };
    /// Where something stands that is looked at when all is read.
    struct Spot {
        std::string file;
        std::uint32_t line = 0;
        std::size_t column = 1;
    };
    /// Gives what is wrong, or nothing.
    using Edit = std::function<std::string(Program&)>;
    struct PendingEdit : Spot {
        Edit edit;
    };
    /// References may name what follows.
    struct PendingReference : Spot {
        std::string name;
        FhirModel::Place target;
    };
    struct Resource {
        std::string type;
        Term found;
        std::vector<std::uint32_t> rounds;  ///< Lines of the blocks `for` that it stands in.
    };

    /// "{FIELD}" with the text that stands for it.
    using Fillings = std::map<std::string, std::string>;

    bool read(const std::filesystem::path& file);
    void check_encoding();
    bool is_too_deep(std::size_t column);
    void check_references();
    void fit_rows();
    void add_file(const std::filesystem::path& file);
    void parse_lines(std::size_t first_open);
    void statement(std::string_view text, std::size_t offset);
    void header(std::string_view text, std::size_t offset);
    /// One side of the map line: v2 VERSIONS TYPES, fhir VERSION RESOURCE, or RESOURCE.
    struct Side {
        bool is_v2 = false;
        std::vector<std::string> versions, types;
        std::string fhir = "4.0.1", root_type, bundle_type;
        std::size_t column = 1;
    };
    Side side(const std::vector<Chunk>& words, std::size_t& at);
    void sides(Side left, Side right);
    void setting(std::string_view keyword, std::string_view text, std::size_t offset);
    void table(std::string_view text, std::size_t offset);
    void extends(std::string_view text, std::size_t offset);
    Fillings fillings(const Chunk& given);
    void fill(const Fillings& fillings, std::size_t offset);
    void unused_filling(const std::string& name, std::size_t offset);
    void check_filled(std::string_view text);
    void ignore(std::string_view text, std::size_t offset);
    void copy(std::string_view text, std::size_t offset);
    void omit(std::string_view text, std::size_t offset);
    void let(std::string_view text, std::size_t offset);
    void require(std::string_view text, std::size_t offset);
    void resource(std::string_view text, std::size_t offset);
    bool is_elsewhere(const Resource& known, const Resource& made) const;
    std::vector<std::uint32_t> rounds() const;
    void resource_options(ResourceLine& line, const std::vector<Chunk>& options);
    void segment(std::string_view text, std::size_t offset);
    bool goes_on(SegmentLine& line) const;
    void check_header(std::size_t column);
    void for_block(std::string_view text, std::size_t offset);
    Focus for_focus(For& block, const Chunk& over);
    Term over(For& block, const Chunk& chunk, Types& types);
    void for_versions(Types& types);
    void for_items(For& block, const Chunk& chunk);
    void for_option(For& block, const Chunk& option, const Types& types);
    void in_block(std::string_view text, std::size_t offset);
    void close(std::size_t column);
    // What the map extends (extend.cpp).
    bool is_first(const std::string& what, std::size_t column);
    std::string scope() const;
    void later(std::size_t column, Edit edit);
    void apply_edits();
    void replace(std::string_view text, std::size_t offset);
    void remove(std::string_view text, std::size_t offset);
    void remove_block(const std::string& kind, const std::string& name, std::size_t column);
    void remove_test(const std::string& quoted, std::size_t column);

    void row_statement(std::string_view text, std::size_t offset);

    // Rows (row_parser.cpp).
    std::optional<Row> row(std::string_view text, std::size_t offset);
    void row_left(Row& row, std::string_view text, std::size_t offset);
    void row_right(Row& row, const Chunk& chunk);
    void row_headings(Row& row);
    void row_path(Row& row, const Chunk& chunk);
    void check_same_format(const Row& row);
    void row_option(Row& row, const Chunk& chunk);
    void row_type(Row& row, const Chunk& chunk);
    void row_constant(Row& row, const Chunk& chunk);
    void row_table(Row& row, const Chunk& chunk);
    void check_row(const Row& row, std::size_t column);
    void check_inverse(const Row& row, std::size_t column);
    Policy policy(const Chunk& chunk);

    // What the definitions say of a row (row_types.cpp).
    void check_target(const Row& row);
    void check_source(const Row& row);
    std::string check_reference(const FhirModel::Place& target, const std::string& resource) const;
    void check_constant(const Row& row, const std::string& type);
    void check_code(const std::string& code, std::size_t column, const std::string& what);
    void check_table(const Row& row);

    // Expressions (terms.cpp).
    Term term(const Chunk& chunk, Focus focus, Types* gives = nullptr);
    void check_variables(const Chunk& chunk);
    void check_path(const hl7v2::Path& path, std::size_t column);
    Types focus_types(Focus focus, const Term& term) const;
    Location location(const Chunk& chunk, FhirModel::Place& place);

    // Tests (test_parser.cpp).
    void test(std::string_view text, std::size_t offset);
    void test_line(Test& test, std::string_view text, std::size_t offset);
    void given(Test& test, std::string_view text, std::size_t offset);
    bool is_output_v2(const Test& test) const;
    void given_fact(Test& test, std::string_view text, std::size_t offset);
    void given_file(Test& test, const Chunk& name);
    std::string inline_v2();
    std::string inline_fhir(std::string_view first);
    void expect(Test& test, std::string_view text, std::size_t offset);
    void expect_at(TestStep& step, const std::vector<Chunk>& words);

    RulePlace place() const;
    const File& file() const { return files_.back(); }
    void mistake(std::size_t column, std::string what, bool warning = false);
    void mistake_at(const Spot& spot, std::string what);
    void add(Statement statement) { open_.back().into->push_back(std::move(statement)); }
    void define(std::string_view name, Types types) {
        variables_.insert_or_assign(std::string(name), std::move(types));
    }
    std::vector<std::string> table_names() const;
    bool reads_v2() const { return program_.pair != Pair::fhir_fhir && program_.can(Direction::forward); }

    Program& program_;
    std::vector<config::Mistake>& mistakes_;
    std::vector<File> files_;
    std::vector<Open> open_;
    std::uint32_t line_ = 0;
    std::size_t errors_ = 0;
    std::size_t reads_ = 0;  ///< Files, each time that one is read.
    bool has_header_ = false;
    std::optional<RulePlace> header_;  ///< The line segment MSH.
    std::vector<PendingReference> references_;
    std::vector<PendingEdit> edits_;
    std::map<std::string, std::size_t> defined_;  ///< "table gender": how deep the file is that defines it.
    const FhirModel fhir_;
    V2Model v2_;        ///< Of the versions in the map line.
    V2Model v2_right_;  ///< HL7 v2 into HL7 v2: of what is written.
    V2Model v2_any_;    ///< Of all versions.
    /// What is extended may serve senders of more versions.
    const V2Model& v2() const { return files_.size() > 1 ? v2_any_ : v2_; }
    VariableTypes variables_;  ///< Facts, and names of let, for and rows.
    std::map<std::string, Resource> resources_;
    Context context_;
    RowPlaces row_places_;
};

/// Letters, digits and "_", a letter first.
bool is_identifier(std::string_view text);
/// Every `for A <-> B` becomes two blocks, one a direction.
void unfold_both_ways(Program& program);

}  // namespace causeway::mapping
