#pragma once
/// FHIR under construction: the resources that a map makes, and where its rows write. Knows no source.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/payload.hpp"
#include "mapping/json_value.hpp"
#include "mapping/program.hpp"

namespace causeway::mapping {

/// A map goes over its statements twice: make() gives resources their ids, so that references may name what follows;
/// then enter() and rows write. Rounds of `for` are told by enter_round() both times. Threads: one.
class FhirTarget {
public:
    explicit FhirTarget(const Program& program);

    JsonArena& json() noexcept { return json_; }

    /// `block` tells one `for` from another.
    void enter_round(const void* block, std::int64_t index);
    void leave_round();
    /// "result#2#1": a name and the rounds that it stands in.
    std::string key_of(const std::string& name) const { return name + round_key_; }

    /// A resource with this id; one that another line made already, of the same type and id, is the same. True: it is
    /// a new one.
    bool make(const ResourceLine& line, std::string id);
    /// Rows write into that resource from now on; into nothing where it was not made.
    void enter(const ResourceLine& line);
    /// What make() gave that line in this round.
    const Instance& made(const ResourceLine& line) const { return *by_key_.at(key_of(line.name)).instance; }
    /// Rows write into the root itself.
    void enter_root();

    /// Where rows write. What is inside `in` is tentative until a value is written there.
    struct Inside {
        JsonValue* object = nullptr;
        Inside* outer = nullptr;
    };
    struct Context {
        Instance* instance = nullptr;  ///< Null: rows here do nothing.
        JsonValue* base = nullptr;
        Inside* inside = nullptr;
    };
    const Context& context() const noexcept { return context_; }
    void set_context(const Context& context) noexcept { context_ = context; }
    bool is_open() const noexcept { return context_.instance != nullptr; }
    /// Rows write inside a new object at that place until the context is set back. `inside` lives until then.
    void open(const Location& location, Inside& inside);

    /// Writes a value; `content` is what is no constant.
    JsonValue& put(const std::vector<Step>& steps, const JsonValue& value, bool content);
    /// What a reference of that name means here: the resource of this round, else all of that name that no other round
    /// of the same `for` made.
    std::vector<const Instance*> named(const std::string& name) const;

    bool anything() const;
    /// The whole document; the Bundle's entries in the order in which they were made.
    std::string render();
    /// What is in it, by path; after render().
    std::vector<JsonValue::Shown> shown() const;

private:
    struct Round {
        const void* block = nullptr;
        std::int64_t index = 0;
    };
    struct Named {
        const Instance* instance = nullptr;
        std::vector<Round> rounds;  ///< That it was made in.
    };
    bool of_another_round(const Named& one) const;

    struct Made {
        Instance* instance = nullptr;
        bool writes = false;  ///< Else an equal one's rows do.
    };

    JsonArena json_;
    const Program& program_;
    Context context_;
    Instance root_;
    Instance scratch_;
    std::vector<std::unique_ptr<Instance>> instances_;
    std::unordered_map<std::string, Instance*> by_id_;            ///< Type and id: the same thing is made once.
    std::unordered_map<std::string, Made> by_key_;                ///< Name and round.
    std::unordered_map<std::string, std::vector<Named>> all_of_;  ///< By name, in order.
    std::vector<Round> rounds_;
    std::string round_key_;  ///< "#2#1": of the rounds.
};

}  // namespace causeway::mapping
