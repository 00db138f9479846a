#pragma once
/// One walk over one document with all definitions that apply at once. Internal.
///
/// The walk goes by record number. At each element a run of `actives_` says which definitions apply: the base
/// definition first, then profiles and slices. Nothing is allocated for an element that is right.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/tape.hpp"
#include "validation/bundle_index.hpp"
#include "validation/engine.hpp"
#include "validation/findings.hpp"
#include "validation/resources/rules.hpp"
#include "validation/services.hpp"
#include "validation/xhtml.hpp"

namespace causeway::validation {

class Walker final : public TerminologyServices {
public:
    using Id = std::uint32_t;  ///< Of a record.

    Walker(const Engine& engine, const fhir::Tape& tape, Findings& findings);

    /// The whole document, against its base definition and these profiles as well.
    void run(std::span<const std::string> profiles);

    /// Does the element meet a profile (the root of it)? Remembered; a question inside itself is answered with yes.
    bool conforms(Id record, const Plan& root);

    /// As conforms(), for invariants.
    Answer conforms_to(const tree::Node& node, std::string_view profile) const override;

private:
    /// A definition that applies to the element.
    struct Active {
        const Plan* own = nullptr;      ///< What is said of the element itself.
        const Plan* content = nullptr;  ///< Whose children are its children; null: none, or already in the run.
        std::uint32_t counts = 0;       ///< First of its counts.
    };

    // walker.cpp: the walk.
    void visit(Id record, std::size_t begin);
    void visit_resource(Id record, std::size_t begin);
    void visit_inside(Id record, std::size_t begin);
    void visit_children(Id record, std::size_t begin, std::size_t end);
    void visit_child(Id child, const fhir::Element& element, std::size_t begin, std::size_t end);
    void expand(Id record, std::size_t begin);
    const Plan* content_of(const Plan& own, Id record) const;
    void set_content(std::size_t begin, std::size_t at, const Plan* content);
    void activate(std::size_t begin, const Plan& own);
    void apply_type_profiles(Id record, std::size_t begin, const Plan& own);
    void apply_claimed_profiles(Id record, std::size_t begin);
    void apply_configured_profiles(Id record, std::size_t begin);
    void apply_extension(Id record, std::size_t begin);
    void check_counts(Id record, const Active& active);

    // forms.cpp
    /// A type that has elements of its own.
    bool is_complex(fhir::Index type) const;
    bool check_form(Id child, const fhir::Element& element);
    void unknown_child(Id child);
    void check_ids();

    // slices.cpp
    void match_slices(Id child, const Plan& sliced, std::uint32_t counts);
    bool meets(Id record, const Slice& slice, std::string* why = nullptr);
    bool meets(Id record, const Criterion& criterion);
    bool meets_at(Id record, const Criterion& criterion, std::size_t step);
    bool meets_here(Id record, const Criterion& criterion);
    bool is_of_type(Id record, Index type) const;
    std::string describe(const Slice& slice) const;

    // values.cpp
    void check_value(Id record, const Plan& own);
    void check_types(Id record, const Plan& own);
    void check_primitive_value(Id record, Primitive type);
    void check_address(Id record, Primitive type, std::string_view value);
    void check_range(Id record, const Plan& own);

    // type_rules.cpp
    void check_type_rules(Id record, std::size_t begin, std::size_t end);
    void check_identifier(Id record);
    void check_labels(Id meta);
    void check_attachment(Id record);
    bool check_system(Id coding, std::string_view system);

    // extras_check.cpp
    void check_extras(Id record, const Plan& own);
    bool has_alternative(Id record, const ElementExtras& extras) const;
    void check_additional_binding(Id record, const Plan& own, const AdditionalBinding& binding);
    void check_units(Id record, const Plan& own);
    void check_attached(Id record, const Plan& own);

    // codes.cpp
    void check_binding(Id record, const Plan& own);
    enum class Fit : std::uint8_t { in, not_in, unknown };
    Fit fit(Id record, Index value_set);
    Fit fit_coding(Id coding, Index value_set);
    void check_coding(Id coding);

    // constraints.cpp
    void check_constraints(Id record, std::size_t begin, std::size_t end);
    void check_constraint(Id record, Index constraint, Id from);
    void check_by_hand(Id record, std::uint32_t hand);
    void check_contained(Id record, std::uint32_t hand);
    void check_contained_use(Id record);
    void check_request_use(Id bundle);
    void check_narrative(Id record, std::uint32_t hand);
    void check_narrative_targets(Id record, const Xhtml& read);
    void check_narrative_control(Id record, const Plan& own);
    void fail_constraint(Id record, std::string_view key, std::string_view human, Severity severity);

    // extensions.cpp
    void check_extension(Id record, const Plan& definition);
    void check_unknown_extension(Id record, std::string_view url);
    void check_part(Id record, Id owner, std::string_view url);
    bool is_in_context(Id record, const fhir::Context& context);
    bool is_element_context(Id owner, std::string_view expression) const;
    bool is_fhirpath_context(Id owner, std::string_view expression);
    Id owner_of(Id extension) const noexcept;

    // services.cpp
    fhirpath::Environment& environment_of(Id record);

