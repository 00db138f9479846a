#include "validation/xhtml_vocabulary.hpp"

#include <algorithm>
#include <array>

namespace causeway::validation {
namespace {

using std::string_view;

// All sorted.
constexpr auto kElements = std::to_array<string_view>({
    "a",     "abbr", "acronym", "address",  "area",  "b",     "bdo",  "big",    "blockquote", "br",  "caption",
    "cite",  "code", "col",     "colgroup", "dd",    "dfn",   "div",  "dl",     "dt",         "em",  "h1",
    "h2",    "h3",   "h4",      "h5",       "h6",    "hr",    "i",    "img",    "kbd",        "li",  "map",
    "ol",    "p",    "pre",     "q",        "samp",  "small", "span", "strong", "sub",        "sup", "table",
    "tbody", "td",   "tfoot",   "th",       "thead", "tr",    "tt",   "u",      "ul",         "var",
});

constexpr auto kAttributes = std::to_array<string_view>({
    "abbr", "accesskey", "align", "axis", "char",  "charoff",  "class", "colspan", "dir",   "headers",  "id",
    "lang", "rowspan",   "scope", "span", "style", "tabindex", "title", "valign",  "width", "xml:lang",
});

struct Pair {
    string_view element;
    string_view attribute;
    constexpr auto operator<=>(const Pair&) const = default;
};

constexpr auto kPairs = std::to_array<Pair>({
    {"a", "charset"},
    {"a", "coords"},
    {"a", "href"},
    {"a", "hreflang"},
    {"a", "name"},
    {"a", "rel"},
    {"a", "rev"},
    {"a", "shape"},
    {"a", "target"},
    {"a", "type"},
    {"area", "alt"},
    {"area", "coords"},
    {"area", "href"},
    {"area", "nohref"},
    {"area", "shape"},
    {"blockquote", "cite"},
    {"img", "alt"},
    {"img", "border"},
    {"img", "height"},
    {"img", "ismap"},
    {"img", "longdesc"},
    {"img", "src"},
    {"img", "usemap"},
    {"img", "width"},
    {"map", "name"},
    {"ol", "start"},
    {"pre", "space"},
    {"pre", "xml:space"},
    {"q", "cite"},
    {"table", "border"},
    {"table", "cellpadding"},
    {"table", "cellspacing"},
    {"table", "frame"},
    {"table", "rules"},
    {"table", "summary"},
    {"table", "width"},
    {"td", "nowrap"},
});

// Not inside a paragraph.
constexpr auto kBlocks = std::to_array<string_view>(
    {"address", "blockquote", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"});

// HTML 4.0 chapter 24, without those that XML has too.
constexpr auto kEntities = std::to_array<string_view>({
    "AElig",  "Aacute", "Acirc",   "Agrave",  "Alpha",  "Aring",    "Atilde",  "Auml",    "Beta",   "Ccedil",  "Chi",
    "Dagger", "Delta",  "ETH",     "Eacute",  "Ecirc",  "Egrave",   "Epsilon", "Eta",     "Euml",   "Gamma",   "Iacute",
    "Icirc",  "Igrave", "Iota",    "Iuml",    "Kappa",  "Lambda",   "Mu",      "Ntilde",  "Nu",     "OElig",   "Oacute",
    "Ocirc",  "Ograve", "Omega",   "Omicron", "Oslash", "Otilde",   "Ouml",    "Phi",     "Pi",     "Prime",   "Psi",
    "Rho",    "Scaron", "Sigma",   "THORN",   "Tau",    "Theta",    "Uacute",  "Ucirc",   "Ugrave", "Upsilon", "Uuml",
    "Xi",     "Yacute", "Yuml",    "Zeta",    "aacute", "acirc",    "acute",   "aelig",   "agrave", "alefsym", "alpha",
    "and",    "ang",    "aring",   "asymp",   "atilde", "auml",     "bdquo",   "beta",    "brvbar", "bull",    "cap",
    "ccedil", "cedil",  "cent",    "chi",     "circ",   "clubs",    "cong",    "copy",    "crarr",  "cup",     "curren",
    "dArr",   "dagger", "darr",    "deg",     "delta",  "diams",    "divide",  "eacute",  "ecirc",  "egrave",  "empty",
    "emsp",   "ensp",   "epsilon", "equiv",   "eta",    "eth",      "euml",    "euro",    "exist",  "fnof",    "forall",
    "frac12", "frac14", "frac34",  "frasl",   "gamma",  "ge",       "hArr",    "harr",    "hearts", "hellip",  "iacute",
    "icirc",  "iexcl",  "igrave",  "image",   "infin",  "int",      "iota",    "iquest",  "isin",   "iuml",    "kappa",
    "lArr",   "lambda", "lang",    "laquo",   "larr",   "lceil",    "ldquo",   "le",      "lfloor", "lowast",  "loz",
    "lrm",    "lsaquo", "lsquo",   "macr",    "mdash",  "micro",    "middot",  "minus",   "mu",     "nabla",   "nbsp",
    "ndash",  "ne",     "ni",      "not",     "notin",  "nsub",     "ntilde",  "nu",      "oacute", "ocirc",   "oelig",
    "ograve", "oline",  "omega",   "omicron", "oplus",  "or",       "ordf",    "ordm",    "oslash", "otilde",  "otimes",
    "ouml",   "para",   "part",    "permil",  "perp",   "phi",      "pi",      "piv",     "plusmn", "pound",   "prime",
    "prod",   "prop",   "psi",     "rArr",    "radic",  "rang",     "raquo",   "rarr",    "rceil",  "rdquo",   "real",
    "reg",    "rfloor", "rho",     "rlm",     "rsaquo", "rsquo",    "sbquo",   "scaron",  "sdot",   "sect",    "shy",
    "sigma",  "sigmaf", "sim",     "spades",  "sub",    "sube",     "sum",     "sup",     "sup1",   "sup2",    "sup3",
    "supe",   "szlig",  "tau",     "there4",  "theta",  "thetasym", "thinsp",  "thorn",   "tilde",  "times",   "trade",
    "uArr",   "uacute", "uarr",    "ucirc",   "ugrave", "uml",      "upsih",   "upsilon", "uuml",   "weierp",  "xi",
    "yacute", "yen",    "yuml",    "zeta",    "zwj",    "zwnj",
});

static_assert(std::is_sorted(kElements.begin(), kElements.end()));
static_assert(std::is_sorted(kAttributes.begin(), kAttributes.end()));
static_assert(std::is_sorted(kPairs.begin(), kPairs.end()));
static_assert(std::is_sorted(kBlocks.begin(), kBlocks.end()));
static_assert(std::is_sorted(kEntities.begin(), kEntities.end()));

template <class List, class Item>
bool is_in(const List& list, const Item& item) noexcept {
    return std::binary_search(list.begin(), list.end(), item);
}

}  // namespace

bool is_xhtml_element(string_view name) noexcept {
    return is_in(kElements, name);
}

bool is_xhtml_attribute(string_view element, string_view name) noexcept {
    return is_in(kAttributes, name) || is_in(kPairs, Pair{element, name}) || name == "xmlns" ||
           name.starts_with("xmlns:");
}

bool is_block(string_view name) noexcept {
    return is_in(kBlocks, name);
}

bool is_html_entity(string_view name) noexcept {
    return is_in(kEntities, name);
}

}  // namespace causeway::validation
