#pragma once
/// Which values of a FHIR document were read.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "fhir/tape.hpp"

namespace causeway::mapping {

/// Watches a document as long as it lives; of another one than FHIR it knows nothing. Lifetime: shorter than the
/// document's. Threads: one.
class Watched {
public:
    explicit Watched(const tree::Node& root);
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    ~Watched();

    /// Everything below the node counts as read.
    void mark(const tree::Node& node);
    /// Paths of values that nobody read; what only serves the document itself (resourceType, ids, fullUrl, meta,
    /// references, narrative) is left out.
    std::vector<std::string> lost() const;

private:
    void mark_below(std::uint32_t record);
    void collect(std::uint32_t record, std::vector<std::string>& out) const;
    bool is_read_leaf(std::uint32_t record) const;
    bool serves(std::uint32_t record) const;

    const fhir::Tape* tape_;
    std::uint32_t root_ = 0;
    std::array<std::uint32_t, 7> serving_{};  ///< Names of what only serves, as the tape numbers them.
    std::uint32_t text_ = 0;
    std::vector<std::uint8_t> read_;
};

}  // namespace causeway::mapping
