#include "mapping/forward.hpp"

#include <algorithm>
#include <charconv>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "model/message.hpp"

namespace causeway::mapping {
namespace {

/// "2.5.1" as 501, "2.8" as 800; 0 where it is no version.
int version_number(std::string_view text) {
    if (!text.starts_with("2.")) return 0;
    const auto parts = split(text.substr(2), '.');
    int minor = 0;
    int patch = 0;
    std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), minor);
    if (parts.size() > 1) std::from_chars(parts[1].data(), parts[1].data() + parts[1].size(), patch);
    return minor * 100 + patch;
}

bool in_range(std::string_view version, std::string_view range) {
    const auto dots = range.find("..");
    const auto number = version_number(version);
    const auto low = version_number(range.substr(0, dots));
    const auto high = dots == std::string_view::npos ? low : version_number(range.substr(dots + 2)) + 99;
    return number >= low && number <= high;
}

/// An offset at the end of MSH-7 holds for all times of the message that have none (chapter 2A.22).
std::string offset_of(std::string_view dtm) {
    const auto at = dtm.find_last_of("+-");
    if (at == std::string_view::npos || at < 8 || dtm.size() - at != 5) return {};
    const auto offset = dtm.substr(at);
    return std::string(offset.substr(0, 3)) + ":" + std::string(offset.substr(3));
}

}  // namespace

Forward::Forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                 std::vector<UnmappedCode>* unmapped)
    : Run(program, facts, explain, unmapped), root_(input), reader_(input), target_(program), zone_(program.zone) {
}

bool Forward::check_type() {
    if (root_.document() == nullptr || root_.document()->format() != "hl7v2") {
        stop(fail(Issue::not_supported, "",
                  "The map " + program_.name + " takes HL7 v2 messages, and this is none: name a map that goes " +
                      "from FHIR to HL7 v2."));
        return false;
    }
    static const auto code_path = hl7v2::Path::parse("MSH-9.1").value();
    static const auto event_path = hl7v2::Path::parse("MSH-9.2").value();
    static const auto structure_path = hl7v2::Path::parse("MSH-9.3").value();
    const std::string code(reader_.get(code_path));
    auto type = code;
    if (const auto event = reader_.get(event_path); !event.empty()) type.append("^").append(event);
    reader_.get(structure_path);
    const auto& types = program_.v2_types;
    // A type without an event, as ACK, is every event of it.
    if (std::find(types.begin(), types.end(), type) != types.end() ||
        std::find(types.begin(), types.end(), code) != types.end())
        return true;
    stop(fail(Issue::not_supported, "MSH-9", "The map " + program_.name + " does not take this message type.",
              Retry::never, 200));
    return false;
}

void Forward::check_version() {
    static const auto path = hl7v2::Path::parse("MSH-12.1").value();
    const auto version = reader_.get(path);
    for (const auto& range : program_.v2_versions)
        if (version.empty() || in_range(version, range)) return;
    Finding finding;
    finding.severity = Severity::information;
    finding.issue = Issue::informational;
    finding.text = "MSH-12 is a version that the map " + program_.name + " does not name.";
    finding.expression = "MSH-12";
    finding.rule = "M309";
    output_.outcome.add(std::move(finding));
}

void Forward::find_zone() {
    static const auto path = hl7v2::Path::parse("MSH-7.1").value();
    reader_.select(path, places_);
    if (places_.empty()) return;
    if (auto offset = offset_of(reader_.peek(places_.front(), 0)); !offset.empty()) zone_.offset = std::move(offset);
}

void Forward::walk(const Walks& walks, bool writing) {
    for (const auto* statement : writing ? walks.writing : walks.making) {
        if (stopped()) return;
        std::visit([&](const auto& line) { visit(line, writing); }, statement->what);
    }
}

void Forward::visit(const Let& let, bool) {
    if (let.value.condition)
        if (auto value = let.value.condition->value(reader_, variables_)) return define(let.name, std::move(*value));
    define(let.name, evaluate(let.value, root_, &reader_, let.place));
}

void Forward::visit(const Require& line, bool) {
    require(line, root_, &reader_);
}

