/// HL7 v2 into HL7 v2: segments that are copied as they stand, and rows that change them.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/text.hpp"
#include "hl7v2/escape.hpp"
#include "hl7v2/group_lookup.hpp"
#include "mapping/dtm.hpp"
#include "mapping/same_format.hpp"
#include "mapping/v2_draft.hpp"
#include "mapping/v2_explain.hpp"
#include "model/message.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

/// One round of `for`: paths to these segments stay within it.
struct Round {
    std::vector<std::string> names;
    std::set<std::size_t> segments;  ///< Numbers, from 0.
    std::uint16_t field = 0;         ///< A `for` over repetitions: that field ...
    Node repetition;                 ///< ... is this one.
};

class V2ToV2 : SameFormatRun {
public:
    V2ToV2(const Program& program, const hl7v2::Message& message, const Facts& facts, bool explain,
           std::vector<UnmappedCode>* unmapped)
        : SameFormatRun(program, facts, explain, unmapped),
          message_(message),
          unread_(message.index().segments().size(), true) {}

    Result<Output> run() {
        if (!check_type()) return *error_;
        copy();
        walk(program_.statements);
        if (stopped()) return *error_;
        return finish();
    }

private:
    bool check_type() {
        const auto code = std::string(message_.get("MSH-9.1"));
        const auto event = std::string(message_.get("MSH-9.2"));
        const auto& types = program_.v2_types;
        const auto takes = [&](const std::string& type) {
            return std::find(types.begin(), types.end(), type) != types.end();
        };
        // A type without an event, as ACK, is every event of it.
        if (takes(code + "^" + event) || takes(code)) return true;
        stop(fail(Issue::not_supported, "MSH-9", "The map " + program_.name + " does not take this message type.",
                  Retry::never, 200));
        return false;
    }

    std::size_t number_of(const Node& segment) const { return segment.position().line - 1; }

    void copy() {
        const auto& segments = message_.index().segments();
        for (std::size_t i = 0; i < segments.size(); ++i) {
            const auto name = std::string(segments[i].name_view());
            const bool is_named =
                std::find(program_.copied.begin(), program_.copied.end(), name) != program_.copied.end();
            if (!program_.copies_all && !is_named) continue;
            draft_.copy(message_, i);
            unread_[i] = false;
        }
    }

    void visit(const Omit& line) {
        for (const auto& term : line.paths)
            if (term.path) omit(*term.path);
    }

    void omit(const hl7v2::Path& path) {
        for (const auto number : copies_named(path)) {
            if (path.field == 0)
                draft_.erase(number);
            else if (auto* copied = draft_.copy_of(number); copied != nullptr)
                copied->clear(path);
        }
    }

    /// Numbers of the segments that a path means, its field left aside; within the round.
    std::vector<std::size_t> copies_named(hl7v2::Path path) {
        path.field = 0;
        std::vector<Node> found;
        message_.select(path, found);
        const auto* round = round_of(path.segment);
        std::vector<std::size_t> numbers;
        for (const auto& segment : found)
            if (const auto number = number_of(segment); round == nullptr || round->segments.contains(number))
                numbers.push_back(number);
        return numbers;
    }

    void walk(const std::vector<Statement>& statements) {
        for (const auto& statement : statements) {
            if (stopped()) return;
            if (const auto* line = std::get_if<SegmentLine>(&statement.what)) visit(*line);
            if (const auto* block = std::get_if<For>(&statement.what)) visit(*block);
            if (const auto* let = std::get_if<Let>(&statement.what)) define(let->name, values(let->value, let->place));
            if (const auto* line = std::get_if<Require>(&statement.what)) ask(*line);
            if (const auto* line = std::get_if<Omit>(&statement.what)) visit(*line);
            if (const auto* row = std::get_if<Row>(&statement.what)) write(*row);
        }
    }

    void ask(const Require& line) {
        if (is_true(line.condition, line.place) || stopped()) return;
        unmet(line);
    }

    void visit(const SegmentLine& line) {
        const auto* before = current_;
        current_ = nullptr;
        if (!is_true(line.when, line.place) || stopped()) return;
        const auto* round = round_of(line.name);
        if (round != nullptr) {
            for (const auto number : round->segments)
                if (auto* copied = draft_.copy_of(number);
                    copied != nullptr && copied->name == line.name && current_ == nullptr)
                    current_ = copied;
        } else {
            current_ = draft_.first(line.name);
        }
        if (current_ == nullptr) current_ = &draft_.add(line.name, before);
        current_->is_required = current_->is_required || line.required;
    }

    void visit(const For& block) {
        const auto* outer = current_;
        std::int64_t index = 0;
        for (auto& round : rounds(block)) {
            rounds_.push_back(std::move(round));
            // Segments that are added stand behind the round's last one.
            current_ = draft_.copy_of(*rounds_.back().segments.rbegin());
            if (is_true(block.when, block.place) && !stopped()) {
                define("index", {++index});
                walk(block.body);
            }
            rounds_.pop_back();
        }
        current_ = const_cast<DraftSegment*>(outer);
    }