    // resolution.cpp
    struct Target {
        enum class How : std::uint8_t { outside, contained, bundled };
        How how = How::outside;
        bool found = false;
        bool in_bundle = false;     ///< The reference stands in a Bundle.
        bool by_id_only = false;    ///< Found by type and id, where fullUrl does not lead there.
        std::uint32_t matches = 0;  ///< Entries that fit.
        Id record = 0;              ///< The resource.
    };
    Target resolve(Id reference_element);
    Target resolve(std::string_view reference, Id from);
    Target resolve(const ReferenceText& parts, Id from);
    Target resolve_in(Id bundle, std::string_view full_url);
    bool find_in_bundle(const ReferenceText& parts, Id entry, Target& target);
    Id resource_of(Id record) const noexcept;
    Id container_of(Id record) const noexcept;
    Id entry_of(Id record) const noexcept;
    Id end_of(Id record) const noexcept;
    std::string_view version_of(Id resource) const;

    // reference_check.cpp
    void check_reference(Id record, std::size_t begin, std::size_t end);
    void check_said_type(Id record, std::string_view said);
    void check_missing_target(Id record, const ReferenceText& parts, const Target& target);
    void check_target_version(Id record, const ReferenceText& parts, const Target& target);
    void check_target_types(Id record, Index type, Id target, std::size_t begin, std::size_t end);
    void check_target(Id record, Index type, Id target, const Plan& own, const fhir::Type& allowed);
    void check_aggregation(Id record, const Target& target, const ReferenceText& parts, std::size_t begin,
                           std::size_t end);
    void check_fragment(Id record);

    // bundle_rules.cpp: what the specification says beyond invariants.
    void check_resource(Id record);
    RuleContext rule_context();
    void check_bundle(Id bundle);
    void check_entries(Id bundle, std::string_view type);
    void check_entry(Id entry, std::string_view type);
    void check_full_url(Id entry, Id resource, std::string_view type);
    void check_first(Id bundle, std::string_view wanted, std::string_view rule);
    void check_links(Id bundle);
    void check_full_urls(Id bundle);

    void check_vital_sign(Id record);  // vital_signs.cpp

    // document_rules.cpp
    void check_composition(Id bundle);
    void check_message_focus(Id bundle);
    void check_is_held(Id reference, std::string_view rule);
    void check_search(Id bundle);
    void check_match(Id entry, std::string_view wanted);
    void add_targets(Id from, const std::unordered_map<Id, std::size_t>& place, std::vector<std::size_t>& out);
    bool is_address(Id record) const;
    void check_reachable(Id bundle, std::string_view type);

    // message_rules.cpp
    bool is_message_definition(std::string_view canonical) const;
    std::vector<Id> entry_resources(Id bundle) const;
    void check_message(Id bundle, std::string_view canonical);
    void check_event(Id header, const tree::Node& definition, std::string_view canonical);
    void check_focus(Id bundle, Id header, const std::vector<Id>& resources, const tree::Node& definition,
                     std::string_view canonical);
    void check_lines(Id at, const std::vector<Id>& resources, const std::vector<tree::Node>& lines,
                     std::string_view canonical);
    std::size_t line_of(Id resource, const std::vector<tree::Node>& lines);
    bool claims(Id resource, std::string_view profile) const;
    std::string_view own_definition() const;
    void check_message_profile(Id resource, const Plan& profile, std::string_view canonical);
    void check_graph(Id header, std::string_view graph, std::string_view canonical);
    void check_links(Id resource, const tree::Node& node, std::string_view canonical, unsigned depth);
    bool follow_link(Id target, const tree::Node& link, std::string_view canonical, unsigned depth);

    // Reading records.
    const fhir::Record& at(Id record) const noexcept { return records_[record]; }
    std::string_view text(Id record) const { return tape_.text(record); }
    Id child(Id record, Index name) const noexcept;
    std::string_view child_text(Id record, Index name) const;
    bool is_primitive(const fhir::Record& record) const noexcept {
        return record.kind != tree::Kind::object || record.is(fhir::Record::kExtra);
    }

    // Saying. Quiet: only counted.
    bool is_quiet() const noexcept { return quiet_ != 0; }
    /// Says `make()` about a record. The text is made only when it will be read.
    template <class Make>
    void say(Id record, const Say& what, Make make) {
        if (quiet_ == 0)
            findings_.add(record, what, make());
        else if (what.severity == Severity::error || what.severity == Severity::fatal)
            ++quiet_errors_;
    }
    std::string_view profile_of(const Plan& plan) const;

    const fhir::Definitions& definitions_;
    const WellKnown& names_;
    const fhir::Tape& tape_;
    std::span<const fhir::Record> records_;
    Findings& findings_;
    BundleIndex index_;
    std::vector<Active> actives_;
    std::vector<std::uint32_t> counts_;
    std::vector<Id> ids_;                               // Of elements and resources.
    std::unordered_map<std::uint64_t, bool> conforms_;  // Record and structure.
    unsigned quiet_ = 0;
    std::size_t quiet_errors_ = 0;
    bool is_json_ = true;
    fhirpath::Environment environment_;
};

}  // namespace causeway::validation
