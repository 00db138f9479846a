#pragma once
/// Fills a Tape from JSON text (RFC 8259). Internal to the JSON codec.

#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/tape_builder.hpp"

namespace causeway::fhir {

/// Reads tape.source(), which must be followed by a NUL. Strict about JSON and about FHIR's use of it; after read()
/// gave false, the builder's problem() tells why.
class JsonReader {
public:
    explicit JsonReader(TapeBuilder& builder);

    bool read();

private:
    struct Object {
        TapeBuilder::Chain chain;
        std::size_t depth = 0;
        std::size_t members = 0;  // Its first in members_.
        bool has_extras = false;  // Some property begins with "_".
        bool has_nulls = false;   // Some array was padded.
    };
    // A property that was read, or is being read.
    struct Member {
        std::uint32_t name = 0;    // Used name.
        std::uint32_t first = 0;   // First record; there may be none.
        std::uint32_t end = 0;     // First record that is not of this property.
        std::uint32_t offset = 0;  // Of the value.
        bool is_extra = false;
    };
    struct Property {
        std::uint32_t name = 0;  // Used name.
        std::size_t depth = 0;   // Of an array in it.
        bool is_extra = false;
    };
    // Where a name was seen last.
    struct Seen {
        std::uint32_t object = 0;  // 1 + record of the object.
        std::uint32_t first = 0;   // First record of that property.
    };

    bool object(std::uint32_t record, std::size_t depth);
    bool member(Object& object);
    bool key(Property& property);
    bool value(Object& object, const Property& property, std::uint32_t item);
    bool array(Object& object, const Property& property);
    bool items(Object& object, const Property& property);
    bool null(Object& object, const Property& property, std::uint32_t item);
    bool literal(Object& object, const Property& property, std::uint32_t item, std::string_view word);
    bool number(Object& object, const Property& property, std::uint32_t item);
    bool text(Object& object, const Property& property, std::uint32_t item);
    bool nested(Object& object, const Property& property, std::uint32_t item);
    bool add(Object& object, const Property& property, std::uint32_t item, tree::Kind kind, const char* begin,
             const char* end);

    bool string(std::string_view& out);
    bool escaped_string(const char* begin, std::string_view& out);
    bool escape(char*& to);
    bool unicode_escape(char*& to);
    bool hex(std::uint32_t& code);
    bool check_text(const char* begin, const char* end);

    bool close(Object& object);
    bool note_members(const Object& object);
    bool repeated(const Object& object, const Member& member);
    bool pair_extras(std::uint32_t primitive, std::uint32_t extra);
    bool adopt(std::uint32_t primitive, std::uint32_t extra);
    bool keep_extra(std::uint32_t extra);
    bool drop(std::uint32_t record, std::string_view id, std::string_view what);
    bool check_nulls(std::uint32_t object);
    std::uint32_t next_item(std::uint32_t record) const noexcept;

    bool refuse(const char* at, std::string what) { return builder_.refuse(offset(at), std::move(what)); }
    bool report(std::uint32_t record, std::string_view property, const char* at, std::string_view id,
                std::string_view what) {
        return builder_.report(record, property, offset(at), id, what);
    }
    std::size_t offset(const char* at) const noexcept { return static_cast<std::size_t>(at - begin_); }
    const char* value_begin(const Record& record) const noexcept {
        return begin_ + record.offset - (record.kind == tree::Kind::text ? 1 : 0);
    }
    void skip() noexcept;

    TapeBuilder& builder_;
    std::vector<Record>& records_;
    Names& names_;
    const char* begin_;
    const char* end_;
    const char* at_;
    std::vector<Seen> seen_;        // By used name.
    std::vector<Seen> seen_extra_;  // The same of `_name` properties.
    std::vector<Member> members_;   // Of the objects that are being read.
    std::uint32_t resource_type_ = 0;
};

}  // namespace causeway::fhir
