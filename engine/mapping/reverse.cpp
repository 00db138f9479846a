/// To the left: FHIR into HL7 v2.
#include <algorithm>

#include "core/text.hpp"
#include "fhir/bundle.hpp"
#include "hl7v2/writer.hpp"
#include "mapping/run.hpp"
#include "mapping/watched.hpp"
#include "model/message.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

/// A segment on its way out.
struct OutSegment {
    struct Place {
        std::uint16_t field;
        std::uint32_t repetition;
        std::uint16_t component, subcomponent;
        std::string value;
    };

    std::string name;
    bool required = false;
    bool content = false;  ///< Something that is no constant was written.
    std::vector<Place> places;

    bool is_written() const noexcept { return content || required; }
    std::uint32_t repetitions(std::uint16_t field) const {
        std::uint32_t most = 0;
        for (const auto& place : places)
            if (place.field == field) most = std::max(most, place.repetition);
        return most;
    }
};

class Reverse : Run {
public:
    Reverse(const Program& program, const Node& input, const Facts& facts, bool explain)
        : Run(program, facts, explain), document_(input), bundle_(document_.root()), focus_(document_.root()) {
        facts_.resolve = [this](std::string_view reference, const Node& from) { return resolve(reference, from); };
    }

    Result<Output> run() {
        if (!check_type()) return *error_;
        walk(program_.statements);
        if (stopped()) return *error_;
        return finish();
    }

private:
    bool check_type() {
        const auto root = document_.root();
        const auto type = std::string(root.type());
        const bool bundle = program_.bundle_type.empty() || root.child("type").text() == program_.bundle_type;
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
        return bundle_.resolve(reference, document_.root());
    }

    void walk(const std::vector<Statement>& statements) {
        for (const auto& statement : statements) {
            if (stopped()) return;
            if (const auto* line = std::get_if<ResourceLine>(&statement.what)) visit(*line);
            if (const auto* line = std::get_if<SegmentLine>(&statement.what)) visit(*line);
            if (const auto* let = std::get_if<Let>(&statement.what); let != nullptr && !let->value.reads_v2())
                define(let->name, evaluate(let->value, document_.root(), nullptr, let->place));
            if (const auto* line = std::get_if<Require>(&statement.what);
                line != nullptr && !line->condition.reads_v2())
                require(*line, document_.root(), nullptr);
            if (!focus_) continue;
            if (const auto* block = std::get_if<For>(&statement.what)) visit(*block);
            if (const auto* block = std::get_if<In>(&statement.what)) visit(*block);
            if (const auto* row = std::get_if<Row>(&statement.what); row != nullptr && row->runs(Direction::reverse))
                write(*row);
        }
    }

    void visit(const ResourceLine& line) {
        if (!line.found.empty()) {
            const auto found = evaluate(line.found, document_.root(), nullptr, line.place);
            const auto* node = found.empty() ? nullptr : std::get_if<Node>(&found.front());
            focus_ = node != nullptr ? *node : Node();
            return;
        }
        // A round of `for` over resources of that type stays with its own.
        if (focus_ && focus_.type() == line.type) return;
        const auto root = document_.root();
        focus_ = root.type() == line.type ? root : bundle_.first(line.type);
    }

    void visit(const SegmentLine& line) {
        current_ = kNone;
        if (!holds(line.when, focus_, nullptr, line.place)) return;
        const auto count = std::count_if(segments_.begin(), segments_.end(), [&](const OutSegment& segment) {
            return segment.name == line.name && segment.is_written();
        });
        define("set", {static_cast<std::int64_t>(count + 1)});
        current_ = segments_.size();
        segments_.push_back({line.name, line.required, false, {}});
    }

    void visit(const For& block) {
        if (block.over.path) return;
        const auto outer = std::pair(focus_, current_);
        const auto outer_index = facts_.variables["index"];
        std::int64_t index = 0;
        const auto from = block.of_document ? document_.root() : focus_;
        for (const auto& value : evaluate(block.over, from, nullptr, block.place)) {
            const auto* node = std::get_if<Node>(&value);
            focus_ = node != nullptr ? *node : outer.first;
            if (!block.name.empty()) define(block.name, {value});
            if (!holds(block.when, focus_, nullptr, block.place) || stopped()) continue;
            define("index", {++index});
            walk(block.body);
        }
        std::tie(focus_, current_) = outer;
        define("index", outer_index);
    }

