#pragma once
/// The JSON objects of the management API.

#include "core/json_object.hpp"

namespace causeway::api {

using causeway::JsonObject;
using causeway::JsonText;

}  // namespace causeway::api
