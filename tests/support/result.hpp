#pragma once
/// Lets doctest print a Result that is checked by itself, whatever it holds: `CHECK(stream->write(...))`.

#include <doctest/doctest.h>

#include "core/error.hpp"

namespace doctest {

template <class T>
struct StringMaker<causeway::Result<T>> {
    static String convert(const causeway::Result<T>& result) {
        return result.has_value() ? String("a value") : String(to_string(result.error()).c_str());
    }
};

}  // namespace doctest
