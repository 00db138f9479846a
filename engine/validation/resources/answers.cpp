#include "validation/resources/answers.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "fhirpath/decimal.hpp"
#include "fhirpath/regex.hpp"
#include "fhirpath/value.hpp"
#include "validation/formats.hpp"

namespace causeway::validation {

std::string core_extension(std::string_view name) {
    return std::string("http://hl7.org/fhir/StructureDefinition/").append(name);
}

std::optional<long> whole_number(const tree::Node& node) {
    const auto text = node.text();
    long value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc()) return std::nullopt;
    return value;
}

namespace {

using fhirpath::Order;
using tree::Node;

constexpr std::string_view kSdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

bool is_same_coding(const Node& a, const Node& b) {
    return text_of(a, "code") == text_of(b, "code") && text_of(a, "system") == text_of(b, "system");
}

bool is_moment(std::string_view type) {
    return type == "date" || type == "dateTime" || type == "instant" || type == "time";
}

/// Of unlike precision: what is not said counts as the first month and day.
Order order_of_dates(std::string a, std::string b) {
    for (auto* each : {&a, &b})
        while (each->size() < 10) *each += "-01";
    const auto kind = fhirpath::Temporal::Kind::date_time;
    if (a.size() > 10 && b.size() > 10)
        return fhirpath::order(fhirpath::Temporal{kind, std::move(a)}, fhirpath::Temporal{kind, std::move(b)});
    const auto order = a.substr(0, 10).compare(b.substr(0, 10));
    return order < 0 ? Order::less : order > 0 ? Order::greater : Order::equal;
}

Order order_of(const Node& value, const Node& bound) {
    if (value.type() == "time") {
        const auto kind = fhirpath::Temporal::Kind::time;
        return fhirpath::order(fhirpath::Temporal{kind, std::string(value.text())},
                               fhirpath::Temporal{kind, std::string(bound.text())});
    }
    if (is_moment(value.type())) return order_of_dates(std::string(value.text()), std::string(bound.text()));
    if (value.type() == "Quantity") return fhirpath::order(fhirpath::Value(value), fhirpath::Value(bound));
    const auto left = fhirpath::Number::parse(value.text());
    const auto right = fhirpath::Number::parse(bound.text());
    if (!left || !right) return Order::unknown;
    const auto compared = left->compare(*right);
    return compared < 0 ? Order::less : compared > 0 ? Order::greater : Order::equal;
}

/// "Patient" of "https://x.example/fhir/Patient/1/_history/2"; empty where the address tells no type.
std::string_view type_in(const fhir::Definitions& definitions, std::string_view reference) {
    for (auto end = reference.rfind('/'); end != std::string_view::npos && end != 0;) {
        const auto before = reference.rfind('/', end - 1);
        const auto start = before == std::string_view::npos ? 0 : before + 1;
        const auto part = reference.substr(start, end - start);
        if (definitions.type(part) != 0) return part;
        end = before;
    }
    return {};
}

}  // namespace

std::vector<std::string_view> answer_types(std::string_view type) {
    if (type == "text" || type == "string") return {"string"};
    if (type == "url") return {"uri", "url"};
    if (type == "attachment") return {"Attachment"};
    if (type == "reference") return {"Reference"};
    if (type == "quantity") return {"Quantity"};
    for (const std::string_view same : {"boolean", "decimal", "integer", "date", "dateTime", "time"})
        if (type == same) return {same};
    return {};
}

std::string option_key(const Node& value) {
    constexpr char kBetween = '\x1f';
    std::string key(value.type());
    key += kBetween;
    if (value.type() == "Coding")
        key.append(text_of(value, "system")).append(1, kBetween).append(text_of(value, "code"));
    else if (value.type() == "Reference")
        key.append(text_of(value, "reference"));
    else
        key.append(value.text());
    return key;
}

const std::unordered_set<std::string>& AnswerCheck::options_of(const Node& definition) {
    const auto [found, is_new] = options_.try_emplace(definition.handle());
    if (!is_new) return found->second;
    for (const auto& option : all(definition, "answerOption")) found->second.insert(option_key(option.child("value")));
    return found->second;
}

void AnswerCheck::check(const Node& definition, const Node& item, const Node& answer, const Node& value) {
    const auto type = text_of(definition, "type");
    if (type == "question") {
        context_.error(item, "response-type", "Correct the Questionnaire: \"question\" is no type to answer.");
        return;
    }
    auto types = answer_types(type);
    if (types.empty()) types = {"Coding", "string", "date", "time", "integer", "Reference"};
    const bool has_options = !options_of(definition).empty();
    if (!has_options && std::find(types.begin(), types.end(), value.type()) == types.end()) {
        std::string text = "Give an answer of the type";
        for (const auto each : types) text.append(" ").append(each);
        context_.error(value, "response-type", text + ".", Issue::structure);
        return;
    }
    check_options(definition, answer, value, type);
    check_range(definition, value);
    if (value.type() == "string" || value.type() == "uri") check_text(definition, value);
    if (type == "decimal") check_decimal(definition, value);
    if (type == "attachment") check_attachment(definition, answer, value);
    if (type == "quantity") check_quantity(definition, value);
    if (type == "reference") check_reference(definition, value);
}

void AnswerCheck::check_options(const Node& definition, const Node& answer, const Node& value, std::string_view type) {
    const bool is_free = type == "open-choice" && value.type() == "string";
    if (const auto& options = options_of(definition); !options.empty()) {
        if (options.contains(option_key(value))) return;
        const bool is_text = value.type() == "string";
        if (!is_free)
            context_.error(is_text ? answer : value, "response-option",
                           "Choose one of the answers that the Questionnaire offers.", Issue::code_invalid);
        return;
    }
    const auto set = text_of(definition, "answerValueSet");
    if (set.empty() || value.type() != "Coding") return;
    // What was typed in freely may stand as a display alone.
    if (type == "open-choice" && !value.child("code") && !value.child("system") && value.child("display")) return;
    check_member(value, value, set, "response-value-set");
}

