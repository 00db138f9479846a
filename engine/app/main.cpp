#include <csignal>
#include <span>

#include "app/command.hpp"

/// Read by jemalloc, where the program is linked with it (jemalloc(3), TUNING): few arenas, which soon give back what
/// is unused. By itself it takes four arenas a processor, each of which keeps for ten seconds what a burst has left in
/// it.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:1000,muzzy_decay_ms:0,background_thread:true";
}

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // A peer that has gone is an error of that write, not of the process.
    return causeway::app::run_command_line({argv + 1, static_cast<std::size_t>(argc - 1)});
}
