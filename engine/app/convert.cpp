#include <iostream>

#include "app/commands.hpp"
#include "app/definitions.hpp"
#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "fhir/xml.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--to", "json|xml", "The format to write."},
    kFhirOption,
    kLoadOption,
    {"--pretty", "", "Write indented lines."},
};

// What the definitions do not know has no certain form in the other format.
Result<void> check_known(const fhir::FhirDocument& document) {
    const auto& tape = fhir::Tape::of(document);
    for (const auto& record : tape.records()) {
        if (record.element != 0 || !record.is_shown()) continue;
        const auto at = tape.position_of(tape.start_of(record));
        return fail(Issue::structure, "line " + std::to_string(at.line) + ", column " + std::to_string(at.column),
                    &record == &tape.records().front() ? "Send a resource of a type that the definitions know."
                                                       : "Take the element out: FHIR does not define it here.");
    }
    return {};
}

Result<std::string> converted(std::string bytes, const fhir::DefinitionsPtr& definitions, bool is_to_xml,
                              bool is_pretty) {
    fhir::ParseOptions options;
    options.definitions = definitions;
    const auto document = fhir::parse(Payload(std::move(bytes)), options);
    if (!document) return document.error();
    if (auto known = check_known(**document); !known) return known.error();
    if (is_to_xml) return fhir::to_xml(**document, is_pretty);
    return fhir::to_json((*document)->root(), is_pretty);
}

int convert(const Arguments& arguments) {
    const auto to = arguments.get("--to");
    if (to != "json" && to != "xml") return wrong_call("give --to json or --to xml. See causeway convert --help.");
    if (const auto wrong = wrong_definitions(arguments)) return wrong_call(*wrong);
    const auto& file = arguments.words.front();
    auto bytes = read_input(file);
    if (!bytes) return failed(bytes.error());
    const auto definitions = load_definitions(arguments);
    if (!definitions) return failed(definitions.error());
    const auto text = converted(std::move(*bytes), *definitions, to == "xml", arguments.has("--pretty"));
    if (!text) {
        std::cerr << "causeway: " << file << ": " << to_string(text.error()) << '\n';
        return kProblems;
    }
    std::cout << *text;
    if (text->back() != '\n') std::cout << '\n';
    return std::cout.flush() ? kDone : kFailed;
}

}  // namespace

const Command kConvert = {
    "convert",
    "FILE",
    "Write a FHIR document (- for standard input) as JSON or as XML, without loss.",
    kOptions,
    "  causeway convert --to xml patient.json\n"
    "  causeway convert --to json --pretty - < bundle.xml\n"
    "  causeway convert --to json --fhir 3.0.2 --load core-3.0.2.tgz letter.xml\n",
    convert,
};

}  // namespace causeway::app