void Forward::visit(const For& block, bool writing) {
    auto rounds = reader_.rounds(*block.over.path, block.with, block.joined);
    if (rounds.empty()) return;
    const auto outer = target_.context();
    const auto outer_index = index_;
    std::int64_t index = 0;
    for (auto& scope : rounds) {
        const auto head = reader_.head(scope);
        reader_.enter(std::move(scope));
        if (holds(block.when, root_, &reader_, block.place) && !stopped()) {
            index_.assign(1, ++index);
            if (!block.name.empty()) define(block.name, {reader_.node(head)});
            target_.enter_round(&block, index);
            walk(block.walks, writing);
            target_.leave_round();
            target_.set_context(outer);
        }
        reader_.leave();
    }
    index_ = outer_index;
}

void Forward::visit(const In& block, bool) {
    if (!target_.is_open()) return;
    const auto outer = target_.context();
    FhirTarget::Inside inside;
    target_.open(block.location, inside);
    walk(block.walks, true);
    target_.set_context(outer);
}

void Forward::visit(const ResourceLine& line, bool writing) {
    if (writing) return target_.enter(line);
    if (!holds(line.when, root_, &reader_, line.place)) return;
    if (target_.make(line, id_of(line)) && explain_) explain_made(line);
}

std::string Forward::id_of(const ResourceLine& line) {
    for (const auto& alternative : line.id_from) {
        std::string joined;
        bool has_value = false;
        for (const auto& part : alternative) {
            for (const auto& value : evaluate(part, root_, &reader_, line.place)) {
                const auto text = fhirpath::to_text(value);
                joined += "|" + text;
                has_value = has_value || !text.empty();
            }
            joined += ";";
        }
        if (has_value) return uuid_from(line.type + joined + (line.each ? target_.key_of("") : ""));
    }
    // Nothing names it: the message that it came in does.
    std::string joined = line.type;
    for (const char* path : {"MSH-3", "MSH-4", "MSH-10"}) joined.append("|").append(reader_.get(path));
    return uuid_from(joined + "|" + target_.key_of(line.name));
}

void Forward::read_source(const Row& row) {
    if (row.left.path) {
        reader_.select(*row.left.path, places_);
        std::erase_if(places_, [&](const V2Place& place) { return !reader_.has_value(place) || cleared(row, place); });
        return;
    }
    texts_.clear();
    places_.clear();
    for (const auto& value : evaluate(row.left, root_, &reader_, row.place)) texts_.push_back(fhirpath::to_text(value));
    for (const auto& text : texts_)
        if (!text.empty()) places_.push_back({{}, V2Place::kNowhere, text});
}

bool Forward::cleared(const Row& row, const V2Place& place) {
    if (!reader_.is_null(place)) return false;
    reader_.whole(place);
    if (program_.null_clears)
        find(row, Severity::information, Issue::informational, {"M307", "is cleared by the sender"},
             reader_.path(place), "");
    return true;
}

void Forward::put(const Row& row, const JsonValue& value, const std::string& source, bool content) {
    const auto& place = target_.put(row.steps, value, content);
    if (explain_) explain_one(&place, row.place, source);
}

void Forward::write_constant(const Row& row) {
    auto& json = target_.json();
    put(row, row.constant_is_literal ? json.literal(*row.constant) : json.text(*row.constant), "constant", false);
}

void Forward::write_references(const Row& row) {
    auto targets = target_.named(row.argument);
    if (!row.takes_all && targets.size() > 1) targets.resize(1);
    const auto& last = row.location.steps.back().name;
    for (const auto* target : targets) {
        auto* value = &target_.json().reference(target);
        if (last != "url" && last != "reference") {
            auto& object = target_.json().object();
            object.put("reference", *value);
            value = &object;
        }
        put(row, *value, explain_ ? target->full_url() : std::string(), false);
    }
}

V2Input Forward::input_of(const Row& row, std::span<const V2Place> places, const Table* table) {
    return {reader_, target_.json(), places, row.argument, table, row.headings.get(), zone_, row.raw, row.is_plain};
}

std::string Forward::source_of(const Row& row, const V2Place& place) const {
    return place.is_plain() ? row.left.text : reader_.path(place);
}

