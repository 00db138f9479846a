#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands.hpp"
#include "fhir/definitions/compile.hpp"
#include "fhir/json.hpp"
#include "fhir/tape.hpp"
#include "fhir/xml.hpp"

namespace causeway::app {
namespace {

constexpr Option kOptions[] = {
    {"--to", "json|xml", "The format to write."},
    {"--fhir", "VERSION", "FHIR version: 4.0.1 (default) or 3.0.2, whose definitions must be loaded."},
    {"--load", "FILE|DIR|TGZ",
     "Definitions to read with: the core of another FHIR version, logical models. May be repeated."},
    {"--pretty", "", "Write indented lines."},
};

int wrong_call(const std::string& what) {
    std::cerr << "causeway: " << what << '\n';
    return kUsage;
}

int failed(const Error& error) {
    std::cerr << "causeway: " << to_string(error) << '\n';
    return kFailed;
}

std::filesystem::path pack_path() {
    if (const char* set = std::getenv("CAUSEWAY_DEFINITIONS")) return set;
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / "definitions" / "r4.pack";
}

Result<fhir::DefinitionsPtr> load_definitions(const Arguments& arguments, bool is_stu3) {
    fhir::Documents documents;
    for (const auto& path : arguments.all("--load"))
        if (auto added = documents.add(path); !added) return added.error();
    if (is_stu3) {
        auto compiled = fhir::compile(documents);
        if (!compiled) return compiled.error();
        return compiled->definitions;
    }
    auto base = fhir::Definitions::open(pack_path());
    if (!base || documents.items().empty()) return base;
    auto extended = fhir::extend(*base, documents);
    if (!extended) return extended.error();
    return extended->definitions;
}

Result<std::string> read(const std::string& file) {
    if (file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || std::filesystem::is_directory(file, ignored))
        return fail(Issue::not_found, file, "Name a file that can be read.");
    return std::string(std::istreambuf_iterator<char>(in), {});
}

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
    const auto version = arguments.get("--fhir", "4.0.1");
    const bool is_stu3 = version.starts_with("3.0");
    if (!is_stu3 && !version.starts_with("4.0")) return wrong_call("--fhir is 4.0.1 or 3.0.2.");
    if (is_stu3 && !arguments.has("--load")) return wrong_call("name the STU3 core definitions with --load.");
    const auto& file = arguments.words.front();
    auto bytes = read(file);
    if (!bytes) return failed(bytes.error());
    const auto definitions = load_definitions(arguments, is_stu3);
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
