/// Runs the official FHIRPath tests for R4 and holds the number that pass.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "fhir/json.hpp"
#include "fhirpath/expression.hpp"
#include "fhirpath/value.hpp"

using namespace causeway;
using fhirpath::Collection;

namespace {

// What is reached; it may only rise. What fails needs the definitions of FHIR's elements and is named by the test.
constexpr std::size_t kFloor = 918;

std::filesystem::path folder() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    const std::filesystem::path corpus = set != nullptr ? set : CAUSEWAY_SOURCE_DIR "/../shared/corpus";
    return corpus / "fhir/fhirpath";
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string without_entities(std::string text) {
    const std::pair<std::string, std::string> entities[] = {{"&lt;", "<"},   {"&gt;", ">"},  {"&quot;", "\""},
                                                            {"&apos;", "'"}, {"&#39;", "'"}, {"&amp;", "&"}};
    for (const auto& [from, to] : entities)
        for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
            text.replace(at, from.size(), to);
    return text;
}

struct Output {
    std::string type, text;
};

struct Case {
    std::string group, name, input, expression;
    bool invalid = false;
    bool predicate = false;
    std::vector<Output> outputs;
};

// As much XML as the file of tests uses.
class CaseReader {
public:
    explicit CaseReader(std::string text) : text_(std::move(text)) {
        for (auto at = text_.find("<!--"); at != std::string::npos; at = text_.find("<!--", at))
            text_.erase(at, text_.find("-->", at) + 3 - at);
    }

    std::vector<Case> all() {
        std::vector<Case> cases;
        while (next_tag()) {
            if (name() == "group") group_ = attribute("name");
            if (name() == "test") cases.push_back(start_case());
            if (name() == "expression") {
                cases.back().invalid = !attribute("invalid").empty();
                cases.back().expression = content();
            }
            if (name() == "output") cases.back().outputs.push_back({attribute("type"), content()});
        }
        return cases;
    }

private:
    bool next_tag() {
        const auto begin = text_.find('<', at_);
        if (begin == std::string::npos) return false;
        const auto end = text_.find('>', begin);
        tag_ = text_.substr(begin + 1, end - begin - 1);
        at_ = end + 1;
        return true;
    }

    std::string name() const { return tag_.substr(0, tag_.find_first_of(" \t\r\n/")); }

    std::string attribute(const std::string& key) const {
        const auto begin = tag_.find(" " + key + "=\"");
        if (begin == std::string::npos) return {};
        const auto from = begin + key.size() + 3;
        return without_entities(tag_.substr(from, tag_.find('"', from) - from));
    }

    std::string content() {
        if (tag_.back() == '/') return {};
        return without_entities(text_.substr(at_, text_.find('<', at_) - at_));
    }

    Case start_case() const {
        Case each;
        each.group = group_;
        each.name = attribute("name");
        each.input = attribute("inputfile");
        each.predicate = attribute("predicate") == "true";
        return each;
    }

    std::string text_, tag_, group_;
    std::size_t at_ = 0;
};

class Inputs {
public:
    tree::Node root(std::string name) {
        if (name.empty()) return {};
        if (name.ends_with(".xml")) name.replace(name.size() - 4, 4, ".from-xml.json");
        auto& document = documents_[name];
        if (!document) document = fhir::parse_json(Payload(contents(folder() / "input" / name))).value();
        return document->root();
    }

private:
    std::map<std::string, std::shared_ptr<const fhir::JsonDocument>> documents_;
};

bool is_of(const fhirpath::Value& value, const Output& expected) {
    if (std::holds_alternative<tree::Node>(value) || expected.type.empty()) return true;
    if (expected.type == "boolean") return std::holds_alternative<bool>(value);
    if (expected.type == "integer") return std::holds_alternative<std::int64_t>(value);
    if (expected.type == "decimal") return std::holds_alternative<fhirpath::Decimal>(value);
    if (expected.type == "date" || expected.type == "dateTime")
        return std::holds_alternative<fhirpath::Temporal>(value);
    if (expected.type == "Quantity") return std::holds_alternative<fhirpath::Quantity>(value);
    return std::holds_alternative<std::string>(value);
}

bool is_expected(const fhirpath::Value& value, const Output& expected) {
    auto text = expected.text;
    if (text.starts_with('@')) text.erase(0, text.starts_with("@T") ? 2 : 1);
    return is_of(value, expected) && fhirpath::to_text(value) == text;
}

// Empty where the case passes, else what happened.
std::string run(const Case& each, Inputs& inputs) {
    auto compiled = fhirpath::Expression::compile(each.expression);
    if (auto* error = std::get_if<fhirpath::CompileError>(&compiled))
        return each.invalid ? "" : "does not compile: " + error->what;
    fhirpath::Environment environment;
    environment.now = parse_fhir_instant("2026-11-21T21:45:03.120Z");
    auto result = std::get<fhirpath::Expression>(compiled).evaluate(inputs.root(each.input), environment);
    if (!result) return each.invalid ? "" : "fails: " + result.error().what;
    if (each.invalid) return "is accepted";
    const auto& items = result.value();
    if (each.predicate) return items.empty() ? "is empty" : "";
    if (items.size() != each.outputs.size()) return "gives " + std::to_string(items.size()) + " items";
    for (std::size_t i = 0; i < items.size(); ++i)
        if (!is_expected(items[i], each.outputs[i])) return "gives " + fhirpath::to_text(items[i]);
    return {};
}

struct Count {
    std::size_t passed = 0, total = 0;
};

}  // namespace

TEST_CASE("fhirpath: the official R4 tests pass but for those that need definitions") {
    if (!std::filesystem::exists(folder())) {
        MESSAGE("The corpus is absent: set CAUSEWAY_CORPUS to run this test.");
        return;
    }
    Inputs inputs;
    std::map<std::string, Count> groups;
    Count all;
    std::ostringstream report;
    for (const auto& each : CaseReader(contents(folder() / "tests-fhir-r4.xml")).all()) {
        const auto failure = run(each, inputs);
        auto& group = groups[each.group];
        ++group.total;
        ++all.total;
        group.passed += failure.empty();
        all.passed += failure.empty();
        if (!failure.empty())
            report << "  " << each.group << "/" << each.name << ": " << each.expression << " " << failure << '\n';
    }
    for (const auto& [name, count] : groups)
        if (count.passed != count.total)
            report << "  " << name << ": " << count.passed << " of " << count.total << '\n';
    MESSAGE("official FHIRPath R4 tests: " << all.passed << " of " << all.total << ":" << '\n' << report.str());
    CHECK(all.total == 935);
    CHECK(all.passed >= kFloor);
}
