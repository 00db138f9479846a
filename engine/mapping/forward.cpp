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

Forward::Forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain)
    : Run(program, facts, explain), root_node_(input), reader_(input) {
    root_.type = program.root_type;
    root_.body.set("resourceType", root_.type);
    if (root_.type == "Bundle")
        root_.body.set("type", program.bundle_type.empty() ? "collection" : program.bundle_type);
}

bool Forward::check_type() {
    const auto code = reader_.get("MSH-9.1");
    const auto event = reader_.get("MSH-9.2");
    reader_.get("MSH-9.3");
    const auto type = event.empty() ? code : code + "^" + event;
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
    const auto version = reader_.get("MSH-12.1");
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
    zone_ = program_.zone;
    const auto path = hl7v2::Path::parse("MSH-7.1");
    if (!path) return;
    const auto places = reader_.select(*path);
    if (places.empty()) return;
    if (auto offset = offset_of(places.front().node.text()); !offset.empty()) zone_.offset = std::move(offset);
}

void Forward::walk(const std::vector<Statement>& statements, bool writing) {
    for (const auto& statement : statements) {
        if (stopped()) return;
        if (const auto* line = std::get_if<ResourceLine>(&statement.what)) visit(*line, writing);
        if (const auto* block = std::get_if<For>(&statement.what)) visit(*block, writing);
        if (const auto* let = std::get_if<Let>(&statement.what)) visit(*let);
        if (const auto* line = std::get_if<Require>(&statement.what); line != nullptr && !writing)
            require(*line, root_node_, &reader_);
        if (!writing || context_.instance == nullptr) continue;
        if (const auto* block = std::get_if<In>(&statement.what)) visit(*block);
        if (const auto* row = std::get_if<Row>(&statement.what); row != nullptr && row->runs(Direction::forward))
            write(*row);
    }
}

void Forward::visit(const Let& let) {
    define(let.name, evaluate(let.value, root_node_, &reader_, let.place));
}

void Forward::visit(const For& block, bool writing) {
    if (!block.over.path) return;
    const auto outer = context_;
    const auto outer_index = facts_.variables["index"];
    std::int64_t index = 0;
    for (auto& scope : reader_.rounds(*block.over.path, block.with, block.joined)) {
        const auto head = scope.field != 0 ? scope.repetition : scope.segments.front();
        reader_.enter(std::move(scope));
        if (holds(block.when, root_node_, &reader_, block.place) && !stopped()) {
            define("index", {++index});
            if (!block.name.empty()) define(block.name, {head});
            rounds_.push_back(static_cast<std::size_t>(index));
            walk(block.body, writing);
            rounds_.pop_back();
            context_ = outer;
        }
        reader_.leave();
    }
    define("index", outer_index);
}

void Forward::visit(const In& block) {
    const auto outer = context_;
    auto& object = context_.base->at(block.location.steps);
    object.set_tentative(true);
    context_.base = &object;
    context_.tentative.push_back(&object);
    walk(block.body, true);
    context_ = outer;
}

void Forward::visit(const ResourceLine& line, bool writing) {
    if (!writing && !line.again) make(line);
    if (writing) enter(line);
}

std::string Forward::key_of(const std::string& name) const {
    std::string key = name;
    for (const auto round : rounds_) key += "#" + std::to_string(round);
    return key;
}

std::string Forward::id_of(const ResourceLine& line) {
    for (const auto& alternative : line.id_from) {
        std::string joined_values;
        bool has_value = false;
        for (const auto& part : alternative) {
            for (const auto& value : evaluate(part, root_node_, &reader_, line.place)) {
                joined_values += "|" + fhirpath::to_text(value);
                has_value = has_value || !fhirpath::to_text(value).empty();
            }
            joined_values += ";";
        }
        if (has_value) return uuid_from(line.type + joined_values + (line.each ? key_of("") : ""));
    }
    // Nothing names it: the message that it came in does.
    return uuid_from(line.type + "|" + reader_.get("MSH-3") + "|" + reader_.get("MSH-4") + "|" + reader_.get("MSH-10") +
                     "|" + key_of(line.name));
}

