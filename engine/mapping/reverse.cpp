/// To the left: FHIR into HL7 v2.
#include <set>

#include "fhir/bundle.hpp"
#include "mapping/run.hpp"
#include "mapping/v2_target.hpp"
#include "mapping/watched.hpp"
#include "model/message.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

class Reverse : Run {
public:
    Reverse(const Program& program, const Node& input, const Facts& facts, bool explain,
            std::vector<UnmappedCode>* unmapped)
        : Run(program, facts, explain, unmapped),
          root_(input),
          watched_(input),
          bundle_(input),
          focus_(input),
          written_(program.slots, target_.place()) {
        facts_.resolve = [this](std::string_view reference, const Node& from) { return resolve(reference, from); };
    }

    Result<Output> run() {
        if (!check_type()) return *error_;
        walk(program_.walks);
        if (stopped()) return *error_;
        return finish();
    }

private:
    bool check_type() {
        const auto type = std::string(root_.type());
        const bool bundle = program_.bundle_type.empty() || root_.child("type").text() == program_.bundle_type;
        if (type == program_.root_type && bundle) return true;
        stop(fail(Issue::not_supported, type.empty() ? "resourceType" : type,
                  "The map " + program_.name + " takes a " + program_.root_type +
                      (program_.bundle_type.empty() ? "." : " of type " + program_.bundle_type + ".")));
        return false;
    }

    Node resolve(std::string_view reference, const Node& from) const {
        if (!reference.starts_with('#')) return bundle_.resolve(reference, from);
        const auto path = from.path();
        for (const auto& resource : bundle_.resources())
            if (path.starts_with(resource.path() + ".")) return bundle_.resolve(reference, resource);
        return bundle_.resolve(reference, root_);
    }

    void walk(const Walks& walks) {
        for (const auto* statement : walks.back) {
            if (stopped()) return;
            std::visit([this](const auto& line) { visit(line); }, statement->what);
        }
    }

    void visit(const Omit&) {}

    /// What a line goes through: the resources of one type are known, most often that there are none.
    fhirpath::Collection nodes(const Term& term, const Node& focus, const RulePlace& place) {
        if (term.of_type.empty() || !(focus == root_)) return evaluate(term, focus, nullptr, place);
        fhirpath::Collection found;
        for (const auto& resource : bundle_.resources())
            if (resource.type() == term.of_type) found.emplace_back(resource);
        return found.empty() || term.is_all_of_type ? found : evaluate(term, focus, nullptr, place);
    }

    void visit(const Let& let) { define(let.name, nodes(let.value, root_, let.place)); }

    void visit(const Require& line) { require(line, root_, nullptr); }

    void visit(const ResourceLine& line) {
        if (!line.found.empty()) {
            const auto found = evaluate(line.found, root_, nullptr, line.place);
            const auto* node = found.empty() ? nullptr : std::get_if<Node>(&found.front());
            focus_ = node != nullptr ? *node : Node();
            return;
        }
        // A round of `for` over resources of that type stays with its own, whatever stood in between.
        for (auto round = rounds_.rbegin(); round != rounds_.rend(); ++round)
            if (*round && round->type() == line.type) {
                focus_ = *round;
                return;
            }
        focus_ = root_.type() == line.type ? root_ : bundle_.first(line.type);
    }

    void visit(const SegmentLine& line) {
        target_.close();
        if (line.again) return target_.set_place(written_[line.slot]);
        written_[line.slot] = target_.place();
        if (!holds(line.when, focus_, nullptr, line.place)) return;
        set_.assign(1, static_cast<std::int64_t>(target_.count(line.name) + 1));
        target_.open(line.name, line.required);
        written_[line.slot] = target_.place();
    }

