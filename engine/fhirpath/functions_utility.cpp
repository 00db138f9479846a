/// Tree, types, time and tracing (FHIRPath N1 sections 5.8, 5.9, 6.3), FHIR's additions
/// (http://hl7.org/fhir/R4/fhirpath.html#functions) and Causeway's.
#include <algorithm>

#include "core/nhs_number.hpp"
#include "fhir/tape.hpp"
#include "fhirpath/functions.hpp"
#include "fhirpath/types.hpp"

namespace causeway::fhirpath {
namespace {

void add_children(const Value& item, std::vector<tree::Node>& out) {
    if (const auto* node = as_node(item)) node->children(out);
}

bool children(Call& call) {
    std::vector<tree::Node> nodes;
    for (const auto& item : call.input) add_children(item, nodes);
    call.out.insert(call.out.end(), nodes.begin(), nodes.end());
    return true;
}

bool descendants(Call& call) {
    std::vector<tree::Node> level;
    for (const auto& item : call.input) add_children(item, level);
    while (!level.empty()) {
        if (!call.evaluator.spend(call.op, level.size())) return false;
        call.out.insert(call.out.end(), level.begin(), level.end());
        std::vector<tree::Node> next;
        for (const auto& node : level) node.children(next);
        level = std::move(next);
    }
    return true;
}

// Values may be of patients, so that nothing is written anywhere; the arguments are evaluated for their mistakes.
bool trace(Call& call) {
    Collection ignored;
    if (!call.evaluate(0, ignored)) return false;
    for (std::size_t i = 0; call.arguments() > 1 && i < call.input.size(); ++i)
        if (!call.evaluate_for(1, {call.input[i]}, static_cast<std::int64_t>(i), ignored)) return false;
    call.out.insert(call.out.end(), call.input.begin(), call.input.end());
    return true;
}

bool has_clock(Call& call) {
    return call.evaluator.environment().now.has_value() ||
           call.fail("Take " + std::string(call.op.function->name) +
                     "() out: there is no clock where this expression stands.");
}

bool now(Call& call) {
    return has_clock(call) && call.give(Moment::from(*call.evaluator.environment().now, false).temporal());
}

bool today(Call& call) {
    return has_clock(call) && call.give(Moment::from(*call.evaluator.environment().now, true).temporal());
}

bool time_of_day(Call& call) {
    if (!has_clock(call)) return false;
    auto moment = Moment::from(*call.evaluator.environment().now, false);
    moment.kind = Temporal::Kind::time;
    return call.give(moment.temporal());
}

bool is_function(Call& call) {
    if (call.input.size() > 1) return call.fail("Give a single item to is(); ofType() takes many.");
    return call.input.empty() || call.give(is_type(call.input.front(), call.evaluator.program().types[call.op.a],
                                                   call.evaluator.definitions()));
}

bool as_function(Call& call) {
    if (call.input.size() > 1 && !call.evaluator.program().lenient_as)
        return call.fail("Give a single item to as(); ofType() takes many.");
    const auto& type = call.evaluator.program().types[call.op.a];
    for (const auto& item : call.input)
        if (has_type(item, type, call.evaluator.definitions())) call.give(item);
    return true;
}

bool type_function(Call& call) {
    for (const auto& item : call.input) call.give(type_info(item, call.evaluator.definitions()));
    return true;
}

bool extension(Call& call) {
    std::optional<std::string> url;
    if (!call.string_argument(0, url)) return false;
    std::vector<tree::Node> found;
    for (const auto& item : call.input)
        if (const auto* node = as_node(item)) node->children("extension", found);
    for (const auto& node : found)
        if (url && node.child("url").text() == *url) call.give(node);
    return true;
}

bool has_extension(Call& call) {
    std::optional<std::string> url;
    if (!call.string_argument(0, url)) return false;
    std::vector<tree::Node> found;
    for (const auto& item : call.input)
        if (const auto* node = as_node(item)) node->children("extension", found);
    return call.give(url && std::any_of(found.begin(), found.end(),
                                        [&](const auto& node) { return node.child("url").text() == *url; }));
}

bool is_valued(const Value& value) {
    const auto* node = as_node(value);
    return node == nullptr || node->has_value();
}

bool has_value(Call& call) {
    return call.give(call.input.size() == 1 && is_valued(call.input.front()));
}

// The System value of a primitive.
bool get_value(Call& call) {
    if (call.input.size() != 1 || !is_valued(call.input.front())) return true;
    const auto& item = call.input.front();
    const auto* node = as_node(item);
    if (node == nullptr) return call.give(item);
    if (const auto boolean = as_boolean(item)) return call.give(*boolean);
    if (node->kind() == tree::Kind::number) {
        if (const auto number = as_number(item)) return call.give(to_value(*number, is_integer(item)));
    }
    const auto type = node->type();
    if (type == "date" || type == "dateTime" || type == "instant" || type == "time")
        if (const auto moment = as_moment(item)) return call.give(moment->temporal());
    return call.give(std::string(node->text()));
}

// The resource that holds a node and is not contained itself: "#id" and relative references count from there.
tree::Node container_of(const tree::Node& node) {
    const auto* tape = dynamic_cast<const fhir::Tape*>(node.document());
    if (tape == nullptr) return {};
    static constexpr std::string_view kContained = "contained";
    const auto records = tape->records();
    for (auto i = static_cast<std::uint32_t>(node.handle()); i != 0; i = records[i].parent)
        if (records[i].is(fhir::Record::kResource) && tape->name(i) != kContained) return tape->node(i);
    return tape->root();
}

bool resolve(Call& call) {
    const auto& resolver = call.evaluator.environment().resolve;
    if (!resolver) return true;
    const auto* root = call.evaluator.root().empty() ? nullptr : as_node(call.evaluator.root().front());
    const auto from_of = [&](const tree::Node* node) {
        if (node != nullptr)
            if (const auto container = container_of(*node)) return container;
        return root != nullptr ? *root : tree::Node();
    };
    for (const auto& item : call.input) {
        const auto* node = as_node(item);
        const auto reference = node != nullptr && node->kind() == tree::Kind::object ? node->child("reference").text()
                                                                                     : as_string(item).value_or("");
        if (reference.empty()) continue;
        if (const auto target = resolver(reference, from_of(node))) call.give(target);
    }
    return true;
}

using Answer = Services::Answer;

// What a service said, as the value of a function.
bool give_answer(Call& call, Answer answer, const char* not_held) {
    if (answer == Answer::not_held) return call.fail(not_held);
    return answer == Answer::unknown || call.give(answer == Answer::yes);
}

// Of the base definitions, which say no more than the type.
Answer conforms_to_type(Call& call, const Value& item, std::string_view url) {
    static constexpr std::string_view kBase = "http://hl7.org/fhir/StructureDefinition/";
    if (!url.starts_with(kBase)) return Answer::not_held;
    TypeName type{"", std::string(url.substr(kBase.size())), 0, {}};
    if (!is_known_type(type, nullptr)) return Answer::not_held;
    return is_type(item, type, call.evaluator.definitions()) ? Answer::yes : Answer::no;
}

bool conforms_to(Call& call) {
    std::optional<std::string> url;
    const Value* item = nullptr;
    if (!call.string_argument(0, url) || !call.single(call.input, item)) return false;
    if (!url || item == nullptr) return true;
    const auto* services = call.evaluator.environment().services;
    const auto* node = as_node(*item);
    const auto answer = services != nullptr && node != nullptr ? services->conforms_to(*node, *url)
                                                               : conforms_to_type(call, *item, *url);
    return give_answer(call, answer, "Load the profile that conformsTo() names.");
}

struct Code {
    std::string_view system, code;
};

// The codes of a code, a Coding or a CodeableConcept.
std::vector<Code> codes_of(const Value& item) {
    if (const auto text = as_string(item)) return {{{}, *text}};
    const auto* node = as_node(item);
    if (node == nullptr) return {};
    std::vector<tree::Node> codings;
    node->children("coding", codings);
    if (codings.empty() && node->child("code")) codings.push_back(*node);
    std::vector<Code> codes;
    for (const auto& coding : codings) codes.push_back({coding.child("system").text(), coding.child("code").text()});
    return codes;
}

// One yes is enough; "no" needs a no of every code.
template <class Ask>
Answer any_of(const std::vector<Code>& codes, const Ask& ask) {
    Answer all = Answer::no;
    for (const auto& code : codes) {
        const auto answer = ask(code);
        if (answer == Answer::yes || answer == Answer::not_held) return answer;
        if (answer == Answer::unknown) all = answer;
    }
    return all;
}

// Of several values, and for a value set that is not held, nothing: so the specification has it.
bool member_of(Call& call) {
    std::optional<std::string> url;
    if (!call.string_argument(0, url)) return false;
    const auto* services = call.evaluator.environment().services;
    if (!url || call.input.size() != 1 || services == nullptr) return true;
    const auto answer = any_of(codes_of(call.input.front()),
                               [&](const Code& code) { return services->member_of(code.system, code.code, *url); });
    return give_answer(call, answer, "Load the value set that memberOf() names.");
}

template <bool input_is_ancestor>
bool subsumption(Call& call) {
    Collection other;
    const Value* item = nullptr;
    const Value* argument = nullptr;
    if (!call.single(call.input, item) || !call.evaluate(0, other) || !call.single(other, argument)) return false;
    const auto* services = call.evaluator.environment().services;
    if (item == nullptr || argument == nullptr) return true;
    const auto arguments = codes_of(*argument);
    const auto answer = any_of(codes_of(*item), [&](const Code& a) {
        return any_of(arguments, [&](const Code& b) {
            if (a.system != b.system && !a.system.empty() && !b.system.empty()) return Answer::no;
            if (a.code == b.code) return Answer::yes;
            if (services == nullptr) return Answer::unknown;
            const auto system = a.system.empty() ? b.system : a.system;
            return input_is_ancestor ? services->subsumes(system, a.code, b.code)
                                     : services->subsumes(system, b.code, a.code);
        });
    });
    return give_answer(call, answer, "Load the code system that subsumes() asks about.");
}

// Of anything but one xhtml element, nothing: so the specification has it.
bool html_checks(Call& call) {
    const auto* services = call.evaluator.environment().services;
    const auto* node = call.input.size() == 1 ? as_node(call.input.front()) : nullptr;
    if (node == nullptr || services == nullptr || (node->type() != "xhtml" && !node->type().empty())) return true;
    return give_answer(call, services->html_checks(*node), "Give htmlChecks() a narrative.");
}

// Has the markup text that is not white space, or an image?
bool shows_something(std::string_view markup) {
    bool in_tag = false;
    for (std::size_t i = 0; i < markup.size(); ++i) {
        const char c = markup[i];
        if (c == '<') {
            const auto rest = markup.substr(i + 1);
            if (rest.starts_with("img") && rest.size() > 3 && (rest[3] == ' ' || rest[3] == '\n' || rest[3] == '/'))
                return true;
            if (rest.starts_with("!--")) i = std::min(markup.find("-->", i), markup.size() - 1);
            in_tag = true;
        } else if (c == '>') {
            in_tag = false;
        } else if (!in_tag && c != ' ' && c != '\t' && c != '\n' && c != '\r') {
            return true;
        }
    }
    return false;
}

bool html_checks_content(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    const auto text = item != nullptr ? as_string(*item) : std::nullopt;
    return !text || call.give(shows_something(*text));
}

// The input, if it has no modifier extensions but those that are named.
bool check_modifiers(Call& call) {
    Collection known;
    for (std::size_t i = 0; i < call.arguments(); ++i)
        if (!call.evaluate(i, known)) return false;
    std::vector<tree::Node> modifiers;
    for (const auto& item : call.input)
        if (const auto* node = as_node(item)) node->children("modifierExtension", modifiers);
    for (const auto& modifier : modifiers) {
        const auto url = modifier.child("url").text();
        if (std::none_of(known.begin(), known.end(), [&](const Value& v) { return as_string(v) == url; }))
            return call.fail("Name this modifier extension in checkModifiers(), or do without the element.");
    }
    call.out.insert(call.out.end(), call.input.begin(), call.input.end());
    return true;
}

bool is_nhs_number(Call& call) {
    const Value* item = nullptr;
    if (!call.single(call.input, item)) return false;
    if (item == nullptr) return true;
    const auto text = as_string(*item);
    return call.give(text && is_valid_nhs_number(*text));
}

constexpr Function kFunctions[] = {
    {"children", 0, 0, children},
    {"descendants", 0, 0, descendants},
    {"trace", 1, 2, trace},
    {"now", 0, 0, now},
    {"today", 0, 0, today},
    {"timeOfDay", 0, 0, time_of_day},
    {"is", 1, 1, is_function, true},
    {"as", 1, 1, as_function, true},
    {"type", 0, 0, type_function},
    {"extension", 1, 1, extension},
    {"hasValue", 0, 0, has_value},
    {"getValue", 0, 0, get_value},
    {"resolve", 0, 0, resolve},
    {"conformsTo", 1, 1, conforms_to},
    {"memberOf", 1, 1, member_of},
    {"subsumes", 1, 1, subsumption<true>},
    {"subsumedBy", 1, 1, subsumption<false>},
    {"htmlChecks", 0, 0, html_checks},
    {"htmlChecks2", 0, 0, html_checks_content},
    {"hasExtension", 1, 1, has_extension},
    {"checkModifiers", 0, 20, check_modifiers},
    {"isNhsNumber", 0, 0, is_nhs_number},
};

}  // namespace

std::span<const Function> utility_functions() {
    return kFunctions;
}

}  // namespace causeway::fhirpath
