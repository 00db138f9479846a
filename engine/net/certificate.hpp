#pragma once
/// Until when the certificates of a PEM file are valid.

#include <filesystem>
#include <string>

#include "core/error.hpp"
#include "core/time.hpp"

namespace causeway::net {

struct CertificateValidity {
    Instant until;        ///< Of the one that ends first.
    std::string subject;  ///< Its subject (RFC 2253).
};

/// Looks at every certificate of the file: a chain breaks with its first link. Errors name the file.
Result<CertificateValidity> certificate_validity(const std::filesystem::path& file);

}  // namespace causeway::net
