// Values of elements: types, fixed values and patterns, lengths and ranges.
#include <algorithm>
#include <charconv>
#include <optional>

#include "fhirpath/value.hpp"
#include "validation/formats.hpp"
#include "validation/walker.hpp"

namespace causeway::validation {
namespace {

bool looks_like_html(std::string_view text) noexcept {
    for (auto i = text.find('<'); i != std::string_view::npos; i = text.find('<', i + 1)) {
        auto j = i + 1;
        if (j < text.size() && text[j] == '/') ++j;
        const auto start = j;
        while (j < text.size() && ((text[j] >= 'a' && text[j] <= 'z') || (text[j] >= 'A' && text[j] <= 'Z') ||
                                   (text[j] >= '0' && text[j] <= '9')))
            ++j;
        if (j > start && j < text.size() && (text[j] == '>' || text[j] == ' ' || text[j] == '/') &&
            text.find('>', j) != std::string_view::npos)
            return true;
    }
    return false;
}

bool is_number(Primitive type) noexcept {
    return type == Primitive::decimal || type == Primitive::integer || type == Primitive::positive_int ||
           type == Primitive::unsigned_int;
}

bool is_moment(Primitive type) noexcept {
    return type == Primitive::date || type == Primitive::date_time || type == Primitive::instant ||
           type == Primitive::time;
}

}  // namespace

void Walker::check_types(Id record, const Plan& own) {
    const auto& here = at(record);
    if (here.type == 0) return;
    const auto types = definitions_.types(own.definition->types);
    if (types.empty()) return;
    for (const auto& type : types)
        if (is_of_type(record, type.code)) return;
    say(record, {Severity::error, Issue::structure, "type", profile_of(own)}, [&] {
        std::string what = "Use one of the types that are allowed here:";
        for (const auto& type : types) what.append(" ").append(definitions_.name_text(type.code));
        return what + ".";
    });
}

void Walker::check_primitive_value(Id record, Primitive type) {
    const auto& here = at(record);
    if (type == Primitive::none) return;
    const auto value = text(record);
    if (is_json_ && here.kind != json_kind(type) && here.element != 0) {
        say(record, {Severity::error, Issue::value, "json-kind"}, [&] {
            switch (json_kind(type)) {
                case tree::Kind::number:
                    return std::string("Write the value as a JSON number, without quotes.");
                case tree::Kind::boolean:
                    return std::string("Write the value as true or false, without quotes.");
                default:
                    return std::string("Write the value as a JSON string, in quotes.");
            }
        });
    }
    if (const char* advice = check_primitive(type, value))
        say(record, {Severity::error, Issue::value, "primitive"}, [&] { return std::string(advice); });
    else if (const char* remark = remark_primitive(type, value))
        say(record, {Severity::warning, Issue::value, "primitive-unusual"}, [&] { return std::string(remark); });
    if (!value.empty() && (type == Primitive::canonical || type == Primitive::uri || type == Primitive::url))
        check_address(record, type, value);
    const auto& options = engine_.options;
    if ((type == Primitive::string && !options.html_in_strings) ||
        (type == Primitive::markdown && !options.html_in_markdown)) {
        if (looks_like_html(value))
            say(record, {Severity::error, Issue::invalid, "html-in-text"},
                [] { return std::string("Take the HTML out of the text."); });
    }
}

void Walker::check_address(Id record, Primitive type, std::string_view value) {
    const auto absolute = [](std::string_view url) {
        const auto colon = url.find(':');
        return colon != std::string_view::npos && colon > 0 && url.find('/') > colon;
    };
    const bool is_own_url = type == Primitive::uri && at(record).name == names_.url &&
                            at(at(record).parent).is(fhir::Record::kResource) &&
                            child(at(record).parent, names_.status);
    if ((type == Primitive::canonical && value.front() != '#') || is_own_url) {
        if (!absolute(value))
            say(record, {is_own_url ? Severity::error : Severity::warning, Issue::value, "canonical-absolute"},
                [] { return std::string("Write the canonical URL as an absolute address."); });
    }
    if (!engine_.options.example_urls && value.find("example.org") != std::string_view::npos)
        say(record, {Severity::error, Issue::value, "example-url"},
            [] { return std::string("Replace the address of an example by a real one."); });
}

void Walker::check_value(Id record, const Plan& own) {
    const auto& definition = *own.definition;
    if (own.fixed && own.fixed->root() && !equals_fixed(tape_, record, own.fixed->root()))
        say(record, {Severity::error, Issue::value, "fixed", profile_of(own)}, [&] {
            return "Send exactly the fixed value " +
                   std::string(definitions_.text(definitions_.literal(definition.fixed).json)) + ".";
        });
    if (own.pattern && own.pattern->root() && !meets_pattern(tape_, record, own.pattern->root()))
        say(record, {Severity::error, Issue::value, "pattern", profile_of(own)}, [&] {
            return "Send what the pattern demands: " +
                   std::string(definitions_.text(definitions_.literal(definition.pattern).json)) + ".";
        });
    if (definition.max_length != 0 && count_characters(text(record)) > definition.max_length)
        say(record, {Severity::error, Issue::too_long, "max-length", profile_of(own)},
            [&] { return "Shorten the value to at most " + std::to_string(definition.max_length) + " characters."; });
    if (own.min_value || own.max_value) check_range(record, own);
    if (own.extras) check_extras(record, own);
    if (definition.binding != 0 && engine_.options.terminology) check_binding(record, own);
}

void Walker::check_range(Id record, const Plan& own) {
    const auto check = [&](const Literal& literal, bool is_min) {
        if (!literal.root()) return;
        const tree::Node bound = literal.root().tape->node(literal.root().record);
        const tree::Node value = tape_.node(record);
        fhirpath::Order order = fhirpath::Order::unknown;
        const auto type = engine_.plans.primitive(at(record).type);
        if (is_number(type)) {
            const auto a = fhirpath::Number::parse(text(record));
            const auto b = fhirpath::Number::parse(literal.root().text());
            if (a && b) order = fhirpath::order(fhirpath::to_value(*a), fhirpath::to_value(*b));
        } else if (is_moment(type)) {
            const auto kind = type == Primitive::date   ? fhirpath::Temporal::Kind::date
                              : type == Primitive::time ? fhirpath::Temporal::Kind::time
                                                        : fhirpath::Temporal::Kind::date_time;
            order = fhirpath::order(fhirpath::Temporal{kind, std::string(text(record))},
                                    fhirpath::Temporal{kind, std::string(literal.root().text())});
        } else {
            order = fhirpath::order(fhirpath::Value(value), fhirpath::Value(bound));
        }
        if (order != (is_min ? fhirpath::Order::less : fhirpath::Order::greater)) return;
        say(record, {Severity::error, Issue::value, is_min ? "min-value" : "max-value", profile_of(own)}, [&] {
            const auto index = is_min ? own.definition->min_value : own.definition->max_value;
            return std::string(is_min ? "Send a value of at least " : "Send a value of at most ") +
                   std::string(definitions_.text(definitions_.literal(index).json)) + ".";
        });
    };
    if (own.min_value) check(*own.min_value, true);
    if (own.max_value) check(*own.max_value, false);
}

}  // namespace causeway::validation
