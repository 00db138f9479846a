/// Lines that rows stand under: resource, segment, for { }, in { }.
#include <algorithm>
#include <tuple>

#include "core/text.hpp"
#include "hl7v2/group_path.hpp"
#include "mapping/keywords.hpp"
#include "mapping/parser.hpp"
#include "mapping/resource_types.hpp"

namespace causeway::mapping {
namespace {

/// A segment name: three upper-case letters or digits, a letter first.
bool is_segment(std::string_view text) {
    return text.size() == 3 && std::isupper(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(),
                       [](unsigned char c) { return std::isupper(c) != 0 || std::isdigit(c) != 0; });
}

/// Words between `for` and `{`, and the right side of `for NK1[*] <-> contact[*]`.
struct ForParts {
    std::vector<Chunk> left;
    std::vector<Chunk> right;
};

ForParts for_parts(std::string_view text, std::size_t offset) {
    const auto& names = for_keywords();
    const auto arrow = find_arrow(text);
    if (arrow.size != 3) return {split_options(text, names, offset), {}};
    const auto after = arrow.at + arrow.size;
    return {split_options(text.substr(0, arrow.at), names, offset),
            split_options(text.substr(after), names, offset + after)};
}

/// What `for` goes through in a message: segments, repetitions, or groups.
std::optional<hl7v2::Path> repeated(std::string_view text) {
    if (auto path = hl7v2::Path::parse(text)) return std::move(*path);
    if (auto groups = hl7v2::parse_groups(text)) return std::move(*groups);
    return std::nullopt;
}

/// The block of that name in the same place, where another file opened one: what extends a map goes on with it.
template <class Block>
std::vector<Statement>* body_of_other_file(std::vector<Statement>& statements, const Block& block, std::string_view key,
                                           std::string_view (*key_of)(const Block&)) {
    if (block.name.empty()) return nullptr;
    for (auto& statement : statements)
        if (auto* other = std::get_if<Block>(&statement.what))
            if (other->name == block.name && key_of(*other) == key && other->place.file != block.place.file)
                return &other->body;
    return nullptr;
}

/// `for A <-> B` is two blocks: one for the way there, one for the way back. A map of one way has its half.
void unfold(std::vector<Statement>& statements, Arrow arrow) {
    for (std::size_t i = 0; i < statements.size(); ++i) {
        if (auto* in = std::get_if<In>(&statements[i].what)) unfold(in->body, arrow);
        auto* there = std::get_if<For>(&statements[i].what);
        if (there == nullptr) continue;
        unfold(there->body, arrow);
        if (there->items.empty()) continue;
        For back = *there;
        back.over = std::exchange(there->items, {});
        back.items = {};
        if (there->into) {
            In inside{there->place, *std::exchange(there->into, std::nullopt), {}, std::move(there->body), {}};
            there->body.clear();
            there->body.push_back({std::move(inside)});
        }
        // A condition on the message cannot be asked on the way back.
        if (back.when.reads_v2()) back.when = {};
        if (arrow == Arrow::right) continue;
        if (arrow == Arrow::left) {
            *there = std::move(back);
            continue;
        }
        statements.insert(statements.begin() + static_cast<std::ptrdiff_t>(i) + 1, Statement{std::move(back)});
        ++i;
    }
}

}  // namespace

bool is_identifier(std::string_view text) {
    return !text.empty() && std::isalpha(static_cast<unsigned char>(text[0])) != 0 &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; });
}

void unfold_both_ways(Program& program) {
    unfold(program.statements, program.arrow);
}

void Parser::resource(std::string_view text, std::size_t offset) {
    const auto options = split_options(text, resource_keywords(), offset);
    ResourceLine line;
    line.place = place();
    line.type = options.front().text;
    if (!is_resource_type(line.type))
        mistake(offset, "\"" + line.type + "\" is no FHIR R4 resource." + did_you_mean(line.type, resource_types()));
    line.name = line.type;
    resource_options(line, options);
    const auto known = resources_.find(line.name);
    line.again = known != resources_.end() && line.id_from.empty() && line.when.empty();
    if (!line.again && known != resources_.end() && !is_elsewhere(known->second, {line.type, {}, rounds()}))
        mistake(offset, "There is a resource \"" + line.name + "\" already: give this one another name with as.");
    if (line.again && line.found.empty()) line.found = known->second.found;
    if (!line.again || known == resources_.end()) resources_[line.name] = {line.type, line.found, rounds()};
    context_.resource = line.name;
    context_.right = fhir_.type(line.type);
    add({std::move(line)});
}

