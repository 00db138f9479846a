#pragma once
/// The one way to wait: a Boost.Asio coroutine that ends with a value or an Error.

#include <boost/asio/awaitable.hpp>

#include "core/error.hpp"

namespace causeway {

/// FHIR owns the word Task.
template <class T>
using Async = boost::asio::awaitable<Result<T>>;

}  // namespace causeway
