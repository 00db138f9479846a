/// Any bytes are an archive that can be read within its limits, or are refused; no path leads outside.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fhir/definitions/archive.hpp"

using namespace causeway;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fhir::ArchiveLimits limits;
    limits.max_total = 4 << 20;
    limits.max_files = 1000;
    std::uint64_t total = 0;
    const auto visit = [&](std::string_view path, std::string_view bytes) -> Result<void> {
        if (path.empty() || path.front() == '/' || path == ".." || path.starts_with("../")) std::abort();
        if (path.ends_with("/..") || path.find("/../") != std::string_view::npos) std::abort();
        total += bytes.size();
        if (total > limits.max_total) std::abort();
        return {};
    };
    const auto done = fhir::read_archive({reinterpret_cast<const char*>(data), size}, visit, limits);
    if (!done && done.error().what.empty()) std::abort();
    return 0;
}