/// Rounds of two blocks know nothing of each other: each may have a resource of this name, as shared rows want it.
bool Parser::is_elsewhere(const Resource& known, const Resource& made) const {
    const auto& [a, b] = std::tie(known.rounds, made.rounds);
    const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    return known.type == made.type && at != a.end() && other != b.end();
}

std::vector<std::uint32_t> Parser::rounds() const {
    std::vector<std::uint32_t> lines;
    for (const auto& open : open_)
        if (open.head.starts_with("for ")) lines.push_back(open.line);
    return lines;
}

void Parser::resource_options(ResourceLine& line, const std::vector<Chunk>& options) {
    for (std::size_t i = 1; i < options.size(); ++i) {
        const auto& option = options[i];
        if (option.keyword == "as") line.name = option.text;
        if (option.keyword == "each") line.each = true;
        if (option.keyword == "when") line.when = term(option, Focus::reading);
        // Rows that are shared name it by a let of the way back, which a map of one way does not have.
        if (option.keyword == "found" && program_.arrow != Arrow::right) line.found = term(option, Focus::document);
        if (option.keyword != "id" && option.keyword != "else") continue;
        const bool from = option.text.starts_with("from ") || option.text.starts_with("from\t");
        if (option.keyword == "id" && !from) mistake(option.column, "Write id from PATH.");
        const auto list = from ? option.text.substr(5) : option.text;
        auto& alternative = line.id_from.emplace_back();
        for (const auto& part : split_list(list, option.column + (from ? 5 : 0)))
            alternative.push_back(term(part, Focus::reading));
    }
    if (!is_identifier(line.name))
        mistake(options.front().column, "\"" + line.name + "\" is no name: use letters and digits.");
}

void Parser::segment(std::string_view text, std::size_t offset) {
    const auto options = split_options(text, segment_keywords(), offset);
    SegmentLine line;
    line.place = place();
    line.name = options.front().text;
    if (!is_segment(line.name))
        mistake(offset, "A segment's name has three upper-case letters or digits, as in PID.");
    else if (auto wrong = (program_.pair == Pair::v2_v2 ? v2_right_ : v2()).mistake_in_segment(line.name))
        mistake(offset, std::move(*wrong));
    for (std::size_t i = 1; i < options.size(); ++i) {
        if (options[i].keyword == "required") line.required = true;
        if (options[i].keyword == "when")
            line.when = term(options[i], program_.pair == Pair::v2_v2 ? Focus::message : Focus::element);
    }
    context_.segment = line.name;
    if (options.size() == 1) line.again = goes_on(line);
    if (!line.again) line.slot = program_.slots++;
    if (!line.again && line.name == "MSH") check_header(offset);
    add({std::move(line)});
}

/// A line of another file for the one segment of that name in the same place: what extends a map goes on with it.
bool Parser::goes_on(SegmentLine& line) const {
    const SegmentLine* same = nullptr;
    for (const auto& statement : *open_.back().into) {
        const auto* other = std::get_if<SegmentLine>(&statement.what);
        if (other == nullptr || other->name != line.name || other->again) continue;
        if (same != nullptr || other->place.file == line.place.file) return false;
        same = other;
    }
    if (same != nullptr) line.slot = same->slot;
    return same != nullptr;
}

/// HL7 v2 into HL7 v2 writes into the one that is copied; else each line makes a segment.
void Parser::check_header(std::size_t column) {
    if (program_.pair != Pair::v2_fhir || !program_.can(Direction::reverse)) return;
    if (header_) mistake(column, "A message has one MSH, which " + header_->text() + " writes: put these rows there.");
    header_ = place();
}

void Parser::for_items(For& block, const Chunk& chunk) {
    if (!block.over.path)
        mistake(chunk.column, "To the left of <-> belongs an HL7 v2 path, as in for NK1[*] <-> contact[*].");
    const bool is_location = chunk.text.find('(') == std::string::npos;
    Types types;
    if (!is_location) {
        block.of_document = open_.size() == 1;
        block.items = term(chunk, block.of_document ? Focus::document : Focus::element, &types);
    } else {
        FhirModel::Place target;
        auto made = location(chunk, target);
        if (made.steps.empty()) return;
        block.items = term({"", made.fhirpath(), chunk.column}, Focus::none);
        if (!made.takes_all())
            mistake(chunk.column, "Each round writes an item of its own: write " + chunk.text + "[*].");
        block.into = std::move(made);
        types = target.types;
    }
    context_.right = types;
}

