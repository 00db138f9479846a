#include <csignal>
#include <span>

#include "app/command.hpp"

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // A peer that has gone is an error of that write, not of the process.
    return causeway::app::run_command_line({argv + 1, static_cast<std::size_t>(argc - 1)});
}
