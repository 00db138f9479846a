#pragma once
/// Answers of a QuestionnaireResponse against the item that they answer: types, options, ranges, sizes. Internal.

#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "validation/resources/rules.hpp"

namespace causeway::validation {

/// URL of an extension of the core specification.
std::string core_extension(std::string_view name);
/// The integer that an element holds; nothing where it is none.
std::optional<long> whole_number(const tree::Node& node);

/// Types that an answer, an option or a first value of an item of this type may have; empty: any, or not known.
std::vector<std::string_view> answer_types(std::string_view item_type);

/// The same for an option and an answer that chooses it: type, and what counts of the value (of a Coding system and
/// code).
std::string option_key(const tree::Node& value);

class AnswerCheck {
public:
    AnswerCheck(const RuleContext& context, const tree::Node& questionnaire)
        : context_(context), questionnaire_(questionnaire) {}

    /// `value` of `answer` in `item`, which answers the item `definition` of the Questionnaire.
    void check(const tree::Node& definition, const tree::Node& item, const tree::Node& answer, const tree::Node& value);

private:
    void check_options(const tree::Node& definition, const tree::Node& answer, const tree::Node& value,
                       std::string_view type);
    const std::unordered_set<std::string>& options_of(const tree::Node& definition);
    void check_member(const tree::Node& at, const tree::Node& coded, std::string_view set, std::string_view rule) const;
    void check_range(const tree::Node& definition, const tree::Node& value) const;
    void check_text(const tree::Node& definition, const tree::Node& value) const;
    void check_decimal(const tree::Node& definition, const tree::Node& value) const;
    void check_attachment(const tree::Node& definition, const tree::Node& answer, const tree::Node& value) const;
    void check_quantity(const tree::Node& definition, const tree::Node& value) const;
    void check_reference(const tree::Node& definition, const tree::Node& value) const;

    const RuleContext& context_;
    const tree::Node questionnaire_;
    std::unordered_map<tree::Node::Handle, std::unordered_set<std::string>> options_;  ///< Keys, by item.
};

}  // namespace causeway::validation
