#pragma once
/// What the walk needs of a structure, made once from the definitions when the structure is met first. Internal.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "validation/element_extras.hpp"
#include "validation/literal.hpp"
#include "validation/primitives.hpp"

namespace causeway::validation {

using fhir::Index;
struct Plan;
class Plans;

/// One step of a discriminator's path.
struct PathStep {
    enum class Kind : std::uint8_t { child, extension, resolve, of_type };
    Kind kind = Kind::child;
    Index name = 0;   ///< child: of the element; of_type: of the type.
    std::string url;  ///< extension.
};

/// One discriminator with what a slice demands of it.
struct Criterion {
    fhir::Discriminator::Kind kind = fhir::Discriminator::Kind::value;
    std::string path;  ///< As written, for people.
    std::vector<PathStep> steps;
    std::shared_ptr<const Literal> owner;  ///< Keeps `fixed` and `pattern` alive.
    LiteralNode fixed;
    LiteralNode pattern;
    Index binding = 0;
    bool is_required = false;  ///< Must be there.
    bool is_forbidden = false;
    std::vector<Index> types;     ///< Names; one of them.
    std::vector<Index> profiles;  ///< Structures; one of them.
    bool is_undecidable = false;  ///< The profile does not say what to look for.
};

/// A slice of an element.
struct Slice {
    const Plan* plan = nullptr;
    std::vector<Criterion> criteria;
    bool is_default = false;  ///< "@default": what no other slice takes.
};

struct Slicing {
    std::vector<Slice> slices;
    fhir::Slicing::Rules rules = fhir::Slicing::Rules::open;
    bool is_ordered = false;
};

/// Invariants that are checked by hand.
enum Hand : std::uint32_t {
    kEle1 = 1,
    kExt1 = 2,
    kDom2 = 4,
    kDom3 = 8,
    kDom4 = 16,
    kDom5 = 32,
    kDom6 = 64,
    kRef1 = 128,
    kTxt1 = 256,
    kTxt2 = 512,
    kBdl7 = 1024,
    kBdl3 = 2048,
    kBdl4 = 4096,
    kBdl8 = 8192,
    kQty3 = 16384,
};

/// One element.
struct Plan {
    const fhir::Element* definition = nullptr;
    Index element = 0;
    Index structure = 0;
    std::uint32_t slot = 0;               ///< Of its count among those of its parent's children.
    std::uint32_t slots = 0;              ///< Counts that its children need.
    std::uint32_t state_slot = 0;         ///< With slices: Slicing state and, one on, tail.
    const Plan* content = nullptr;        ///< Whose children count: its own, those of a content reference, none.
    Index content_reference = 0;          ///< Element of a base definition whose children are its children.
    std::vector<const Plan*> children;    ///< In order, without slices.
    std::vector<const Plan*> required;    ///< Children and slices with a minimum.
    std::vector<const Plan*> limited;     ///< Children and slices with a maximum.
    std::vector<const Plan*> all_slices;  ///< Slices of this element.
    std::vector<Index> constraints;       ///< Without those by hand.
    std::uint32_t hand = 0;
    bool has_own_checks = false;  ///< fixed, pattern, binding, length, value range.
    std::shared_ptr<const Literal> fixed;
    std::shared_ptr<const Literal> pattern;
    std::shared_ptr<const Literal> min_value;
    std::shared_ptr<const Literal> max_value;
    std::shared_ptr<const ElementExtras> extras;

    /// Made when first asked for; null without slices.
    const Slicing* slicing(const Plans& plans) const;
    /// The child that a child of another structure's element with the same name means; null: none.
    const Plan* child(const fhir::Element& same) const noexcept;
    const Plan* child(Index name) const noexcept;

    mutable std::once_flag slicing_once;
    mutable std::unique_ptr<Slicing> slicing_data;
};

/// Plans of all structures. Threads: any.
class Plans {
public:
    explicit Plans(const fhir::Definitions& definitions);
    ~Plans();

    const fhir::Definitions& definitions() const noexcept { return definitions_; }
    const Plan& element(Index element) const;
    /// The root of a structure; null for 0 and for one without elements.
    const Plan* root(Index structure) const;
    /// What a profile of a type names: the root of a structure, or with "...#id" one of its elements.
    const Plan* of(const fhir::Canonical& profile) const;
    /// Base definition of a type's name; null where it is not held.
    const Plan* type(Index name) const;
    Primitive primitive(Index type) const noexcept {
        return type < primitives_.size() ? primitives_[type] : Primitive::none;
    }
    Hand hand(Index constraint) const noexcept { return static_cast<Hand>(hands_[constraint]); }

private:
    struct Chunk;
    const Chunk& chunk(Index structure) const;
    std::unique_ptr<Chunk> make(Index structure) const;
    void add_extras(Index structure, std::vector<Plan>& plans) const;

    const fhir::Definitions& definitions_;
    std::vector<Primitive> primitives_;  // By name.
    std::vector<std::uint32_t> hands_;   // By constraint.
    mutable std::vector<std::atomic<const Chunk*>> chunks_;
    mutable std::mutex mutex_;
};

}  // namespace causeway::validation
