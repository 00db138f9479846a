#pragma once
/// The short way for what most conditions are: paths, where(), exists(), comparisons with a literal and logic over a
/// FHIR document. It walks the document's records, makes no values and no collections, allocates nothing, and stops at
/// the first item that decides. Whatever it is not sure of (errors too) it leaves to the Evaluator.

#include <cstdint>
#include <optional>
#include <typeinfo>

#include "fhir/tape.hpp"
#include "fhirpath/program.hpp"

namespace causeway::fhirpath {

/// The document as a tape; null where it is none. Asked for each expression: a dynamic_cast would cost more.
inline const fhir::Tape* tape_of(const tree::Document* document) noexcept {
    if (document == nullptr || typeid(*document) != typeid(fhir::Tape)) return nullptr;
    return static_cast<const fhir::Tape*>(document);
}

/// Marks the operations that the short way knows.
void mark_quick(Program& program);

/// The answer of a condition as the short way sees it. One object serves one evaluation.
class Quick {
public:
    enum class Answer : std::uint8_t { no, yes, nothing, unsure };

    Quick(const Program& program, const fhir::Tape& tape, const Environment& environment, std::uint32_t focus);

    /// Is the program marked, as a condition or as a path of nodes?
    static bool knows_condition(const Program& program) noexcept;
    static bool knows_nodes(const Program& program) noexcept;
    /// Does it give true, false or nothing, and no nodes?
    static bool gives_truth(const Program& program) noexcept;

    /// The expression as a condition.
    Answer condition();
    /// Calls `visit` with each node; false: unsure, and what was visited does not count.
    bool nodes(const std::function<void(const tree::Node&)>& visit);
    /// The same of an operation that is marked as a path, at another record.
    bool nodes(std::uint32_t op, std::uint32_t focus, const std::function<void(const tree::Node&)>& visit);
    /// How many records were looked at so far.
    std::size_t work() const noexcept { return work_; }
    /// The first node; unsure: nothing is set and false returned.
    bool first(std::optional<tree::Node>& node);

private:
    /// Takes a record; returns whether to go on.
    struct Visit {
        void* self;
        bool (*call)(void* self, std::uint32_t record);
        bool operator()(std::uint32_t record) const { return call(self, record); }
    };
    template <class F>
    static Visit visit_with(F& f) {
        return {&f, [](void* self, std::uint32_t record) { return (*static_cast<F*>(self))(record); }};
    }

    /// False: unsure.
    bool each(std::uint32_t op, std::uint32_t focus, Visit visit);
    bool each_input(const Op& op, std::uint32_t focus, Visit visit);
    bool each_known(const Collection& items, Visit visit);
    bool each_member(const Op& op, std::uint32_t focus, Visit visit);
    bool each_start(const Op& op, std::uint32_t focus, Visit visit);
    bool each_of_type(const Op& op, std::uint32_t focus, Visit visit);
    bool each_extension(const Op& op, std::uint32_t focus, Visit visit);
    bool each_indexed(const Op& op, std::uint32_t focus, Visit visit);
    bool each_call(const Op& op, std::uint32_t focus, Visit visit);

    Answer truth(std::uint32_t op, std::uint32_t focus);
    Answer truth_of_nodes(std::uint32_t op, std::uint32_t focus);
    Answer logic(const Op& op, std::uint32_t focus);
    Answer compared(const Op& op, std::uint32_t focus);
    Answer counted(const Op& op, std::uint32_t focus, std::int64_t literal, bool literal_is_left);
    Answer listed(const Op& op, std::uint32_t focus);
    Answer called(const Op& op, std::uint32_t focus);
    Answer typed(const Op& op, std::uint32_t focus);
    Answer any(const Op& op, std::uint32_t focus);
    Answer every(const Op& op, std::uint32_t focus);

    /// Up to two records of a path.
    bool few(std::uint32_t op, std::uint32_t focus, std::uint32_t (&found)[2], std::uint32_t& count);
    Answer equals(std::uint32_t record, const Value& literal) const;
    bool is_of(std::uint32_t record, const TypeName& type, bool exact) const;
    std::uint32_t id_of(std::uint32_t name);
    std::uint32_t argument(const Op& op) const { return program_.arguments[op.first_argument]; }
    const fhir::Record& record(std::uint32_t index) const { return records_[index]; }

    static constexpr std::uint32_t kUnknown = 0xFFFFFFFF;
    static constexpr std::size_t kNames = 32;
    static constexpr std::size_t kMaxWork = 1'000'000;

    const Program& program_;
    const fhir::Tape& tape_;
    const Environment& environment_;
    std::span<const fhir::Record> records_;
    std::uint32_t focus_;
    bool is_same_definitions_ = false;
    std::size_t work_ = 0;
    std::uint32_t ids_[kNames];
};

}  // namespace causeway::fhirpath