void Forward::make(const ResourceLine& line) {
    if (!holds(line.when, root_node_, &reader_, line.place)) return;
    const auto key = key_of(line.name);
    auto id = id_of(line);
    auto& same = by_id_[line.type + "/" + id];
    owner_of_[key] = same == nullptr;
    if (same == nullptr && line.type == program_.root_type) {
        same = &root_;
        root_.id = id;
        if (!line.id_from.empty()) root_.body.set("id", id);
    } else if (same == nullptr) {
        instances_.push_back(std::make_unique<Instance>());
        same = instances_.back().get();
        same->type = line.type;
        same->id = id;
        same->body.set("resourceType", line.type);
        same->body.set("id", id);
    }
    by_key_[key] = same;
    rounds_of_[line.name].push_back(key);
}

void Forward::enter(const ResourceLine& line) {
    auto key = key_of(line.name);
    auto found = by_key_.find(key);
    // Of this round, else of the rounds around it: a block can go on with a resource from outside.
    while (found == by_key_.end() && line.again && key.rfind('#') != std::string::npos)
        found = by_key_.find(key = key.substr(0, key.rfind('#')));
    context_ = {};
    if (found == by_key_.end()) return;
    // What an equal resource wrote already is written once, but its places count as read.
    context_.instance = owner_of_[key] ? found->second : &scratch_;
    context_.base = &context_.instance->body;
}

Forward::Source Forward::source_of(const Row& row) {
    Source source;
    if (row.left.path) {
        for (const auto& place : reader_.select(*row.left.path))
            if (V2Reader::has_value(place.node) && !cleared(row, place)) source.places.push_back(place);
        return source;
    }
    std::vector<std::string> texts;
    for (const auto& value : evaluate(row.left, root_node_, &reader_, row.place))
        texts.push_back(fhirpath::to_text(value));
    std::erase(texts, "");
    source.texts = std::make_shared<TextDocument>(std::move(texts));
    for (std::size_t i = 0; i < source.texts->size(); ++i) source.places.push_back({source.texts->at(i), {}});
    return source;
}

bool Forward::cleared(const Row& row, const V2Place& place) {
    if (!V2Reader::is_null(place.node)) return false;
    reader_.whole(place.node);
    if (program_.null_clears)
        find(row, Severity::information, Issue::informational, {"M307", "is cleared by the sender"}, place.node.path(),
             "");
    return true;
}

void Forward::put(const Row& row, JsonValue value, const std::string& source, bool content) {
    const auto fhir = row.type != nullptr ? row.type->fhir : std::string_view("string");
    context_.base->at(row.location.resolved(fhir)) = std::move(value);
    if (content) {
        context_.instance->written = true;
        for (auto* object : context_.tentative) object->set_tentative(false);
    }
    if (explain_) trace(row.place, context_.instance->type + "." + row.location.text, source);
}

void Forward::write_constant(const Row& row) {
    put(row, row.constant_is_literal ? JsonValue::literal(*row.constant) : JsonValue::text(*row.constant), "constant",
        false);
}

void Forward::write_references(const Row& row) {
    std::vector<Instance*> targets;
    if (const auto here = by_key_.find(key_of(row.argument)); here != by_key_.end()) {
        targets.push_back(here->second);
    } else if (const auto all = rounds_of_.find(row.argument); all != rounds_of_.end()) {
        for (const auto& key : all->second) targets.push_back(by_key_[key]);
    }
    if (!row.location.takes_all() && targets.size() > 1) targets.resize(1);
    const auto& last = row.location.steps.back().name;
    for (const auto* target : targets) {
        auto value = JsonValue::reference(target);
        if (last != "url" && last != "reference") {
            auto object = JsonValue::object();
            object.put("reference", std::move(value));
            value = std::move(object);
        }
        put(row, std::move(value), target->full_url(), false);
    }
}

V2Input Forward::input_of(const Row& row, std::span<const V2Place> places, const Table* table) {
    return {reader_, places, row.argument, table, row.headings.get(), zone_, row.raw};
}

