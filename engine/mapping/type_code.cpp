/// CE, CWE, CNE: coded elements with text.
#include <array>

#include "core/text.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

/// One of the two codings of a CWE: components first, first + 1 and first + 2.
Coded coding_in(const V2Input& in, unsigned first) {
    Coded coded;
    coded.code = trim(in.component(first));
    coded.display = trim(in.component(first + 1));
    coded.system = fhir_system_uri(in.component(first + 2));
    return coded;
}

JsonValue& coding(const V2Input& in, const Coded& coded) {
    auto& made = in.json.hole();
    if (coded.code.empty()) return made;
    made.set("system", coded.system);
    made.set("code", coded.code);
    made.set("display", coded.display);
    return made;
}

std::string_view text_in(const V2Input& in) {
    const auto text = trim(in.component(9));
    return text.empty() ? trim(in.component(2)) : text;
}

/// The code by its table; a coding of another system than the table's stays behind it.
FhirValues mapped_concept(const V2Input& in, const Coded& own) {
    const auto mapped = in.table->to_right(own.code);
    if (!mapped) return failed("M303", "holds a code that its table does not map");
    auto& made = in.json.hole();
    made.append("coding", coding(in, *mapped));
    const auto left = in.table->left(own.code).value_or(Coded{});
    if (!own.system.empty() && own.system != left.system) made.append("coding", coding(in, own));
    if (const auto text = text_in(in); text != left.display) made.set("text", text);
    return one(made);
}

FhirValues cwe_to_fhir(const V2Input& in) {
    const auto own = coding_in(in, 1);
    const auto text = text_in(in);
    if (in.table != nullptr && !own.code.empty()) return mapped_concept(in, own);
    auto& made = in.json.hole();
    for (const auto& coded : {own, coding_in(in, 4)})
        if (!coded.code.empty()) made.append("coding", coding(in, coded));
    made.set("text", text);
    return one(made);
}

FhirValues coding_to_fhir(const V2Input& in) {
    const auto own = coding_in(in, 1);
    if (in.table == nullptr || own.code.empty()) return one(coding(in, own));
    const auto mapped = in.table->to_right(own.code);
    return mapped ? one(coding(in, *mapped)) : failed("M303", "holds a code that its table does not map");
}

Coded coded_of(const Node& node) {
    return {child_text(node, "system"), child_text(node, "code"), child_text(node, "display")};
}

std::string system_name(const Coded& coded) {
    if (coded.code.empty()) return {};
    return coded.system.empty() ? "L" : v2_system_name(coded.system);
}

V2Values mapped_to_v2(const FhirInput& in, const std::vector<Coded>& codings, const std::string& text) {
    for (const auto& coded : codings) {
        const auto left = in.table->to_left(coded.code);
        if (!left) continue;
        auto display = left->display.empty() ? coded.display : left->display;
        auto made = one_repetition({left->code, std::move(display), system_name(*left)});
        if (!text.empty() && text != left->display) made.repetitions.front().push_back({9, 1, text});
        return made;
    }
    V2Values failure;
    if (!codings.empty()) failure.failure = {"M303", "holds a code that its table does not map"};
    return failure;
}

V2Values cwe_to_v2(const FhirInput& in) {
    std::vector<Coded> codings;
    const auto node = in.node();
    for (const auto& child : child_nodes(node, "coding")) codings.push_back(coded_of(child));
    if (codings.empty() && node && !child_text(node, "code").empty()) codings.push_back(coded_of(node));
    if (!node || node.has_value()) codings.push_back({"", in.text(), ""});
    const auto text = child_text(node, "text");
    if (in.table != nullptr) return mapped_to_v2(in, codings, text);
    if (codings.empty()) return one_repetition({"", text});
    codings.resize(2);
    const auto& [first, second] = std::pair(codings[0], codings[1]);
    const auto display = first.display.empty() ? text : first.display;
    std::vector<std::string> parts = {first.code,  display,        system_name(first),
                                      second.code, second.display, system_name(second)};
    auto made = one_repetition(std::move(parts));
    if (!text.empty() && text != display) made.repetitions.front().push_back({9, 1, text});
    return made;
}

constexpr std::array kTypes = std::to_array<Type>({
    {"CWE", "CodeableConcept", "A code with text (CE, CNE and CWE); with `via`, mapped by its table.", cwe_to_fhir,
     cwe_to_v2},
    {"CWE.Coding", "Coding", "The first code alone; with `via`, mapped by its table.", coding_to_fhir, cwe_to_v2},
});

}  // namespace

std::span<const Type> code_types() {
    return kTypes;
}

}  // namespace causeway::mapping