/// A map both ways has blocks of one way only, too: a v2 path repeats there, an expression on the way back.
Parser::Focus Parser::for_focus(For& block, const Chunk& over) {
    const bool both = program_.arrow == Arrow::both;
    if (reads_v2() && (!both || repeated(over.text))) return Focus::message;
    block.of_document = both && open_.size() == 1;
    return block.of_document ? Focus::document : Focus::element;
}

/// Elements are known of R4 alone.
void Parser::for_versions(Types& types) {
    if (!program_.right_fhir.starts_with("4.0")) context_.right = Types::unknown();
    if (!program_.left_fhir.starts_with("4.0")) types = Types::unknown();
    context_.left = types;
}

Term Parser::over(For& block, const Chunk& chunk, Types& types) {
    const auto focus = for_focus(block, chunk);
    auto path = focus == Focus::message ? repeated(chunk.text) : std::nullopt;
    if (!path || !path->segment.empty()) return term(chunk, focus, &types);
    check_path(*path, chunk.column);
    types = Types::unknown();
    Term term;
    term.text = chunk.text;
    term.path = std::move(*path);
    return term;
}

void Parser::for_block(std::string_view text, std::size_t offset) {
    if (!text.ends_with("{")) return mistake(offset, "Write for GROUP[*] as NAME { and close it with }.");
    if (is_too_deep(offset)) return;
    const auto parts = for_parts(trim(text.substr(0, text.size() - 1)), offset);
    const auto outside = context_;
    For block;
    block.place = place();
    Types types;
    block.over = over(block, parts.left.front(), types);
    if (!block.over.path) context_.right = types;
    if (program_.pair == Pair::fhir_fhir) for_versions(types);
    if (!parts.right.empty()) for_items(block, parts.right.front());
    for (const auto* side : {&parts.left, &parts.right})
        for (std::size_t i = 1; i < side->size(); ++i) for_option(block, (*side)[i], types);
    auto* body = body_of_other_file<For>(*open_.back().into, block, block.over.text,
                                         [](const For& other) { return std::string_view(other.over.text); });
    if (body == nullptr) {
        add({std::move(block)});
        body = &std::get<For>(open_.back().into->back().what).body;
    }
    open_.push_back({body, line_, outside, "for " + parts.left.front().text});
}

void Parser::for_option(For& block, const Chunk& option, const Types& types) {
    const bool is_group = block.over.path && block.over.path->segment.empty();
    if (is_group && (option.keyword == "with" || option.keyword == "joined"))
        return mistake(option.column, "Leave out " + option.keyword + ": a group has its own segments.");
    if (option.keyword == "joined") block.joined = true;
    if (option.keyword == "with")
        for (const auto& name : split_list(option.text, option.column)) {
            block.with.push_back(name.text);
            if (auto wrong = v2().mistake_in_segment(name.text)) mistake(name.column, std::move(*wrong));
        }
    if (option.keyword == "when") block.when = term(option, block.over.path ? Focus::message : Focus::element);
    if (option.keyword != "as") return;
    block.name = option.text;
    define(block.name, block.over.path ? Types::unknown() : types);
}

void Parser::in_block(std::string_view text, std::size_t offset) {
    if (!text.ends_with("{")) return mistake(offset, "Write in LOCATION { and close it with }.");
    if (is_too_deep(offset)) return;
    const auto options = split_options(trim(text.substr(0, text.size() - 1)), {"as"}, offset);
    In block;
    block.place = place();
    FhirModel::Place target;
    block.location = location(options.front(), target);
    if (!block.location.steps.empty()) block.focus = term({"", block.location.fhirpath(), offset}, Focus::none);
    if (options.size() > 1) block.name = options[1].text;
    const auto outside = context_;
    context_.right = std::move(target.types);
    const auto head = "in " + block.location.text + (block.name.empty() ? "" : " as " + block.name);
    auto* body = body_of_other_file<In>(*open_.back().into, block, block.location.text,
                                        [](const In& other) { return std::string_view(other.location.text); });
    if (body == nullptr) {
        add({std::move(block)});
        body = &std::get<In>(open_.back().into->back().what).body;
    }
    open_.push_back({body, line_, outside, head});
}

void Parser::close(std::size_t column) {
    if (open_.size() < 2) return mistake(column, "This } closes nothing.");
    context_ = std::move(open_.back().outside);
    open_.pop_back();
}

}  // namespace causeway::mapping
