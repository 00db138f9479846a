#pragma once
/// A program that is started beside this process: in a group of its own, with no open files but the ones that it is
/// given, and with signals as they are by default.

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace causeway {

/// Threads: one. Its destructor ends it, where it has not ended, with everything that it started.
class Child {
public:
    /// Runs `argv` without a shell; argv[0] is a path. Standard input and output are these descriptors, or nothing
    /// (-1); standard error is nothing. Error: it cannot be started.
    static Result<Child> start(std::vector<std::string> argv, int input, int output);

    Child(Child&& other) noexcept;
    Child& operator=(Child&& other) noexcept;
    ~Child();

    /// What waitpid(2) says of its end; nothing while it runs. An Error where nobody knows.
    Result<std::optional<int>> ended();
    /// Ends it, and what it has started. It has still to be asked whether it has ended.
    void kill() noexcept;

private:
    explicit Child(pid_t pid) : pid_(pid) {}
    pid_t pid_ = 0;  ///< 0: it has ended.
};

}  // namespace causeway
