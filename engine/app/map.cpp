#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <thread>

#include "api/json_object.hpp"
#include "app/commands.hpp"
#include "app/map_files.hpp"
#include "app/mistakes.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "fhir/bundle.hpp"
#include "fhir/document.hpp"
#include "fhir/json.hpp"
#include "fhir/xml.hpp"
#include "fhirpath/expression.hpp"
#include "hl7v2/message.hpp"
#include "mapping/explain.hpp"
#include "mapping/map.hpp"

namespace causeway::app {
namespace {

namespace fs = std::filesystem;

constexpr Option kOptions[] = {
    {"--reverse", "", "Run a map both ways from right to left; needed only where FILE does not tell."},
    {"--explain", "", "Show each element that was written with its rule, and where in FILE its value stands."},
    {"--watch", "", "Run again whenever the map, what it extends, its tables or FILE are saved; end with Ctrl-C."},
    {"--to", "json|xml", "How FHIR is written; indented JSON otherwise."},
    {"--fact", "NAME=EXPRESSION",
     "A fact that the engine would give, as FHIRPath: organisation=\"'Y99001'\". May be repeated."},
    {"--load", "FILE|DIR|TGZ", "Definitions for this call: profiles, value sets, a FHIR package. May be repeated."},
};

int wrong(const std::string& what) {
    std::cerr << "causeway: " << what << '\n';
    return kUsage;
}

struct Input {
    tree::DocumentPtr document;
    bool is_v2 = false;
};

Result<Input> read(const fs::path& file, const fhir::DefinitionsPtr& definitions) {
    std::ifstream in(file, std::ios::binary);
    std::error_code ignored;
    if (!in || fs::is_directory(file, ignored))
        return fail(Issue::not_found, file.string(), "Name a file that can be read.");
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    const auto begin = bytes.find_first_not_of("\x0b\r\n\t \xef\xbb\xbf");
    const bool is_v2 = begin != std::string::npos && std::string_view(bytes).substr(begin, 3) == "MSH";
    if (is_v2) {
        auto message = hl7v2::parse(Payload(std::move(bytes)));
        if (!message) return message.error();
        return Input{*message, true};
    }
    fhir::ParseOptions options;
    options.definitions = definitions;
    options.lenient = true;  // Whether the document is right is the validator's question.
    auto document = fhir::parse(Payload(std::move(bytes)), options);
    if (!document) return document.error();
    return Input{*document, false};
}

/// One map over one file, again and again.
class Session {
public:
    Session(const Arguments& arguments, fs::path map_file, mapping::LoadOptions options)
        : arguments_(arguments), map_file_(std::move(map_file)), options_(std::move(options)) {}

    int run() {
        std::vector<config::Mistake> mistakes;
        const auto map = mapping::Map::load(map_file_, mistakes, options_);
        watched_ = map.empty() ? std::vector<fs::path>{map_file_} : map.files();
        watched_.emplace_back(input_file());
        print_mistakes(std::cerr, mistakes);
        if (map.empty()) return kProblems;
        const auto input = read(input_file(), options_.definitions);
        if (!input) return failed(input.error());
        return run(map, *input);
    }

    /// Waits until one of the files is another than when it was read.
    void wait() const {
        constexpr auto kPause = std::chrono::milliseconds(10);
        const auto before = stamps();
        while (stamps() == before) std::this_thread::sleep_for(kPause);
    }

private:
    std::string input_file() const { return arguments_.words[1]; }

    std::vector<fs::file_time_type> stamps() const {
        std::vector<fs::file_time_type> times;
        std::error_code ignored;
        for (const auto& file : watched_) times.push_back(fs::last_write_time(file, ignored));
        return times;
    }

    static int failed(const Error& error) {
        std::cerr << "causeway: " << to_string(error) << '\n';
        return kProblems;
    }

    Result<mapping::Facts> facts(const Input& input) const {
        mapping::Facts facts;
        facts.now = SystemClock().now();
        if (!input.is_v2) {
            const auto bundle = std::make_shared<const fhir::Bundle>(input.document->root());
            facts.resolve = [bundle](std::string_view reference, const tree::Node& from) {
                return bundle->resolve(reference, from);
            };
        }
        facts.variables["obligation"] = {std::string("0MAP00000001")};
        facts.variables["received"] = {
            fhirpath::Temporal{fhirpath::Temporal::Kind::date_time, to_fhir_instant(*facts.now)}};
        for (const auto& fact : arguments_.all("--fact")) {
            const auto equals = fact.find('=');
            auto compiled = fhirpath::Expression::compile(equals == std::string::npos ? "" : fact.substr(equals + 1));
            const auto* expression = std::get_if<fhirpath::Expression>(&compiled);
            if (expression == nullptr)
                return fail(Issue::value, "--fact", "Write NAME=EXPRESSION, such as organisation='Y99001'.");
            auto value = expression->evaluate({}, facts);
            if (!value) return value.error();
            facts.variables[fact.substr(0, equals)] = std::move(*value);
        }
        return facts;
    }

    int run(const mapping::Map& map, const Input& input) const {
        const bool reverse = arguments_.has("--reverse") || (!input.is_v2 && map.can(mapping::Direction::reverse)) ||
                             !map.can(mapping::Direction::forward);
        const auto given = facts(input);
        if (!given) return wrong(to_string(given.error()));
        const auto output = map.run(reverse ? mapping::Direction::reverse : mapping::Direction::forward,
                                    input.document->root(), *given, arguments_.has("--explain"));
        if (!output) return failed(output.error());
        if (arguments_.has("--json")) {
            print_json(*output, input);
        } else {
            print(*output, input);
        }
        return kDone;
    }

