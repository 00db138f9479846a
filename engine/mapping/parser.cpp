#include "mapping/parser.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "core/text.hpp"
#include "mapping/edit.hpp"
#include "mapping/keywords.hpp"
#include "mapping/resource_types.hpp"

namespace causeway::mapping {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Where the first run of bytes beyond ASCII begins that is no UTF-8; npos for none.
std::size_t not_utf8(std::string_view text) {
    if (is_valid_utf8(text)) return std::string_view::npos;
    const auto is_beyond = [](unsigned char c) { return c >= 0x80; };
    for (auto begin = std::find_if(text.begin(), text.end(), is_beyond); begin != text.end();) {
        const auto end = std::find_if_not(begin, text.end(), is_beyond);
        if (!is_valid_utf8({begin, end})) return static_cast<std::size_t>(begin - text.begin());
        begin = std::find_if(end, text.end(), is_beyond);
    }
    return 0;
}

std::string first_word(std::string_view text) {
    return std::string(text.substr(0, text.find_first_of(" \t")));
}

}  // namespace

RulePlace Parser::place() const {
    return {files_.empty() ? std::string() : file().path.filename().string(), line_};
}

void Parser::mistake(std::size_t column, std::string what, bool warning) {
    if (!warning) ++errors_;
    mistakes_.push_back({files_.empty() ? std::string() : file().path.string(), line_,
                         static_cast<std::uint32_t>(column), warning, std::move(what)});
}

Parser::Parser(Program& program, std::vector<config::Mistake>& mistakes, const LoadOptions& options)
    : program_(program), mistakes_(mistakes), fhir_(options.definitions) {
    for (const auto& name : known_facts()) define(name, Types::system("String"));
    for (const auto* moment : {"now", "received"}) define(moment, Types::system("DateTime"));
    for (const auto* document : {"decision", "journey"}) define(document, Types::unknown());
    define("patient", fhir_.type("Patient"));
    for (const auto* count : {"set", "index"}) define(count, Types::system("Integer"));
    context_.right = context_.left = Types::unknown();
}

void Parser::mistake_at(const Spot& spot, std::string what) {
    ++errors_;
    mistakes_.push_back({spot.file, spot.line, static_cast<std::uint32_t>(spot.column), false, std::move(what)});
}

std::vector<std::string> Parser::table_names() const {
    std::vector<std::string> names;
    for (const auto& [name, table] : program_.tables) names.push_back(name);
    return names;
}

bool Parser::read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(path, ignored)) return false;
    ++reads_;
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    File opened{path, {}, 0, false};
    std::uint32_t number = 0;
    auto text = std::string_view(bytes);
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        opened.lines.push_back({std::string(line), ++number});
    }
    files_.push_back(std::move(opened));
    add_file(path);
    check_encoding();
    return true;
}

/// Texts of the map become texts of messages.
void Parser::check_encoding() {
    const auto line = line_;
    for (const auto& each : file().lines) {
        line_ = each.number;
        if (const auto at = not_utf8(each.text); at != std::string_view::npos)
            mistake(at + 1, "Save this file as UTF-8: what stands here is none.");
    }
    line_ = line;
}

/// Reading such a file ends there: what follows would only be told again and again.
bool Parser::is_too_deep(std::size_t column) {
    constexpr std::size_t kDeepest = 32;
    if (open_.size() <= kDeepest) return false;
    mistake(column, "Blocks stand in each other too deeply: 32 are allowed.");
    files_.back().next = files_.back().lines.size();
    while (open_.size() > 1) {
        context_ = std::move(open_.back().outside);
        open_.pop_back();
    }
    return true;
}

void Parser::parse(const std::filesystem::path& path) {
    if (!read(path)) {
        ++errors_;
        mistakes_.push_back({path.string(), 0, 0, false, "This map cannot be read: check its path."});
        return;
    }
    open_.push_back({&program_.statements, 0, context_, ""});
    parse_lines(1);
    check_references();
    apply_edits();
    fit_rows();
    unfold_both_ways(program_);
    line_ = 1;
    if (!has_header_) mistake(1, "Begin with a line such as: map NAME v2 2.5.1 REF^I12 <- Bundle version 1");
    files_.pop_back();
}

