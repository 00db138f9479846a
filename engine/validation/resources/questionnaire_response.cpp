// QuestionnaireResponse against its Questionnaire (http://hl7.org/fhir/R4/questionnaireresponse.html).
#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "fhirpath/decimal.hpp"
#include "fhirpath/regex.hpp"
#include "fhirpath/value.hpp"
#include "validation/formats.hpp"
#include "validation/resources/enable_when.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Nodes = std::vector<Node>;

constexpr std::string_view kCore = "http://hl7.org/fhir/StructureDefinition/";
constexpr std::string_view kSdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-";

std::string core(std::string_view name) {
    return std::string(kCore).append(name);
}

std::optional<long> whole(const Node& node) {
    const auto text = node.text();
    long value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc()) return std::nullopt;
    return value;
}

Node find_item(const Node& parent, std::string_view link_id) {
    for (const auto& item : all(parent, "item")) {
        if (text_of(item, "linkId") == link_id) return item;
        if (const auto below = find_item(item, link_id)) return below;
    }
    return {};
}

bool is_same_coding(const Node& a, const Node& b) {
    return text_of(a, "code") == text_of(b, "code") && text_of(a, "system") == text_of(b, "system");
}

class ResponseCheck {
public:
    ResponseCheck(const RuleContext& context, const Node& questionnaire, const Node& response)
        : context_(context), questionnaire_(questionnaire), response_(response) {
        const auto status = text_of(response, "status");
        is_complete_ = status != "in-progress";
    }

    void run() { items(questionnaire_, response_, all(response_, "item")); }

private:
    void items(const Node& definition, const Node& parent, const Nodes& given) {
        const auto defined = all(definition, "item");
        std::map<std::string_view, Nodes> by_link;
        std::size_t last = 0;
        for (const auto& item : given) {
            const auto link = text_of(item, "linkId");
            if (link.empty()) continue;
            const auto place = std::find_if(defined.begin(), defined.end(),
                                            [&](const Node& each) { return text_of(each, "linkId") == link; });
            if (place == defined.end()) {
                misplaced(parent, item, link);
                continue;
            }
            const auto index = static_cast<std::size_t>(place - defined.begin());
            if (index < last)
                context_.error(parent, "response-order", "Put the items into the order of the Questionnaire.",
                               Issue::structure);
            last = std::max(last, index);
            by_link[link].push_back(item);
        }
        for (const auto& item : defined) one_link(item, parent, by_link[text_of(item, "linkId")]);
    }

    void misplaced(const Node& parent, const Node& item, std::string_view link) {
        const auto elsewhere = find_item(questionnaire_, link);
        if (!elsewhere) {
            context_.error(parent, "response-link-id",
                           "Use a linkId of the Questionnaire: \"" + std::string(link.substr(0, 64)) + "\" is none.",
                           Issue::not_found);
            return;
        }
        context_.error(parent, "response-place", "Move the item to the place that it has in the Questionnaire.",
                       Issue::structure);
        one_item(elsewhere, item);
    }

    void one_link(const Node& definition, const Node& parent, const Nodes& given) {
        const auto link = std::string(text_of(definition, "linkId").substr(0, 64));
        if (!is_enabled(definition, questionnaire_, response_)) {
            for (const auto& item : given)
                if (has_answer(item))
                    context_.error(item, "response-not-enabled",
                                   "Take the answer away: the question is not enabled (enableWhen).");
            return;
        }
        if (given.empty()) {
            if (text_of(definition, "required") == "true" && is_complete_)
                context_.error(parent, "response-required", "Answer the required item \"" + link + "\".",
                               Issue::required);
            return;
        }
        if (given.size() > 1 && text_of(definition, "repeats") != "true")
            context_.error(given[1], "response-repeats", "Send the item \"" + link + "\" once: it does not repeat.");
        for (const auto& item : given) one_item(definition, item);
    }

    static bool has_answer(const Node& item) {
        if (item.child("answer")) return true;
        const auto below = all(item, "item");
        return std::any_of(below.begin(), below.end(), has_answer);
    }

