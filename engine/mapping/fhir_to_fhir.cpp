/// FHIR into FHIR, also from another version: elements that are copied as they stand, and rows that change them.
#include <algorithm>
#include <map>
#include <utility>

#include "core/digest.hpp"
#include "core/text.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "mapping/json_draft.hpp"
#include "mapping/same_format.hpp"
#include "mapping/watched.hpp"
#include "model/message.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

class FhirToFhir : SameFormatRun {
public:
    FhirToFhir(const Program& program, const Node& input, const Facts& facts, bool explain,
               std::vector<UnmappedCode>* unmapped)
        : SameFormatRun(program, facts, explain, unmapped),
          root_(input),
          watched_(input),
          bundle_(input),
          focus_(input) {
        facts_.resolve = [this](std::string_view reference, const Node& from) {
            return bundle_.resolve(reference, from);
        };
    }

    Result<Output> run() {
        if (!check_type()) return *error_;
        if (!copy()) return *error_;
        place_ = draft_.get();
        make(program_.statements);
        if (!stopped()) walk(program_.statements);
        if (stopped()) return *error_;
        return finish();
    }

private:
    bool check_type() {
        const auto root = root_;
        const auto& bundle_type = program_.left_bundle_type;
        const bool is_bundle = bundle_type.empty() || root.child("type").text() == bundle_type;
        if (root.type() == program_.left_root_type && is_bundle) return true;
        stop(fail(Issue::not_supported, "resourceType",
                  "The map " + program_.name + " takes a " + program_.left_root_type +
                      (bundle_type.empty() ? "." : " of type " + bundle_type + ".")));
        return false;
    }

    bool copy() {
        draft_ = JsonDraft::parse(fhir::to_json(root_));
        if (draft_ == nullptr) {
            stop(fail(Issue::structure, "", "Send JSON or XML that can be read as FHIR."));
            return false;
        }
        const auto& names = program_.copied;
        if (!program_.copies_all)
            std::erase_if(draft_->members, [&](const auto& entry) {
                const auto name = entry.first.substr(entry.first.starts_with('_') ? 1 : 0);
                return std::find(names.begin(), names.end(), name) == names.end();
            });
        if (explain_)
            draft_->each_shown(program_.left_root_type,
                               [&](const JsonDraft& value, const std::string& path, std::size_t) {
                                   if (&value != draft_.get()) copied_from_.emplace(&value, path);
                                   return &value != draft_.get();
                               });
        draft_->member("resourceType").set_text(program_.root_type);
        if (!program_.bundle_type.empty()) draft_->member("type").set_text(program_.bundle_type);
        // resourceType stands first.
        auto& members = draft_->members;
        const auto type = std::find_if(members.begin(), members.end(),
                                       [](const auto& entry) { return entry.first == "resourceType"; });
        std::rotate(members.begin(), type, std::next(type));
        return true;
    }

    // ---- Resources of the map's own get their ids before rows refer to them.
    struct Made {
        std::string type, id;
        JsonDraft* body = nullptr;
    };

    void make(const std::vector<Statement>& statements) {
        for (const auto& statement : statements) {
            if (stopped()) return;
            if (const auto* let = std::get_if<Let>(&statement.what)) visit(*let);
            if (const auto* line = std::get_if<ResourceLine>(&statement.what); line != nullptr && !line->again)
                make(*line);
            if (const auto* block = std::get_if<For>(&statement.what)) each(*block, [&] { make(block->body); });
        }
    }

    std::string key_of(const std::string& name) const {
        std::string key = name;
        for (const auto round : rounds_) key += "#" + std::to_string(round);
        return key;
    }

    void make(const ResourceLine& line) {
        if (!is_true(line.when, line.place) || stopped()) return;
        Made made{line.type, uuid_from(line.type + "|" + id_text(line) + (line.each ? key_of("") : "")), nullptr};
        made_.insert_or_assign(key_of(line.name), std::move(made));
    }

    std::string id_text(const ResourceLine& line) {
        for (const auto& alternative : line.id_from) {
            std::string text;
            for (const auto& part : alternative)
                for (const auto& value : values(part, line.place)) text += fhirpath::to_text(value) + ";";
            if (!text.empty()) return text;
        }
        return root_.path() + std::string(root_.child("id").text()) + key_of(line.name);
    }

    // ---- Rows
    void walk(const std::vector<Statement>& statements) {
        for (const auto& statement : statements) {
            if (stopped()) return;
            if (const auto* let = std::get_if<Let>(&statement.what)) visit(*let);
            if (const auto* line = std::get_if<Require>(&statement.what); line != nullptr)
                if (!is_true(line->condition, line->place) && !stopped()) unmet(*line);
            if (const auto* line = std::get_if<ResourceLine>(&statement.what)) enter(*line);
            if (const auto* block = std::get_if<For>(&statement.what)) each(*block, [&] { walk(block->body); });
            if (place_ == nullptr) continue;
            if (const auto* line = std::get_if<Omit>(&statement.what))
                for (const auto& element : line->elements) place_->erase(element.steps);
            if (const auto* block = std::get_if<In>(&statement.what)) visit(*block);
            if (const auto* row = std::get_if<Row>(&statement.what)) write(*row);
        }
    }