void Parser::parse_lines(std::size_t first_open) {
    while (files_.back().next < files_.back().lines.size()) {
        const auto line = files_.back().lines[files_.back().next++];
        line_ = line.number;
        const auto bare = without_comment(line.text);
        const auto begin = bare.find_first_not_of(" \t");
        if (begin == std::string_view::npos) continue;
        check_filled(bare);
        statement(trim(bare), begin + 1);
    }
    while (open_.size() > first_open) {
        line_ = open_.back().line;
        mistake(1, "This block is never closed: write } on a line of its own.");
        open_.pop_back();
    }
}

void Parser::add_file(const std::filesystem::path& file) {
    auto& files = program_.files;
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
}

void Parser::check_references() {
    std::vector<std::string> names;
    for (const auto& [name, resource] : resources_) names.push_back(name);
    for (const auto& wanted : references_) {
        if (wanted.name.empty()) continue;
        const auto found = resources_.find(wanted.name);
        if (found == resources_.end())
            mistake_at(wanted, "There is no resource \"" + wanted.name + "\"." + did_you_mean(wanted.name, names));
        else if (auto wrong = check_reference(wanted.target, found->second.type); !wrong.empty())
            mistake_at(wanted, std::move(wrong));
    }
}

void Parser::statement(std::string_view text, std::size_t offset) {
    const auto word = first_word(text);
    const auto rest_at = std::min(text.find_first_not_of(" \t", word.size()), text.size());
    const auto rest = text.substr(rest_at);
    const auto column = offset + rest_at;
    if (text == "}") return close(offset);
    if (word == "map") return header(rest, column);
    if (word == "extends") return extends(rest, column);
    if (word == "replace") return replace(rest, column);
    if (word == "remove") return remove(rest, column);
    if (word == "null" || word == "zone") return setting(word, rest, column);
    if (word == "table") return table(rest, column);
    if (word == "ignore") return ignore(rest, column);
    if (word == "copy") return copy(rest, column);
    if (word == "omit") return omit(rest, column);
    if (word == "let") return let(rest, column);
    if (word == "require") return require(rest, column);
    if (word == "resource") return resource(rest, column);
    if (word == "segment") return segment(rest, column);
    if (word == "for") return for_block(rest, column);
    if (word == "in") return in_block(rest, column);
    if (word == "test") return test(rest, column);
    if (find_arrow(text).size != 0) return row_statement(text, offset);
    const std::vector<std::string> names(statement_keywords().begin(), statement_keywords().end());
    mistake(offset, "This is neither a statement nor a row: a row has an arrow, as in PID-8 -> gender." +
                        did_you_mean(word, names));
}

Parser::Side Parser::side(const std::vector<Chunk>& words, std::size_t& at) {
    Side side;
    const auto next = [&] { return at < words.size() ? words[at++] : Chunk{"", "", words.back().column}; };
    auto word = next();
    side.column = word.column;
    if (word.text == "v2") {
        side.is_v2 = true;
        word = next();
        side.versions.push_back(word.text);
        if (version_number(word.text) == 0)
            mistake(word.column, "Write a version such as 2.5.1, or a range such as 2.3..2.8.");
        const auto types = next().text;
        for (const auto& type : split(types, ',')) side.types.emplace_back(trim(type));
        return side;
    }
    if (word.text == "fhir") {
        word = next();
        side.fhir = word.text;
        if (!word.text.starts_with("4.0") && !word.text.starts_with("3.0"))
            mistake(word.column, "Write fhir 4.0.1 or fhir 3.0.2.");
        word = next();
        side.column = word.column;
    }
    const auto dot = word.text.find('.');
    side.root_type = word.text.substr(0, dot);
    if (dot != std::string::npos) side.bundle_type = word.text.substr(dot + 1);
    if (!is_resource_type(side.root_type))
        mistake(side.column,
                "\"" + side.root_type + "\" is no FHIR R4 resource." + did_you_mean(side.root_type, resource_types()));
    return side;
}

