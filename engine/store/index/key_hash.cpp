#include "store/index/key_hash.hpp"

#include <bit>
#include <cstring>

namespace causeway::index {
namespace {

struct Sip {
    std::uint64_t v0, v1, v2, v3;
    std::uint64_t word = 0;
    std::uint64_t length = 0;

    explicit Sip(const HashSecret& secret)
        : v0(secret[0] ^ 0x736f6d6570736575U),
          v1(secret[1] ^ 0x646f72616e646f6dU),
          v2(secret[0] ^ 0x6c7967656e657261U),
          v3(secret[1] ^ 0x7465646279746573U) {}

    void round() {
        v0 += v1;
        v2 += v3;
        v1 = std::rotl(v1, 13) ^ v0;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 = std::rotl(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = std::rotl(v1, 17) ^ v2;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 = std::rotl(v2, 32);
    }

    void take(std::uint64_t whole) {
        v3 ^= whole;
        round();
        round();
        v0 ^= whole;
    }

    void add(char byte) {
        word |= static_cast<std::uint64_t>(static_cast<unsigned char>(byte)) << 8 * (length % 8);
        if (++length % 8 != 0) return;
        take(word);
        word = 0;
    }

    std::uint64_t end() {
        take(word | length << 56);
        v2 ^= 0xff;
        for (int i = 0; i < 4; ++i) round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

}  // namespace

std::uint64_t key_hash(const HashSecret& secret, std::string_view kind, std::string_view value) {
    Sip sip(secret);
    sip.take(kind.size());  // First, so that the two parts are told apart whatever bytes they hold.
    for (const char c : kind) sip.add(c);
    for (const char c : value) sip.add(c);
    return sip.end();
}

}  // namespace causeway::index
