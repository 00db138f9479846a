#pragma once
/// Questionnaire.item.enableWhen (http://hl7.org/fhir/R4/questionnaire-definitions.html). Internal.

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tree/node.hpp"

namespace causeway::validation {

/// The items of a response by linkId, so that a condition finds its question without going through all of them.
class ResponseItems {
public:
    explicit ResponseItems(const tree::Node& response) { add(response, {}); }

    /// A place (the response, an item or an answer) itself, if it has this linkId; else the items inside it that have,
    /// in document order.
    std::vector<tree::Node> at_or_inside(const tree::Node& place, std::string_view link) const;

private:
    /// Of a place: its linkId, and the numbers of the items inside it: above `first`, up to `last`.
    struct Span {
        std::string_view link;
        std::size_t first = 0;
        std::size_t last = 0;
    };
    struct Item {
        std::size_t number = 0;
        tree::Node node;
    };

    void add(const tree::Node& place, std::string_view link);

    std::size_t count_ = 0;
    std::unordered_map<tree::Node::Handle, Span> spans_;
    std::unordered_map<std::string_view, std::vector<Item>> by_link_;
};

/// Is the item open to answers? True where it has no condition. `around` is what holds its answers in the response:
/// the response first, then items and answers inwards. A question is looked for there from inside outwards, so that
/// in a repeated group each answer counts for its own repetition.
bool is_enabled(const tree::Node& item, const std::vector<tree::Node>& around, const ResponseItems& items);

}  // namespace causeway::validation