void Parser::sides(Side left, Side right) {
    if (!left.is_v2 && right.is_v2)
        return mistake(right.column, "Write HL7 v2 to the left and FHIR to the right, with <- between them.");
    program_.pair = right.is_v2 ? Pair::v2_v2 : left.is_v2 ? Pair::v2_fhir : Pair::fhir_fhir;
    if (program_.pair != Pair::v2_fhir && program_.arrow != Arrow::right)
        mistake(right.column,
                "Between two documents of one format the arrow is ->: write a second map for the way back.");
    program_.v2_versions = left.versions;
    program_.v2_types = left.types;
    program_.right_versions = right.versions;
    program_.right_types = right.types;
    program_.root_type = right.root_type;
    program_.bundle_type = right.bundle_type;
    program_.left_root_type = left.root_type;
    program_.left_bundle_type = left.bundle_type;
    program_.left_fhir = left.fhir;
    program_.right_fhir = right.fhir;
    v2_ = V2Model(left.versions, left.types);
    v2_any_ = V2Model({"2.1..2.9"}, left.types);
    v2_right_ = V2Model(right.versions, right.types);
    if (right.fhir.starts_with("4.0")) context_.right = fhir_.type(right.root_type);
    if (left.fhir.starts_with("4.0")) context_.left = fhir_.type(left.root_type);
    open_.front().outside = context_;
}

void Parser::header(std::string_view text, std::size_t offset) {
    if (files_.size() > 1) {
        // What extends a map takes its rows; name, types and tests are its own.
        files_.back().is_map = true;
        return;
    }
    if (has_header_) return mistake(offset, "A map has one map line; this is the second.");
    has_header_ = true;
    program_.place = place();
    const auto parts = words(text, offset);
    constexpr std::string_view kForm = "Write: map NAME v2 VERSIONS TYPES <-> FHIR-RESOURCE version N";
    if (parts.size() < 3) return mistake(offset, std::string(kForm));
    program_.name = parts[0].text;
    std::size_t at = 1;
    const auto before = errors_;
    auto left = side(parts, at);
    if (at + 1 >= parts.size()) return mistake(offset, std::string(kForm));
    const auto& arrow = parts[at].text;
    if (arrow != "<->" && arrow != "->" && arrow != "<-") {
        if (errors_ == before) mistake(parts[at].column, "An arrow belongs here: <->, -> or <-.");
        return;
    }
    program_.arrow = arrow == "<->" ? Arrow::both : arrow == "->" ? Arrow::right : Arrow::left;
    auto right = side(parts, ++at);
    sides(std::move(left), std::move(right));
    if (at + 1 >= parts.size() || parts[at].text != "version")
        return mistake(offset + text.size(), "End the line with version N.");
    program_.version = parts[at + 1].text;
}

void Parser::copy(std::string_view text, std::size_t offset) {
    if (program_.pair == Pair::v2_fhir)
        return mistake(offset, "Only a map between two documents of one format copies: write a row.");
    if (open_.size() > 1) return mistake(offset, "Write copy before all blocks: it is of the whole document.");
    program_.copy = place();
    if (text == "all") {
        program_.copies_all = true;
        return;
    }
    for (const auto& name : split_list(text, offset)) {
        program_.copied.push_back(name.text);
        if (program_.pair != Pair::v2_v2) continue;
        if (auto wrong = v2_.mistake_in_segment(name.text)) mistake(name.column, std::move(*wrong));
    }
}