void Forward::name_value(const Row& row, const JsonValue& value) {
    if (!row.name.empty())
        variables_.at(row.name).emplace_back(value.text().empty() ? value.render() : std::string(value.text()));
}

std::size_t Forward::keep(const Row& row, const V2Place& place) {
    const auto* type = row.table != nullptr ? row.type : find_type("ST");
    const auto made = type->to_fhir(input_of(row, {&place, 1}, nullptr));
    for (std::size_t i = 0; i < made.count; ++i) put(row, *made.values[i], source_of(row, place), true);
    return made.count;
}

std::size_t Forward::failed(const Row& row, const V2Place& place, const Failure& failure) {
    const auto where = source_of(row, place);
    const auto& policy = row.policy;
    const bool kept = policy.kind == Policy::Kind::keep || policy.keep_after_warning;
    if (row.table != nullptr) missed(row, reader_.component(place, 3), reader_.component(place, 1));
    if (policy.kind == Policy::Kind::reject) {
        reject(row, failure, where);
        return 0;
    }
    if (policy.kind != Policy::Kind::drop && policy.kind != Policy::Kind::keep)
        find(row, Severity::warning, Issue::value, failure, where,
             kept                 ? "; it is kept as it is"
             : policy.replacement ? "; the map's own value stands in for it"
                                  : "; it is left out");
    if (kept) return keep(row, place);
    if (!policy.replacement) return 0;
    put(row, target_.json().text(*policy.replacement), where, true);
    return 1;
}

std::size_t Forward::settle(const Row& row, const V2Place& place, FhirValues made) {
    if (made.failure) return failed(row, place, made.failure);
    for (const auto& remark : made.remarks)
        find(row, Severity::warning, Issue::value, remark, source_of(row, place), "");
    if (const auto left_out = target_.json().left_out(); left_out != controls_) {
        controls_ = left_out;
        find(row, Severity::warning, Issue::value, {"M311", "holds control characters, which FHIR does not take"},
             source_of(row, place), "; they are left out");
    }
    std::size_t written = 0;
    while (written < made.count) {
        const auto& value = *made.values[written++];
        name_value(row, value);
        put(row, value, explain_ ? source_of(row, place) : std::string(), true);
        if (!row.takes_all) break;
    }
    return written;
}

std::size_t Forward::write_places(const Row& row) {
    const auto& type = *row.converts;
    if (places_.empty()) return 0;
    if (type.whole) return settle(row, places_.front(), type.to_fhir(input_of(row, places_, row.table)));
    std::size_t written = 0;
    for (const auto& place : places_) {
        written += settle(row, place, type.to_fhir(input_of(row, {&place, 1}, row.table)));
        if (stopped() || (written > 0 && !row.takes_all)) break;
    }
    return written;
}

void Forward::visit(const Row& row, bool) {
    if (!target_.is_open()) return;
    if (!row.name.empty()) define(row.name, {});
    if (!holds(row.when, root_, &reader_, row.place) || stopped()) return;
    if (row.constant) return write_constant(row);
    if (row.is_reference) return write_references(row);
    read_source(row);
    if (!stopped() && write_places(row) == 0 && row.required && !stopped()) missing(row, row.left.text);
}

Result<Output> Forward::finish() {
    if (!target_.anything())
        return fail(Issue::incomplete, "MSH", "The message holds nothing that the map " + program_.name + " takes.");
    for (const auto& term : program_.ignored)
        if (term.path)
            for (const auto& place : reader_.find(*term.path)) reader_.mark(place);
    output_.lost = reader_.lost();
    output_.payload = Payload(target_.render());
    if (explain_) explain_written();
    output_.media_type = kFhirJson;
    return std::move(output_);
}

Result<Output> Forward::run() {
    if (!check_type()) return *error_;
    check_version();
    find_zone();
    walk(program_.walks, false);
    target_.enter_root();
    if (!stopped()) walk(program_.walks, true);
    if (stopped()) return *error_;
    return finish();
}

Result<Output> run_forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                           std::vector<UnmappedCode>* unmapped) {
    return Forward(program, input, facts, explain, unmapped).run();
}

}  // namespace causeway::mapping
