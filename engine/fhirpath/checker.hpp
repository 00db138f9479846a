#pragma once
/// The type check of one program (check.hpp). Internal to it.

#include <optional>
#include <string>

#include "fhirpath/check.hpp"
#include "fhirpath/signatures.hpp"
#include "fhirpath/static_types.hpp"

namespace causeway::fhirpath {

/// What $this means at a place of the expression.
struct StaticScope {
    const StaticTypes& focus;
};

/// Infers the types of every operation, from the focus on. After a mistake `error_` is set and unknown types follow.
class Checker {
public:
    Checker(const Program& program, const CompileOptions& options)
        : program_(program), options_(options), model_(*options.definitions) {}

    std::optional<CompileError> run();

private:
    StaticTypes fail(const Op& op, std::string what) { return fail(op.column, std::move(what)); }
    StaticTypes fail(std::size_t column, std::string what);
    // repeat() walks its argument more than once, so that the whole is bounded.
    bool spend() { return ++work_ < kMaxWork; }
    StaticTypes of(std::uint32_t index, const StaticScope& scope);
    StaticTypes input(const Op& op, const StaticScope& scope);
    StaticTypes argument(const Op& op, std::uint32_t i, const StaticScope& scope);
    StaticTypes variable(const Op& op);
    StaticTypes member(const Op& op, const StaticTypes& parents);
    bool member_of(const StaticType& parent, const std::string& name, StaticTypes& found);
    StaticTypes unknown_member(const Op& op, const StaticTypes& parents, const std::string& name);
    std::string names_of(const StaticTypes& types) const;
    StaticTypes start(const Op& op, const StaticScope& scope);
    StaticTypes indexer(const Op& op, const StaticScope& scope);
    void check_order(const Op& op, const StaticTypes& items, std::string_view what);
    void expect(const StaticTypes& types, unsigned classes, const Op& op, const std::string& what);
    StaticTypes narrowed(const StaticTypes& items, const TypeName& type);
    StaticTypes binary(const Op& op, const StaticScope& scope);
    void check_comparison(const Op& op, const StaticTypes& left, const StaticTypes& right);
    StaticTypes arithmetic(const Op& op, const StaticTypes& left, const StaticTypes& right);

    // check_functions.cpp
    StaticTypes function(const Op& op, const StaticScope& scope);
    void check_condition(const Op& op, const StaticTypes& condition);
    StaticTypes argument_of(const Op& op, std::uint32_t i, const Signature& signature, const StaticTypes& items,
                            const StaticScope& scope);
    StaticTypes result(const Op& op, const Signature& signature, const StaticTypes& items, StaticTypes (&given)[3]);
    StaticTypes repeated(const Op& op, StaticTypes found);

    static constexpr std::size_t kMaxWork = 100'000;
    static constexpr int kMaxRounds = 4;

    const Program& program_;
    const CompileOptions& options_;
    TypeModel model_;
    StaticTypes root_;
    std::optional<CompileError> error_;
    std::size_t work_ = 0;
};

}  // namespace causeway::fhirpath