    void visit(const For& block) {
        const auto from = block.of_document ? root_ : focus_;
        if (!from) return;
        const auto values = nodes(block.over, from, block.place);
        if (values.empty()) return;
        const auto outer = std::pair(focus_, target_.place());
        const auto outer_index = index_;
        std::int64_t index = 0;
        for (const auto& value : values) {
            const auto* node = std::get_if<Node>(&value);
            focus_ = node != nullptr ? *node : outer.first;
            if (!block.name.empty()) define(block.name, {value});
            if (!holds(block.when, focus_, nullptr, block.place) || stopped()) continue;
            index_.assign(1, ++index);
            rounds_.push_back(focus_);
            walk(block.walks);
            rounds_.pop_back();
        }
        focus_ = outer.first;
        target_.set_place(outer.second);
        index_ = outer_index;
    }

    void visit(const In& block) {
        if (!focus_) return;
        const auto outer = focus_;
        for (const auto& value : evaluate(block.focus, outer, nullptr, block.place)) {
            if (const auto* node = std::get_if<Node>(&value)) focus_ = *node;
            walk(block.walks);
            if (!block.location.takes_all()) break;
        }
        focus_ = outer;
    }

    /// A choice element read back keeps only what is of the row's type.
    static bool fits(const Row& row, const fhirpath::Value& value) {
        if (row.arrow != Arrow::both || !row.location.has_choice() || row.type == nullptr) return true;
        const auto* node = std::get_if<Node>(&value);
        return node == nullptr || node->type().empty() || node->type() == row.type->fhir;
    }

    void visit(const Row& row) {
        if (!target_.is_open()) return;
        // A plain constant asks nothing of a resource, and a required segment is written whatever the document lacks:
        // its facts are, and what it requires is missed.
        if (!focus_ && !target_.is_required() && (!row.constant || !row.when.empty())) return;
        if (!holds(row.when, focus_, nullptr, row.place) || stopped()) return;
        if (row.constant) return put_constant(row);
        std::size_t written = 0;
        const auto values = evaluate(row.right, focus_, nullptr, row.place);
        if (!row.name.empty()) define(row.name, values);
        for (const auto& value : values) {
            if (stopped()) return;
            if (fits(row, value)) written += convert(row, value);
            if (written > 0 && !row.left_all) break;
        }
        if (written == 0 && row.required && !stopped()) missing(row, row.left.text);
    }

    void put_constant(const Row& row) {
        const auto& path = *row.left.path;
        const auto repetition = target_.repetition(path, row.left_all);
        target_.put(path, repetition, *row.constant);
        if (explain_) explain_put(row, repetition, "constant");
    }

    void explain_put(const Row& row, std::uint32_t repetition, std::string source) {
        trace(row.place, field_text(*row.left.path, repetition), std::move(source));
        written_in_.push_back(target_.place());
    }

    /// Traces get their segment's number; those of what was written over or left out have no place.
    void explain_written() {
        std::set<std::string> seen;
        for (auto i = output_.traces.size(); i-- > 0;) {
            auto& output = output_.traces[i].output;
            const auto segment = target_.path_of(written_in_[i]);
            output = segment.empty() ? std::string() : segment + output;
            if (!seen.insert(output).second) output.clear();
        }
    }

    static std::string source_of(const Row& row, const fhirpath::Value& value) {
        const auto* node = std::get_if<Node>(&value);
        return node != nullptr ? node->path() : row.right.text;
    }

    std::size_t convert(const Row& row, const fhirpath::Value& value) {
        auto made = row.converts->to_v2({value, row.argument, row.table, facts_.resolve});
        if (made.failure) return failed(row, value, made.failure);
        return put(row, std::move(made.repetitions), value, !row.right.is_counter());
    }

    void missed_value(const Row& row, const fhirpath::Value& value) {
        const auto* node = std::get_if<Node>(&value);
        if (node == nullptr || node->has_value()) return missed(row, "", fhirpath::to_text(value));
        const auto coding = node->child("coding") ? node->child("coding") : *node;
        missed(row, coding.child("system").text(), coding.child("code").text());
    }

