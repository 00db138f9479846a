#pragma once
/// What the validator asks about codes. Everything is answered in process; what is not held is "unknown", never
/// "wrong".

#include <cstdint>
#include <memory>
#include <string_view>

#include "fhir/definitions/definitions.hpp"

namespace causeway::validation {

/// Threads: any, at the same time.
class Terminology {
public:
    enum class Membership : std::uint8_t { in, not_in, unknown };
    enum class Reason : std::uint8_t {
        none,
        value_set_not_held,  ///< No value set of that canonical.
        system_not_held,     ///< The code system of the code is not held (or only in part).
        value_set_partial,   ///< The value set includes what is not known here.
        no_such_code,        ///< not_in: the system is known and has no such code.
        not_in_value_set,    ///< not_in: the code exists (or may), the value set leaves it out.
    };
    struct Answer {
        Membership membership = Membership::unknown;
        Reason reason = Reason::none;
    };
    struct Lookup {
        Membership membership = Membership::unknown;  ///< Of the code in the system.
        std::string_view display;                     ///< Preferred display; empty where there is none or unknown.
        bool is_abstract = false;
        bool is_inactive = false;
        /// The "system" is a supplement: codes have the system that it supplements.
        bool is_supplement = false;
        /// Why the code can't be one of the system although that is not held (a wrong check digit); null: it may be.
        const char* doubt = nullptr;
    };

    virtual ~Terminology() = default;

    /// Is (system, code) in the value set? An empty system: the code alone (type code), in any system.
    virtual Answer member(fhir::Index value_set, std::string_view system, std::string_view code) const = 0;
    /// The code in its system, whatever the value set.
    virtual Lookup look_up(std::string_view system, std::string_view code) const = 0;
    /// Is the display one that the system gives the code? True where that is not known.
    virtual bool is_display(std::string_view system, std::string_view code, std::string_view display) const = 0;
    /// Is the system held whole, or checked by code (UCUM, MIME types, languages, currencies)?
    virtual bool is_known_system(std::string_view system) const = 0;
    /// Is `descendant` the same code as `ancestor` or below it in the hierarchy of the system?
    virtual Membership subsumes(std::string_view system, std::string_view ancestor,
                                std::string_view descendant) const = 0;
};

/// Answers from the tables of the definitions, and by code for UCUM, MIME types (BCP 13), languages (BCP 47),
/// currencies (ISO 4217), countries (ISO 3166) and time zones.
std::shared_ptr<const Terminology> make_terminology(fhir::DefinitionsPtr definitions);

}  // namespace causeway::validation