    std::vector<Round> rounds(const For& block) {
        std::vector<Round> made;
        if (!block.over.path) return made;
        const auto& path = *block.over.path;
        if (path.segment.empty()) return rounds_of_groups(path.groups);
        const auto& segments = message_.index().segments();
        for (const auto& place : select(path)) {
            const auto head = number_of(place);
            if (path.field != 0) {
                made.push_back({{path.segment}, {head}, path.field, place});
                continue;
            }
            Round round{block.with, {head}, 0, {}};
            round.names.insert(round.names.begin(), path.segment);
            for (auto i = head + 1; i < segments.size() && segments[i].name_view() != path.segment; ++i)
                if (std::find(block.with.begin(), block.with.end(), segments[i].name_view()) != block.with.end())
                    round.segments.insert(i);
            made.push_back(std::move(round));
        }
        return made;
    }

    std::vector<Round> rounds_of_groups(const std::vector<hl7v2::PathGroup>& path) const {
        std::vector<Round> made;
        const auto& lookup = message_.groups();
        const auto found = lookup.find(path);
        const auto segments = lookup.segments_of(found);
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (segments[i].empty()) continue;
            const auto first = message_.index().segments()[segments[i].front()].name_view();
            const auto* outer = round_of(first);
            if (outer != nullptr && !outer->segments.contains(segments[i].front())) continue;
            made.push_back({lookup.names_in(found[i]), {segments[i].begin(), segments[i].end()}, 0, {}});
        }
        return made;
    }

    const Round* round_of(std::string_view segment) const {
        for (auto round = rounds_.rbegin(); round != rounds_.rend(); ++round)
            if (std::find(round->names.begin(), round->names.end(), segment) != round->names.end()) return &*round;
        return nullptr;
    }

    /// Places with a value, within the rounds.
    std::vector<Node> select(const hl7v2::Path& path) {
        std::vector<Node> found;
        message_.select(path, found);
        const auto* round = round_of(path.segment);
        std::erase_if(found, [&](const Node& node) {
            if (round != nullptr && !round->segments.contains(number_of(node))) return true;
            const bool other_field = round != nullptr && round->field != 0 && round->field == path.field &&
                                     !node.path().starts_with(round->repetition.path());
            return other_field || is_empty(node);
        });
        for (const auto& node : found) unread_[number_of(node)] = false;
        return found;
    }

    static bool is_empty(const Node& node) { return node.text().empty(); }

    fhirpath::Collection values(const Term& term, const RulePlace& place) {
        fhirpath::Collection items;
        if (term.path) {
            for (const auto& node : select(*term.path)) items.emplace_back(first_text(node));
            return items;
        }
        for (const auto& bound : term.bound) {
            auto& texts = facts_.variables[bound.name];
            texts.clear();
            for (const auto& node : select(bound.path))
                if (!bound.only_asked || bound.path.field == 0 || first_text(node) != "\"\"")
                    texts.emplace_back(std::string(node.text()));
        }
        auto result = term.expression.evaluate(message_.root(), facts_);
        if (result) return std::move(*result);
        stop(fail(Issue::processing, place.text(), "The expression cannot be evaluated: " + result.error().what));
        return items;
    }

    static std::string first_text(Node node) {
        while (!node.has_value()) {
            const auto first = node.child("1");
            if (!first) return node.kind() == tree::Kind::none ? std::string() : std::string(node.text());
            node = first;
        }
        return std::string(node.text());
    }

    bool is_true(const Term& term, const RulePlace& place) {
        return term.empty() || SameFormatRun::is_true(values(term, place));
    }

    void write(const Row& row) {
        if (current_ == nullptr || !is_true(row.when, row.place) || stopped()) return;
        const auto& target = *row.right.path;
        if (row.constant) {
            const auto repetition = std::max<std::uint32_t>(target.repetition, 1);
            current_->set(target, repetition, *row.constant);
            return explain_put(row, repetition, "constant");
        }
        if (!row.name.empty()) define(row.name, {});
        std::size_t written = 0;
        if (row.left.path) {
            for (const auto& place : select(*row.left.path)) {
                written += convert(row, first_text(place), place);
                if (stopped() || (written > 0 && !row.right_all)) break;
            }
        } else {
            for (const auto& value : values(row.left, row.place)) {
                written += convert(row, fhirpath::to_text(value), {});
                if (stopped() || (written > 0 && !row.right_all)) break;
            }
        }
        if (written == 0 && row.required && !stopped()) missing(row, row.left.text);
    }

    std::size_t convert(const Row& row, const std::string& value, const Node& place) {
        const auto source = place ? place.path() : row.left.text;
        if (value.empty() && !place) return 0;
        if (row.table != nullptr) return map_code(row, value, place, source);
        if (row.type != nullptr && row.type->name.starts_with("DTM")) return normalise_moment(row, value, source);
        if (place && row.right.path->component == 0) return put(row, DraftSegment::parts_of(place), source);
        return put(row, value, source);
    }

    std::size_t normalise_moment(const Row& row, const std::string& value, const std::string& source) {
        const auto as = row.type->name == "DTM.date"      ? DtmAs::date
                        : row.type->name == "DTM.instant" ? DtmAs::instant
                                                          : DtmAs::date_time;
        const auto fhir = dtm_to_fhir(value, as, program_.zone);
        if (const auto* wrong = std::get_if<DtmMistake>(&fhir))
            return failed(row, value, {"M301", "is no date: " + wrong->what}, source);
        const auto back = fhir_to_dtm(std::get<std::string>(fhir), as);
        const auto* text = std::get_if<std::string>(&back);
        return text == nullptr ? 0 : put(row, *text, source);
    }

    std::size_t map_code(const Row& row, const std::string& value, const Node& place, const std::string& source) {
        const auto mapped = row.table->to_right(value);
        if (!mapped)
            return failed(row, value, no_code(row, place ? std::string(place.child("3").text()) : "", value), source);
        if (!place || place.has_value() || row.right.path->component != 0) return put(row, mapped->code, source);
        auto parts = DraftSegment::parts_of(place);
        if (parts.size() < 3) parts.resize(3);
        parts[0] = {hl7v2::escape(mapped->code)};
        if (!mapped->display.empty()) parts[1] = {hl7v2::escape(mapped->display)};
        if (!mapped->system.empty()) parts[2] = {hl7v2::escape(v2_system_name(mapped->system))};
        return put(row, std::move(parts), source);
    }

    std::size_t failed(const Row& row, const std::string& value, const Failure& failure, const std::string& source) {
        const auto instead = after_failure(row, failure, source, value);
        return instead ? put(row, *instead, source) : 0;
    }

    std::uint32_t repetition_for(const Row& row) {
        const auto& path = *row.right.path;
        if (!row.right_all) return std::max<std::uint32_t>(path.repetition, 1);
        // The first row that writes all repetitions replaces those that were copied; later ones add.
        auto& begun = current_->begun;
        if (std::find(begun.begin(), begun.end(), path.field) == begun.end()) {
            begun.push_back(path.field);
            current_->clear({path.segment, 0, {}, path.field, 0, {}, 0, 0});
        }
        return current_->repetitions(path.field) + 1;
    }

    std::size_t put(const Row& row, DraftSegment::Repetition parts, const std::string& source) {
        const auto repetition = repetition_for(row);
        current_->set(row.right.path->field, repetition, std::move(parts));
        return wrote(row, repetition, source);
    }

    std::size_t put(const Row& row, const std::string& value, const std::string& source) {
        if (value.empty()) return 0;
        const auto repetition = repetition_for(row);
        current_->set(*row.right.path, repetition, value);
        if (!row.name.empty()) facts_.variables[row.name].emplace_back(value);
        return wrote(row, repetition, source);
    }

    std::size_t wrote(const Row& row, std::uint32_t repetition, const std::string& source) {
        current_->has_content = true;
        explain_put(row, repetition, source);
        return 1;
    }

    void explain_put(const Row& row, std::uint32_t repetition, const std::string& source) {
        if (!explain_) return;
        trace(row.place, field_text(*row.right.path, repetition), source);
        written_in_.push_back(current_);
    }

    Result<Output> finish() {
        if (draft_.segments().empty() || draft_.segments().front()->name != "MSH")
            return fail(Issue::incomplete, "MSH",
                        "The map " + program_.name + " writes no MSH: copy MSH, or write a segment MSH first.");
        for (const auto& term : program_.ignored)
            if (term.path) select(*term.path);
        const auto& segments = message_.index().segments();
        for (std::size_t i = 0; i < segments.size(); ++i)
            if (unread_[i]) output_.lost.emplace_back(segments[i].name_view());
        if (explain_)
            output_.traces =
                explain_draft(draft_, message_, program_.copy.text(), std::move(output_.traces), written_in_);
        output_.payload = Payload(draft_.text());
        output_.media_type = kHl7v2;
        return std::move(output_);
    }

    const hl7v2::Message& message_;
    V2Draft draft_;
    DraftSegment* current_ = nullptr;
    std::vector<Round> rounds_;
    std::vector<const DraftSegment*> written_in_;  ///< With explain: the segment of each trace.
    std::vector<bool> unread_;                     ///< By segment: neither copied nor read.
};

}  // namespace

Result<Output> run_v2_to_v2(const Program& program, const tree::Node& input, const Facts& facts, bool explain,
                            std::vector<UnmappedCode>* unmapped) {
    const auto* message = dynamic_cast<const hl7v2::Message*>(input.document());
    if (message == nullptr)
        return fail(Issue::not_supported, "", "The map " + program.name + " takes HL7 v2 messages.");
    return V2ToV2(program, *message, facts, explain, unmapped).run();
}

}  // namespace causeway::mapping
