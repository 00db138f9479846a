/// The pack file; its format is described in README.md.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <fstream>
#include <type_traits>

#include "fhir/definitions/check_tables.hpp"
#include "fhir/definitions/compile.hpp"
#include "fhir/definitions/hash.hpp"

namespace causeway::fhir {
namespace {

constexpr std::array<char, 8> kMagic = {'C', 'W', 'F', 'H', 'I', 'R', '\r', '\n'};
constexpr std::uint32_t kFormat = 1;
constexpr std::size_t kTables = 33;

struct Header {
    std::array<char, 8> magic = kMagic;
    std::uint32_t format = kFormat;
    std::uint32_t tables = kTables;
    std::uint64_t size = 0;      // Of the file.
    std::uint64_t checksum = 0;  // Of all that follows this field.
};

struct Section {
    std::uint64_t offset = 0;
    std::uint64_t records = 0;
    std::uint32_t record_size = 0;
    std::uint32_t reserved = 0;
};

constexpr std::size_t kStart = sizeof(Header) + kTables * sizeof(Section);

std::size_t aligned(std::size_t offset) {
    return (offset + 7) & ~std::size_t{7};
}

class PackDefinitions final : public Definitions {
public:
    PackDefinitions(const Tables& tables, std::shared_ptr<const void> owner) : owner_(std::move(owner)) {
        tables_ = tables;
    }

private:
    std::shared_ptr<const void> owner_;
};

Error refuse(const std::string& where) {
    return fail(
        Issue::structure, where,
        "Make the pack of definitions anew (./dev build, or causeway profile add): this file is cut, changed or of "
        "another version.");
}

struct Mapping {
    void* data = MAP_FAILED;
    std::size_t size = 0;

    Mapping() = default;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (data != MAP_FAILED) ::munmap(data, size);
    }
};

}  // namespace

std::string pack_bytes(const Definitions& definitions) {
    Header header;
    std::array<Section, kTables> sections;
    std::string bytes(kStart, '\0');
    std::size_t next = 0;
    Tables::each(definitions.tables(), [&](const auto& table) {
        using Record = typename std::remove_cvref_t<decltype(table)>::value_type;
        static_assert(std::has_unique_object_representations_v<Record>, "padding would make packs differ");
        sections[next++] = {bytes.size(), table.size(), sizeof(Record), 0};
        bytes.append(reinterpret_cast<const char*>(table.data()), table.size_bytes());
        bytes.resize(aligned(bytes.size()));
    });
    std::memcpy(bytes.data() + sizeof(Header), sections.data(), sizeof(sections));
    header.size = bytes.size();
    header.checksum = hash_text(std::string_view(bytes).substr(sizeof(Header)));
    std::memcpy(bytes.data(), &header, sizeof(header));
    return bytes;
}

Result<void> write_pack(const Definitions& definitions, const std::filesystem::path& path) {
    const auto bytes = pack_bytes(definitions);
    auto part = path;
    part += ".part";
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(part, path, error);
    if (!out || error) return fail(Issue::no_store, path.string(), "Make room for the pack, and its folder writable.");
    return {};
}

Result<DefinitionsPtr> read_pack(std::string_view bytes, std::shared_ptr<const void> owner, const std::string& where) {
    Header header;
    std::array<Section, kTables> sections;
    if (bytes.size() < kStart) return refuse(where);
    std::memcpy(&header, bytes.data(), sizeof(header));
    std::memcpy(sections.data(), bytes.data() + sizeof(header), sizeof(sections));
    if (header.magic != kMagic || header.format != kFormat || header.tables != kTables || header.size != bytes.size() ||
        header.checksum != hash_text(bytes.substr(sizeof(header))))
        return refuse(where);
    Tables tables;
    std::size_t next = 0;
    bool is_whole = true;
    Tables::each(tables, [&](auto& table) {
        using Record = std::remove_const_t<typename std::remove_cvref_t<decltype(table)>::element_type>;
        const auto& section = sections[next++];
        is_whole = is_whole && section.record_size == sizeof(Record) && section.offset % 8 == 0 &&
                   section.offset <= bytes.size() &&
                   section.records <= (bytes.size() - section.offset) / sizeof(Record);
        if (is_whole) table = {reinterpret_cast<const Record*>(bytes.data() + section.offset), section.records};
    });
    if (!is_whole || !check_tables(tables)) return refuse(where);
    return std::make_shared<const PackDefinitions>(tables, std::move(owner));
}

Result<std::shared_ptr<const Definitions>> Definitions::open(const std::filesystem::path& pack) {
    const int file = ::open(pack.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return fail(
            Issue::not_found, pack.string(),
            "Put the pack of FHIR definitions there, or name its place (CAUSEWAY_DEFINITIONS); ./dev build makes it.");
    struct stat status {};
    const auto mapping = std::make_shared<Mapping>();
    if (::fstat(file, &status) == 0 && status.st_size > 0) {
        mapping->size = static_cast<std::size_t>(status.st_size);
        mapping->data = ::mmap(nullptr, mapping->size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    }
    ::close(file);
    if (mapping->data == MAP_FAILED) return refuse(pack.string());
    return read_pack({static_cast<const char*>(mapping->data), mapping->size}, mapping, pack.string());
}

}  // namespace causeway::fhir
