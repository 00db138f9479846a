#include "mapping/map_test.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/text.hpp"
#include "fhir/bundle.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"
#include "mapping/run.hpp"
#include "mapping/same_format.hpp"

namespace causeway::mapping {
namespace {

/// The time at which tests run, unless they give %now.
constexpr std::string_view kTestNow = "2026-01-15T12:00:00Z";

Result<tree::DocumentPtr> decode(std::string_view format, const Payload& payload) {
    if (format == "v2") {
        auto message = hl7v2::parse(payload);
        if (!message) return message.error();
        return tree::DocumentPtr(*message);
    }
    auto document = fhir::parse_json(payload);
    if (!document) return document.error();
    return tree::DocumentPtr(*document);
}

class TestRun : Run {
public:
    TestRun(const Program& program, const Test& test, const Facts& facts, Coverage& coverage)
        : Run(program, facts, false), test_(test), coverage_(coverage) {
        for (const auto& [name, term] : test.facts) facts_.variables[name] = evaluate(term, {}, nullptr, test.place);
    }

    /// Differences of the test itself; empty where it passed.
    std::string run() {
        forward_ = program_.pair != Pair::v2_fhir || test_.format == "v2";
        output_format_ = program_.pair == Pair::v2_v2 || !forward_ ? "v2" : "fhir";
        auto input = decode(test_.format, Payload(test_.input));
        if (!input) return "the input cannot be read: " + to_string(input.error());
        first_input_ = *input;
        result_ = map(forward_, first_input_->root());
        if (stopped()) return to_string(*error_);
        if (*result_) {
            output_document_ = decode(output_format_, (**result_).payload);
            if (!*output_document_) return "the output cannot be read: " + to_string(output_document_->error());
        }
        std::string differences;
        for (const auto& step : test_.steps) differences += check(step, (*input)->root());
        return differences;
    }

    /// There and back and there again gives the same.
    std::string round_trip() {
        if (!result_ || !*result_) return {};
        const auto back = map(!forward_, (**output_document_)->root());
        if (!back) return "the way back fails: " + to_string(back.error());
        const auto middle = decode(test_.format, back->payload);
        if (!middle) return "what came back cannot be read: " + to_string(middle.error());
        const auto again = map(forward_, (*middle)->root());
        if (!again) return "the second way there fails: " + to_string(again.error());
        const auto second = decode(forward_ ? "fhir" : "v2", again->payload);
        if (!second) return "what came of the second way cannot be read: " + to_string(second.error());
        const auto& fhir_first = forward_ ? **output_document_ : first_input_;
        const auto& fhir_second = forward_ ? *second : *middle;
        return compare_rows(fhir_first->root(), fhir_second->root());
    }

private:
    Result<Output> map(bool forward, const tree::Node& root) {
        auto output = program_.pair == Pair::v2_v2       ? run_v2_to_v2(program_, root, facts_, true, nullptr)
                      : program_.pair == Pair::fhir_fhir ? run_fhir_to_fhir(program_, root, facts_, true, nullptr)
                      : forward                          ? run_forward(program_, root, facts_, true)
                                                         : run_reverse(program_, root, facts_, true);
        if (output)
            coverage_.add(*output);
        else
            coverage_.add(output.error());
        return output;
    }

    /// What a row both ways reads, by the row's place and the round.
    using Read = std::map<std::pair<std::string, std::size_t>, std::pair<const Row*, std::string>>;

    /// What each row both ways reads must be the same after a journey there and back.
    std::string compare_rows(const tree::Node& first, const tree::Node& second) {
        Read before, after;
        resolve_in(first);
        read_rows(program_.statements, first, first, before);
        resolve_in(second);
        read_rows(program_.statements, second, second, after);
        std::string differences;
        for (const auto& [key, read] : before) {
            const auto& now = after[key].second;
            if (read.second != now)
                differences += key.first + ": " + read.first->location.text + " was " + read.second +
                               " and came back as " + (now.empty() ? "nothing" : now) + "\n";
        }
        return differences;
    }