    void one_item(const Node& definition, const Node& item) {
        const auto type = text_of(definition, "type");
        const auto answers = all(item, "answer");
        const auto label = text_of(definition, "text");
        const auto given_label = text_of(item, "text");
        if (!label.empty() && !given_label.empty() && label != given_label)
            context_.error(item, "response-text", "Give the item the text that the Questionnaire gives it.");
        if (type == "group" || type == "display") {
            if (!answers.empty())
                context_.error(item, "response-no-answer", "Take the answers away: this item is no question.",
                               Issue::structure);
            if (type == "group") items(definition, item, all(item, "item"));
            return;
        }
        if (item.child("item") && !answers.empty() && definition.child("item"))
            context_.error(item, "response-nesting", "Put items below a question into its answer.", Issue::structure);
        check_count(definition, item, answers);
        for (const auto& answer : answers) one_answer(definition, item, answer, type);
        if (answers.size() > 1) check_exclusive(definition, answers);
    }

    void check_count(const Node& definition, const Node& item, const Nodes& answers) {
        const auto least = whole(extension_value(definition, core("questionnaire-minOccurs")));
        const auto most = whole(extension_value(definition, core("questionnaire-maxOccurs")));
        if (answers.empty()) {
            if (is_complete_ && (text_of(definition, "required") == "true" || (least && *least > 0)))
                context_.error(item, "response-required", "Answer this required item.", Issue::required);
            return;
        }
        const auto count = static_cast<long>(answers.size());
        if (count > 1 && text_of(definition, "repeats") != "true")
            context_.error(item, "response-repeats", "Give one answer only: the question does not repeat.");
        if (least && count < *least && is_complete_)
            context_.error(item, "response-min-occurs", "Give at least " + std::to_string(*least) + " answers.");
        if (most && count > *most)
            context_.error(item, "response-max-occurs", "Give at most " + std::to_string(*most) + " answers.");
    }

    void check_exclusive(const Node& definition, const Nodes& answers) {
        for (const auto& option : all(definition, "answerOption")) {
            if (extension_value(option, core("questionnaire-optionExclusive")).text() != "true") continue;
            for (const auto& answer : answers)
                if (is_option(option.child("value"), answer.child("value")))
                    context_.error(answer, "response-exclusive", "Give this answer alone: it excludes all others.");
        }
    }

    void one_answer(const Node& definition, const Node& item, const Node& answer, std::string_view type) {
        const auto value = answer.child("value");
        if (value)
            check_value(definition, item, answer, value, type);
        else if (!answer.child("extension"))
            context_.error(answer, "response-value", "Give the answer a value.", Issue::required);
        if (answer.child("item") || definition.child("item")) items(definition, answer, all(answer, "item"));
    }

    static std::vector<std::string_view> types_of(std::string_view type) {
        if (type == "text" || type == "string") return {"string"};
        if (type == "url") return {"uri", "url"};
        if (type == "attachment") return {"Attachment"};
        if (type == "reference") return {"Reference"};
        if (type == "quantity") return {"Quantity"};
        if (type == "choice" || type == "open-choice" || type == "coding" || type == "question")
            return {"Coding", "string", "date", "time", "integer"};
        return {type};
    }

    void check_value(const Node& definition, const Node& item, const Node& answer, const Node& value,
                     std::string_view type) {
        if (type == "question") {
            context_.error(item, "response-type", "Correct the Questionnaire: \"question\" is no type to answer.");
            return;
        }
        const auto types = types_of(type);
        const bool has_options = static_cast<bool>(definition.child("answerOption"));
        if (!has_options && std::find(types.begin(), types.end(), value.type()) == types.end()) {
            std::string text = "Give an answer of the type";
            for (const auto each : types) text.append(" ").append(each);
            context_.error(value, "response-type", text + ".", Issue::structure);
            return;
        }
        check_options(definition, answer, value, type);
        check_range(definition, value);
        if (type == "string" || type == "text") check_text(definition, value);
        if (type == "decimal") check_decimal(definition, value);
        if (type == "attachment") check_attachment(definition, answer, value);
        if (type == "quantity") check_quantity(definition, value);
        if (type == "reference") check_reference(definition, value);
    }

    static bool is_option(const Node& option, const Node& value) {
        if (!option || !value || option.type() != value.type()) return false;
        if (value.type() == "Coding") return is_same_coding(option, value);
        if (value.type() == "Reference") return text_of(option, "reference") == text_of(value, "reference");
        return option.text() == value.text();
    }

    void check_options(const Node& definition, const Node& answer, const Node& value, std::string_view type) {
        const bool is_open = type == "open-choice" && value.type() == "string";
        const auto options = all(definition, "answerOption");
        if (!options.empty()) {
            for (const auto& option : options)
                if (is_option(option.child("value"), value)) return;
            const bool is_text = value.type() == "string";
            if (!is_open)
                context_.error(is_text ? answer : value, "response-option",
                               "Choose one of the answers that the Questionnaire offers.", Issue::code_invalid);
            return;
        }
        const auto set = text_of(definition, "answerValueSet");
        if (set.empty() || value.type() != "Coding") return;
        check_member(value, value, set, "response-value-set");
    }

