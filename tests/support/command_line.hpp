#pragma once
/// Calls of the program's command line, and what they write.

#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "app/command.hpp"

namespace causeway::test {

/// Catches what is written to a stream, as long as it lives.
class Caught {
public:
    explicit Caught(std::ostream& stream) : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {}
    Caught(const Caught&) = delete;
    Caught& operator=(const Caught&) = delete;
    ~Caught() { stream_.rdbuf(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream text_;
    std::ostream& stream_;
    std::streambuf* before_;
};

struct Outcome {
    int status = 0;
    std::string out, err;
};

/// `call({"validate", "--json", file})`, with `input` on standard input.
inline Outcome call(const std::vector<std::string>& words, const std::string& input = {}) {
    std::vector<const char*> pointers;
    for (const auto& word : words) pointers.push_back(word.c_str());
    std::istringstream given(input);
    auto* const before = std::cin.rdbuf(given.rdbuf());
    const Caught out(std::cout), err(std::cerr);
    const int status = app::run_command_line(pointers);
    std::cin.rdbuf(before);
    return {status, out.text(), err.text()};
}

}  // namespace causeway::test
