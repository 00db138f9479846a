#include "mapping/parser.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "core/text.hpp"
#include "mapping/edit.hpp"
#include "mapping/resource_types.hpp"

namespace causeway::mapping {
namespace {

constexpr std::array<std::string_view, 15> kStatements = {"map",     "extends", "replace", "remove", "null",
                                                          "zone",    "table",   "ignore",  "let",    "resource",
                                                          "segment", "require", "for",     "in",     "test"};
constexpr std::size_t kDeepest = 8;

std::string first_word(std::string_view text) {
    return std::string(text.substr(0, text.find_first_of(" \t")));
}

/// A segment name: three upper-case letters or digits, a letter first.
bool is_segment(std::string_view text) {
    return text.size() == 3 && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isupper(c) != 0 || std::isdigit(c) != 0; });
}

bool is_identifier(std::string_view text) {
    return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
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
    context_.right = Types::unknown();
}

std::vector<std::string> Parser::table_names() const {
    std::vector<std::string> names;
    for (const auto& [name, table] : program_.tables) names.push_back(name);
    return names;
}

bool Parser::read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return false;
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    File opened{path, {}, 0};
    std::uint32_t number = 0;
    for (auto line : split(bytes, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        opened.lines.push_back({std::string(line), ++number});
    }
    files_.push_back(std::move(opened));
    add_file(path);
    return true;
}