    void visit(const In& block) {
        const auto outer = focus_;
        for (const auto& value : evaluate(block.focus, outer, nullptr, block.place)) {
            if (const auto* node = std::get_if<Node>(&value)) focus_ = *node;
            walk(block.body);
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

    void write(const Row& row) {
        if (current_ == kNone || !holds(row.when, focus_, nullptr, row.place) || stopped()) return;
        if (row.constant) {
            put(row, {{{1, 1, *row.constant}}}, "constant", false);
            return;
        }
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

    std::size_t convert(const Row& row, const fhirpath::Value& value) {
        static const Type* const text = find_type("ST");
        const auto& type = row.type != nullptr ? *row.type : *text;
        const auto* node = std::get_if<Node>(&value);
        const auto source = node != nullptr ? node->path() : row.right.text;
        const auto made = type.to_v2({value, row.argument, row.table, facts_.resolve});
        if (made.failure) return failed(row, value, made.failure, source);
        return put(row, made.repetitions, source, !row.right.is_counter());
    }

    std::size_t failed(const Row& row, const fhirpath::Value& value, const Failure& failure,
                       const std::string& source) {
        const auto& policy = row.policy;
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
            return put(row, row.type->to_v2({value, row.argument, nullptr, facts_.resolve}).repetitions, source, true);
        if (kept) return put(row, {{{1, 1, fhirpath::to_text(value)}}}, source, true);
        if (policy.replacement) return put(row, {{{1, 1, *policy.replacement}}}, source, true);
        return 0;
    }

    std::size_t put(const Row& row, const std::vector<std::vector<V2Part>>& repetitions, const std::string& source,
                    bool content) {
        auto& segment = segments_[current_];
        const auto& path = *row.left.path;
        auto repetition =
            row.left_all ? segment.repetitions(path.field) + 1 : std::max<std::uint32_t>(path.repetition, 1);
        std::size_t written = 0;
        for (const auto& parts : repetitions) {
            for (const auto& part : parts) written += put_part(segment, path, repetition, part);
            trace(row.place, row.left.text, source);
            ++repetition;
        }
        if (content && written > 0) segment.content = true;
        return written;
    }

    /// A path to a component takes the first component of what the type made.
    static std::size_t put_part(OutSegment& segment, const hl7v2::Path& path, std::uint32_t repetition,
                                const V2Part& part) {
        if (part.value.empty() || (path.component != 0 && part.component != 1)) return 0;
        const auto component = path.component != 0 ? path.component : static_cast<std::uint16_t>(part.component);
        const auto subcomponent =
            path.subcomponent != 0 ? path.subcomponent : static_cast<std::uint16_t>(part.subcomponent);
        segment.places.push_back({path.field, repetition, component, subcomponent, part.value});
        return 1;
    }

    Result<Output> finish() {
        hl7v2::Writer writer;
        for (const auto& segment : segments_) {
            if (!segment.is_written()) continue;
            writer.segment(segment.name);
            for (const auto& place : segment.places)
                writer.set(place.field, place.repetition, place.component, place.subcomponent, place.value);
        }
        for (const auto& term : program_.ignored) ignore(term);
        output_.lost = document_.lost();
        output_.payload = Payload(writer.text());
        output_.media_type = kHl7v2;
        return std::move(output_);
    }

    void ignore(const Term& term) {
        if (term.reads_v2()) return;
        for (const auto& value : evaluate(term, document_.root(), nullptr, {}))
            if (const auto* node = std::get_if<Node>(&value)) document_.mark(*node);
    }

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    WatchedDocument document_;
    fhir::Bundle bundle_;
    Node focus_;
    std::vector<OutSegment> segments_;
    std::size_t current_ = kNone;
};

}  // namespace

Result<Output> run_reverse(const Program& program, const Node& input, const Facts& facts, bool explain) {
    return Reverse(program, input, facts, explain).run();
}

}  // namespace causeway::mapping
