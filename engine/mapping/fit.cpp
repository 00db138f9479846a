/// What the dictionary says of the HL7 v2 side of rows: how much of a type's components the place takes.
#include <functional>

#include "mapping/parser.hpp"

namespace causeway::mapping {
namespace {

void each_row(std::vector<Statement>& statements, const std::function<void(Row&)>& see) {
    for (auto& statement : statements) {
        if (auto* row = std::get_if<Row>(&statement.what)) see(*row);
        if (auto* block = std::get_if<For>(&statement.what)) each_row(block->body, see);
        if (auto* block = std::get_if<In>(&statement.what)) each_row(block->body, see);
    }
}

/// The version that a map writes, by its constant for MSH-12; empty where it has none.
std::string written_version(Program& program) {
    std::string version;
    each_row(program.statements, [&](Row& row) {
        const auto& path = row.left.path;
        if (row.constant && row.runs(Direction::reverse) && path && path->segment == "MSH" && path->field == 12)
            version = *row.constant;
    });
    return version;
}

}  // namespace

/// A field of codes (IS, ID) takes no display and no system beside its code; a component with parts takes a type's
/// components as its own.
void Parser::fit_rows() {
    if (program_.pair != Pair::v2_fhir) return;
    const auto version = written_version(program_);
    const V2Model written = version.empty() ? V2Model() : V2Model({version});
    each_row(program_.statements, [&](Row& row) {
        if (!row.left.path) return;
        const auto& path = *row.left.path;
        if (row.runs(Direction::forward)) row.is_plain = v2_any_.is_plain(path);
        if (!row.runs(Direction::reverse)) return;
        if (written.is_plain(path)) row.fits = written.takes_text(path) ? Row::Fits::code_or_text : Row::Fits::code;
        if (row.type != nullptr && row.type->name.starts_with("CWE")) row.hl7_table = written.table_of(path);
        if (written.has_parts_in_component(path)) row.fits = Row::Fits::into_component;
    });
}

}  // namespace causeway::mapping