void Parser::omit(std::string_view text, std::size_t offset) {
    if (program_.pair == Pair::v2_fhir)
        return mistake(offset, "Only a map between two documents of one format omits: see ignore.");
    Omit line{place(), {}, {}};
    for (const auto& part : split_list(text, offset)) {
        FhirModel::Place ignored;
        if (program_.pair == Pair::v2_v2) {
            line.paths.push_back(term(part, Focus::message));
            if (!line.paths.back().path) mistake(part.column, "Name segments or fields, as in omit ZPD, PID-19.");
        } else if (auto parsed = parse_location(part.text); std::holds_alternative<Location>(parsed)) {
            line.elements.push_back(std::get<Location>(std::move(parsed)));
        } else {
            mistake(part.column, std::get<LocationMistake>(parsed).what);
        }
    }
    add({std::move(line)});
}

void Parser::setting(std::string_view keyword, std::string_view text, std::size_t offset) {
    auto value = text.starts_with("=") ? trim(text.substr(1)) : std::string_view();
    if (keyword == "null") {
        if (value != "clear" && value != "keep") return mistake(offset, "Write null = clear or null = keep.");
        if (is_first("null", offset)) program_.null_clears = value == "clear";
        return;
    }
    const bool offset_zone = value.size() == 6 && (value[0] == '+' || value[0] == '-') && value[3] == ':';
    if (value != "London" && value != "UTC" && !offset_zone)
        return mistake(offset, "Write zone = London, zone = UTC or zone = +01:00.");
    if (is_first("zone", offset))
        program_.zone.offset = value == "London" ? "" : value == "UTC" ? "+00:00" : std::string(value);
}

void Parser::table(std::string_view text, std::size_t offset) {
    const auto equals = text.find('=');
    const auto name = std::string(trim(text.substr(0, equals)));
    std::string path;
    if (equals == std::string_view::npos || !is_identifier(name) || !unquote(trim(text.substr(equals + 1)), path))
        return mistake(offset, "Write table NAME = \"conceptmaps/FILE.json\".");
    if (!is_first("table " + name, offset)) return;
    const auto whole = file().path.parent_path() / path;
    auto loaded = Table::load(whole);
    if (!loaded) return mistake(offset + equals + 1, "Table \"" + path + "\": " + loaded.error().what);
    add_file(whole);
    program_.tables.insert_or_assign(name, std::move(*loaded));
}

void Parser::row_statement(std::string_view text, std::size_t offset) {
    if (auto made = row(text, offset)) add({std::move(*made)});
}

void Parser::ignore(std::string_view text, std::size_t offset) {
    const auto focus = reads_v2() ? Focus::message : Focus::document;
    for (const auto& part : split_list(text, offset)) program_.ignored.push_back(term(part, focus));
}

void Parser::let(std::string_view text, std::size_t offset) {
    const auto equals = text.find('=');
    const auto name = std::string(trim(text.substr(0, equals)));
    if (equals == std::string_view::npos || !is_identifier(name))
        return mistake(offset, "Write let NAME = EXPRESSION.");
    const auto begin = text.find_first_not_of(" \t", equals + 1);
    if (begin == std::string_view::npos) return mistake(offset, "Write let NAME = EXPRESSION.");
    if (!is_first("let " + name, offset) && files_.size() > defined_["let " + name]) return;
    Types types;
    auto value = term({"", std::string(text.substr(begin)), offset + begin}, Focus::source, &types);
    add({Let{place(), name, std::move(value)}});
    define(name, std::move(types));
}

void Parser::require(std::string_view text, std::size_t offset) {
    const auto options = split_options(text, {"else"}, offset);
    Require made{place(), term(options.front(), Focus::source), {}};
    if (options.size() == 2) made.policy = policy(options[1]);
    if (made.policy.kind != Policy::Kind::reject && made.policy.kind != Policy::Kind::warn)
        mistake(offset, "Say what happens otherwise: else reject CODE \"sentence\", or else warn \"sentence\".");
    add({std::move(made)});
}

}  // namespace causeway::mapping