    /// `coded` has system and code.
    void check_member(const Node& at, const Node& coded, std::string_view set, std::string_view rule) {
        if (set.front() == '#') {
            check_contained_member(at, coded, set, rule);
            return;
        }
        const auto index = context_.definitions.value_set(set);
        if (index == 0) {
            context_.warning(at, rule, "The answer was not checked: load the value set " + std::string(set) + ".",
                             Issue::not_found);
            return;
        }
        const auto code = text_of(coded, "code");
        const auto system = text_of(coded, "system");
        const auto answer = context_.terminology.member(index, system, code);
        if (code.empty() || answer.membership == Terminology::Membership::not_in)
            context_.error(at, rule, "Use a code from the value set " + std::string(set) + ".", Issue::code_invalid);
    }

    /// Codes that a contained value set lists.
    void check_contained_member(const Node& at, const Node& coded, std::string_view set, std::string_view rule) {
        for (const auto& contained : all(questionnaire_, "contained")) {
            if (text_of(contained, "id") != set.substr(1)) continue;
            for (const auto& include : all(contained.child("compose"), "include")) {
                const auto concepts = all(include, "concept");
                if (concepts.empty()) return;  // Whole systems, filters, other sets: not known here.
                if (text_of(include, "system") != text_of(coded, "system")) continue;
                for (const auto& each : concepts)
                    if (text_of(each, "code") == text_of(coded, "code")) return;
            }
            context_.error(at, rule, "Use a code from the value set that the Questionnaire contains.",
                           Issue::code_invalid);
        }
    }

    void check_range(const Node& definition, const Node& value) {
        const auto check = [&](std::string_view name, fhirpath::Order wrong, std::string_view text) {
            const auto bound = extension_value(definition, core(name));
            if (bound && order_of(value, bound) == wrong)
                context_.error(value, std::string("response-").append(name),
                               std::string(text).append(bound.text()).append("."));
        };
        check("minValue", fhirpath::Order::less, "Answer with at least ");
        check("maxValue", fhirpath::Order::greater, "Answer with at most ");
    }

    static fhirpath::Order order_of(const Node& a, const Node& b) {
        const auto type = a.type();
        if (type == "date" || type == "dateTime" || type == "instant" || type == "time") {
            const auto kind = type == "time" ? fhirpath::Temporal::Kind::time : fhirpath::Temporal::Kind::date_time;
            auto left = std::string(a.text());
            auto right = std::string(b.text());
            if (kind == fhirpath::Temporal::Kind::date_time) {
                // Of unlike precision: what is not said counts as the first month and day.
                for (auto* each : {&left, &right})
                    while (each->size() < 10) *each += "-01";
                if (left.size() == 10 || right.size() == 10) {
                    const auto order = left.substr(0, 10).compare(right.substr(0, 10));
                    return order < 0   ? fhirpath::Order::less
                           : order > 0 ? fhirpath::Order::greater
                                       : fhirpath::Order::equal;
                }
            }
            return fhirpath::order(fhirpath::Temporal{kind, left}, fhirpath::Temporal{kind, right});
        }
        const auto left = fhirpath::Number::parse(a.text());
        const auto right = fhirpath::Number::parse(b.text());
        if (!left || !right) return fhirpath::Order::unknown;
        const auto compared = left->compare(*right);
        return compared < 0 ? fhirpath::Order::less : compared > 0 ? fhirpath::Order::greater : fhirpath::Order::equal;
    }

    void check_text(const Node& definition, const Node& value) {
        const auto length = static_cast<long>(count_characters(value.text()));
        const auto most = whole(definition.child("maxLength"));
        if (most && length > *most)
            context_.error(value, "response-max-length",
                           "Shorten the answer to at most " + std::to_string(*most) + " characters.", Issue::too_long);
        const auto least = whole(extension_value(definition, core("minLength")));
        if (least && length < *least)
            context_.error(value, "response-min-length",
                           "Answer with at least " + std::to_string(*least) + " characters.");
        const auto pattern = extension_value(definition, core("regex")).text();
        if (pattern.empty()) return;
        const auto regex = fhirpath::Regex::compile(pattern);
        if (!regex) return;
        const auto matches = regex->matches_all(value.text());
        if (matches && !*matches)
            context_.error(value, "response-regex", "Write the answer in the form that the Questionnaire asks for.");
    }

