#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands.hpp"
#include "fhir/definitions/load.hpp"
#include "fhir/document.hpp"
#include "validation/validator.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--load", "FILE|DIR|TGZ", "Definitions for this call: profiles, value sets, a FHIR package. May be repeated."},
    {"--profile", "URL", "A profile that each file must meet. May be repeated."},
    {"--fhir", "VERSION", "FHIR version: 4.0.1 (default) or 3.0.2, whose definitions must be loaded."},
};

int failed(const Error& error) {
    std::cerr << "causeway: " << to_string(error) << '\n';
    return kFailed;
}

Result<fhir::DefinitionsPtr> load(const Arguments& arguments) {
    fhir::DefinitionSources sources;
    sources.fhir_version = arguments.get("--fhir", "4.0.1");
    for (const auto& path : arguments.all("--load")) sources.load.emplace_back(path);
    auto loaded = fhir::load_definitions(sources);
    if (!loaded) return loaded.error();
    for (const auto& issue : loaded->issues)
        std::cerr << (issue.is_error ? "error: " : "warning: ") << issue.where << ": " << issue.what << '\n';
    return loaded->definitions;
}

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

Result<std::string> read_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(Issue::not_found, path, "Name a file that can be read.");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

int validate(const Arguments& arguments) {
    const auto version = arguments.get("--fhir", "4.0.1");
    if (!version.starts_with("4.0") && !version.starts_with("3.0")) {
        std::cerr << "causeway: --fhir is 4.0.1 or 3.0.2.\n";
        return kUsage;
    }
    auto definitions = load(arguments);
    if (!definitions) return failed(definitions.error());
    const validation::Validator validator(definitions.value());
    fhir::ParseOptions options;
    options.definitions = definitions.value();
    options.lenient = true;
    bool has_errors = false;
    for (const auto& path : arguments.words) {
        auto bytes = read_file(path);
        if (!bytes) return failed(bytes.error());
        auto document = fhir::parse(Payload(std::move(bytes.value())), options);
        const auto outcome =
            document ? validator.validate(*document.value(), arguments.all("--profile")) : to_outcome(document.error());
        has_errors = has_errors || outcome.has_errors();
        if (arguments.has("--json"))
            std::cout << to_json(outcome) << '\n';
        else
            print(std::cout, path, outcome);
    }
    return has_errors ? kProblems : kDone;
}

}  // namespace

const Command kValidate = {
    "validate",
    "FILE...",
    "Validate FHIR resources, JSON or XML, against the base specification and profiles.",
    kOptions,
    "  causeway validate referral.json\n"
    "  causeway validate --load uk-core.tgz --profile https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient "
    "patient.xml\n"
    "  causeway validate --fhir 3.0.2 --load stu3.tgz --json message.xml\n",
    validate,
};

}  // namespace causeway::app