    std::string shown(const mapping::Output& output) const {
        const auto bytes = output.payload.reveal();
        if (output.media_type.find("hl7-v2") != std::string::npos) {
            std::string lines(bytes);
            for (auto& c : lines)
                if (c == '\r') c = '\n';
            return lines;
        }
        fhir::ParseOptions options;
        options.definitions = options_.definitions;
        options.lenient = true;
        const auto document = fhir::parse(Payload(std::string(bytes)), options);
        if (!document) return std::string(bytes) + '\n';
        if (arguments_.get("--to") != "xml") return fhir::to_json((*document)->root(), true) + '\n';
        const auto xml = fhir::to_xml(**document, true);
        return (xml ? *xml : to_string(xml.error())) + '\n';
    }

    void print(const mapping::Output& output, const Input& input) const {
        if (arguments_.has("--explain"))
            print_explained(mapping::explain(output, input.document->root()));
        else
            std::cout << shown(output) << std::flush;
        for (const auto& finding : output.outcome.issues)
            std::cerr << to_code(finding.severity) << ": " << finding.rule << ' ' << finding.text << '\n';
        std::string lost;
        for (const auto& path : output.lost) lost += (lost.empty() ? "" : ", ") + path;
        if (!lost.empty()) std::cerr << "not read by any row: " << lost << '\n';
    }

    static std::string source_of(const mapping::Explained& each) {
        auto text = each.source;
        if (each.at.line != 0) text += " (" + std::to_string(each.at.line) + ":" + std::to_string(each.at.column) + ")";
        return text;
    }

    static void print_explained(const std::vector<mapping::Explained>& all) {
        std::size_t widths[3] = {6, 4, 6};
        for (const auto& each : all) {
            widths[0] = std::max(widths[0], std::min<std::size_t>(each.output.size(), 60));
            widths[1] = std::max(widths[1], each.row.size());
            widths[2] = std::max(widths[2], std::min<std::size_t>(source_of(each).size(), 60));
        }
        const auto cell = [](std::string text, std::size_t width) {
            if (text.size() < width) text.append(width - text.size(), ' ');
            return text + "  ";
        };
        std::cout << cell("OUTPUT", widths[0]) << cell("RULE", widths[1]) << cell("SOURCE", widths[2]) << "VALUE\n";
        for (const auto& each : all)
            std::cout << cell(each.output, widths[0]) << cell(each.row, widths[1]) << cell(source_of(each), widths[2])
                      << short_text(each.value) << '\n';
    }

    static std::string short_text(std::string text) {
        constexpr std::size_t kMost = 80;
        for (auto& c : text)
            if (c == '\n' || c == '\r') c = ' ';
        return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
    }

    static void print_json(const mapping::Output& output, const Input& input) {
        api::JsonText json;
        json.object([&] {
            json.add("mediaType", output.media_type).add("output", std::string(output.payload.reveal()));
            json.array("written", [&] {
                for (const auto& each : mapping::explain(output, input.document->root()))
                    json.object([&] {
                        json.add("output", each.output).add("rule", each.row).add("source", each.source);
                        json.add("line", static_cast<std::int64_t>(each.at.line))
                            .add("column", static_cast<std::int64_t>(each.at.column))
                            .add("value", each.value);
                    });
            });
            json.array("findings", [&] {
                for (const auto& finding : output.outcome.issues)
                    json.object([&] {
                        json.add("code", finding.rule).add("severity", std::string(to_code(finding.severity)));
                        json.add("at", finding.expression).add("what", finding.text);
                    });
            });
            json.array("lost", [&] {
                for (const auto& path : output.lost) json.object([&] { json.add("path", path); });
            });
        });
        std::cout << json.text() << '\n';
    }

    const Arguments& arguments_;
    const fs::path map_file_;
    const mapping::LoadOptions options_;
    std::vector<fs::path> watched_;
};

int map(const Arguments& arguments) {
    if (arguments.words.size() != 2) return wrong("give NAME and FILE. See causeway map --help.");
    const auto to = arguments.get("--to", "json");
    if (to != "json" && to != "xml") return wrong("--to is json or xml.");
    const auto file = find_map(arguments, arguments.words[0]);
    if (!file) return wrong(file.error().what);
    const auto options = map_options(arguments);
    if (!options) return wrong(to_string(options.error()));
    Session session(arguments, *file, *options);
    if (!arguments.has("--watch")) return session.run();
    while (true) {
        const auto start = std::chrono::steady_clock::now();
        session.run();
        const auto took = std::chrono::steady_clock::now() - start;
        std::cerr << "---- " << std::chrono::duration_cast<std::chrono::milliseconds>(took).count()
                  << " ms; waiting for the next save (Ctrl-C ends)\n";
        session.wait();
    }
}

}  // namespace

const Command kMap = {
    "map",
    "NAME FILE",
    "Run a map (its name, or a .map file) over a message or document, and print what it makes.",
    kOptions,
    "  causeway map patient.adt a31.hl7\n"
    "  causeway map patient.adt patient.json --reverse\n"
    "  causeway map mappings/patient.adt.map a31.hl7 --explain --watch\n",
    map,
};

}  // namespace causeway::app
