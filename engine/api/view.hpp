#pragma once
/// What the management API shows: the same facts as JSON for programs and as text for people.

#include <string>

namespace causeway::api {

struct View {
    std::string json;
    std::string text;
};

}  // namespace causeway::api
