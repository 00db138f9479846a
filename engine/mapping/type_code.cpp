/// CE, CWE, CNE: coded elements with text.
#include <array>
#include <tuple>

#include "core/text.hpp"
#include "mapping/type.hpp"

namespace causeway::mapping {
namespace {

using tree::Node;

/// A coding of a CWE: code, display and system from component `first` on, the version elsewhere.
struct Own : Coded {
    std::string_view version;
};

Own coding_in(const V2Input& in, unsigned first, unsigned version) {
    Own coded;
    coded.code = trim(in.verbatim(first));
    if (coded.code.empty()) return coded;  // Nothing beside it counts.
    coded.display = trim(in.verbatim(first + 1));
    coded.system = fhir_system_uri(in.component(first + 2));
    coded.version = trim(in.component(version));
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

JsonValue& own_coding(const V2Input& in, const Own& coded) {
    auto& made = coding(in, coded);
    if (!made.empty()) made.set("version", coded.version);
    return made;
}

std::string_view text_in(const V2Input& in) {
    const auto text = trim(in.verbatim(9));
    return text.empty() ? trim(in.verbatim(2)) : text;
}

/// The code by its table; a coding of another system than the table's stays behind it.
FhirValues mapped_concept(const V2Input& in, const Own& own) {
    const auto mapped = in.table->to_right(own.code);
    if (!mapped) return failed("M303", "holds a code that its table does not map");
    auto& made = in.json.hole();
    made.append("coding", coding(in, *mapped));
    const auto left = in.table->left(own.code).value_or(Coded{});
    if (!own.system.empty() && own.system != left.system) made.append("coding", own_coding(in, own));
    if (const auto text = text_in(in); text != left.display) made.set("text", text);
    return one(made);
}

FhirValues cwe_to_fhir(const V2Input& in) {
    const auto own = coding_in(in, 1, 7);
    const auto text = text_in(in);
    if (in.table != nullptr && !own.code.empty()) return mapped_concept(in, own);
    auto& made = in.json.hole();
    for (const auto& coded : {own, coding_in(in, 4, 8), coding_in(in, 10, 13)})
        if (!coded.code.empty()) made.append("coding", own_coding(in, coded));
    made.set("text", text);
    return one(made);
}

FhirValues coding_to_fhir(const V2Input& in) {
    const auto own = coding_in(in, 1, 7);
    if (in.table == nullptr || own.code.empty()) return one(own_coding(in, own));
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
    if (codings.empty()) return one_repetition({"", text});
    V2Values failure;
    failure.failure = {"M303", "holds a code that its table does not map"};
    return failure;
}

V2Values cwe_to_v2(const FhirInput& in) {
    std::vector<Coded> codings;
    const auto node = in.node();
    std::vector<std::string> versions;
    auto nodes = child_nodes(node, "coding");
    if (nodes.empty() && node && !child_text(node, "code").empty()) nodes.push_back(node);
    for (const auto& one : nodes) {
        codings.push_back(coded_of(one));
        versions.push_back(child_text(one, "version"));
    }
    if (!node || node.has_value()) codings.push_back({"", in.text(), ""});
    const auto text = child_text(node, "text");
    if (in.table != nullptr) return mapped_to_v2(in, codings, text);
    if (codings.empty()) return one_repetition({"", text});
    codings.resize(3);
    versions.resize(3);
    const auto& [first, second, third] = std::tie(codings[0], codings[1], codings[2]);
    const auto display = first.display.empty() ? text : first.display;
    return one_repetition({first.code, display, system_name(first), second.code, second.display, system_name(second),
                           versions[0], versions[1], text != display ? text : "", third.code, third.display,
                           system_name(third), versions[2]});
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
