/// Rows: V2PATH <-> FHIRPATH : TYPE via TABLE when CONDITION = CONSTANT else POLICY as NAME lossy required raw
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "core/text.hpp"
#include "mapping/keywords.hpp"
#include "mapping/parser.hpp"

namespace causeway::mapping {
namespace {

constexpr std::string_view kGroupWritten =
    "Leave the group out: a segment is written where its line stands, once in each round of for.";

bool is_literal(std::string_view text) {
    if (text == "true" || text == "false") return true;
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

void Parser::row_left(Row& row, std::string_view text, std::size_t offset) {
    if (text.empty()) return;
    row.left = term({"", std::string(text), offset}, row.arrow == Arrow::right ? Focus::reading : Focus::message,
                    &row_places_.source);
    row.left_all = text.find("[*]") != std::string_view::npos;
    if (row.arrow == Arrow::right) return;
    if (!row.left.path || row.left.path->field == 0)
        return mistake(offset, "What is written to the left is a field's path, as in PID-8 or PID-3[1].4.2.");
    if (!row.left.path->groups.empty()) return mistake(offset, std::string(kGroupWritten));
    const auto& segment = context_.segment;
    if (row.left.path->segment != segment)
        mistake(offset, segment.empty() ? "Write a line \"segment " + row.left.path->segment + "\" before this row."
                                        : "This row writes " + row.left.path->segment + " but stands under segment " +
                                              segment + ".");
}

void Parser::row_right(Row& row, const Chunk& chunk) {
    if (chunk.text.empty()) {
        if (row.arrow != Arrow::left) mistake(chunk.column, "Say where to write: an element such as birthDate.");
        return;
    }
    row_places_.right = chunk.column;
    if (row.arrow == Arrow::left) {
        row.right = term(chunk, Focus::element, &row_places_.source);
        return;
    }
    if (program_.pair == Pair::v2_v2) return row_path(row, chunk);
    row.location = location(chunk, row_places_.target);
    if (row.arrow == Arrow::both && !row.location.steps.empty())
        row.right = term({"", row.location.fhirpath(), chunk.column}, Focus::none);
}

void Parser::row_type(Row& row, const Chunk& chunk) {
    row_places_.type = chunk.column;
    const auto open = chunk.text.find('(');
    const auto name = chunk.text.substr(0, open);
    if (open != std::string::npos && chunk.text.ends_with(')')) {
        const auto inside = chunk.text.substr(open + 1, chunk.text.size() - open - 2);
        if (!unquote(inside, row.argument)) row.argument = inside;
    }
    if (name == "Reference") {
        row.is_reference = true;
        if (row.argument.empty()) mistake(chunk.column, "Name the resource: Reference(patient).");
        references_.push_back({{file().path.string(), line_, chunk.column}, row.argument, row_places_.target});
        return;
    }
    row.type = find_type(name);
    if (row.type == nullptr) {
        auto known = type_names();
        known.emplace_back("Reference");
        mistake(chunk.column, "\"" + name + "\" is no type." + did_you_mean(name, known));
    } else if (row.type->argument.empty() && !row.argument.empty()) {
        mistake(chunk.column, name + " takes nothing in brackets.");
    }
}

void Parser::row_constant(Row& row, const Chunk& chunk) {
    row_places_.constant = chunk.column;
    std::string text;
    if (unquote(chunk.text, text)) {
        row.constant = std::move(text);
    } else if (is_literal(chunk.text)) {
        row.constant = chunk.text;
        row.constant_is_literal = true;
    } else {
        mistake(chunk.column, "A constant is a text in double quotes, a number, true or false.");
    }
}

void Parser::row_table(Row& row, const Chunk& chunk) {
    row_places_.table = chunk.column;
    const auto found = program_.tables.find(chunk.text);
    if (found == program_.tables.end())
        return mistake(chunk.column, "There is no table \"" + chunk.text + "\"." +
                                         (table_names().empty() ? " Write a line such as table " + chunk.text +
                                                                      " = \"conceptmaps/FILE.json\" before."
                                                                : did_you_mean(chunk.text, table_names())));
    row.table = &found->second;
    row.table_name = chunk.text;
}

Policy Parser::policy(const Chunk& chunk) {
    row_places_.policy = chunk.column;
    Policy policy;
    const auto parts = words(chunk.text, chunk.column);
    const auto kind = parts.empty() ? std::string() : parts[0].text;
    if (kind == "reject" || kind == "error") policy.kind = Policy::Kind::reject;
    if (kind == "warn") policy.kind = Policy::Kind::warn;
    if (kind == "drop") policy.kind = Policy::Kind::drop;
    if (kind == "keep") policy.kind = Policy::Kind::keep;
    if (policy.kind == Policy::Kind::none)
        mistake(chunk.column, "After else belongs reject CODE, error, warn, drop or keep." +
                                  did_you_mean(kind, {policy_keywords().begin(), policy_keywords().end()}));
    if (kind == "error") policy.hl7_code = 207;
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const auto& part = parts[i];
        std::string text;
        if (unquote(part.text, text)) {
            if (kind == "warn")
                policy.replacement = text;
            else
                policy.text = text;
        } else if (kind == "reject" && part.text.size() == 3 && is_literal(part.text)) {
            policy.hl7_code = (part.text[0] - '0') * 100 + (part.text[1] - '0') * 10 + (part.text[2] - '0');
        } else if (kind == "warn" && part.text == "keep") {
            policy.keep_after_warning = true;
        } else if (kind != "warn" || part.text != "drop") {
            mistake(part.column, "\"" + part.text + "\" does not belong after else " + kind + ".");
        }
    }
    return policy;
}

void Parser::row_option(Row& row, const Chunk& chunk) {
    const auto& keyword = chunk.keyword;
    const bool flag = keyword == "lossy" || keyword == "required" || keyword == "raw";
    if (flag && !chunk.text.empty()) mistake(chunk.column, "\"" + chunk.text + "\" is no option.");
    if (keyword == ":") row_type(row, chunk);
    if (keyword == "via") row_table(row, chunk);
    if (keyword == "when") row.when = term(chunk, row.arrow != Arrow::left ? Focus::reading : Focus::element);
    if (keyword == "=") row_constant(row, chunk);
    if (keyword == "else") row.policy = policy(chunk);
    if (keyword == "as") row.name = chunk.text;
    if (keyword == "lossy") row.lossy = true;
    if (keyword == "required") row.required = true;
    if (keyword == "raw") row.raw = true;
}

void Parser::check_inverse(const Row& row, std::size_t column) {
    if (row.arrow != Arrow::both) return;
    if (row.left.empty() || row.constant)
        return mistake(column, "A row both ways has a path on both sides and no constant.");
    if (!row.when.empty()) mistake(column, "A row both ways takes no when: write one row -> and one row <-.");
    if (row.is_reference || (row.type != nullptr && row.type->to_v2 == nullptr))
        mistake(column, "This type has no way back: write -> instead of <->.");
    if (row.table != nullptr && !row.table->has_inverse() && !row.lossy)
        mistake(column, "The table has no single way back for \"" + row.table->ambiguous() +
                            "\": mark one of its codes equivalent, or the row lossy.");
}

void Parser::check_row(const Row& row, std::size_t column) {
    const bool has_source = row.arrow == Arrow::left ? !row.right.empty() : !row.left.empty();
    if (!has_source && !row.constant && !row.is_reference)
        mistake(column, "This row has nothing to write: a path, a constant (= \"text\") or : Reference(NAME).");
    if (has_source && row.constant) mistake(column, "A row writes a path's value or a constant, not both.");
    if (row.arrow == Arrow::left && row.left.empty()) mistake(column, "Say where to write: a path such as PID-8.");
    if (row.arrow == Arrow::left && (row.is_reference || (row.type != nullptr && row.type->to_v2 == nullptr)))
        mistake(column, "This type cannot be written to HL7 v2.");
    if (program_.pair != Pair::v2_fhir) check_same_format(row);
    const bool fallible = row.table != nullptr || (row.type != nullptr && row.type->fallible);
    if (fallible && has_source && row.policy.kind == Policy::Kind::none && row.headings == nullptr)
        mistake(column, "This row can fail: say what happens then with else reject, warn, drop or keep.");
    if (row.location.has_choice() && row.type == nullptr)
        mistake(column, "A choice [x] needs the type that it takes, as in deceased[x] : DTM.dateTime.");
    check_inverse(row, column);
    if (row.left.path && row.type != nullptr)
        if (auto wrong = v2().mistake(*row.left.path, *row.type)) mistake(row_places_.type, std::move(*wrong));
    if (row.arrow != Arrow::left && program_.pair == Pair::v2_fhir) check_target(row);
    if (row.arrow == Arrow::left && !row.right.empty()) check_source(row);
}

/// HL7 v2 into HL7 v2: the field that is written.
void Parser::row_path(Row& row, const Chunk& chunk) {
    row.right = term(chunk, Focus::message);
    row.right_all = chunk.text.find("[*]") != std::string::npos;
    const auto& path = row.right.path;
    if (!path || path->field == 0)
        return mistake(chunk.column, "What is written is a field's path, as in PID-8 or PID-3[1].4.2.");
    if (!path->groups.empty()) return mistake(chunk.column, std::string(kGroupWritten));
    if (auto wrong = v2_right_.mistake(*path)) mistake(chunk.column, std::move(*wrong));
    if (path->segment != context_.segment)
        mistake(chunk.column, "Write a line \"segment " + path->segment + "\" before this row.");
}

void Parser::check_same_format(const Row& row) {
    const bool is_v2 = program_.pair == Pair::v2_v2;
    if (row.arrow != Arrow::right) mistake(row_places_.row, "Between two documents of one format rows go ->.");
    if (is_v2 && row.is_reference) mistake(row_places_.type, "HL7 v2 has no references: write a path or a constant.");
    if (row.type == nullptr || row.type->name == "code" || row.type->name == "ST") return;
    if (is_v2 && row.type->name.starts_with("DTM")) return;
    mistake(row_places_.type, is_v2 ? "Between two HL7 v2 messages a value is copied whole, or as code or DTM."
                                    : "Between two FHIR documents a value is copied as it is: take the type out.");
}

void Parser::row_headings(Row& row) {
    if (row.table == nullptr || row.type == nullptr || row.type->name != "TX.section") return;
    auto headings = std::make_shared<Headings>();
    for (const auto& [heading, section] : row.table->rights()) headings->emplace(heading, section.code);
    row.headings = std::move(headings);
}

std::optional<Row> Parser::row(std::string_view text, std::size_t offset) {
    const auto arrow = find_arrow(text);
    if (arrow.size == 0) {
        mistake(offset, "A row has an arrow: <->, -> or <-.");
        return std::nullopt;
    }
    const auto before = errors_;
    Row row;
    row.place = place();
    row.resource = context_.resource;
    row_places_ = {};
    row_places_.target.types = Types::unknown();
    const auto sign = text.substr(arrow.at, arrow.size);
    row.arrow = sign == "<->" ? Arrow::both : sign == "->" ? Arrow::right : Arrow::left;
    row_left(row, trim(text.substr(0, arrow.at)), offset);
    const auto chunks =
        split_options(text.substr(arrow.at + arrow.size), row_keywords(), offset + arrow.at + arrow.size);
    row_right(row, chunks.front());
    for (std::size_t i = 1; i < chunks.size(); ++i) row_option(row, chunks[i]);
    row_headings(row);
    if (row.table != nullptr && row.type == nullptr) row.type = find_type("code");
    if (errors_ == before) check_row(row, offset);
    if (!row.name.empty()) define(row.name, row.arrow == Arrow::left ? row_places_.source : Types::unknown());
    if (errors_ != before) return std::nullopt;
    return row;
}

}  // namespace causeway::mapping
