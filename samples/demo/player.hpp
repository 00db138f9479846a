#pragma once
/// Sends the steps of a scenario, prints each journey as it happens and compares how it ended.

#include <string>
#include <vector>

#include "samples/demo/scenario.hpp"
#include "samples/demo/stage.hpp"

namespace causeway::samples {

class Player {
public:
    Player(Stage& stage, std::string mark);

    void play(const Scenario& scenario);
    std::size_t steps() const { return steps_; }
    const std::vector<std::string>& differences() const { return differences_; }

private:
    struct Sent {
        std::string answer, text;
    };
    void play(const Step& step);
    std::filesystem::path stamped(const Step& step) const;
    Sent send(const Step& step, const std::filesystem::path& file);
    std::string find_journey(const std::string& key) const;
    void follow(const std::string& message);
    bool settled(const std::string& message) const;
    void print_events(const std::string& message);
    void compare(const Step& step, const Sent& sent, const std::string& message);
    bool promise_kept(const std::string& message) const;
    void compare_end(const Step& step, const std::string& message);
    void expect(bool holds, const Step& step, const std::string& what);

    Stage& stage_;
    const std::string mark_;
    std::string printed_up_to_ = "latest";
    std::size_t steps_ = 0;
    std::vector<std::string> differences_;
};

}  // namespace causeway::samples
