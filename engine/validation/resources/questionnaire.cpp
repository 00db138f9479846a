// Questionnaire (http://hl7.org/fhir/R4/questionnaire.html): conditions and values that must agree with the items.
#include <algorithm>
#include <unordered_map>

#include "validation/resources/answers.hpp"

namespace causeway::validation {
namespace {

using tree::Node;

class QuestionnaireCheck {
public:
    explicit QuestionnaireCheck(const RuleContext& context) : context_(context) {}

    void run(const Node& questionnaire) {
        number(questionnaire);
        for (const auto& item : items_) {
            for (const auto& condition : all(item.node, "enableWhen")) check_condition(item, condition);
            check_values(item.node);
        }
    }

private:
    struct Item {
        Node node;
        std::size_t place = 0;
        std::size_t last = 0;  ///< Place of the last item inside it.
    };

    void number(const Node& parent) {
        for (const auto& node : all(parent, "item")) {
            const auto place = items_.size();
            items_.push_back({node, place, place});
            by_link_.try_emplace(text_of(node, "linkId"), place);
            number(node);
            items_[place].last = items_.size() - 1;
        }
    }

    void check_condition(const Item& item, const Node& condition) {
        const auto link = text_of(condition, "question");
        if (link.empty()) return;
        const auto say = [&](std::string_view text, Issue issue = Issue::business_rule) {
            context_.error(item.node, "questionnaire-enable-when", std::string(text), issue);
        };
        const auto found = by_link_.find(link);
        if (found == by_link_.end())
            return say("Give in enableWhen the linkId of a question: this Questionnaire has none such.",
                       Issue::not_found);
        const auto& target = items_[found->second];
        if (target.place == item.place) return say("Let enableWhen ask another question than this one.");
        if (target.place > item.place && target.place <= item.last)
            return say("Let enableWhen ask a question that is not inside the item that it enables.");
        if (target.place > item.place)
            context_.warning(item.node, "questionnaire-enable-when",
                             "Ask the question of enableWhen earlier: it comes after this item.");
        check_answer(condition, target.node);
    }

    void check_answer(const Node& condition, const Node& target) {
        const auto answer = condition.child("answer");
        if (!answer || text_of(condition, "operator") == "exists") return;
        const auto types = answer_types(text_of(target, "type"));
        if (!types.empty() && std::find(types.begin(), types.end(), answer.type()) == types.end())
            context_.warning(answer, "questionnaire-enable-when",
                             "Compare with a value of the type that the question has, or the condition is never met.");
    }

    /// "The data type of the value must agree with the item.type."
    void check_values(const Node& item) {
        const auto types = answer_types(text_of(item, "type"));
        if (types.empty()) return;
        for (const auto list : {"answerOption", "initial"}) {
            for (const auto& each : all(item, list)) {
                const auto value = each.child("value");
                if (!value || std::find(types.begin(), types.end(), value.type()) != types.end()) continue;
                context_.error(value, "questionnaire-value-type", "Give a value of the type that the item has.",
                               Issue::structure);
            }
        }
    }

    const RuleContext& context_;
    std::vector<Item> items_;  // In document order.
    std::unordered_map<std::string_view, std::size_t> by_link_;
};

}  // namespace

void check_questionnaire(const RuleContext& context, const Node& resource) {
    QuestionnaireCheck(context).run(resource);
}

}  // namespace causeway::validation
