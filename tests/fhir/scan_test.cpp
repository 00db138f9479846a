#include "fhir/scan.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace causeway::fhir;

namespace {

/// What a mask must be, byte by byte.
template <class Test>
std::uint32_t expected(const std::string& text, Test test) {
    std::uint32_t mask = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
        if (test(static_cast<unsigned char>(text[i]))) mask |= 1u << i;
    return mask;
}

/// Every byte stands once in every place, beside bytes by chance.
template <class Check>
void over_blocks(Check check) {
    std::mt19937 chance(7);
    for (unsigned byte = 0; byte < 256; ++byte)
        for (std::size_t place = 0; place < kBlock; ++place) {
            std::string text(kBlock, ' ');
            for (char& c : text) c = static_cast<char>(chance() % 4 == 0 ? byte : chance());
            text[place] = static_cast<char>(byte);
            check(text, static_cast<char>(byte));
        }
}

}  // namespace

TEST_CASE("the masks of a block tell each byte, with and without SSE2") {
    over_blocks([](const std::string& text, char byte) {
        const auto same = expected(text, [&](unsigned char c) { return c == static_cast<unsigned char>(byte); });
        const auto high = expected(text, [](unsigned char c) { return c > 0x7F; });
        const auto control = expected(text, [](unsigned char c) { return c < 0x20; });
        const auto words = plain::load_block(text.data());
        REQUIRE(plain::equal_mask(words, byte) == same);
        REQUIRE(plain::high_mask(words) == high);
        REQUIRE(plain::control_mask(words) == control);
        const auto block = load_block(text.data());
        REQUIRE(equal_mask(block, byte) == same);
        REQUIRE(high_mask(block) == high);
        REQUIRE(control_mask(block) == control);
    });
}

TEST_CASE("a block is stored as it was loaded") {
    const std::string text = "0123456789abcdef";
    std::string plain_copy(kBlock, ' ');
    std::string copy(kBlock, ' ');
    plain::store_block(plain_copy.data(), plain::load_block(text.data()));
    store_block(copy.data(), load_block(text.data()));
    CHECK(plain_copy == text);
    CHECK(copy == text);
}

TEST_CASE("white space of any length is passed over") {
    for (std::size_t length = 0; length < 70; ++length) {
        std::string text(length, ' ');
        for (std::size_t i = 0; i < length; i += 3) text[i] = "\n\r\t"[i % 3];
        const auto whole = text + "x" + std::string(40, ' ');
        CHECK(skip_spaces(whole.data(), whole.data() + whole.size()) == whole.data() + length);
        CHECK(skip_spaces(text.data(), text.data() + length) == text.data() + length);
    }
}
