#pragma once
/// The engine that most tests of the pipeline begin with.

#include "support/engine_fixture.hpp"

namespace causeway::pipeline {

using namespace std::chrono_literals;
using test::adt;
using test::Does;
using test::soon;
using test::TestEngine;

/// Two patients.
inline const std::string kOne = "9990000018", kOther = "9990000026";

/// adt goes to pas and theatre.
struct AdtEngine : TestEngine {
    AdtEngine() { adt_to("[{destination: pas}, {destination: theatre}]"); }
};

}  // namespace causeway::pipeline