void Parser::parse(const std::filesystem::path& path) {
    if (!read(path)) {
        ++errors_;
        mistakes_.push_back({path.string(), 0, 0, false, "This map cannot be read: check its path."});
        return;
    }
    open_.push_back({&program_.statements, 0, context_});
    parse_lines(1);
    check_references();
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
        if (begin != std::string_view::npos) statement(trim(bare), begin + 1);
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
    for (const auto& [name, type] : resources_) names.push_back(name);
    for (const auto& wanted : references_) {
        if (resources_.contains(wanted.name) || wanted.name.empty()) continue;
        ++errors_;
        mistakes_.push_back({wanted.file, wanted.line, static_cast<std::uint32_t>(wanted.column), false,
                             "There is no resource \"" + wanted.name + "\"." + did_you_mean(wanted.name, names)});
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
    if (word == "let") return let(rest, column);
    if (word == "require") return require(rest, column);
    if (word == "resource") return resource(rest, column);
    if (word == "segment") return segment(rest, column);
    if (word == "for") return for_block(rest, column);
    if (word == "in") return in_block(rest, column);
    if (word == "test") return test(rest, column);
    if (find_arrow(text).size != 0) return row_statement(text, offset);
    const std::vector<std::string> names(kStatements.begin(), kStatements.end());
    mistake(offset, "This is neither a statement nor a row: a row has an arrow, as in PID-8 -> gender." +
                        did_you_mean(word, names));
}

void Parser::header_v2(const std::vector<Chunk>& words, std::size_t& at) {
    if (at >= words.size() || words[at].text != "v2") return;
    if (++at < words.size()) program_.v2_versions.push_back(words[at++].text);
    if (at >= words.size()) return;
    for (const auto& type : split(words[at].text, ',')) program_.v2_types.emplace_back(trim(type));
    ++at;
}

void Parser::header_right(const Chunk& word) {
    const auto dot = word.text.find('.');
    program_.root_type = word.text.substr(0, dot);
    if (dot != std::string::npos) program_.bundle_type = word.text.substr(dot + 1);
    if (!is_resource_type(program_.root_type))
        mistake(word.column, "\"" + program_.root_type + "\" is no FHIR R4 resource." +
                                 did_you_mean(program_.root_type, resource_types()));
    context_.right = fhir_.type(program_.root_type);
    open_.front().outside = context_;
}

void Parser::header(std::string_view text, std::size_t offset) {
    if (has_header_) return mistake(offset, "A map has one map line; this is the second.");
    has_header_ = true;
    const auto parts = words(text, offset);
    std::size_t at = 1;
    if (!parts.empty()) program_.name = parts[0].text;
    header_v2(parts, at);
    if (at + 1 >= parts.size()) return mistake(offset, "Write: map NAME v2 VERSIONS TYPES <-> FHIR-RESOURCE version N");
    const auto& arrow = parts[at].text;
    if (arrow != "<->" && arrow != "->" && arrow != "<-")
        return mistake(parts[at].column, "An arrow belongs here: <->, -> or <-.");
    program_.arrow = arrow == "<->" ? Arrow::both : arrow == "->" ? Arrow::right : Arrow::left;
    header_right(parts[at + 1]);
    at += 2;
    if (at + 1 >= parts.size() || parts[at].text != "version")
        return mistake(offset + text.size(), "End the line with version N.");
    program_.version = parts[at + 1].text;
    if (program_.v2_types.empty()) mistake(offset, "Name the HL7 v2 versions and types: v2 2.3..2.8 ADT^A28,ADT^A31");
}

void Parser::setting(std::string_view keyword, std::string_view text, std::size_t offset) {
    auto value = text.starts_with("=") ? trim(text.substr(1)) : std::string_view();
    if (keyword == "null") {
        if (value != "clear" && value != "keep") return mistake(offset, "Write null = clear or null = keep.");
        program_.null_clears = value == "clear";
        return;
    }
    const bool offset_zone = value.size() == 6 && (value[0] == '+' || value[0] == '-') && value[3] == ':';
    if (value != "London" && value != "UTC" && !offset_zone)
        return mistake(offset, "Write zone = London, zone = UTC or zone = +01:00.");
    program_.zone.offset = value == "London" ? "" : value == "UTC" ? "+00:00" : std::string(value);
}

void Parser::table(std::string_view text, std::size_t offset) {
    const auto equals = text.find('=');
    const auto name = std::string(trim(text.substr(0, equals)));
    std::string path;
    if (equals == std::string_view::npos || !is_identifier(name) || !unquote(trim(text.substr(equals + 1)), path))
        return mistake(offset, "Write table NAME = \"conceptmaps/FILE.json\".");
    const auto whole = file().path.parent_path() / path;
    auto loaded = Table::load(whole);
    if (!loaded) return mistake(offset + equals + 1, "Table \"" + path + "\": " + loaded.error().what);
    add_file(whole);
    program_.tables.insert_or_assign(name, std::move(*loaded));
}

void Parser::extends(std::string_view text, std::size_t offset) {
    std::string path;
    if (!unquote(text, path)) return mistake(offset, "Write extends \"FILE\".");
    const auto target = (file().path.parent_path() / path).lexically_normal();
    const bool circle = std::any_of(files_.begin(), files_.end(),
                                    [&](const File& open) { return open.path.lexically_normal() == target; });
    if (circle || files_.size() >= kDeepest)
        return mistake(offset, "Maps extend each other too deeply or in a circle.");
    const auto line = line_;
    if (!read(file().path.parent_path() / path))
        return mistake(offset, "\"" + path + "\" cannot be read: check its path.");
    parse_lines(open_.size());
    files_.pop_back();
    line_ = line;
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

void Parser::resource(std::string_view text, std::size_t offset) {
    const auto options = split_options(text, {"as", "id", "each", "when", "else"}, offset);
    ResourceLine line;
    line.place = place();
    line.type = options.front().text;
    if (!is_resource_type(line.type))
        mistake(offset, "\"" + line.type + "\" is no FHIR R4 resource." + did_you_mean(line.type, resource_types()));
    line.name = line.type;
    resource_options(line, options);
    line.again = resources_.contains(line.name) && line.id_from.empty() && line.when.empty();
    if (!line.again && resources_.contains(line.name))
        mistake(offset, "There is a resource \"" + line.name + "\" already: give this one another name with as.");
    resources_[line.name] = line.type;
    context_.resource = line.name;
    context_.right = fhir_.type(line.type);
    add({std::move(line)});
}

void Parser::resource_options(ResourceLine& line, const std::vector<Chunk>& options) {
    for (std::size_t i = 1; i < options.size(); ++i) {
        const auto& option = options[i];
        if (option.keyword == "as") line.name = option.text;
        if (option.keyword == "each") line.each = true;
        if (option.keyword == "when") line.when = term(option, Focus::message);
        if (option.keyword != "id" && option.keyword != "else") continue;
        const bool from = option.text.starts_with("from ");
        if (option.keyword == "id" && !from) mistake(option.column, "Write id from PATH.");
        const auto list = from ? option.text.substr(5) : option.text;
        auto& alternative = line.id_from.emplace_back();
        for (const auto& part : split_list(list, option.column + (from ? 5 : 0)))
            alternative.push_back(term(part, Focus::message));
    }
    if (!is_identifier(line.name))
        mistake(options.front().column, "\"" + line.name + "\" is no name: use letters and digits.");
}

void Parser::segment(std::string_view text, std::size_t offset) {
    const auto options = split_options(text, {"when", "required"}, offset);
    SegmentLine line;
    line.place = place();
    line.name = options.front().text;
    if (!is_segment(line.name)) mistake(offset, "A segment's name has three upper-case letters or digits, as in PID.");
    for (std::size_t i = 1; i < options.size(); ++i) {
        if (options[i].keyword == "required") line.required = true;
        if (options[i].keyword == "when") line.when = term(options[i], Focus::element);
    }
    context_.segment = line.name;
    add({std::move(line)});
}

void Parser::for_block(std::string_view text, std::size_t offset) {
    if (!text.ends_with("{")) return mistake(offset, "Write for GROUP[*] as NAME { and close it with }.");
    const auto options = split_options(trim(text.substr(0, text.size() - 1)), {"with", "joined", "as", "when"}, offset);
    For block;
    block.place = place();
    const auto outside = context_;
    Types types;
    block.over = term(options.front(), reads_v2() ? Focus::message : Focus::element, &types);
    if (!block.over.path) context_.right = types;
    for (std::size_t i = 1; i < options.size(); ++i) {
        const auto& option = options[i];
        if (option.keyword == "joined") block.joined = true;
        if (option.keyword == "with")
            for (const auto& name : split_list(option.text, option.column)) block.with.push_back(name.text);
        if (option.keyword == "as") block.name = option.text;
    }
    if (!block.name.empty()) define(block.name, block.over.path ? Types::unknown() : types);
    for (const auto& option : options)
        if (option.keyword == "when") block.when = term(option, block.over.path ? Focus::message : Focus::element);
    add({std::move(block)});
    auto& made = std::get<For>(open_.back().into->back().what);
    open_.push_back({&made.body, line_, outside});
}

void Parser::in_block(std::string_view text, std::size_t offset) {
    if (!text.ends_with("{")) return mistake(offset, "Write in LOCATION { and close it with }.");
    In block;
    block.place = place();
    FhirModel::Place place_of_block;
    block.location = location({"", std::string(trim(text.substr(0, text.size() - 1))), offset}, place_of_block);
    if (!block.location.steps.empty()) block.focus = term({"", block.location.fhirpath(), offset}, Focus::none);
    const auto outside = context_;
    context_.right = std::move(place_of_block.types);
    add({std::move(block)});
    auto& made = std::get<In>(open_.back().into->back().what);
    open_.push_back({&made.body, line_, outside});
}

void Parser::close(std::size_t column) {
    if (open_.size() < 2) return mistake(column, "This } closes nothing.");
    context_ = std::move(open_.back().outside);
    open_.pop_back();
}

void Parser::row_statement(std::string_view text, std::size_t offset) {
    if (auto made = row(text, offset)) add({std::move(*made)});
}

void Parser::replace(std::string_view text, std::size_t offset) {
    auto made = row(text, offset);
    if (!made) return;
    const auto key = row_key(*made);
    if (!replace_row(program_.statements, std::move(*made)))
        mistake(offset, "No row writes this in what the map extends, so there is nothing to replace." +
                            did_you_mean(key, row_keys(program_.statements)));
}

void Parser::remove(std::string_view text, std::size_t offset) {
    const auto key = context_.resource.empty() || text.find('-') != std::string_view::npos
                         ? std::string(text)
                         : context_.resource + ":" + std::string(text);
    if (!remove_row(program_.statements, key))
        mistake(offset, "No row writes \"" + std::string(text) + "\" in what the map extends." +
                            did_you_mean(key, row_keys(program_.statements)));
}

}  // namespace causeway::mapping
