/// Small differences of one sender, without a copy: extends, replace, remove.
#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "mapping/edit.hpp"
#include "mapping/parser.hpp"

namespace causeway::mapping {
namespace {

constexpr std::size_t kDeepest = 8;
constexpr std::size_t kMostReads = 256;

void each_segment(std::vector<Statement>& statements, const std::function<void(SegmentLine&)>& see) {
    for (auto& statement : statements) {
        if (auto* line = std::get_if<SegmentLine>(&statement.what)) see(*line);
        if (auto* block = std::get_if<For>(&statement.what)) each_segment(block->body, see);
        if (auto* block = std::get_if<In>(&statement.what)) each_segment(block->body, see);
    }
}

/// FIELD, of {FIELD}.
bool is_filled_name(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || c == '_'; });
}

/// A line that goes on with a segment which was taken away opens it anew.
void reopen_segments(std::vector<Statement>& statements) {
    std::set<std::uint32_t> opened;
    each_segment(statements, [&](SegmentLine& line) {
        if (line.again && !opened.contains(line.slot)) line.again = false;
        opened.insert(line.slot);
    });
}

}  // namespace

/// FIELD = PV1-6, NAME = prior
Parser::Fillings Parser::fillings(const Chunk& given) {
    constexpr std::size_t kLongest = 120;  // Fillings of fillings stay small.
    Fillings made;
    for (const auto& part : split_list(given.text, given.column)) {
        const auto equals = part.text.find('=');
        const auto name = std::string(trim(std::string_view(part.text).substr(0, equals)));
        const auto value = equals == std::string::npos ? "" : std::string(trim(part.text.substr(equals + 1)));
        if (!is_filled_name(name) || value.empty())
            mistake(part.column, "Write what the file leaves open, as in with FIELD = PV1-6, NAME = prior.");
        else if (value.size() > kLongest)
            mistake(part.column, "Write at most 120 characters for {" + name + "}.");
        else
            made.insert_or_assign("{" + name + "}", value);
    }
    return made;
}

/// What the file leaves open is filled in before a line of it is read.
void Parser::fill(const Fillings& fillings, std::size_t offset) {
    for (const auto& [name, value] : fillings) {
        bool used = false;
        for (auto& line : files_.back().lines)
            for (auto at = line.text.find(name); at != std::string::npos;
                 at = line.text.find(name, at + value.size())) {
                line.text.replace(at, name.size(), value);
                used = true;
            }
        if (!used) unused_filling(name, offset);
    }
}

void Parser::unused_filling(const std::string& name, std::size_t offset) {
    const Spot spot{files_[files_.size() - 2].path.string(), line_, offset};
    mistake_at(spot, "\"" + file().path.filename().string() + "\" leaves no " + name + " open: take it out.");
}

/// "{FIELD}" that nobody filled.
void Parser::check_filled(std::string_view text) {
    for (auto at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
        const auto end = text.find('}', at);
        const auto name = text.substr(at + 1, end == std::string_view::npos ? 0 : end - at - 1);
        if (is_filled_name(name))
            mistake(at + 1, "Say what {" + std::string(name) + "} stands for, as in extends \"" +
                                file().path.filename().string() + "\" with " + std::string(name) + " = PV1-6.");
    }
}

void Parser::extends(std::string_view text, std::size_t offset) {
    const auto parts = split_options(text, {"with"}, offset);
    std::string path;
    if (!unquote(parts.front().text, path)) return mistake(offset, "Write extends \"FILE\".");
    const auto target = (file().path.parent_path() / path).lexically_normal();
    const bool circle = std::any_of(files_.begin(), files_.end(),
                                    [&](const File& open) { return open.path.lexically_normal() == target; });
    if (circle || files_.size() >= kDeepest)
        return mistake(offset, "Maps extend each other too deeply or in a circle.");
    if (reads_ >= kMostReads)
        return mistake(offset, "Maps extend too many files: " + std::to_string(kMostReads) + " are allowed.");
    const auto line = line_;
    const auto filled = parts.size() > 1 ? fillings(parts[1]) : Fillings();
    if (!read(file().path.parent_path() / path))
        return mistake(offset, "\"" + path + "\" cannot be read: check its path.");
    fill(filled, offset);
    parse_lines(open_.size());
    files_.pop_back();
    line_ = line;
}

