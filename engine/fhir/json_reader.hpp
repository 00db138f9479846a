#pragma once
/// Fills a Tape from RapidJSON's events. Internal to the JSON codec.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fhir/json.hpp"
#include "fhir/tape.hpp"

namespace causeway::fhir {

/// Handler of rapidjson::Reader (in situ, iterative, numbers as strings). After a handler returned false, problem()
/// tells what is wrong and where.
class JsonReader {
public:
    struct Problem {
        std::size_t offset = 0;
        Issue issue = Issue::structure;
        std::string what;
    };

    JsonReader(Tape& tape, const JsonLimits& limits) : tape_(tape), limits_(limits) {}

    /// Reads the buffer from `start` on (after a byte-order mark).
    std::optional<Problem> read(std::size_t start);

    // Events of rapidjson. Values without a text ask the stream where they are.
    bool Null();
    bool Bool(bool value);
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* text, unsigned length, bool copy);
    bool String(const char* text, unsigned length, bool copy);
    bool StartObject();
    bool Key(const char* text, unsigned length, bool copy);
    bool EndObject(unsigned members);
    bool StartArray();
    bool EndArray(unsigned items);

private:
    struct Frame {
        bool is_array = false;
        bool has_extras = false;   // Object: some property begins with "_".
        bool has_nulls = false;    // Object: some array was padded.
        std::uint32_t record = 0;  // Object: its record. Array: that of the object around it.
        std::uint32_t name = 0;    // Object: of the property being read. Array: of all its items.
        std::uint32_t items = 0;
        std::uint32_t last = 0;  // Object: its last child so far.
        std::size_t offset = 0;
    };
    // What is known of a property while its object is being closed.
    struct Seen {
        std::uint32_t object = 0;  // 1 + record of the object in which it was seen last.
        std::uint32_t first = 0;   // First record of that property.
    };

    bool refuse(std::size_t offset, std::string what, Issue issue = Issue::structure);
    bool refuse(const Record& record, std::string what);
    bool is_unescaped_text(std::size_t offset, std::size_t length) const noexcept;
    bool check_escapes(const char* text, unsigned length);
    bool add(tree::Kind kind, std::size_t offset, std::size_t length);
    void append_child(Frame& object, std::uint32_t index);
    bool open(bool is_array, std::size_t offset);
    bool close_properties(const Frame& object);
    bool note_property(std::uint32_t object, std::uint32_t child);
    bool merge_extras(std::uint32_t object);
    bool pair_extras(std::uint32_t primitive, std::uint32_t extra);
    bool adopt(std::uint32_t primitive, std::uint32_t extra);
    bool keep_extra(std::uint32_t extra);
    bool check_nulls(std::uint32_t object);
    void set_types(std::uint32_t object);
    Frame& enclosing_object() noexcept;
    std::size_t here() const noexcept;

    Tape& tape_;
    const JsonLimits& limits_;
    std::vector<Frame> frames_;
    std::vector<Seen> seen_;
    std::uint32_t resource_type_ = 0;
    const void* stream_ = nullptr;
    std::size_t start_ = 0;
    std::optional<Problem> problem_;
};

}  // namespace causeway::fhir
