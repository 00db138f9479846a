// QuestionnaireResponse against its Questionnaire (http://hl7.org/fhir/R4/questionnaireresponse.html).
#include <algorithm>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "validation/resources/answers.hpp"
#include "validation/resources/enable_when.hpp"
#include "validation/resources/rules.hpp"

namespace causeway::validation {
namespace {

using tree::Node;
using Nodes = std::vector<Node>;

/// All items by linkId; of equal ones the first.
void add_items(const Node& parent, std::unordered_map<std::string_view, Node>& by_link) {
    for (const auto& item : all(parent, "item")) {
        by_link.try_emplace(text_of(item, "linkId"), item);
        add_items(item, by_link);
    }
}

class ResponseCheck {
public:
    ResponseCheck(const RuleContext& context, const Node& questionnaire, const Node& response)
        : context_(context), answers_(context, questionnaire), questionnaire_(questionnaire), items_(response) {
        add_items(questionnaire, by_link_);
        const auto status = text_of(response, "status");
        is_complete_ = status == "completed" || status == "amended";
    }

    void run(const Node& response) { items(questionnaire_, response); }

private:
    /// The items of `parent` (the response, a group, an answer), which answer those of `definition`.
    void items(const Node& definition, const Node& parent) {
        around_.push_back(parent);
        const auto defined = all(definition, "item");
        std::unordered_map<std::string_view, std::size_t> places;
        for (std::size_t i = 0; i < defined.size(); ++i) places.try_emplace(text_of(defined[i], "linkId"), i);
        std::vector<Nodes> given(defined.size());
        std::size_t last = 0;
        for (const auto& item : all(parent, "item")) {
            const auto link = text_of(item, "linkId");
            if (link.empty()) continue;
            const auto place = places.find(link);
            if (place == places.end()) {
                misplaced(parent, item, link);
                continue;
            }
            const auto index = place->second;
            if (index < last)
                context_.error(parent, "response-order", "Put the items into the order of the Questionnaire.",
                               Issue::structure);
            last = std::max(last, index);
            given[index].push_back(item);
        }
        for (const auto& item : defined) one_link(item, parent, given[places.at(text_of(item, "linkId"))]);
        around_.pop_back();
    }

    void misplaced(const Node& parent, const Node& item, std::string_view link) {
        const auto elsewhere = by_link_.find(link);
        if (elsewhere == by_link_.end()) {
            context_.error(parent, "response-link-id",
                           "Use a linkId of the Questionnaire: \"" + std::string(link.substr(0, 64)) + "\" is none.",
                           Issue::not_found);
            return;
        }
        context_.error(parent, "response-place", "Move the item to the place that it has in the Questionnaire.",
                       Issue::structure);
        one_item(elsewhere->second, item);
    }

    void one_link(const Node& definition, const Node& parent, const Nodes& given) {
        const auto link = std::string(text_of(definition, "linkId").substr(0, 64));
        if (!is_enabled(definition, around_, items_)) {
            for (const auto& item : given)
                if (has_answer(item))
                    context_.error(item, "response-not-enabled",
                                   "Take the answer away: the question is not enabled (enableWhen).");
            return;
        }
        if (given.empty()) {
            if (is_required(definition)) missing(parent, "Answer the required item \"" + link + "\".");
            return;
        }
        if (given.size() > 1 && text_of(definition, "repeats") != "true")
            context_.error(given[1], "response-repeats", "Send the item \"" + link + "\" once: it does not repeat.");
        if (text_of(definition, "type") == "group") check_occurrences(definition, given.front(), given.size());
        for (const auto& item : given) one_item(definition, item);
    }

    static bool has_answer(const Node& item) {
        if (item.child("answer")) return true;
        const auto below = all(item, "item");
        return std::any_of(below.begin(), below.end(), has_answer);
    }

    static bool is_required(const Node& definition) {
        if (text_of(definition, "required") == "true") return true;
        const auto least = whole_number(extension_value(definition, core_extension("questionnaire-minOccurs")));
        return least && *least > 0 && text_of(definition, "type") != "group";
    }

    /// What is still under way may lack answers, and what was stopped or was a mistake will not get them.
    void missing(const Node& at, std::string text) const {
        context_.say(at, is_complete_ ? Severity::error : Severity::information, Issue::required, "response-required",
                     std::move(text));
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
            if (type == "group")
                items(definition, item);
            else if (item.child("item"))
                context_.error(item, "response-nesting", "Take the items away: this item is only shown.",
                               Issue::structure);
            return;
        }
        if (item.child("item"))
            context_.error(item, "response-nesting", "Put items below a question into its answer.", Issue::structure);
        if (answers.empty()) {
            if (is_required(definition)) missing(item, "Answer this required item.");
            return;
        }
        if (answers.size() > 1 && text_of(definition, "repeats") != "true")
            context_.error(item, "response-repeats", "Give one answer only: the question does not repeat.");
        check_occurrences(definition, item, answers.size());
        around_.push_back(item);
        for (const auto& answer : answers) one_answer(definition, item, answer);
        around_.pop_back();
        if (answers.size() > 1) check_exclusive(definition, answers);
    }

    void check_occurrences(const Node& definition, const Node& at, std::size_t count) const {
        const auto least = whole_number(extension_value(definition, core_extension("questionnaire-minOccurs")));
        const auto most = whole_number(extension_value(definition, core_extension("questionnaire-maxOccurs")));
        if (least && static_cast<long>(count) < *least && is_complete_)
            context_.error(at, "response-min-occurs", "Give at least " + std::to_string(*least) + " answers.");
        if (most && static_cast<long>(count) > *most)
            context_.error(at, "response-max-occurs", "Give at most " + std::to_string(*most) + " answers.");
    }

    void check_exclusive(const Node& definition, const Nodes& answers) const {
        std::unordered_set<std::string> exclusive;
        for (const auto& option : all(definition, "answerOption"))
            if (extension_value(option, core_extension("questionnaire-optionExclusive")).text() == "true" &&
                option.child("value"))
                exclusive.insert(option_key(option.child("value")));
        if (exclusive.empty()) return;
        for (const auto& answer : answers)
            if (exclusive.contains(option_key(answer.child("value"))))
                context_.error(answer, "response-exclusive", "Give this answer alone: it excludes all others.");
    }

    void one_answer(const Node& definition, const Node& item, const Node& answer) {
        if (const auto value = answer.child("value"))
            answers_.check(definition, item, answer, value);
        else if (!answer.child("extension"))
            context_.error(answer, "response-value", "Give the answer a value.", Issue::required);
        if (answer.child("item") || definition.child("item")) items(definition, answer);
    }

    const RuleContext& context_;
    AnswerCheck answers_;
    const Node questionnaire_;
    const ResponseItems items_;
    std::unordered_map<std::string_view, Node> by_link_;  // Of the Questionnaire.
    Nodes around_;                                        // The response, then items and answers inwards.
    bool is_complete_ = true;
};

}  // namespace

void check_questionnaire_response(const RuleContext& context, const Node& resource) {
    auto canonical = text_of(resource, "questionnaire");
    if (canonical.empty()) canonical = text_of(resource.child("questionnaire"), "reference");  // STU3.
    if (canonical.empty()) return;
    if (canonical.front() == '#') {
        const auto contained = context.resolve(canonical, resource);
        if (contained && contained.type() == "Questionnaire") ResponseCheck(context, contained, resource).run(resource);
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
    ResponseCheck(context, questionnaire->root(), resource).run(resource);
}

}  // namespace causeway::validation
