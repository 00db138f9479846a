#include <filesystem>
#include <iostream>
#include <optional>

#include "app/commands.hpp"
#include "app/definitions.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "fhir/bundle.hpp"
#include "fhir/definitions/load.hpp"
#include "fhir/document.hpp"
#include "fhir/json.hpp"
#include "fhirpath/expression.hpp"
#include "hl7v2/message.hpp"
#include "validation/validator.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--strict", "", "Check every step against the FHIR definitions, and refuse what is legal but says nothing."},
    kLoadOption,
    kFhirOption,
    {"--explain", "", "Show how each step came to its value."},
};

struct Input {
    tree::DocumentPtr document;
    tree::Node root;
};

Result<Input> read(const std::string& file, const fhir::DefinitionsPtr& definitions) {
    auto bytes = read_input(file);
    if (!bytes) return bytes.error();
    if (std::string_view(*bytes).starts_with("MSH")) {
        auto message = hl7v2::parse(Payload(std::move(*bytes)));
        if (!message) return message.error();
        return Input{*message, (*message)->root()};
    }
    fhir::ParseOptions options;
    options.definitions = definitions;
    options.lenient = true;  // Whether the document is right is the validator's question.
    auto document = fhir::parse(Payload(std::move(*bytes)), options);
    if (!document) return document.error();
    return Input{*document, (*document)->root()};
}

std::string json_string(std::string_view text) {
    return '"' + json_escape(text) + '"';
}

std::string json_of(const fhirpath::Value& value) {
    if (const auto* node = std::get_if<tree::Node>(&value))
        return node->document()->format() == "fhir" ? fhir::to_json(*node) : json_string(node->text());
    if (const auto* quantity = std::get_if<fhirpath::Quantity>(&value))
        return "{\"value\":" + quantity->value + ",\"unit\":" + json_string(quantity->unit) + '}';
    if (const auto* type = std::get_if<fhirpath::TypeInfo>(&value))
        return "{\"namespace\":" + json_string(type->space) + ",\"name\":" + json_string(type->name) +
               (type->base.empty() ? "" : ",\"baseType\":" + json_string(type->base)) + '}';
    const bool plain = std::holds_alternative<bool>(value) || std::holds_alternative<std::int64_t>(value) ||
                       std::holds_alternative<fhirpath::Decimal>(value);
    return plain ? fhirpath::to_text(value) : json_string(fhirpath::to_text(value));
}

std::string line_of(const fhirpath::Value& value) {
    const auto* node = std::get_if<tree::Node>(&value);
    return node != nullptr && !node->has_value() ? json_of(value) : fhirpath::to_text(value);
}

void print_json(const fhirpath::Collection& items) {
    std::cout << '[';
    for (std::size_t i = 0; i < items.size(); ++i)
        std::cout << (i == 0 ? "" : ",") << "{\"type\":" << json_string(fhirpath::type_name(items[i]))
                  << ",\"value\":" << json_of(items[i]) << '}';
    std::cout << "]\n";
}

// One line a step: column, text, what it gave.
void print_steps(std::ostream& out, const std::vector<fhirpath::Explained>& steps) {
    constexpr std::size_t kItems = 5;
    constexpr std::size_t kText = 60;
    for (const auto& step : steps) {
        out << "column " << step.column << ": " << step.text << "  ->  ";
        if (step.values.empty()) out << "nothing";
        for (std::size_t i = 0; i < std::min(kItems, step.values.size()); ++i) {
            auto text = line_of(step.values[i]);
            if (text.size() > kText) text = text.substr(0, kText) + "...";
            const auto type = fhirpath::type_name(step.values[i]);
            out << (i == 0 ? "" : ", ") << (type.empty() ? "" : std::string(type) + ' ') << text;
        }
        if (step.values.size() > kItems) out << " and " << step.values.size() - kItems << " more";
        out << '\n';
    }
}

// No pack is no error where nothing asks for one: types are then not known.
bool needs_definitions(const Arguments& arguments) {
    return arguments.has("--load") || arguments.has("--fhir") || arguments.has("--strict") ||
           std::filesystem::exists(fhir::default_pack());
}

// The place in the document, behind the name of its file.
std::string told(const Error& error, const std::string& file) {
    return error.where == file ? to_string(error) : file + ": " + to_string(error);
}

std::variant<fhirpath::Expression, fhirpath::CompileError> compile(const Arguments& arguments, const Input& input,
                                                                   const fhir::DefinitionsPtr& definitions) {
    const std::vector<std::string> no_variables;
    fhirpath::CompileOptions options;
    if (input.document->format() == "fhir") options.definitions = definitions;
    options.focus = input.root.type();
    options.strict = arguments.has("--strict");
    options.variables = &no_variables;
    return fhirpath::Expression::compile(arguments.words[0], options);
}

Result<fhirpath::Collection> evaluate(const fhirpath::Expression& expression, const Input& input,
                                      const validation::Validator* validator, std::vector<fhirpath::Explained>* steps) {
    const fhir::Bundle bundle(input.root);
    fhirpath::Environment environment;
    environment.now = SystemClock().now();
    environment.resolve = [&](std::string_view reference, const tree::Node& from) {
        return bundle.resolve(reference, from);
    };
    if (validator != nullptr) environment.services = &validator->services();
    return steps != nullptr ? expression.explain(input.root, environment, *steps)
                            : expression.evaluate(input.root, environment);
}

int fhirpath_command(const Arguments& arguments) {
    if (arguments.words.size() < 2) return wrong_call("give EXPRESSION FILE. See causeway fhirpath --help.");
    if (const auto wrong = wrong_definitions(arguments)) return wrong_call(*wrong);
    Result<fhir::DefinitionsPtr> definitions = fhir::DefinitionsPtr();
    if (needs_definitions(arguments)) definitions = load_definitions(arguments);
    if (!definitions) return wrong_call(to_string(definitions.error()));
    const auto& file = arguments.words[1];
    const auto input = read(file, *definitions);
    if (!input) return wrong_call(told(input.error(), file));
    const auto compiled = compile(arguments, *input, *definitions);
    if (const auto* mistake = std::get_if<fhirpath::CompileError>(&compiled))
        return wrong_call("column " + std::to_string(mistake->column) + ": " + mistake->what);

    std::optional<validation::Validator> validator;
    if (*definitions) validator.emplace(*definitions);
    const bool explains = arguments.has("--explain");
    std::vector<fhirpath::Explained> steps;
    const auto items = evaluate(std::get<fhirpath::Expression>(compiled), *input, validator ? &*validator : nullptr,
                                explains ? &steps : nullptr);
    print_steps(arguments.has("--json") ? std::cerr : std::cout, steps);
    if (!items) return wrong_call(to_string(items.error()));
    if (arguments.has("--json")) {
        print_json(*items);
    } else {
        for (const auto& item : *items) std::cout << line_of(item) << '\n';
    }
    return kDone;
}

}  // namespace

const Command kFhirPath = {
    "fhirpath",
    "EXPRESSION FILE",
    "Evaluate a FHIRPath expression over FHIR JSON or XML or an HL7 v2 message (- for standard input).",
    kOptions,
    "  causeway fhirpath \"Patient.name.where(use = 'official').family\" patient.json\n"
    "  causeway fhirpath \"PID-3[1].1\" message.hl7\n"
    "  causeway fhirpath --strict --explain \"birthDate > today() - 18 years\" patient.xml\n",
    fhirpath_command,
};

}  // namespace causeway::app
