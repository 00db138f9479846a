#include <iostream>

#include "adapter.hpp"
#include "app/commands.hpp"
#include "app/mistakes.hpp"
#include "core/text.hpp"
#include "pipeline/configuration.hpp"

namespace causeway::app {
namespace {

int check(const Arguments& arguments) {
    std::vector<config::Mistake> mistakes;
    const auto folder =
        arguments.words.empty() ? config_folder(arguments) : std::filesystem::absolute(arguments.words.front());
    const auto configuration = pipeline::load_configuration(folder, all_adapters(), mistakes);
    const auto errors = count_errors(mistakes);
    if (arguments.has("--json")) {
        std::cout << mistakes_json(mistakes) << '\n';
    } else {
        print_mistakes(std::cout, mistakes);
        if (configuration)
            std::cout << "The configuration is right: " << configuration->channels.size() << " channels, "
                      << configuration->destinations.size() << " destinations, " << configuration->routes.all().size()
                      << " routes, " << configuration->pathways.size() << " pathways, " << configuration->maps.size()
                      << " maps, " << configuration->directory.size() << " organisations.\n";
        else
            std::cout << errors << (errors == 1 ? " error.\n" : " errors.\n");
    }
    return configuration ? kDone : kProblems;
}

int schema(const Arguments& arguments) {
    const auto parts = pipeline::configuration_parts();
    if (arguments.words.empty()) {
        for (const auto& part : parts) std::cout << part << '\n';
        return kDone;
    }
    const auto text = pipeline::configuration_schema(arguments.words.front(), all_adapters());
    if (text.empty()) {
        std::cerr << "causeway: there is no part \"" << arguments.words.front() << "\"."
                  << did_you_mean(arguments.words.front(), parts) << '\n';
        return kUsage;
    }
    std::cout << text << '\n';
    return kDone;
}

}  // namespace

const Command kCheck = {
    "check",
    "[DIR]",
    "Check a configuration: every mistake with file, line, column and the nearest right name.",
    {},
    "  causeway check\n"
    "  causeway check /etc/causeway --json\n",
    check,
};

const Command kSchema = {
    "schema",
    "[PART]",
    "Print the JSON Schema of one part of the configuration, for editors; without PART list the parts.",
    {},
    "  causeway schema\n"
    "  causeway schema channel > channel.schema.json\n",
    schema,
};

}  // namespace causeway::app
