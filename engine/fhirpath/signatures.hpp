#pragma once
/// What each function takes and gives, for the type check.

#include <string_view>

#include "fhirpath/static_types.hpp"

namespace causeway::fhirpath {

struct Signature {
    enum class Gives {
        unknown,
        boolean,
        integer,
        decimal,
        string,
        date,
        date_time,
        time,
        quantity,
        input,     ///< The same as the input.
        argument,  ///< What the first argument gives.
        combined,  ///< Input and first argument.
        branches,  ///< Second and third argument.
        repeated,  ///< The first argument, again and again.
        tree,      ///< Everything below.
        type,      ///< The type that is named.
        extension,
        target,  ///< Of a reference.
        type_info,
    };

    std::string_view name;
    Gives gives = Gives::unknown;
    unsigned input = kAnyClass;  ///< What it can be called on.
    std::string_view arguments;  ///< A letter each: t(ext), i(nteger), $ (asked for each item), o(ther).
    bool needs_order = false;
};

/// Null: nothing is known of it.
const Signature* signature_of(std::string_view function);

}  // namespace causeway::fhirpath
