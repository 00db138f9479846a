/// test "name" { given ... expect ... roundtrip ... }
#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/text.hpp"
#include "mapping/keywords.hpp"
#include "mapping/parser.hpp"

namespace causeway::mapping {
void Parser::test(std::string_view text, std::size_t offset) {
    Test test;
    test.place = place();
    const auto brace = text.rfind('{');
    if (brace == std::string_view::npos || !unquote(trim(text.substr(0, brace)), test.name))
        return mistake(offset, "Write test \"NAME\" { and close it with }.");
    auto& file = files_.back();
    const auto first = line_;
    const bool is_of_other_map = file.is_map;
    while (file.next < file.lines.size()) {
        const auto line = file.lines[file.next++];
        line_ = line.number;
        const auto bare = trim(without_comment(line.text));
        if (bare == "}") {
            if (is_of_other_map) return;
            if (test.format.empty()) mistake(1, "This test has no input: begin it with given v2 or given fhir.");
            program_.tests.push_back(std::move(test));
            return;
        }
        if (!bare.empty() && !is_of_other_map) test_line(test, bare, line.text.find_first_not_of(" \t") + 1);
    }
    line_ = first;
    mistake(offset, "This test is never closed: write } on a line of its own.");
}

void Parser::test_line(Test& test, std::string_view text, std::size_t offset) {
    const auto word = text.substr(0, text.find_first_of(" \t"));
    const auto rest = trim(text.substr(word.size()));
    const auto column = offset + text.size() - rest.size();
    if (word == "given") return given(test, rest, column);
    if (word == "expect") return expect(test, rest, column);
    if (word == "roundtrip") {
        TestStep step{place(), TestStep::Kind::roundtrip, {}, {}, {}, {}};
        for (const auto& name : split_list(rest, column)) step.segments.push_back(name.text);
        if (program_.arrow != Arrow::both) mistake(offset, "Only a map both ways (<->) can go there and back.");
        test.steps.push_back(std::move(step));
        return;
    }
    mistake(offset, "A test has lines given, expect and roundtrip." +
                        did_you_mean(std::string(word), {test_keywords().begin(), test_keywords().end()}));
}

void Parser::given(Test& test, std::string_view text, std::size_t offset) {
    if (text.starts_with("%")) return given_fact(test, text, offset);
    const auto kind = std::string(text.substr(0, text.find_first_of(" \t")));
    const auto rest = trim(text.substr(kind.size()));
    if (kind != "v2" && kind != "fhir") return mistake(offset, "Write given v2, given fhir or given %NAME = VALUE.");
    test.format = kind;
    if (rest.starts_with("\"")) return given_file(test, {"", std::string(rest), offset + kind.size() + 1});
    test.input = kind == "v2" ? inline_v2() : inline_fhir(rest);
    if (test.input.empty()) mistake(offset, "Name a file in double quotes, or write the document here.");
}

void Parser::given_fact(Test& test, std::string_view text, std::size_t offset) {
    const auto equals = text.find('=');
    const auto name = std::string(trim(text.substr(1, equals == std::string_view::npos ? equals : equals - 1)));
    if (equals == std::string_view::npos) return mistake(offset, "Write given %NAME = VALUE.");
    test.facts.emplace_back(name,
                            term({"", std::string(trim(text.substr(equals + 1))), offset + equals + 2}, Focus::none));
    const auto& known = known_facts();
    if (std::find(known.begin(), known.end(), name) == known.end())
        mistake(offset, "The engine gives no %" + name + "." + did_you_mean(name, known));
}

void Parser::given_file(Test& test, const Chunk& name) {
    std::string path;
    unquote(name.text, path);
    std::ifstream in(file().path.parent_path() / path, std::ios::binary);
    if (!in) return mistake(name.column, "\"" + path + "\" cannot be read: check its path.");
    test.input.assign(std::istreambuf_iterator<char>(in), {});
}

std::string Parser::inline_v2() {
    std::string message;
    auto& file = files_.back();
    for (; file.next < file.lines.size(); ++file.next) {
        const auto line = trim(file.lines[file.next].text);
        if (!is_segment_line(line)) break;
        message += std::string(line) + "\r";
    }
    return message;
}

std::string Parser::inline_fhir(std::string_view first) {
    std::string json(first);
    auto& file = files_.back();
    int depth = brackets_after(first, 0);
    while ((depth > 0 || json.empty()) && file.next < file.lines.size()) {
        const auto& line = file.lines[file.next].text;
        if (json.empty() && !trim(line).starts_with("{")) break;
        ++file.next;
        json += "\n" + line;
        depth = brackets_after(line, depth);
    }
    return json;
}

void Parser::expect_at(TestStep& step, const std::vector<Chunk>& words) {
    std::size_t at = 1;
    if (step.kind != TestStep::Kind::lost && at < words.size() && words[at].text != "at") step.code = words[at++].text;
    if (at < words.size() && words[at].text == "at") ++at;
    if (at < words.size()) step.at = words[at].text;
}

bool Parser::is_output_v2(const Test& test) const {
    return program_.pair == Pair::v2_v2 || (program_.pair == Pair::v2_fhir && test.format == "fhir");
}

void Parser::expect(Test& test, std::string_view text, std::size_t offset) {
    TestStep step{place(), TestStep::Kind::expect, {}, {}, {}, {}};
    const auto parts = words(text, offset);
    const auto first = parts.empty() ? std::string() : parts[0].text;
    if (text == "nothing lost") {
        step.kind = TestStep::Kind::nothing_lost;
    } else if (text == "no warnings") {
        step.kind = TestStep::Kind::no_warnings;
    } else if (first == "warning" || first == "reject" || first == "lost") {
        step.kind = first == "warning"  ? TestStep::Kind::warning
                    : first == "reject" ? TestStep::Kind::reject
                                        : TestStep::Kind::lost;
        expect_at(step, parts);
    } else {
        if (test.format.empty()) return mistake(offset, "Write given v2 or given fhir before what is expected.");
        step.expression = term({"", std::string(text), offset}, is_output_v2(test) ? Focus::message : Focus::document);
    }
    test.steps.push_back(std::move(step));
}

}  // namespace causeway::mapping
