/// Points 1 and 2: what an adapter says about itself is true, and nothing else is taken.
#include <doctest/doctest.h>

#include <algorithm>

#include "contract/rig.hpp"
#include "support/temp_dir.hpp"

namespace causeway::contract {
namespace {

using config::FieldSpec;
using config::FieldType;

bool is_snake_case(std::string_view name) {
    return !name.empty() && name.front() >= 'a' && name.front() <= 'z' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

bool is_sentence(std::string_view text) {
    return text.size() > 10 && text.ends_with('.');
}

void check_fields(std::span<const FieldSpec> fields, std::string_view adapter) {
    for (const auto& field : fields) {
        INFO(adapter, ".", field.name);
        CHECK(is_snake_case(field.name));
        CHECK(is_sentence(field.doc));
        if (field.type == FieldType::one_of) {
            REQUIRE_FALSE(field.choices.empty());
            if (field.fallback && !field.fallback->empty())
                CHECK(std::ranges::find(field.choices, *field.fallback) != field.choices.end());
        }
        if (field.type == FieldType::object) check_fields(field.fields, adapter);
    }
}

/// A YAML value that no field of this type may have; empty where every scalar is right.
std::string_view wrong_value(FieldType type) {
    switch (type) {
        case FieldType::boolean:
            return "perhaps";
        case FieldType::integer:
            return "many";
        case FieldType::size:
            return "large";
        case FieldType::duration:
            return "long";
        case FieldType::secret:
            return "hunter2";
        case FieldType::one_of:
            return "something_else";
        case FieldType::object:
            return "text";
        case FieldType::list:
            return "{a: b}";
        default:
            return "{a: b}";
    }
}

/// An example without the line of that field.
std::string without(std::string_view yaml, std::string_view field) {
    std::string kept;
    for (const auto line : split(yaml, '\n'))
        if (!line.empty() && !line.starts_with(std::string(field) + ":")) kept += std::string(line) + "\n";
    return kept;
}

void start_and_stop(const AdapterSpec& spec, std::string_view example) {
    const test::TempDir dir;
    if (spec.make_inbound != nullptr) {
        test::Inbound channel(spec.name, example, dir.path());
        channel.start();
        CHECK_FALSE(channel.address().empty());
        channel.stop();
    } else {
        test::Outbound sender(spec.name, example, dir.path());
        sender.stop();
    }
}

}  // namespace

TEST_CASE("1: each adapter describes itself in whole sentences, and has exactly one maker") {
    for (const auto* spec : all_adapters()) {
        INFO(spec->name);
        CHECK(is_snake_case(spec->name));
        CHECK(is_sentence(spec->summary));
        CHECK(is_sentence(spec->security));
        CHECK((spec->make_inbound == nullptr) != (spec->make_outbound == nullptr));
        check_fields(spec->fields, spec->name);
        CHECK_FALSE(spec->examples.empty());
    }
}

TEST_CASE("1: every example passes lint, starts and stops") {
    for (const auto* spec : all_adapters())
        for (const auto example : spec->examples) {
            INFO(spec->name, ": ", example);
            CHECK(test::lint(*spec, example).mistakes.empty());
            start_and_stop(*spec, example);
        }
}

TEST_CASE("2: an unknown field is refused with its place and the nearest right name") {
    for (const auto* spec : all_adapters()) {
        const auto field = std::string(spec->fields.back().name);
        const auto example = without(spec->examples.front(), field);
        const auto lines = std::count(example.begin(), example.end(), '\n');
        const auto mistakes = test::lint(*spec, example + field + "x: 1\n").mistakes;
        INFO(spec->name);
        REQUIRE_FALSE(mistakes.empty());
        CHECK(mistakes[0].file == "test.yaml");
        CHECK(mistakes[0].line == static_cast<std::uint32_t>(lines) + 1);
        CHECK(mistakes[0].what.find(field) != std::string::npos);
    }
}

TEST_CASE("2: a value of the wrong type is refused with its place") {
    for (const auto* spec : all_adapters())
        for (const auto& field : spec->fields) {
            const auto example = without(spec->examples.front(), field.name);
            const auto lines = std::count(example.begin(), example.end(), '\n');
            const auto yaml = example + std::string(field.name) + ": " + std::string(wrong_value(field.type)) + "\n";
            const auto mistakes = test::lint(*spec, yaml).mistakes;
            INFO(spec->name, ".", field.name);
            REQUIRE_FALSE(mistakes.empty());
            CHECK(mistakes[0].line == static_cast<std::uint32_t>(lines) + 1);
        }
}

TEST_CASE("2: a missing required field is refused by name") {
    for (const auto* spec : all_adapters())
        for (const auto& field : spec->fields) {
            if (field.fallback) continue;
            const auto mistakes = test::lint(*spec, without(spec->examples.front(), field.name) + "\n").mistakes;
            INFO(spec->name, ".", field.name);
            REQUIRE_FALSE(mistakes.empty());
            CHECK(mistakes[0].what.find(field.name) != std::string::npos);
        }
}

TEST_CASE("a listener says whether strangers can reach it") {
    for (const auto* spec : all_adapters()) {
        const bool listens =
            std::ranges::any_of(spec->fields, [](const auto& field) { return field.name == "host"; }) &&
            spec->make_inbound != nullptr;
        INFO(spec->name);
        CHECK((spec->exposed != nullptr) == listens);
        if (!listens) continue;
        CHECK_FALSE(spec->exposed(test::settings(*spec, "port: 0\n")));
        CHECK(spec->exposed(test::settings(*spec, "port: 0\nhost: 0.0.0.0\n")));
    }
}

}  // namespace causeway::contract
