#pragma once
/// How what cannot be read comes up through the calls of this folder.

#include <exception>

#include "core/error.hpp"

namespace causeway::sqlite {

/// A record or chunk that cannot be read (damaged, or its key is missing). Thrown inside this folder only; every border
/// of it turns it into its Error.
class LedgerError : public std::exception {
public:
    explicit LedgerError(Error error) : error_(std::move(error)) {}
    const Error& error() const noexcept { return error_; }
    const char* what() const noexcept override { return error_.what.c_str(); }

private:
    Error error_;
};

/// The value, or the error thrown.
template <class T>
T take(Result<T> result) {
    if (!result) throw LedgerError(result.error());
    return std::move(*result);
}
inline void take(const Result<void>& result) {
    if (!result) throw LedgerError(result.error());
}

}  // namespace causeway::sqlite
