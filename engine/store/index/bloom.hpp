#pragma once
/// Says of most hashes that are not in a run that they are not. Blocks of one cache line, so that a question costs one
/// miss; 10 bits an entry give about two wrong "perhaps" in a hundred.

#include <cstdint>
#include <string_view>
#include <vector>

namespace causeway::index {

class Bloom {
public:
    Bloom() = default;  ///< Says "perhaps" to everything.
    explicit Bloom(std::uint64_t entries);

    void add(std::uint64_t hash) noexcept;
    bool may_contain(std::uint64_t hash) const noexcept;
    /// Its memory, to be stored and appended to an empty filter again.
    std::string_view bytes() const noexcept;
    void append(std::string_view bytes);

private:
    static constexpr std::size_t kBlockWords = 8;
    static constexpr int kProbes = 6;

    std::size_t block_of(std::uint64_t hash) const noexcept;

    std::vector<std::uint64_t> words_;
};

}  // namespace causeway::index
