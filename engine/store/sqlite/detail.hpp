#pragma once
/// The detail of an event: a small JSON object.

#include <string>
#include <string_view>

#include "core/text.hpp"

namespace causeway::sqlite {

/// Builds `{"owner":"bookings","attempt":3}`; empty texts are left out.
class Detail {
public:
    Detail& add(std::string_view name, std::string_view value) {
        if (!value.empty()) raw(name, '"' + json_escape(value) + '"');
        return *this;
    }
    Detail& add(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
    /// `json` is a value already written as JSON.
    Detail& raw(std::string_view name, std::string_view json) {
        text_ += text_.empty() ? '{' : ',';
        text_.append("\"").append(name).append("\":").append(json);
        return *this;
    }
    /// Empty where nothing was added: the ledger keeps `{}` so.
    std::string text() const { return text_.empty() ? text_ : text_ + '}'; }

private:
    std::string text_;
};

}  // namespace causeway::sqlite
