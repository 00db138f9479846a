/// The examples of mappings/README.md are maps whose tests pass.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "mapping/keywords.hpp"
#include "mapping/program.hpp"
#include "mapping/support.hpp"

using namespace causeway;

namespace {

std::string readme() {
    std::ifstream in(std::string(CAUSEWAY_SOURCE_DIR) + "/mappings/README.md");
    return {std::istreambuf_iterator<char>(in), {}};
}

/// What stands between backticks, line by line.
std::string code_of(const std::string& text) {
    std::string code;
    for (std::size_t at = text.find('`'); at != std::string::npos; at = text.find('`', at)) {
        const auto end = text.find('`', at + 1);
        if (end == std::string::npos) break;
        code += " " + text.substr(at + 1, end - at - 1) + "\n";
        at = end + 1;
    }
    return code;
}

/// As a word, not as part of another one.
bool holds_word(const std::string& text, std::string_view word) {
    const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
        if (!is_word(text[at - 1]) && !is_word(text[at + word.size()])) return true;
    return false;
}

std::vector<std::string> examples() {
    const auto text = readme();
    const std::string open = "```map\n";
    std::vector<std::string> found;
    for (auto at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
        at += open.size();
        found.push_back(text.substr(at, text.find("```", at) - at));
    }
    return found;
}

}  // namespace

TEST_CASE("every example of the documentation compiles and passes its tests") {
    const auto maps = examples();
    REQUIRE(maps.size() >= 4);
    for (const auto& text : maps) {
        const test::MapFile file(text);
        file.copy(CAUSEWAY_SOURCE_DIR "/mappings");
        const auto map = file.load();
        for (const auto& mistake : file.mistakes()) FAIL_CHECK(mistake);
        const auto results = map.test();
        CHECK_FALSE(results.empty());
        for (const auto& result : results) {
            INFO(text.substr(0, 40), "\n", result.place, " ", result.name, "\n", result.difference);
            CHECK(result.passed);
        }
    }
}

TEST_CASE("the documentation names every word of the language, every type and every fact") {
    const auto code = code_of(readme());
    for (const auto* words : {&mapping::statement_keywords(), &mapping::row_keywords(), &mapping::policy_keywords(),
                              &mapping::for_keywords(), &mapping::resource_keywords(), &mapping::segment_keywords(),
                              &mapping::test_keywords(), &mapping::expect_keywords()})
        for (const auto word : *words) {
            CAPTURE(word);
            CHECK(holds_word(code, word));
        }
    for (const auto& type : mapping::type_names()) {
        CAPTURE(type);
        CHECK(holds_word(code, type));
    }
    for (const auto& fact : mapping::known_facts()) {
        CAPTURE(fact);
        CHECK(holds_word(code, "%" + fact));
    }
}

TEST_CASE("the documentation has an example with every word that a line may begin with") {
    std::string all = "\n";
    for (const auto& example : examples()) all += example;
    for (const auto word : mapping::statement_keywords()) {
        CAPTURE(word);
        const auto begins = [&](const std::string& before) {
            return all.find(before + std::string(word) + " ") != std::string::npos;
        };
        CHECK((begins("\n") || begins("\n  ") || begins("\n    ")));
    }
}
