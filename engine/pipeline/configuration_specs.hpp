#pragma once
/// Fields of the configuration files that belong to the pipeline itself. Inside this folder only.

#include <span>
#include <string>
#include <vector>

#include "adapter.hpp"
#include "config/field_spec.hpp"

namespace causeway::pipeline {

/// conf/causeway.yaml.
std::span<const config::FieldSpec> engine_fields();
/// What every channel has, whatever its type.
std::span<const config::FieldSpec> channel_fields();
/// What every destination has, whatever its type.
std::span<const config::FieldSpec> destination_fields();

/// conf/expectations/*.yaml.
std::span<const config::FieldSpec> expectation_fields();

/// The common fields and those of the adapter.
std::vector<config::FieldSpec> joined_fields(std::span<const config::FieldSpec> common, const AdapterSpec& adapter);

}  // namespace causeway::pipeline