    std::size_t failed(const Row& row, const fhirpath::Value& value, const Failure& failure) {
        const auto& policy = row.policy;
        if (row.table != nullptr) missed_value(row, value);
        const auto source = source_of(row, value);
        const bool kept = policy.kind == Policy::Kind::keep || policy.keep_after_warning;
        if (policy.kind == Policy::Kind::reject) {
            reject(row, failure, source);
            return 0;
        }
        if (policy.kind != Policy::Kind::drop && policy.kind != Policy::Kind::keep)
            find(row, Severity::warning, Issue::value, failure, source,
                 kept                 ? "; it is kept as it is"
                 : policy.replacement ? "; the map's own value stands in for it"
                                      : "; it is left out");
        if (kept && row.table != nullptr)
            return put(row, row.type->to_v2({value, row.argument, nullptr, facts_.resolve}).repetitions, value, true);
        if (kept) return put(row, {{{1, 1, fhirpath::to_text(value)}}}, value, true);
        if (policy.replacement) return put(row, {{{1, 1, *policy.replacement}}}, value, true);
        return 0;
    }

    /// The code alone, or where the field takes texts and there is none, its display or text.
    static std::vector<V2Part> alone(const std::vector<V2Part>& parts, bool takes_text) {
        const auto of = [&](unsigned component) -> std::string {
            for (const auto& part : parts)
                if (part.component == component && !part.value.empty()) return part.value;
            return {};
        };
        auto value = of(1);
        for (const unsigned text : {9U, 2U})
            if (value.empty() && takes_text) value = of(text);
        return {{1, 1, std::move(value)}};
    }

    /// A code without a system is local ("L"), but where the field has a table of its own it is of that.
    static void drop_implied_system(const Row& row, std::vector<V2Part>& parts) {
        if (row.hl7_table == 0) return;
        std::erase_if(parts, [](const V2Part& part) { return part.component == 3 && part.value == "L"; });
    }

    static std::vector<V2Part> fitted(const Row& row, std::vector<V2Part> parts) {
        drop_implied_system(row, parts);
        if (row.fits == Row::Fits::all) return parts;
        if (row.fits != Row::Fits::into_component) return alone(parts, row.fits == Row::Fits::code_or_text);
        for (auto& part : parts)
            part = {1, part.subcomponent > 1 ? part.subcomponent : part.component, std::move(part.value)};
        return parts;
    }

    std::size_t put(const Row& row, std::vector<std::vector<V2Part>> repetitions, const fhirpath::Value& from,
                    bool content) {
        const auto& path = *row.left.path;
        auto repetition = target_.repetition(path, row.left_all);
        std::size_t written = 0;
        for (auto& parts : repetitions) {
            const auto put = target_.put(path, repetition, fitted(row, std::move(parts)));
            if (explain_ && put > 0) explain_put(row, repetition, source_of(row, from));
            written += put;
            ++repetition;
        }
        if (content && written > 0) target_.mark_content();
        return written;
    }

    Result<Output> finish() {
        for (const auto& term : program_.ignored) ignore(term);
        output_.lost = watched_.lost();
        if (explain_) explain_written();
        output_.payload = Payload(target_.text());
        output_.media_type = kHl7v2;
        return std::move(output_);
    }

    void ignore(const Term& term) {
        if (term.reads_v2()) return;
        for (const auto& value : evaluate(term, root_, nullptr, {}))
            if (const auto* node = std::get_if<Node>(&value)) watched_.mark(*node);
    }

    Node root_;
    Watched watched_;
    fhir::Bundle bundle_;
    V2Target target_;
    Node focus_;
    std::vector<Node> rounds_;             ///< Items of the open `for`s, the innermost last.
    std::vector<std::size_t> written_in_;  ///< With explain: the segment of each trace.
    std::vector<std::size_t> written_;     ///< By slot: what that segment line opened.
    fhirpath::Collection& set_ = facts_.variables["set"];
    fhirpath::Collection& index_ = facts_.variables["index"];
};

}  // namespace

Result<Output> run_reverse(const Program& program, const Node& input, const Facts& facts, bool explain,
                           std::vector<UnmappedCode>* unmapped) {
    return Reverse(program, input, facts, explain, unmapped).run();
}

}  // namespace causeway::mapping
