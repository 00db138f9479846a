#pragma once
/// Runs a program. One evaluator serves one evaluation; it holds no patient data afterwards and is not shared.

#include <optional>
#include <string>

#include "fhirpath/program.hpp"
#include "fhirpath/value.hpp"

namespace causeway::fhirpath {

/// Texts that an operation makes may be that long, in bytes.
inline constexpr std::size_t kMaxText = 16 * 1024 * 1024;

/// What $this, $index and $total mean at a place of the expression.
struct Scope {
    const Collection* focus = nullptr;
    std::int64_t index = -1;
    const Collection* total = nullptr;
};

class Evaluator {
public:
    Evaluator(const Program& program, const Environment& environment, const Collection& root)
        : program_(program), environment_(environment), root_(root) {}

    /// Appends the result of an operation. False: error() tells why.
    bool run(std::uint32_t op, const Scope& scope, Collection& out);
    bool run() { return run(program_.root, Scope{&root_}, result_); }
    /// Every step is appended to `steps` from now on.
    void explain_to(std::vector<Explained>& steps) noexcept { steps_ = &steps; }
    /// Work that this evaluation may take; less for what is calculated at load.
    void limit_work(std::size_t work) noexcept { max_work_ = work; }

    Collection& result() noexcept { return result_; }
    Error& error() noexcept { return error_; }

    const Program& program() const noexcept { return program_; }
    const Environment& environment() const noexcept { return environment_; }
    const fhir::Definitions* definitions() const noexcept { return program_.definitions.get(); }
    const Collection& root() const noexcept { return root_; }

    /// Records an error at an operation; returns false.
    bool fail(const Op& op, std::string what, Issue issue = Issue::processing);
    /// Counts work, so that an expression cannot run without end.
    bool spend(const Op& op, std::size_t items);

    /// Three-valued truth of a collection: more than one item is an error, a single item that is no boolean is true.
    bool truth(const Op& op, const Collection& items, std::optional<bool>& out);

private:
    bool run_op(const Op& op, const Scope& scope, Collection& out);
    bool run_quickly(std::uint32_t index, const Scope& scope, Collection& out);
    bool spend_texts(const Op& op, const Collection& out, std::size_t from);
    void explain(const Op& op, const Collection& out, std::size_t from);
    bool input_of(const Op& op, const Scope& scope, Collection& own, const Collection*& input);
    bool variable(const Op& op, Collection& out);
    bool context(std::string_view name, Collection& out);
    bool member(const Op& op, const Scope& scope, Collection& out);
    bool member_chain(const Op& op, const Scope& scope, std::vector<tree::Node>& out);
    bool start(const Op& op, const Scope& scope, Collection& out);
    bool hl7_path(const Op& op, const Scope& scope, Collection& out);
    bool indexer(const Op& op, const Scope& scope, Collection& out);
    bool sign(const Op& op, const Scope& scope, Collection& out);
    bool type_test(const Op& op, const Scope& scope, Collection& out);
    bool binary(const Op& op, const Scope& scope, Collection& out);
    bool logic(const Op& op, const Scope& scope, const Collection& left, Collection& out);

    static constexpr std::size_t kMaxWork = 20'000'000;
    static constexpr std::size_t kMaxSteps = 10'000;

    const Program& program_;
    const Environment& environment_;
    const Collection& root_;
    Collection result_;
    Error error_;
    std::size_t work_ = 0;
    std::size_t max_work_ = kMaxWork;
    std::vector<Explained>* steps_ = nullptr;
};

/// One call of a function.
struct Call {
    Evaluator& evaluator;
    const Op& op;
    const Scope& scope;
    const Collection& input;
    Collection& out;

    std::size_t arguments() const { return op.arguments; }
    std::uint32_t argument(std::size_t i) const { return evaluator.program().arguments[op.first_argument + i]; }
    bool fail(std::string what) { return evaluator.fail(op, std::move(what)); }
    /// Gives one value.
    bool give(Value value) {
        out.push_back(std::move(value));
        return true;
    }
    /// Evaluates an argument where the function stands.
    bool evaluate(std::size_t i, Collection& result) { return evaluator.run(argument(i), scope, result); }
    /// Evaluates an argument for one item of the input.
    bool evaluate_for(std::size_t i, const Collection& item, std::int64_t index, Collection& result) {
        return evaluator.run(argument(i), Scope{&item, index, scope.total}, result);
    }
    /// The same as a truth.
    bool test_for(std::size_t i, const Collection& item, std::int64_t index, std::optional<bool>& result);
    /// The single item of a collection; `empty` where there is none; an error for more.
    bool single(const Collection& items, const Value*& item);
    /// Arguments as single values; nothing where empty.
    bool string_argument(std::size_t i, std::optional<std::string>& result);
    bool integer_argument(std::size_t i, std::optional<std::int64_t>& result);
};

/// An operator between two single values (both there): + - * / div mod &.
bool arithmetic(Evaluator& evaluator, const Op& op, const Value& left, const Value& right, Collection& out);

}  // namespace causeway::fhirpath
