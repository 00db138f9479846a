#pragma once
/// A parsed HL7 v2 message: an index over the received bytes.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/payload.hpp"
#include "hl7v2/charset.hpp"
#include "hl7v2/delimiters.hpp"
#include "hl7v2/index.hpp"
#include "hl7v2/path.hpp"
#include "tree/node.hpp"

namespace causeway::hl7v2 {

class GroupLookup;  // group_lookup.hpp

/// What becomes of bytes that are not in the message's character set. They are never decoded at a guess.
enum class Undecodable : std::uint8_t {
    refuse,  ///< Error 102.
    keep     ///< Each becomes an escape sequence such as \XE9\, with a warning; the payload stays as it came.
};

/// What a listener tells the parser.
struct ParseOptions {
    std::string
        charset;  ///< Overrides MSH-18; empty: MSH-18 with its aliases, else UTF-8 where valid, else ISO-8859-1.
    std::size_t max_segments = 100'000;
    Undecodable undecodable = Undecodable::refuse;
};

/// One parsed message. As a tree its root has one child a segment ("PID"), a segment one child a field repetition
/// ("3"), and so on down to sub-components, each named by its number; empty ones are not there. `text()` of a leaf is
/// its value with escapes resolved, as UTF-8; of a place with parts it is the text as it stands, delimiters and all.
/// A field without components is its own component 1, and a component its own sub-component 1 (chapter 2.5.3).
/// `""` (delete) stays as the two quotes. Line breaks inside a value stay, except in base64. Positions: the line is the
/// segment, the column the byte in it (of its UTF-8 form). Lifetime: keeps its payload. Threads: one at a time.
class Message : public tree::Document {
public:
    virtual const Delimiters& delimiters() const noexcept = 0;
    virtual const std::vector<Warning>& warnings() const noexcept = 0;
    virtual const Payload& payload() const noexcept = 0;
    /// The message in UTF-8, without what stood around it; where no conversion was needed, the payload's own bytes.
    virtual std::string_view utf8() const noexcept = 0;
    /// Of utf8(): for those who walk a whole message.
    virtual const Index& index() const noexcept = 0;
    virtual const Charset& charset() const noexcept = 0;
    /// The groups that its segments belong to, worked out when they are asked for first.
    virtual const GroupLookup& groups() const = 0;
    /// A leaf's value, escapes resolved: where there are none, a view of the message; else of `scratch`.
    virtual std::string_view value(Range leaf, std::string& scratch) const = 0;

    /// All places that the path names, in document order; none is not an error.
    virtual void select(const Path& path, std::vector<tree::Node>& out) const = 0;
    /// Of these places the ones in a segment (from 0), whichever segment the path names.
    virtual void select_in(std::size_t segment, const Path& path, std::vector<tree::Node>& out) const = 0;
    /// The first of them, or nothing.
    virtual tree::Node first(const Path& path) const = 0;
    /// Decoded text of the first place that the path names; empty where there is none.
    std::string_view get(const Path& path) const;
    /// The same for a path written in code ("MSH-10"); a wrong path is a programming mistake and throws.
    std::string_view get(std::string_view path) const;
};

/// Parses one message (batches are split before, see batch.hpp). UTF-16 and UTF-32 are told by their bytes. Errors
/// carry the HL7 table 0357 code of the answer: 100 for an empty input, a bad MSH-1/MSH-2 or a second MSH, 101 for a
/// missing MSH-10, 102 for bytes that are not in the character set, 200/201 for a type or event that is not of HL7's
/// form, 203 for a version that is not 2.x.
Result<std::shared_ptr<const Message>> parse(Payload payload, const ParseOptions& options = {});

/// What an acknowledgement needs of a message that may be too broken to parse: read leniently from the first segment.
struct Header {
    Delimiters delimiters;
    std::string sending_application, sending_facility;      ///< MSH-3, MSH-4, as they stand.
    std::string receiving_application, receiving_facility;  ///< MSH-5, MSH-6.
    std::string message_code, trigger_event;                ///< MSH-9.1, MSH-9.2.
    std::string message_control_id;                         ///< MSH-10.
    std::string processing_id;                              ///< MSH-11.
    std::string version;                                    ///< MSH-12.
    std::string accept_acknowledgement;                     ///< MSH-15, table 0155.
    std::string application_acknowledgement;                ///< MSH-16.
    std::string character_set;                              ///< MSH-18.
    std::string sequence_number;                            ///< MSH-13.
};

/// Reads the header; nothing where the bytes do not begin with a readable MSH. A malformed MSH-2 is read as ^~\&.
std::optional<Header> read_header(std::string_view bytes);

}  // namespace causeway::hl7v2