/// `coded` has system and code. "#id" names a value set that the Questionnaire contains.
void AnswerCheck::check_member(const Node& at, const Node& coded, std::string_view set, std::string_view rule) const {
    const auto canonical =
        set.front() == '#' ? std::string(text_of(questionnaire_, "url")).append(set) : std::string(set);
    const auto index = context_.definitions.value_set(canonical);
    if (index == 0) {
        context_.warning(at, rule, "The answer was not checked: load the value set " + canonical + ".",
                         Issue::not_found);
        return;
    }
    const auto code = text_of(coded, "code");
    const auto answer = context_.terminology.member(index, text_of(coded, "system"), code);
    if (code.empty() || answer.membership == Terminology::Membership::not_in)
        context_.error(at, rule, "Use a code from the value set " + canonical + ".", Issue::code_invalid);
}

void AnswerCheck::check_range(const Node& definition, const Node& value) const {
    const auto check = [&](const std::string& url, std::string_view name, Order wrong, std::string_view text) {
        const auto bound = extension_value(definition, url);
        if (!bound) return;
        const auto order = order_of(value, bound);
        const bool cannot_compare = order == Order::unknown || order == Order::incomparable;
        if (order == wrong || (cannot_compare && value.type() == "Quantity"))
            context_.error(value, std::string("response-").append(name),
                           std::string(text).append(bound.has_value() ? " " : "").append(bound.text()).append("."));
    };
    check(core_extension("minValue"), "minValue", Order::less, "Answer with at least");
    check(core_extension("maxValue"), "maxValue", Order::greater, "Answer with at most");
    if (value.type() != "Quantity") return;
    const std::string sdc(kSdc);
    check(sdc + "minQuantity", "minQuantity", Order::less,
          "Answer with at least the smallest quantity, in a unit like it");
    check(sdc + "maxQuantity", "maxQuantity", Order::greater,
          "Answer with at most the largest quantity, in a unit like it");
}

void AnswerCheck::check_text(const Node& definition, const Node& value) const {
    const auto length = static_cast<long>(count_characters(value.text()));
    const auto most = whole_number(definition.child("maxLength"));
    if (most && length > *most)
        context_.error(value, "response-max-length",
                       "Shorten the answer to at most " + std::to_string(*most) + " characters.", Issue::too_long);
    const auto least = whole_number(extension_value(definition, core_extension("minLength")));
    if (least && length < *least)
        context_.error(value, "response-min-length", "Answer with at least " + std::to_string(*least) + " characters.");
    const auto pattern = extension_value(definition, core_extension("regex")).text();
    if (pattern.empty()) return;
    const auto regex = fhirpath::Regex::compile(pattern);
    const auto matches = regex ? regex->matches_all(value.text()) : std::nullopt;
    if (matches && !*matches)
        context_.error(value, "response-regex", "Write the answer in the form that the Questionnaire asks for.");
}

void AnswerCheck::check_decimal(const Node& definition, const Node& value) const {
    const auto most = whole_number(extension_value(definition, core_extension("maxDecimalPlaces")));
    const auto point = value.text().find('.');
    const auto places = point == std::string_view::npos ? 0 : static_cast<long>(value.text().size() - point - 1);
    if (most && places > *most)
        context_.error(value, "response-decimal-places",
                       "Give at most " + std::to_string(*most) + " digits after the decimal point.");
}

void AnswerCheck::check_attachment(const Node& definition, const Node& answer, const Node& value) const {
    const auto types = extension_values(definition, core_extension("mimeType"));
    const auto given = text_of(value, "contentType");
    const bool fits = types.empty() ||
                      std::any_of(types.begin(), types.end(), [&](const Node& each) { return each.text() == given; });
    if (!fits) context_.error(answer, "response-content-type", "Attach a file of a type that is allowed here.");
    const auto limit = fhirpath::Number::parse(extension_value(definition, core_extension("maxSize")).text());
    auto size = fhirpath::Number::parse(text_of(value, "size"));
    if (!size) size = fhirpath::Number::of(static_cast<long long>(base64_size(text_of(value, "data"))));
    if (limit && size->compare(*limit) > 0)
        context_.error(answer, "response-attachment-size", "Attach a smaller file.");
}

void AnswerCheck::check_quantity(const Node& definition, const Node& value) const {
    const auto options = extension_values(definition, core_extension("questionnaire-unitOption"));
    if (!options.empty() &&
        std::none_of(options.begin(), options.end(), [&](const Node& option) { return is_same_coding(option, value); }))
        context_.error(value, "response-unit", "Use one of the units that the Questionnaire offers.",
                       Issue::code_invalid);
    const auto set = extension_value(definition, core_extension("questionnaire-unitValueSet")).text();
    if (!set.empty()) check_member(value, value, set, "response-unit");
}

void AnswerCheck::check_reference(const Node& definition, const Node& value) const {
    const auto types = extension_values(definition, core_extension("questionnaire-referenceResource"));
    if (types.empty()) return;
    auto type = text_of(value, "type");
    if (type.empty()) type = type_in(context_.definitions, text_of(value, "reference"));
    if (type.empty()) {
        const auto target = context_.resolve(text_of(value, "reference"), value);
        type = target ? target.type() : type;
    }
    if (type.empty() || context_.definitions.type(type) == 0) return;
    if (std::none_of(types.begin(), types.end(), [&](const Node& each) { return each.text() == type; }))
        context_.error(value, "response-reference", "Refer to a resource of a type that is allowed here.");
}

}  // namespace causeway::validation