    void visit(const Let& let) { define(let.name, values(let.value, let.place)); }

    template <class Body>
    void each(const For& block, Body body) {
        const auto outer = std::pair(focus_, place_);
        std::int64_t index = 0;
        for (const auto& value : values(block.over, block.place)) {
            const auto* node = std::get_if<Node>(&value);
            if (node == nullptr || stopped()) continue;
            focus_ = *node;
            place_ = draft_->at_path(node->path());
            if (!block.name.empty()) define(block.name, {value});
            if (!is_true(block.when, block.place) || stopped()) continue;
            define("index", {++index});
            rounds_.push_back(static_cast<std::size_t>(index));
            body();
            rounds_.pop_back();
        }
        std::tie(focus_, place_) = outer;
    }

    void enter(const ResourceLine& line) {
        const auto found = made_.find(key_of(line.name));
        place_ = nullptr;
        if (found == made_.end()) return;
        if (found->second.body == nullptr) {
            auto& entry = draft_->member("entry").append();
            entry.member("fullUrl").set_text("urn:uuid:" + found->second.id);
            found->second.body = &entry.member("resource");
            found->second.body->member("resourceType").set_text(line.type);
            found->second.body->member("id").set_text(found->second.id);
        }
        place_ = found->second.body;
    }

    void visit(const In& block) {
        auto* outer = place_;
        auto inside = std::make_unique<JsonDraft>();
        place_ = inside.get();
        const bool before = std::exchange(wrote_, false);
        walk(block.body);
        place_ = outer;
        // What holds constants only stays away.
        if (wrote_) place_->at(block.location.steps).take(std::move(*inside));
        wrote_ = wrote_ || before;
    }

    fhirpath::Collection values(const Term& term, const RulePlace& place) {
        auto result = term.expression.evaluate(focus_, facts_);
        if (result) return std::move(*result);
        stop(fail(Issue::processing, place.text(), "The expression cannot be evaluated: " + result.error().what));
        return {};
    }

    bool is_true(const Term& term, const RulePlace& place) {
        return term.empty() || SameFormatRun::is_true(values(term, place));
    }

    void write(const Row& row) {
        if (!is_true(row.when, row.place) || stopped()) return;
        if (row.constant) return write_constant(row);
        if (row.is_reference) return write_reference(row);
        const auto found = values(row.left, row.place);
        if (!row.name.empty()) define(row.name, found);
        std::size_t written = 0;
        for (const auto& value : found) {
            if (stopped()) return;
            written += convert(row, value);
            if (written > 0 && !row.location.takes_all()) break;
        }
        if (written == 0 && row.required && !stopped()) missing(row, row.left.text);
    }

    void write_constant(const Row& row) {
        auto& target = place_->at(row.location.steps);
        if (row.constant_is_literal)
            target.set_literal(*row.constant);
        else
            target.set_text(*row.constant);
        explain_put(row, target, "constant");
    }

    void write_reference(const Row& row) {
        auto found = made_.find(key_of(row.argument));
        if (found == made_.end()) found = made_.find(row.argument);
        if (found == made_.end()) return;
        auto* target = &place_->at(row.location.steps);
        const auto& last = row.location.steps.back().name;
        if (last != "url" && last != "reference") target = &target->member("reference");
        target->set_text("urn:uuid:" + found->second.id);
        wrote(row, *target, "constant");
    }

    std::size_t convert(const Row& row, const fhirpath::Value& value) {
        const auto* node = std::get_if<Node>(&value);
        const auto source = node != nullptr ? node->path() : row.left.text;
        if (row.table != nullptr) return map_code(row, value, source);
        put(row, draft_of(value), source);
        return 1;
    }

    std::unique_ptr<JsonDraft> draft_of(const fhirpath::Value& value) {
        auto made = std::make_unique<JsonDraft>();
        const auto* node = std::get_if<Node>(&value);
        if (node != nullptr && !node->has_value()) {
            watched_.mark(*node);
            return JsonDraft::parse(fhir::to_json(*node));
        }
        const bool literal = node != nullptr
                                 ? node->kind() == tree::Kind::number || node->kind() == tree::Kind::boolean
                                 : std::holds_alternative<bool>(value) || std::holds_alternative<std::int64_t>(value) ||
                                       std::holds_alternative<fhirpath::Decimal>(value);
        if (literal)
            made->set_literal(fhirpath::to_text(value));
        else
            made->set_text(fhirpath::to_text(value));
        return made;
    }

