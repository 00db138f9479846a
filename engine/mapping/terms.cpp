/// Expressions of a map: HL7 v2 paths bound as variables, names, types.
#include <algorithm>
#include <cctype>

#include "core/text.hpp"
#include "hl7v2/segment_names.hpp"
#include "mapping/parser.hpp"

namespace causeway::mapping {
namespace {

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

/// Length of the HL7 v2 path that starts at `at`; 0 where none does, or where it is part of something else.
std::size_t path_at(std::string_view text, std::size_t at) {
    if (at > 0 && (is_word(text[at - 1]) || text[at - 1] == '.' || text[at - 1] == '%' || text[at - 1] == '-'))
        return 0;
    const auto length = match_path(text.substr(at));
    if (length == 0) return 0;
    const auto end = at + length;
    return end < text.size() && (is_word(text[end]) || text[end] == '(') ? 0 : length;
}

/// Replaces v2 paths by variables of the same length where there is room, so that columns stay true.
std::string bind_paths(std::string_view text, Term& term, std::vector<std::size_t>& columns) {
    std::string bound;
    char quote = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto length = quote == 0 ? path_at(text, at) : 0;
        const auto path = length > 0 ? hl7v2::Path::parse(text.substr(at, length)) : hl7v2::Path::parse("");
        if (length > 0 && path) {
            auto name = "v" + std::to_string(term.bound.size());
            while (name.size() + 1 < length) name += '_';
            columns.push_back(at);
            bound += "%" + name;
            at += length;
            const auto rest = text.substr(at);
            term.bound.push_back({name, *path, rest.starts_with(".exists()") || rest.starts_with(".empty()")});
            continue;
        }
        const char c = text[at++];
        bound += c;
        if (quote != 0 && c == '\\' && at < text.size())
            bound += text[at++];
        else if (quote == c)
            quote = 0;
        else if (quote == 0 && (c == '\'' || c == '"' || c == '`'))
            quote = c;
    }
    return bound;
}

/// The text with all that stands in quotes, and the quotes, as kQuoted: places stay what they are.
constexpr char kQuoted = '\x01';
std::string without_quoted(std::string_view text) {
    std::string out(text);
    char quote = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool begins = quote == 0 && (c == '\'' || c == '"' || c == '`');
        if (quote == 0 && !begins) continue;
        out[at] = kQuoted;
        if (begins)
            quote = c;
        else if (c == '\\' && at + 1 < text.size())
            out[++at] = kQuoted;
        else if (c == quote)
            quote = 0;
    }
    return out;
}

/// Where a path counts from 0: PID-3[0], PID-0, PID-3.0; npos where none does.
std::size_t zero_at(std::string_view expression) {
    const std::string bare = without_quoted(expression);
    const std::string_view text = bare;
    bool in_path = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const bool begins = (at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '%')) &&
                            hl7v2::is_segment_name(text.substr(at, 3)) && at + 3 < text.size() &&
                            (text[at + 3] == '-' || text[at + 3] == '[');
        if (begins) in_path = true;
        if (c == ' ' || c == ')' || c == kQuoted) in_path = false;
        const bool is_zero = in_path && c == '0' && at + 1 <= text.size() &&
                             (text[at - 1] == '-' || text[at - 1] == '[' || text[at - 1] == '.') &&
                             (at + 1 == text.size() || !is_word(text[at + 1]));
        if (is_zero) return at;
    }
    return std::string_view::npos;
}

/// Where something begins as an HL7 v2 path and is none: PID-65541, PID - 5, PID-5-1, PID.5; npos where nothing does.
std::size_t odd_path_at(std::string_view text) {
    const auto digit = [&](std::size_t at) { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
    const auto blanks = [&](std::size_t at) { return std::min(text.find_first_not_of(' ', at), text.size()); };
    const std::string bare = without_quoted(text);
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (bare[at] == kQuoted) continue;
        const bool begins = at == 0 || (!is_word(text[at - 1]) && text[at - 1] != '%' && text[at - 1] != '.');
        if (!begins || !hl7v2::is_segment_name(text.substr(at, 3))) continue;
        const auto length = path_at(text, at);
        const auto end = at + (length == 0 ? 3 : length);
        if (length != 0 && end < text.size() && text[end] == '-' && digit(end + 1)) return at;
        if (length != 0) continue;
        const auto sign = blanks(end);
        if (sign < text.size() && text[sign] == '-' && digit(blanks(sign + 1))) return at;
        if (end < text.size() && text[end] == '.' && digit(end + 1)) return at;
    }
    return std::string_view::npos;
}

