/// Replays a fuzz target's corpus, whole and with fixed mutations, as an ordinary test. The environment variable REPLAY
/// names its folder.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

void run(const std::string& input) {
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

void mutate(const std::string& seed, std::mt19937& random) {
    std::string input = seed;
    for (int step = 0; step < 4 && !input.empty(); ++step) {
        const auto at = random() % input.size();
        switch (random() % 4) {
            case 0:
                input[at] = static_cast<char>(random() & 0xff);
                break;
            case 1:
                input.erase(at, 1 + random() % 8);
                break;
            case 2:
                input.insert(at, input.substr(random() % input.size(), 16));
                break;
            default:
                input.resize(at);
                break;
        }
        run(input);
    }
}

}  // namespace

TEST_CASE("the corpus and its mutations neither crash nor hang") {
    const char* const corpus = std::getenv("REPLAY");
    REQUIRE_MESSAGE(corpus, "Set REPLAY to a folder of inputs, such as tests/fuzz/corpus/yaml.");
    std::size_t files = 0;
    std::mt19937 random(42);
    for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string seed{std::istreambuf_iterator<char>(in), {}};
        run(seed);
        for (int round = 0; round < 50; ++round) mutate(seed, random);
        ++files;
    }
    CHECK(files > 0);
}
