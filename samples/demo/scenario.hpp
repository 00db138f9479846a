#pragma once
/// A scenario: messages to send and how each must end. samples/<name>/scenario.yaml.

#include <filesystem>
#include <string>
#include <vector>

#include "core/error.hpp"

namespace causeway::samples {

struct Step {
    std::string title;
    std::filesystem::path file;
    std::string stamp;                  ///< Text of the file that gets the run's mark, so that each run sends new ids.
    std::string find;                   ///< Key of the journey; the stamped text where it is not given.
    std::string to;                     ///< URL; empty: where its kind of message goes by default.
    bool drop = false;                  ///< Drop it as a file instead of sending it.
    std::string answer;                 ///< "AA", "200": what the sender must be told.
    std::string text;                   ///< Part of what the sender must be told.
    std::string decided;                ///< Service that the pathway must choose.
    std::string keeps;                  ///< Stamp of an earlier step whose promise this one must keep.
    std::vector<std::string> ends;      ///< "pas delivered", "gp-practices held".
    std::vector<std::string> received;  ///< "pas: RF1|": what the peer's newest message must hold.
};

struct Scenario {
    std::string title;
    std::vector<Step> steps;
};

/// Error with file:line:column where the file is wrong.
Result<Scenario> load_scenario(const std::filesystem::path& file);

}  // namespace causeway::samples