    /// A code, a Coding, or a CodeableConcept of which every coding is mapped that the table knows.
    std::size_t map_code(const Row& row, const fhirpath::Value& value, const std::string& source) {
        const auto* node = std::get_if<Node>(&value);
        auto made = draft_of(value);
        bool any = false;
        if (node == nullptr || node->has_value()) {
            const auto mapped = row.table->to_right(made->text);
            if (mapped) made->set_text(mapped->code);
            any = mapped.has_value();
        } else if (auto* codings = made->find("coding")) {
            for (const auto& coding : codings->items) any = map_coding(row, *coding) || any;
        } else {
            any = map_coding(row, *made);
        }
        if (any) {
            put(row, std::move(made), source);
            return 1;
        }
        return failed(row, value, std::move(made), source);
    }

    static bool map_coding(const Row& row, JsonDraft& coding) {
        const auto* code = coding.find("code");
        const auto mapped = row.table->to_right(code == nullptr ? std::string_view() : code->text);
        if (!mapped) return false;
        if (!mapped->system.empty()) coding.member("system").set_text(mapped->system);
        coding.member("code").set_text(mapped->code);
        if (!mapped->display.empty()) coding.member("display").set_text(mapped->display);
        return true;
    }

    std::size_t failed(const Row& row, const fhirpath::Value& value, std::unique_ptr<JsonDraft> whole,
                       const std::string& source) {
        const auto* node = std::get_if<Node>(&value);
        const bool is_plain = node == nullptr || node->has_value();
        const auto coding = is_plain ? Node() : node->child("coding") ? node->child("coding") : *node;
        const auto code = is_plain ? fhirpath::to_text(value) : std::string(coding.child("code").text());
        const auto failure = no_code(row, is_plain ? "" : std::string(coding.child("system").text()), code);
        const auto instead = after_failure(row, failure, source, code);
        if (!instead || stopped()) return 0;
        if (row.policy.replacement) whole->set_text(*instead);
        put(row, std::move(whole), source);
        return 1;
    }

    void put(const Row& row, std::unique_ptr<JsonDraft> value, const std::string& source) {
        auto& target = place_->at(row.location.steps);
        target.take(std::move(*value));
        wrote(row, target, source);
    }

    void wrote(const Row& row, const JsonDraft& target, const std::string& source) {
        wrote_ = true;
        explain_put(row, target, source);
    }

    void explain_put(const Row& row, const JsonDraft& target, const std::string& source) {
        if (!explain_) return;
        trace(row.place, "", source);
        written_.push_back(&target);
    }

    /// What rows wrote, in the order of the document; what is copied at the elements of its root.
    void explain_written() {
        auto rows = std::exchange(output_.traces, {});
        std::map<const JsonDraft*, std::size_t> last;
        for (std::size_t i = 0; i < rows.size(); ++i) last[written_[i]] = i;
        const auto take = [&](const JsonDraft& value, const std::string& path, std::size_t depth) {
            const auto found = last.find(&value);
            if (found != last.end()) {
                auto made = std::exchange(rows[found->second], {});
                made.output = path;
                output_.traces.push_back(std::move(made));
                return true;
            }
            if (depth != 1) return false;
            const auto copy = copied_from_.find(&value);
            const bool is_copy = copy != copied_from_.end();
            output_.traces.push_back({path, (is_copy ? program_.copy : program_.place).text(),
                                      is_copy ? copy->second : std::string("constant")});
            return false;
        };
        draft_->each_shown(program_.root_type, take);
        for (auto& row : rows)
            if (!row.row.empty()) output_.traces.push_back(std::move(row));
    }

    Result<Output> finish() {
        for (const auto& term : program_.ignored)
            for (const auto& value : values(term, {}))
                if (const auto* node = std::get_if<Node>(&value)) watched_.mark(*node);
        // What is copied is not lost.
        std::vector<Node> elements;
        root_.children(elements);
        for (const auto& element : elements)
            if (program_.copies_all || draft_->find(element.name()) != nullptr) watched_.mark(element);
        output_.lost = watched_.lost();
        if (explain_) explain_written();
        output_.payload = Payload(draft_->render());
        output_.media_type = kFhirJson;
        return std::move(output_);
    }

    Node root_;
    Watched watched_;
    fhir::Bundle bundle_;
    Node focus_;
    std::unique_ptr<JsonDraft> draft_;
    JsonDraft* place_ = nullptr;  ///< Null: rows write nothing here.
    std::map<std::string, Made> made_;
    std::vector<std::size_t> rounds_;
    bool wrote_ = false;
    // With explain: what each trace wrote, and what stood where.
    std::vector<const JsonDraft*> written_;
    std::map<const JsonDraft*, std::string> copied_from_;
};

}  // namespace

Result<Output> run_fhir_to_fhir(const Program& program, const Node& input, const Facts& facts, bool explain,
                                std::vector<UnmappedCode>* unmapped) {
    return FhirToFhir(program, input, facts, explain, unmapped).run();
}

}  // namespace causeway::mapping
