// Input made to cost much: time and memory stay in proportion.
#include <chrono>

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string repeated(std::string_view unit, std::size_t count) {
    std::string out;
    out.reserve(unit.size() * count);
    for (std::size_t i = 0; i < count; ++i) out += unit;
    return out;
}

/// Generous, as it has to hold under sanitizers on a busy machine; quadratic time would take hours.
constexpr auto kLimit = std::chrono::seconds(20);

template <class Act>
void takes_little(Act act) {
    const auto start = std::chrono::steady_clock::now();
    act();
    CHECK(std::chrono::steady_clock::now() - start < kLimit);
}

}  // namespace

TEST_CASE("millions of delimiters are no trouble") {
    constexpr std::size_t many = 5'000'000;
    for (const auto* unit : {"^", "|", "~", "&", "\\", "\\a"}) {
        takes_little([&] {
            const auto message = parsed(with("PID|1||A" + repeated(unit, many) + "B\r"));
            CHECK(message->get("PID-3").size() > 0);
            CHECK(message->first(*Path::parse("PID-3[1].1.1")).path() == "PID-3[1].1.1");
        });
    }
}

TEST_CASE("millions of line ends are no trouble") {
    for (const auto* unit : {"\r", "\n", "\r\n", "x\n"}) {
        takes_little([&] {
            const auto message = parsed(with("PID|1||A\r" + repeated(unit, 5'000'000) + "PV1|1\r"));
            CHECK(message->get("PV1-1") == "1");
        });
    }
}

TEST_CASE("segments are limited") {
    CHECK(refusal(with(repeated("PV1|1\r", 1'000'000))) == 207);
    CHECK(refusal(with(repeated("PV1|1\r", 99'999))) == 0);
}
