#include "app/command.hpp"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <optional>

#include "core/file.hpp"
#include "core/text.hpp"

namespace causeway::app {
namespace {

constexpr Option kCommon[] = {
    {"--config", "DIR", "Folder of the configuration (default: conf, or $CAUSEWAY_CONFIG)."},
    {"--json", "", "Print JSON instead of text."},
    {"--help", "", "Show this help."},
};

/// What something is called, and beside it (below, where that is too long) what it does.
void print_line(std::ostream& out, std::string_view name, std::string_view argument, std::string_view doc) {
    constexpr std::size_t width = 24;
    auto called = std::string(name) + (argument.empty() ? "" : " ") + std::string(argument);
    if (called.size() + 2 > width)
        called += '\n' + std::string(width + 2, ' ');
    else
        called.resize(width, ' ');
    out << "  " << called << doc << '\n';
}

void print_options(std::ostream& out, std::span<const Option> options) {
    for (const auto& option : options) print_line(out, option.name, option.argument, option.doc);
}

void print_help(std::ostream& out) {
    out << "causeway: FHIR and HL7 integration between general practice and hospital\n\nUsage: causeway COMMAND "
           "[OPTIONS]\n\n";
    for (const auto* command : all_commands()) print_line(out, command->name, command->words, command->summary);
    out << "\n`causeway COMMAND --help` shows options and examples. Exit status: 0 done, 1 problems found, 2 wrong "
           "call,\n"
           "3 no engine answers, 4 failed.\n";
}

void print_help(std::ostream& out, const Command& command) {
    out << command.summary << "\n\nUsage: causeway " << command.name << (command.words.empty() ? "" : " ")
        << command.words << " [OPTIONS]\n\nOptions:\n";
    print_options(out, command.options);
    print_options(out, kCommon);
    if (!command.examples.empty()) out << "\nExamples:\n" << command.examples;
}

const Command* find_command(std::string_view name) {
    for (const auto* command : all_commands())
        if (command->name == name) return command;
    return nullptr;
}

std::vector<std::string> command_names() {
    std::vector<std::string> names;
    for (const auto* command : all_commands()) names.emplace_back(command->name);
    return names;
}

const Option* find_option(const Command& command, std::string_view name) {
    for (const auto options : {command.options, common_options()})
        for (const auto& option : options)
            if (option.name == name) return &option;
    return nullptr;
}

std::vector<std::string> option_names(const Command& command) {
    std::vector<std::string> names;
    for (const auto options : {command.options, common_options()})
        for (const auto& option : options) names.emplace_back(option.name);
    return names;
}

/// Counts are whole numbers; nothing is meant by another word, least of all "everything".
bool is_value(const Option& option, std::string_view value) {
    if (option.argument != "N" && option.argument != "SECONDS") return true;
    constexpr std::size_t most_digits = 9;
    return !value.empty() && value.size() <= most_digits &&
           std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Sorts words into options and the rest; gives what is wrong.
std::optional<std::string> parse(const Command& command, std::span<const char* const> words, Arguments& arguments) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view word = words[i];
        if (word == "-h") {
            arguments.options["--help"];
            continue;
        }
        if (!word.starts_with("--")) {
            arguments.words.emplace_back(word);
            continue;
        }
        const auto equals = word.find('=');
        const auto name = word.substr(0, equals);
        const auto* option = find_option(command, name);
        if (!option)
            return "unknown option " + std::string(name) + "." + did_you_mean(name, option_names(command)) +
                   " See causeway " + std::string(command.name) + " --help.";
        if (option->argument.empty() || equals != std::string_view::npos) {
            arguments.options[std::string(name)] =
                equals == std::string_view::npos ? "" : std::string(word.substr(equals + 1));
        } else if (++i < words.size()) {
            arguments.options[std::string(name)] = words[i];
        } else {
            return std::string(name) + " needs " + std::string(option->argument) + ".";
        }
        if (const auto given = arguments.get(std::string(name)); !is_value(*option, given))
            return std::string(name) + " needs a whole number, not \"" + given + "\".";
        arguments.repeated[std::string(name)].push_back(arguments.options[std::string(name)]);
    }
    return std::nullopt;
}

bool needs_words(const Command& command) {
    return !command.words.empty() && command.words.front() != '[';
}

/// How many words a command takes: none, one, two ("EXPRESSION FILE"), or any number ("ID...").
std::size_t words_taken(const Command& command) {
    if (command.words.find("...") != std::string_view::npos) return SIZE_MAX;
    if (command.words.empty()) return 0;
    return 1 + static_cast<std::size_t>(std::count(command.words.begin(), command.words.end(), ' '));
}

}  // namespace

std::span<const Option> common_options() {
    return kCommon;
}

int wrong_call(const std::string& what) {
    std::cerr << "causeway: " << what << '\n';
    return kUsage;
}

int failed(const Error& error) {
    std::cerr << "causeway: " << to_string(error) << '\n';
    return kFailed;
}

Result<std::string> read_input(const std::string& file) {
    if (file != "-") return read_file(file);
    return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

int run_command_line(std::span<const char* const> words) {
    if (words.empty() || std::string_view(words[0]) == "help" || std::string_view(words[0]) == "--help" ||
        std::string_view(words[0]) == "-h") {
        print_help(words.empty() ? std::cerr : std::cout);
        return words.empty() ? kUsage : kDone;
    }
    if (std::string_view(words[0]) == "--version") {
        std::cout << "causeway " << CAUSEWAY_VERSION << '\n';
        return kDone;
    }
    const auto* command = find_command(words[0]);
    if (!command)
        return wrong_call("unknown command \"" + std::string(words[0]) + "\"." +
                          did_you_mean(words[0], command_names()) + " See causeway --help.");
    Arguments arguments;
    if (const auto mistake = parse(*command, words.subspan(1), arguments)) return wrong_call(*mistake);
    if (arguments.has("--help")) {
        print_help(std::cout, *command);
        return kDone;
    }
    if (needs_words(*command) && arguments.words.empty())
        return wrong_call("give " + std::string(command->words) + ". See causeway " + std::string(command->name) +
                          " --help.");
    if (const auto most = words_taken(*command); arguments.words.size() > most)
        return wrong_call("\"" + arguments.words[most] + "\" is one word too many. See causeway " +
                          std::string(command->name) + " --help.");
    return command->run(arguments);
}

}  // namespace causeway::app
