#pragma once
/// A compiled expression: flat arrays of operations that name each other by index.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "fhirpath/expression.hpp"
#include "fhirpath/regex.hpp"
#include "hl7v2/path.hpp"

namespace causeway::fhirpath {

struct Function;

enum class OpCode : std::uint8_t {
    literal,    // constants[a]
    empty,      // {}
    self,       // $this
    index,      // $index
    total,      // $total
    variable,   // names[a]
    member,     // input.names[a]
    start,      // names[a] at the start of a path: a type or an element
    hl7_path,   // paths[a] in the document of the input
    function,   // input.function(arguments)
    indexer,    // input[argument]
    negate,     // -input
    plus_sign,  // +input
    binary,     // input (operator) argument
    is_type,    // input is types[a]
    as_type,    // input as types[a]
    descending  // sort criterion with a minus before it
};

enum class Operator : std::uint8_t {
    implies_,
    or_,
    xor_,
    and_,
    in,
    contains,
    equal,
    equivalent,
    not_equal,
    not_equivalent,
    less,
    less_equal,
    greater,
    greater_equal,
    union_,
    add,
    subtract,
    concatenate,
    multiply,
    divide,
    div,
    mod
};

struct TypeName {
    std::string space;  ///< "System", "FHIR" or empty.
    std::string name;
    fhir::Index structure = 0;  ///< In the program's definitions.
    std::string lenient;        ///< Of "String": the FHIR type that passes for it ("string"); empty: none.
    bool has_derived = true;    ///< Without definitions: may another type be one of these?
};

struct Op {
    static constexpr std::uint32_t kFocus = 0xFFFFFFFF;  ///< As input: the focus.

    OpCode code = OpCode::empty;
    Operator op = Operator::equal;
    std::uint32_t input = kFocus;
    std::uint32_t a = 0;
    std::uint32_t first_argument = 0;
    std::uint32_t arguments = 0;
    const Function* function = nullptr;
    std::uint32_t column = 1;
    std::uint32_t begin = 0;  ///< Its text, in bytes.
    std::uint32_t end = 0;
    std::uint8_t quick = 0;   ///< What the short way (quick.hpp) knows of it ...
    std::uint8_t call = 0;    ///< ... and which function it is there.
    std::uint32_t depth = 1;  ///< Of nesting; the parser bounds it, and so the evaluator's recursion.
};

class Program {
public:
    std::string text;
    std::vector<Op> ops;
    std::vector<std::uint32_t> arguments;
    std::vector<Value> constants;
    std::vector<std::string> names;
    std::vector<fhir::Index> name_ids;  ///< Their numbers in the definitions, where these are given.
    std::vector<hl7v2::Path> paths;
    std::vector<TypeName> types;
    std::vector<Regex> regexes;  ///< Of literal patterns; an operation's `a` is 1 + the index.
    std::uint32_t root = 0;
    fhir::DefinitionsPtr definitions;  ///< May be null.
    bool strict = false;
    bool lenient_as = false;
};

}  // namespace causeway::fhirpath