    /// resolve() in expressions of the test: references within that document.
    void resolve_in(const tree::Node& root) {
        facts_.resolve = [bundle = fhir::Bundle(root)](std::string_view reference, const tree::Node& from) {
            return bundle.resolve(reference, from);
        };
    }

    void read_rows(const std::vector<Statement>& statements, const tree::Node& root, tree::Node focus, Read& out) {
        for (const auto& statement : statements) {
            if (const auto* line = std::get_if<ResourceLine>(&statement.what)) focus = resource_of(*line, root, focus);
            if (const auto* row = std::get_if<Row>(&statement.what);
                row != nullptr && focus && row->arrow == Arrow::both && row->is_exact())
                for (std::size_t round = 0;; ++round)
                    if (out.try_emplace({row->place.text(), round}, row, values_at(*row, focus)).second) break;
            if (const auto* block = std::get_if<For>(&statement.what); block != nullptr && !block->over.path)
                read_items(block->over, block->of_document ? root : focus, block->body, root, out);
            if (const auto* block = std::get_if<In>(&statement.what))
                read_items(block->focus, focus, block->body, root, out);
        }
    }

    void read_items(const Term& over, const tree::Node& focus, const std::vector<Statement>& body,
                    const tree::Node& root, Read& out) {
        for (const auto& value : evaluate(over, focus, nullptr, {}))
            if (const auto* node = std::get_if<tree::Node>(&value)) read_rows(body, root, *node, out);
    }

    tree::Node resource_of(const ResourceLine& line, const tree::Node& root, const tree::Node& focus) {
        if (!line.found.empty()) {
            const auto found = evaluate(line.found, root, nullptr, line.place);
            const auto* node = found.empty() ? nullptr : std::get_if<tree::Node>(&found.front());
            return node != nullptr ? *node : tree::Node();
        }
        if (focus && focus.type() == line.type) return focus;
        return root.type() == line.type ? root : fhir::Bundle(root).first(line.type);
    }

    std::string values_at(const Row& row, const tree::Node& focus) {
        std::string text;
        for (const auto& value : evaluate(row.right, focus, nullptr, row.place)) {
            const auto* node = std::get_if<tree::Node>(&value);
            text += (node != nullptr ? fhir::to_json(*node) : fhirpath::to_text(value)) + " ";
        }
        return text;
    }

    std::string check(const TestStep& step, const tree::Node& input) {
        const auto wrong = check_step(step, input);
        return wrong.empty() ? "" : step.place.text() + ": " + wrong + "\n";
    }

    std::string check_step(const TestStep& step, const tree::Node& input) {
        if (step.kind == TestStep::Kind::reject) return check_reject(step);
        if (!*result_) return "the map failed: " + to_string(result_->error());
        const auto& output = **result_;
        switch (step.kind) {
            case TestStep::Kind::expect:
                return check_expression(step);
            case TestStep::Kind::warning:
                return check_warning(step, output);
            case TestStep::Kind::no_warnings:
                return check_no_warnings(output);
            case TestStep::Kind::lost:
                return check_lost(step, output);
            case TestStep::Kind::nothing_lost:
                return output.lost.empty() ? "" : "lost: " + joined_lost(output);
            case TestStep::Kind::roundtrip:
                return check_segments(step, input);
            case TestStep::Kind::reject:
                break;
        }
        return {};
    }

    std::string check_expression(const TestStep& step) {
        const auto root = (**output_document_)->root();
        const bool is_fhir = output_format_ == "fhir";
        if (is_fhir) resolve_in(root);
        V2Reader reader(is_fhir ? tree::Node() : root);
        if (holds(step.expression, root, is_fhir ? nullptr : &reader, step.place)) return {};
        if (stopped()) return to_string(*error_);
        return "not so: " + step.expression.text + found(step, root, reader);
    }

    /// For "A = B": what A is.
    std::string found(const TestStep& step, const tree::Node& root, V2Reader& reader) {
        const auto equals = step.expression.text.rfind(" = ");
        if (equals == std::string::npos) return {};
        const auto side = trim(std::string_view(step.expression.text).substr(0, equals));
        const auto path = hl7v2::Path::parse(side);
        if (path && output_format_ == "v2") {
            const auto places = reader.select(*path);
            return places.empty() ? " (there is nothing)" : " (it is " + reader.whole(places.front()) + ")";
        }
        auto compiled = fhirpath::Expression::compile(side);
        const auto* expression = std::get_if<fhirpath::Expression>(&compiled);
        if (expression == nullptr) return {};
        const auto values = expression->evaluate(root, facts_);
        if (!values || values->empty()) return " (there is nothing)";
        return " (it is " + fhirpath::to_text(values->front()) + ")";
    }

