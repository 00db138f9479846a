#pragma once
/// What the readers of JSON and XML share while they fill a Tape. Internal to the codecs.

#include <optional>
#include <string>
#include <string_view>

#include "fhir/problem.hpp"
#include "fhir/tape.hpp"

namespace causeway::fhir {

class TapeBuilder {
public:
    TapeBuilder(Tape& tape, const ParseOptions& options);

    /// The children of a record, chained as they are added.
    struct Chain {
        std::uint32_t record = 0;
        std::uint32_t last = 0;
    };

    /// Adds a record; false where there are too many. The first has no chain.
    bool add(tree::Kind kind, std::size_t offset, std::size_t length, Chain* chain = nullptr, std::uint32_t name = 0,
             std::uint32_t item = 0);

    /// Malformed: ends the reading. Always false.
    bool refuse(std::size_t offset, std::string what, Issue issue = Issue::structure);
    /// Breaks the format at a property of `record` ("" for the record itself): ends a strict reading and is a finding
    /// of a lenient one. False where the reading ends.
    bool report(std::uint32_t record, std::string_view property, std::size_t offset, std::string_view id,
                std::string_view what);

    Tape& tape() noexcept { return tape_; }
    std::vector<Record>& records() noexcept { return tape_.records_; }
    Names& names() noexcept { return tape_.names_; }
    const ParseOptions& options() const noexcept { return options_; }
    /// The buffer in which escapes are resolved, made when first asked for.
    char* buffer();
    /// Adds text behind the buffer; gives its offset. Pointers into the buffer no longer hold.
    std::size_t append(std::string_view text);
    void convert(std::string utf8) { tape_.converted_ = std::move(utf8); }
    std::optional<Problem>& problem() noexcept { return problem_; }
    /// Gives the findings their paths, which types may have changed.
    void finish();

private:
    void grow(std::size_t offset);
    std::string path_of(std::uint32_t record, std::string_view property) const;
    bool is_unknown(std::uint32_t record) const noexcept;

    Tape& tape_;
    const ParseOptions& options_;
    std::optional<Problem> problem_;
};

}  // namespace causeway::fhir
