#pragma once
/// The one error type that crosses a module boundary, and the value-or-error that carries it.

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace causeway {

/// FHIR R4 IssueType codes (http://hl7.org/fhir/R4/valueset-issue-type.html) that Causeway uses.
enum class Issue {
    invalid,
    structure,
    required,
    value,
    invariant,
    not_found,
    duplicate,
    conflict,
    business_rule,
    not_supported,
    too_long,
    too_costly,
    login,
    expired,
    forbidden,
    throttled,
    timeout,
    no_store,
    transient,
    exception,
    code_invalid,
    incomplete,
    processing,
    informational
};

/// The code as FHIR spells it: "not-found", "business-rule".
std::string_view to_code(Issue issue) noexcept;

/// The Issue of a FHIR spelling; Issue::processing where Causeway has none of that name.
Issue issue_from_code(std::string_view code) noexcept;

/// May the same attempt succeed later? Decides between another attempt and a held obligation; never which
/// acknowledgement a sender gets (README.md, "What each error means").
enum class Retry { never, later, now };

struct Error {
    Issue issue = Issue::exception;
    Retry retry = Retry::never;
    int hl7_code = 0;   ///< HL7 table 0357, 0 where none fits.
    std::string where;  ///< Path such as "PID-3" or "conf/routes/a.yaml:4:7"; never a value from a message.
    std::string what;   ///< One sentence that says what to do; free of patient data.
};

/// "where: what", for a terminal or a log line.
std::string to_string(const Error& error);

/// What Result<T>::value() throws when it holds an Error: only a programming mistake or a test gets here.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

/// A value or an Error. Dropping one does not compile (behind co_await: clang only).
template <class T>
class [[nodiscard]] Result : public boost::system::result<T, Error> {
public:
    using boost::system::result<T, Error>::result;
};

/// Makes the usual error in one line: `return fail(Issue::structure, "MSH-1", "Send MSH as first segment.")`.
inline Error fail(Issue issue, std::string where, std::string what, Retry retry = Retry::never, int hl7_code = 0) {
    return Error{issue, retry, hl7_code, std::move(where), std::move(what)};
}

}  // namespace causeway