void Forward::name_value(const Row& row, const JsonValue& value) {
    if (!row.name.empty())
        facts_.variables[row.name].emplace_back(value.text().empty() ? value.render() : value.text());
}

std::size_t Forward::keep(const Row& row, const V2Place& place) {
    static const Type* const text = find_type("ST");
    const auto* type = row.table != nullptr ? row.type : text;
    auto made = type->to_fhir(input_of(row, {&place, 1}, nullptr));
    for (auto& value : made.values) put(row, std::move(value), place.node.path(), true);
    return made.values.size();
}

std::size_t Forward::failed(const Row& row, const V2Place& place, const Failure& failure) {
    const auto where = place.node.path().empty() ? row.left.text : place.node.path();
    const auto& policy = row.policy;
    const bool kept = policy.kind == Policy::Kind::keep || policy.keep_after_warning;
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
    put(row, JsonValue::text(*policy.replacement), where, true);
    return 1;
}

std::size_t Forward::settle(const Row& row, const V2Place& place, FhirValues made) {
    if (made.failure) return failed(row, place, made.failure);
    for (const auto& remark : made.remarks) find(row, Severity::warning, Issue::value, remark, place.node.path(), "");
    std::size_t written = 0;
    for (auto& value : made.values) {
        if (value.empty()) continue;
        name_value(row, value);
        put(row, std::move(value), explain_ ? place.node.path() : std::string(), true);
        ++written;
        if (!row.location.takes_all()) break;
    }
    return written;
}

std::size_t Forward::write_places(const Row& row, std::span<const V2Place> places) {
    static const Type* const text = find_type("ST");
    const auto& type = row.type != nullptr ? *row.type : *text;
    if (places.empty()) return 0;
    if (type.whole) return settle(row, places.front(), type.to_fhir(input_of(row, places, row.table)));
    std::size_t written = 0;
    for (const auto& place : places) {
        written += settle(row, place, type.to_fhir(input_of(row, {&place, 1}, row.table)));
        if (stopped() || (written > 0 && !row.location.takes_all())) break;
    }
    return written;
}

void Forward::write(const Row& row) {
    if (!row.name.empty()) define(row.name, {});
    if (!holds(row.when, root_node_, &reader_, row.place) || stopped()) return;
    if (row.constant) return write_constant(row);
    if (row.is_reference) return write_references(row);
    const auto source = source_of(row);
    if (stopped()) return;
    if (write_places(row, source.places) == 0 && row.required && !stopped()) missing(row, row.left.text);
}

std::string Forward::render() {
    if (root_.type == "Bundle") {
        for (const auto& instance : instances_) {
            if (!instance->written) continue;
            auto entry = JsonValue::object();
            entry.set("fullUrl", instance->full_url());
            entry.put("resource", std::move(instance->body));
            root_.body.append("entry", std::move(entry));
        }
    }
    return root_.body.render();
}

Result<Output> Forward::finish() {
    const bool anything = root_.written || std::any_of(instances_.begin(), instances_.end(),
                                                       [](const auto& instance) { return instance->written; });
    if (!anything)
        return fail(Issue::incomplete, "MSH", "The message holds nothing that the map " + program_.name + " takes.");
    for (const auto& term : program_.ignored)
        if (term.path)
            for (const auto& place : reader_.select(*term.path)) reader_.mark(place.node);
    output_.lost = reader_.lost();
    output_.payload = Payload(render());
    output_.media_type = kFhirJson;
    return std::move(output_);
}

Result<Output> Forward::run() {
    if (!check_type()) return *error_;
    check_version();
    find_zone();
    walk(program_.statements, false);
    context_ = {&root_, &root_.body, {}};
    if (!stopped()) walk(program_.statements, true);
    if (stopped()) return *error_;
    return finish();
}

Result<Output> run_forward(const Program& program, const tree::Node& input, const Facts& facts, bool explain) {
    return Forward(program, input, facts, explain).run();
}

}  // namespace causeway::mapping
