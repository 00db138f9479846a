#include "fhirpath/signatures.hpp"

#include <algorithm>

namespace causeway::fhirpath {
namespace {

using Gives = Signature::Gives;

// Dates are written as texts, and text functions take them.
constexpr unsigned kText = kTextClass | kDateClass | kTimeClass;
constexpr unsigned kNumeric = kNumberClass;
constexpr unsigned kMeasured = kNumberClass | kQuantityClass;
constexpr unsigned kBounded = kNumberClass | kQuantityClass | kDateClass | kTimeClass | kTextClass;
constexpr unsigned kAny = kAnyClass;

constexpr Signature kSignatures[] = {
    {"empty", Gives::boolean, kAny, ""},
    {"exists", Gives::boolean, kAny, "$"},
    {"all", Gives::boolean, kAny, "$"},
    {"allTrue", Gives::boolean, kBooleanClass, ""},
    {"anyTrue", Gives::boolean, kBooleanClass, ""},
    {"allFalse", Gives::boolean, kBooleanClass, ""},
    {"anyFalse", Gives::boolean, kBooleanClass, ""},
    {"subsetOf", Gives::boolean, kAny, "o"},
    {"supersetOf", Gives::boolean, kAny, "o"},
    {"count", Gives::integer, kAny, ""},
    {"distinct", Gives::input, kAny, ""},
    {"isDistinct", Gives::boolean, kAny, ""},
    {"not", Gives::boolean, kAny, ""},
    {"where", Gives::input, kAny, "$"},
    {"select", Gives::argument, kAny, "$"},
    {"repeat", Gives::repeated, kAny, "$"},
    {"repeatAll", Gives::repeated, kAny, "$"},
    {"ofType", Gives::type, kAny, ""},
    {"single", Gives::input, kAny, ""},
    {"first", Gives::input, kAny, "", true},
    {"last", Gives::input, kAny, "", true},
    {"tail", Gives::input, kAny, "", true},
    {"skip", Gives::input, kAny, "i", true},
    {"take", Gives::input, kAny, "i", true},
    {"intersect", Gives::input, kAny, "o"},
    {"exclude", Gives::input, kAny, "o"},
    {"union", Gives::combined, kAny, "o"},
    {"combine", Gives::combined, kAny, "o"},
    {"iif", Gives::branches, kAny, "$$$"},
    {"aggregate", Gives::unknown, kAny, "$o"},
    {"sort", Gives::input, kAny, "$$$$$$$$$$"},
    {"toBoolean", Gives::boolean, kAny, ""},
    {"toInteger", Gives::integer, kAny, ""},
    {"toDecimal", Gives::decimal, kAny, ""},
    {"toString", Gives::string, kAny, ""},
    {"toDate", Gives::date, kAny, ""},
    {"toDateTime", Gives::date_time, kAny, ""},
    {"toTime", Gives::time, kAny, ""},
    {"toQuantity", Gives::quantity, kAny, "t"},
    {"convertsToBoolean", Gives::boolean, kAny, ""},
    {"convertsToInteger", Gives::boolean, kAny, ""},
    {"convertsToDecimal", Gives::boolean, kAny, ""},
    {"convertsToString", Gives::boolean, kAny, ""},
    {"convertsToDate", Gives::boolean, kAny, ""},
    {"convertsToDateTime", Gives::boolean, kAny, ""},
    {"convertsToTime", Gives::boolean, kAny, ""},
    {"convertsToQuantity", Gives::boolean, kAny, "t"},
    {"indexOf", Gives::integer, kText, "t"},
    {"lastIndexOf", Gives::integer, kText, "t"},
    {"substring", Gives::string, kText, "ii"},
    {"startsWith", Gives::boolean, kText, "t"},
    {"endsWith", Gives::boolean, kText, "t"},
    {"contains", Gives::boolean, kText, "t"},
    {"upper", Gives::string, kText, ""},
    {"lower", Gives::string, kText, ""},
    {"replace", Gives::string, kText, "tt"},
    {"matches", Gives::boolean, kText, "t"},
    {"matchesFull", Gives::boolean, kText, "t"},
    {"replaceMatches", Gives::string, kText, "tt"},
    {"length", Gives::integer, kText, ""},
    {"toChars", Gives::string, kText, ""},
    {"trim", Gives::string, kText, ""},
    {"split", Gives::string, kText, "t"},
    {"join", Gives::string, kText, "t"},
    {"encode", Gives::string, kText, "t"},
    {"decode", Gives::string, kText, "t"},
    {"escape", Gives::string, kText, "t"},
    {"unescape", Gives::string, kText, "t"},
    {"abs", Gives::input, kMeasured, ""},
    {"ceiling", Gives::integer, kNumeric, ""},
    {"floor", Gives::integer, kNumeric, ""},
    {"truncate", Gives::integer, kNumeric, ""},
    {"round", Gives::decimal, kNumeric, "i"},
    {"sqrt", Gives::decimal, kNumeric, ""},
    {"exp", Gives::decimal, kNumeric, ""},
    {"ln", Gives::decimal, kNumeric, ""},
    {"log", Gives::decimal, kNumeric, "i"},
    {"power", Gives::decimal, kNumeric, "i"},
    {"lowBoundary", Gives::input, kBounded, "i"},
    {"highBoundary", Gives::input, kBounded, "i"},
    {"precision", Gives::integer, kBounded, ""},
    {"comparable", Gives::boolean, kMeasured, "o"},
    {"children", Gives::tree, kAny, ""},
    {"descendants", Gives::tree, kAny, ""},
    {"trace", Gives::input, kAny, "t$"},
    {"now", Gives::date_time, kAny, ""},
    {"today", Gives::date, kAny, ""},
    {"timeOfDay", Gives::time, kAny, ""},
    {"is", Gives::boolean, kAny, ""},
    {"as", Gives::type, kAny, ""},
    {"type", Gives::type_info, kAny, ""},
    {"extension", Gives::extension, kAny, "t"},
    {"hasExtension", Gives::boolean, kAny, "t"},
    {"hasValue", Gives::boolean, kAny, ""},
    {"getValue", Gives::input, kAny, ""},
    {"resolve", Gives::target, kAny, ""},
    {"conformsTo", Gives::boolean, kAny, "t"},
    {"memberOf", Gives::boolean, kAny, "t"},
    {"subsumes", Gives::boolean, kAny, "o"},
    {"subsumedBy", Gives::boolean, kAny, "o"},
    {"htmlChecks", Gives::boolean, kAny, ""},
    {"htmlChecks2", Gives::boolean, kAny, ""},
    {"checkModifiers", Gives::input, kAny, "tttttttttttttttttttt"},
    {"isNhsNumber", Gives::boolean, kText, ""},
};

}  // namespace

const Signature* signature_of(std::string_view function) {
    const auto* found = std::find_if(std::begin(kSignatures), std::end(kSignatures),
                                     [&](const Signature& each) { return each.name == function; });
    return found == std::end(kSignatures) ? nullptr : found;
}

}  // namespace causeway::fhirpath