    void check_decimal(const Node& definition, const Node& value) {
        const auto most = whole(extension_value(definition, core("maxDecimalPlaces")));
        const auto point = value.text().find('.');
        const auto places = point == std::string_view::npos ? 0 : static_cast<long>(value.text().size() - point - 1);
        if (most && places > *most)
            context_.error(value, "response-decimal-places",
                           "Give at most " + std::to_string(*most) + " digits after the decimal point.");
    }

    void check_attachment(const Node& definition, const Node& answer, const Node& value) {
        const auto types = extension_values(definition, core("mimeType"));
        const auto given = text_of(value, "contentType");
        const bool fits = types.empty() || std::any_of(types.begin(), types.end(),
                                                       [&](const Node& each) { return each.text() == given; });
        if (!fits) context_.error(answer, "response-content-type", "Attach a file of a type that is allowed here.");
        const auto limit = fhirpath::Number::parse(extension_value(definition, core("maxSize")).text());
        const auto size = fhirpath::Number::parse(text_of(value, "size"));
        if (limit && size && size->compare(*limit) > 0)
            context_.error(answer, "response-attachment-size", "Attach a smaller file.");
    }

    void check_quantity(const Node& definition, const Node& value) {
        const auto options = extension_values(definition, core("questionnaire-unitOption"));
        if (!options.empty() && std::none_of(options.begin(), options.end(),
                                             [&](const Node& option) { return is_same_coding(option, value); }))
            context_.error(value, "response-unit", "Use one of the units that the Questionnaire offers.",
                           Issue::code_invalid);
        const auto set = extension_value(definition, core("questionnaire-unitValueSet")).text();
        if (!set.empty()) check_member(value, value, set, "response-unit");
        const auto check = [&](std::string_view name, fhirpath::Order wrong, std::string_view text) {
            const auto bound = extension_value(definition, std::string(kSdc).append(name));
            if (!bound) return;
            const auto order = fhirpath::order(fhirpath::Value(value), fhirpath::Value(bound));
            if (order == wrong || order == fhirpath::Order::unknown || order == fhirpath::Order::incomparable)
                context_.error(value, std::string("response-").append(name), std::string(text));
        };
        check("minQuantity", fhirpath::Order::less, "Answer with at least the smallest quantity, in a unit like it.");
        check("maxQuantity", fhirpath::Order::greater, "Answer with at most the largest quantity, in a unit like it.");
    }

    void check_reference(const Node& definition, const Node& value) {
        const auto types = extension_values(definition, core("questionnaire-referenceResource"));
        if (types.empty()) return;
        const auto reference = text_of(value, "reference");
        auto type = text_of(value, "type");
        if (type.empty()) {
            const auto slash = reference.rfind('/');
            if (slash == std::string_view::npos) return;
            const auto before = reference.rfind('/', slash - 1);
            type = reference.substr(before == std::string_view::npos ? 0 : before + 1,
                                    slash - (before == std::string_view::npos ? 0 : before + 1));
        }
        if (type.empty() || context_.definitions.type(type) == 0) return;
        if (std::none_of(types.begin(), types.end(), [&](const Node& each) { return each.text() == type; }))
            context_.error(value, "response-reference", "Refer to a resource of a type that is allowed here.");
    }

    const RuleContext& context_;
    const Node questionnaire_;
    const Node response_;
    bool is_complete_ = true;
};

}  // namespace

void check_questionnaire_response(const RuleContext& context, const Node& resource) {
    auto canonical = text_of(resource, "questionnaire");
    if (canonical.empty()) canonical = text_of(resource.child("questionnaire"), "reference");  // STU3.
    if (canonical.empty()) return;
    if (canonical.front() == '#') {
        const auto contained = context.resolve(canonical, resource);
        if (contained && contained.type() == "Questionnaire") ResponseCheck(context, contained, resource).run();
        return;
    }
    const auto questionnaire = context.load(canonical, "Questionnaire");
    if (!questionnaire && context.is_held(canonical)) {
        context.error(resource.child("questionnaire"), "response-questionnaire",
                      "Name a Questionnaire: the canonical URL is that of another resource.");
        return;
    }
    if (!questionnaire) {
        context.warning(resource.child("questionnaire"), "response-questionnaire",
                        "The answers were not checked: load the Questionnaire " + std::string(canonical) + ".",
                        Issue::not_found);
        return;
    }
    ResponseCheck(context, questionnaire->root(), resource).run();
}

}  // namespace causeway::validation