    std::string check_reject(const TestStep& step) const {
        if (*result_) return "the map did not reject the message";
        const auto& error = result_->error();
        const bool code = step.code.empty() || step.code == std::to_string(error.hl7_code);
        const bool place = step.at.empty() || error.where.starts_with(step.at);
        return code && place ? "" : "rejected with " + std::to_string(error.hl7_code) + " at " + error.where;
    }

    static std::string check_warning(const TestStep& step, const Output& output) {
        std::string others;
        for (const auto& finding : output.outcome.issues) {
            const bool code = step.code.empty() || finding.rule == step.code;
            if (code && (step.at.empty() || finding.expression.starts_with(step.at))) return {};
            others += " " + finding.rule + " at " + finding.expression;
        }
        return "no such warning" + (others.empty() ? std::string() : ", but" + others);
    }

    static std::string check_no_warnings(const Output& output) {
        for (const auto& finding : output.outcome.issues)
            if (finding.severity == Severity::warning) return "warned: " + finding.text;
        return {};
    }

    static std::string joined_lost(const Output& output) {
        std::string all;
        for (const auto& path : output.lost) all += (all.empty() ? "" : ", ") + path;
        return all;
    }

    static std::string check_lost(const TestStep& step, const Output& output) {
        const bool found = std::any_of(output.lost.begin(), output.lost.end(),
                                       [&](const std::string& path) { return path.starts_with(step.at); });
        return found ? "" : "not lost; lost is: " + joined_lost(output);
    }

    std::string check_segments(const TestStep& step, const tree::Node& input) {
        if (!forward_) return "roundtrip SEGMENTS needs given v2";
        const auto back = map(false, (**output_document_)->root());
        if (!back) return "the way back fails: " + to_string(back.error());
        const auto middle = decode("v2", back->payload);
        if (!middle) return "what came back cannot be read: " + to_string(middle.error());
        for (const auto& name : step.segments) {
            const auto before = segment_text(input, name);
            const auto after = segment_text((*middle)->root(), name);
            if (before != after) return name + " was " + before + " and came back as " + after;
        }
        return {};
    }

    static std::string segment_text(const tree::Node& root, const std::string& name) {
        V2Reader reader(root);
        std::string text;
        for (std::uint16_t field = 1; field <= kFields; ++field) {
            hl7v2::Path path;
            path.segment = name;
            path.segment_index = 1;
            path.field = field;
            for (const auto& place : reader.select(path))
                if (reader.has_value(place)) text += "|" + std::to_string(field) + ":" + reader.whole(place);
        }
        return text;
    }

    static constexpr std::uint16_t kFields = 255;

    const Test& test_;
    Coverage& coverage_;
    bool forward_ = true;
    std::string output_format_;
    tree::DocumentPtr first_input_;
    std::optional<Result<Output>> result_;
    std::optional<Result<tree::DocumentPtr>> output_document_;
};

Facts test_facts() {
    Facts facts;
    facts.now = parse_fhir_instant(kTestNow);
    facts.variables["obligation"] = {std::string("0TEST00000001")};
    return facts;
}

}  // namespace

std::vector<TestResult> run_tests(const Program& program, Coverage& coverage) {
    std::vector<TestResult> results;
    for (const auto& test : program.tests) {
        TestRun run(program, test, test_facts(), coverage);
        auto difference = run.run();
        results.push_back({test.place.text(), test.name, difference.empty(), std::move(difference)});
        if (program.arrow != Arrow::both) continue;
        auto round_trip = run.round_trip();
        results.push_back(
            {test.place.text(), test.name + " (there and back)", round_trip.empty(), std::move(round_trip)});
    }
    return results;
}

}  // namespace causeway::mapping
