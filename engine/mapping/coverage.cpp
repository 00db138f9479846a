#include "mapping/coverage.hpp"

#include <algorithm>
#include <utility>

namespace causeway::mapping {
namespace {

std::string text_of(const Row& row) {
    static constexpr std::string_view kArrows[] = {"<->", "->", "<-"};
    const auto& target = row.arrow == Arrow::left || row.location.text.empty() ? row.right.text : row.location.text;
    auto text = row.left.text + (row.left.empty() ? "" : " ") +
                std::string(kArrows[static_cast<std::size_t>(row.arrow)]) + (target.empty() ? "" : " " + target);
    if (row.type != nullptr && row.type->name != "code") text += " : " + std::string(row.type->name);
    if (row.is_reference) text += " : Reference(" + row.argument + ")";
    if (row.constant) text += row.constant_is_literal ? " = " + *row.constant : " = \"" + *row.constant + "\"";
    return text;
}

void each_row(const std::vector<Statement>& statements, std::vector<const Row*>& out) {
    for (const auto& statement : statements) {
        if (const auto* row = std::get_if<Row>(&statement.what)) out.push_back(row);
        if (const auto* block = std::get_if<For>(&statement.what)) each_row(block->body, out);
        if (const auto* block = std::get_if<In>(&statement.what)) each_row(block->body, out);
    }
}

std::string path_of(const Program& program, const std::string& name) {
    for (const auto& file : program.files)
        if (file.filename() == name) return file.string();
    return name;
}

}  // namespace

void Coverage::add_mentioned(const std::string& sentence) {
    // Findings and rejections end with "(letter.map:16)."
    const auto open = sentence.rfind('(');
    const auto close = sentence.rfind(')');
    if (open != std::string::npos && close != std::string::npos && open < close)
        reached_.insert(sentence.substr(open + 1, close - open - 1));
}

void Coverage::add(const Output& output) {
    for (const auto& trace : output.traces) reached_.insert(trace.row);
    for (const auto& finding : output.outcome.issues) add_mentioned(finding.text);
}

void Coverage::add(const Error& error) {
    add_mentioned(error.what);
}

std::vector<RowUse> Coverage::rows_of(const Program& program) const {
    std::vector<const Row*> rows;
    each_row(program.statements, rows);
    std::vector<RowUse> uses;
    std::set<std::string> seen;
    for (const auto* row : rows) {
        const auto place = row->place.text();
        if (!seen.insert(place).second) continue;
        uses.push_back({path_of(program, row->place.file), row->place.line, text_of(*row), reached_.contains(place)});
    }
    std::stable_sort(uses.begin(), uses.end(), [](const RowUse& a, const RowUse& b) {
        return a.file != b.file ? a.file < b.file : a.line < b.line;
    });
    return uses;
}

}  // namespace causeway::mapping