/// What the extending file says counts, and of files side by side the first.
bool Parser::is_first(const std::string& what, std::size_t column) {
    const auto depth = files_.size();
    const auto [known, added] = defined_.try_emplace(what, depth);
    if (added) return true;
    if (depth < known->second)
        mistake(column, "Put this line before extends: the first definition of " + what + " counts.");
    return false;
}

std::string Parser::scope() const {
    std::string text;
    for (const auto& open : open_)
        if (!open.head.empty()) text += (text.empty() ? "" : " > ") + open.head;
    return text;
}

/// Edits wait for the end, because they move what open blocks stand in.
void Parser::later(std::size_t column, Edit edit) {
    edits_.push_back({{file().path.string(), line_, column}, std::move(edit)});
}

void Parser::apply_edits() {
    for (const auto& pending : edits_)
        if (auto wrong = pending.edit(program_); !wrong.empty()) mistake_at(pending, std::move(wrong));
    remove_empty(program_.statements);
    reopen_segments(program_.statements);
}

void Parser::replace(std::string_view text, std::size_t offset) {
    auto made = row(text, offset);
    if (!made) return;
    const auto key = key_of(*made, scope());
    later(offset, [key, row = std::move(*made)](Program& program) -> std::string {
        if (replace_row(program.statements, row, key)) return {};
        return "No row writes this in what the map extends, so there is nothing to replace." +
               did_you_mean(key.target, targets_of(program.statements));
    });
}

void Parser::remove(std::string_view text, std::size_t offset) {
    const auto word = std::string(text.substr(0, text.find_first_of(" \t")));
    const auto rest = std::string(trim(text.substr(std::min(word.size(), text.size()))));
    if (word == "test") return remove_test(rest, offset);
    if (word == "resource" || word == "segment" || word == "for" || word == "in")
        return remove_block(word, rest, offset);
    const auto arrow = find_arrow(text);
    const bool has_arrow = arrow.size != 0;
    RowKey key;
    key.scope = scope();
    key.file = place().file;
    if (has_arrow) key.source = std::string(trim(text.substr(0, arrow.at)));
    const auto target = std::string(has_arrow ? trim(text.substr(arrow.at + arrow.size)) : text);
    const bool is_path = hl7v2::Path::parse(target).has_value() && target.find('-') != std::string::npos;
    key.target = is_path || context_.resource.empty() ? target : context_.resource + ":" + target;
    later(offset, [key, target](Program& program) -> std::string {
        if (remove_row(program.statements, key)) return {};
        return "No row writes \"" + target + "\" in what the map extends." +
               did_you_mean(key.target, targets_of(program.statements));
    });
}

void Parser::remove_block(const std::string& kind, const std::string& name, std::size_t column) {
    later(column, [kind, name, file = place().file](Program& program) -> std::string {
        if (mapping::remove_block(program.statements, kind, name, file)) return {};
        return "There is no " + kind + " \"" + name + "\" in what the map extends." +
               did_you_mean(name, block_names(program.statements, kind));
    });
}

void Parser::remove_test(const std::string& quoted, std::size_t column) {
    std::string name;
    unquote(quoted, name);
    later(column, [name, file = place().file](Program& program) -> std::string {
        std::vector<std::string> names;
        for (const auto& test : program.tests) names.push_back(test.name);
        const auto is_meant = [&](const Test& test) { return test.name == name && test.place.file != file; };
        if (std::erase_if(program.tests, is_meant) > 0) return {};
        return "There is no such test in what the map extends." + did_you_mean(name, names);
    });
}

}  // namespace causeway::mapping
