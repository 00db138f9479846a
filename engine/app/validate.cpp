#include <iostream>
#include <optional>

#include "app/commands.hpp"
#include "app/definitions.hpp"
#include "app/mistakes.hpp"
#include "fhir/document.hpp"
#include "pipeline/validation_settings.hpp"
#include "validation/validator.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    kLoadOption,
    {"--profile", "URL", "A profile that each file must meet. May be repeated."},
    {"--settings", "FILE",
     "What a channel says under \"validate\" (YAML): profiles, unknown_extensions, overrides of severity with a "
     "reason. "
     "Files are judged as that channel judges them."},
    kFhirOption,
};

std::string_view label(Severity severity) {
    switch (severity) {
        case Severity::fatal:
        case Severity::error:
            return "error";
        case Severity::warning:
            return "warning";
        default:
            return "note";
    }
}

/// One finding a paragraph: where, what to do, by which rule.
void print(std::ostream& out, const Finding& finding) {
    out << "  ";
    if (finding.line != 0) out << finding.line << ':' << finding.column << ' ';
    out << label(finding.severity);
    if (!finding.expression.empty()) out << "  " << finding.expression;
    out << "\n      " << finding.text << '\n';
    if (finding.rule.empty()) return;
    out << "      (" << finding.rule;
    if (!finding.profile.empty()) out << ", " << finding.profile;
    out << ")\n";
}

void print(std::ostream& out, const std::string& file, const OperationOutcome& outcome) {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    for (const auto& finding : outcome.issues) {
        if (finding.severity == Severity::error || finding.severity == Severity::fatal) ++errors;
        if (finding.severity == Severity::warning) ++warnings;
    }
    out << file << ": " << (errors == 0 ? "valid" : "not valid") << ", " << errors
        << (errors == 1 ? " error, " : " errors, ") << warnings << (warnings == 1 ? " warning\n" : " warnings\n");
    for (const auto severity : {Severity::fatal, Severity::error, Severity::warning, Severity::information})
        for (const auto& finding : outcome.issues)
            if (finding.severity == severity) print(out, finding);
}

/// What the files are judged by; nothing where the settings have mistakes, which are printed.
std::optional<pipeline::Validation> judge(const Arguments& arguments, const fhir::DefinitionsPtr& definitions) {
    const auto file = arguments.get("--settings");
    pipeline::Validation made;
    if (!file.empty()) {
        const auto text = read_input(file);
        if (!text) {
            failed(text.error());
            return std::nullopt;
        }
        std::vector<config::Mistake> mistakes;
        const auto yaml = config::parse_yaml(*text, file, std::filesystem::path(file).parent_path(), mistakes);
        const auto settings = config::lint(yaml, pipeline::validation_fields(), mistakes);
        const auto profiles = (config_folder(arguments) / "../profiles").lexically_normal();
        if (count_errors(mistakes) == 0) made = pipeline::read_validation(settings, definitions, profiles, mistakes);
        print_mistakes(std::cerr, mistakes);
        if (count_errors(mistakes) != 0) return std::nullopt;
    }
    if (!made.validator) made.validator = std::make_shared<const validation::Validator>(definitions);
    return made;
}

OperationOutcome check(const std::string& file, const pipeline::Validation& judged_by,
                       const fhir::ParseOptions& options, std::vector<std::string> profiles) {
    auto bytes = read_input(file);
    if (!bytes) return to_outcome(bytes.error());
    const auto document = fhir::parse(Payload(std::move(*bytes)), options);
    if (!document) return to_outcome(document.error());
    for (auto& definition : judged_by.definitions_of(**document)) profiles.push_back(std::move(definition));
    auto outcome = judged_by.validator->validate(**document, profiles);
    if (!judged_by.base) std::erase_if(outcome.issues, [](const Finding& finding) { return finding.profile.empty(); });
    return outcome;
}

int validate(const Arguments& arguments) {
    if (const auto wrong = wrong_definitions(arguments)) return wrong_call(*wrong);
    const auto definitions = load_definitions(arguments);
    if (!definitions) return failed(definitions.error());
    const auto judged_by = judge(arguments, *definitions);
    if (!judged_by) return kFailed;
    fhir::ParseOptions options;
    options.definitions = *definitions;
    options.lenient = true;
    bool has_errors = false;
    for (const auto& file : arguments.words) {
        const auto outcome = check(file, *judged_by, options, arguments.all("--profile"));
        has_errors = has_errors || outcome.has_errors();
        if (arguments.has("--json"))
            std::cout << to_json(outcome) << '\n';
        else
            print(std::cout, file, outcome);
    }
    return has_errors ? kProblems : kDone;
}

}  // namespace

const Command kValidate = {
    "validate",
    "FILE...",
    "Validate FHIR resources (JSON or XML; - for standard input) against the base specification and profiles.",
    kOptions,
    "  causeway validate referral.json\n"
    "  causeway validate --load uk-core.tgz --profile https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient "
    "patient.xml\n"
    "  causeway validate --settings validation.yaml referral.json\n"
    "  causeway validate --fhir 3.0.2 --load stu3.tgz --json message.xml\n",
    validate,
};

}  // namespace causeway::app
