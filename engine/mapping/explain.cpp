#include "mapping/explain.hpp"

#include <charconv>

#include "core/text.hpp"
#include "fhir/json.hpp"
#include "hl7v2/message.hpp"

namespace causeway::mapping {
namespace {

/// One step of a FHIRPath location: "entry[0]".
tree::Node step(const tree::Node& from, std::string_view text) {
    const auto bracket = text.find('[');
    std::size_t index = 0;
    if (bracket != std::string_view::npos) std::from_chars(text.data() + bracket + 1, text.data() + text.size(), index);
    std::vector<tree::Node> found;
    from.children(text.substr(0, bracket), found);
    return index < found.size() ? found[index] : tree::Node();
}

std::string text_of(const tree::Node& node) {
    if (node.has_value() || node.document()->format() == "hl7v2") return std::string(node.text());
    return fhir::to_json(node);
}

}  // namespace

tree::Node node_at(const tree::Node& root, std::string_view path) {
    if (!root || path.empty()) return {};
    if (const auto* message = dynamic_cast<const hl7v2::Message*>(root.document())) {
        const auto parsed = hl7v2::Path::parse(path);
        return parsed ? message->first(*parsed) : tree::Node();
    }
    const auto steps = split(path, '.');
    if (steps.front() != root.type()) return {};
    auto node = root;
    for (std::size_t i = 1; i < steps.size() && node; ++i)
        // A choice is one element, whatever its type.
        if (!steps[i].starts_with("ofType(")) node = step(node, steps[i]);
    return node;
}

std::vector<Explained> explain(const Output& output, const tree::Node& input) {
    std::vector<Explained> all;
    for (const auto& trace : output.traces) {
        if (trace.output.empty()) continue;
        Explained made{trace.output, trace.row, trace.source, {}, ""};
        if (const auto node = node_at(input, trace.source)) {
            made.at = node.position();
            made.value = text_of(node);
        }
        all.push_back(std::move(made));
    }
    return all;
}

}  // namespace causeway::mapping
