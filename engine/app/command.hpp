#pragma once
/// One command of the command line: its help and its work.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace causeway::app {

/// Exit statuses, the same for every command.
enum Exit {
    kDone = 0,
    kProblems = 1,     ///< The command ran; what it looked at has problems (check, test, send).
    kUsage = 2,        ///< The call was wrong; nothing was done.
    kUnreachable = 3,  ///< No engine answers.
    kFailed = 4        ///< The engine, or the machine, could not do it.
};

struct Option {
    std::string_view name;      ///< "--reason"
    std::string_view argument;  ///< "TEXT"; empty for a switch.
    std::string_view doc;
};

/// The words of one call, sorted.
struct Arguments {
    std::vector<std::string> words;                            ///< What is no option.
    std::map<std::string, std::string> options;                ///< "--json" → ""; the last one counts.
    std::map<std::string, std::vector<std::string>> repeated;  ///< Every argument of an option, in order.

    bool has(const std::string& option) const { return options.contains(option); }
    const std::vector<std::string>& all(const std::string& option) const {
        static const std::vector<std::string> kNone;
        const auto found = repeated.find(option);
        return found == repeated.end() ? kNone : found->second;
    }
    std::string get(const std::string& option, std::string otherwise = {}) const {
        const auto found = options.find(option);
        return found == options.end() ? std::move(otherwise) : found->second;
    }
};

struct Command {
    std::string_view name;
    std::string_view words;    ///< "KEY", "FILE...": what follows the name.
    std::string_view summary;  ///< One line.
    std::span<const Option> options;
    std::string_view examples;  ///< Lines that can be copied.
    int (*run)(const Arguments&);
};

/// Every command, in the order of the help.
std::span<const Command* const> all_commands();

/// Options that every command takes: --config, --json, --help.
std::span<const Option> common_options();

/// Says what is wrong with a call; kUsage.
int wrong_call(const std::string& what);
/// Says why something can't be done; kFailed.
int failed(const Error& error);

/// The bytes of a file, or with "-" of standard input.
Result<std::string> read_input(const std::string& file);

/// Parses the words after the program's name, runs the command, gives the exit status.
int run_command_line(std::span<const char* const> words);

}  // namespace causeway::app