/// Names that FHIRPath itself knows.
bool is_built_in(std::string_view name) {
    static constexpr std::string_view kNames[] = {"resource", "context", "rootResource", "ucum", "sct", "loinc"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

}  // namespace

const std::vector<std::string>& known_facts() {
    static const std::vector<std::string> names = {"now",     "received", "obligation",   "message",
                                                   "sender",  "channel",  "journey",      "destination",
                                                   "service", "patient",  "organisation", "decision"};
    return names;
}

void Parser::check_variables(const Chunk& chunk) {
    for (const auto& variable : variables_of(chunk.text, chunk.column)) {
        if (variables_.contains(variable.text) || is_built_in(variable.text)) continue;
        std::vector<std::string> known;
        for (const auto& [name, types] : variables_) known.push_back(name);
        mistake(variable.column, "Nothing is called %" + variable.text + " here." + did_you_mean(variable.text, known));
    }
}

void Parser::check_path(const hl7v2::Path& path, std::size_t column) {
    if (auto wrong = v2().mistake(path)) mistake(column, std::move(*wrong));
}

Types Parser::focus_types(Focus focus, const Term& term) const {
    switch (focus) {
        case Focus::message:
            return Types::message();
        case Focus::reading:
            return reads_v2() ? Types::message() : context_.left;
        case Focus::element:
            return program_.pair == Pair::fhir_fhir ? context_.left : context_.right;
        case Focus::document:
            return program_.right_fhir.starts_with("4.0") ? fhir_.type(program_.root_type) : Types::unknown();
        case Focus::source:
            if (program_.pair == Pair::fhir_fhir) return context_.left;
            // Without v2 paths it is asked on the way back.
            return program_.arrow == Arrow::right || term.reads_v2() ? Types::message()
                                                                     : fhir_.type(program_.root_type);
        case Focus::none:
            break;
    }
    return Types::unknown();
}

Term Parser::term(const Chunk& chunk, Focus focus, Types* gives) {
    Term term;
    term.text = chunk.text;
    if (gives != nullptr) *gives = Types::unknown();
    if (chunk.text.empty()) {
        mistake(chunk.column, "A path or an expression belongs here.");
        return term;
    }
    const bool v2 = focus == Focus::message || ((focus == Focus::source || focus == Focus::reading) && reads_v2());
    if (auto path = v2 ? hl7v2::Path::parse(chunk.text) : hl7v2::Path::parse(""); path) {
        term.path = std::move(*path);
        check_path(*term.path, chunk.column);
        return term;
    }
    if (const auto zero = v2 ? zero_at(chunk.text) : std::string::npos; zero != std::string::npos) {
        mistake(chunk.column + zero, "Count from 1 here: HL7 v2 paths do, only FHIRPath counts from 0.");
        return term;
    }
    if (const auto odd = v2 ? odd_path_at(chunk.text) : std::string::npos; odd != std::string::npos) {
        mistake(
            chunk.column + odd,
            "Write an HL7 path such as PID-5[1].2.1 here: without blanks, its field (at most 65535) behind a hyphen, "
            "its parts behind points.");
        return term;
    }
    check_variables(chunk);
    std::vector<std::size_t> columns;
    const auto bound = v2 ? bind_paths(chunk.text, term, columns) : chunk.text;
    for (std::size_t i = 0; i < columns.size(); ++i) check_path(term.bound[i].path, chunk.column + columns[i]);
    auto compiled = fhirpath::Expression::compile(bound);
    if (const auto* error = std::get_if<fhirpath::CompileError>(&compiled)) {
        mistake(chunk.column + error->column - 1, error->what);
        return term;
    }
    term.expression = std::get<fhirpath::Expression>(compiled);
    auto variables = variables_;
    for (const auto& each : term.bound) variables.insert_or_assign(each.name, Types::system("String"));
    auto checked = fhir_.expression(bound, focus_types(focus, term), variables);
    if (const auto* error = std::get_if<fhirpath::CompileError>(&checked))
        mistake(chunk.column + error->column - 1, error->what);
    else if (gives != nullptr)
        *gives = std::get<Types>(std::move(checked));
    return term;
}

Location Parser::location(const Chunk& chunk, FhirModel::Place& place) {
    place = {Types::unknown(), "", 0};
    auto parsed = parse_location(chunk.text);
    if (const auto* wrong = std::get_if<LocationMistake>(&parsed)) {
        mistake(chunk.column + wrong->column - 1, wrong->what);
        return {};
    }
    auto& made = std::get<Location>(parsed);
    auto found = fhir_.place(context_.right, made);
    if (const auto* wrong = std::get_if<LocationMistake>(&found))
        mistake(chunk.column + wrong->column - 1, wrong->what);
    else
        place = std::get<FhirModel::Place>(std::move(found));
    return std::move(made);
}

}  // namespace causeway::mapping
