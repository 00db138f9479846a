// Any bytes as a file: the pieces are parts of it in order; what parses can be shown, written as JSON, compared, made
// anonymous, and changed in one place.
#include <cstdint>
#include <cstdlib>
#include <sstream>
#include <string>

#include "hl7v2/anonymise.hpp"
#include "hl7v2/batch.hpp"
#include "hl7v2/diff.hpp"
#include "hl7v2/edit.hpp"
#include "hl7v2/json.hpp"
#include "hl7v2/observation.hpp"
#include "hl7v2/view.hpp"

using namespace causeway;
using namespace causeway::hl7v2;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read(const Message& message) {
    std::ostringstream out;
    write_json(message, {}, out);
    write_view(message, out, 100);
    require(compare(message, message).empty());
    for (std::size_t i = 0; i < message.index().segments().size(); ++i) {
        joined_text(message, i);
        if (const auto data = encapsulated_data(message, i)) (void)decode_base64(data->data, [](std::string_view) {});
    }
    const auto anonymous = Anonymiser("a key for the fuzzer")(message);
    if (anonymous) require(parse(Payload(*anonymous)).has_value());
}

void change(const Message& message, const std::string& value) {
    const auto path = *Path::parse("ZFZ[1]-2[2].3.1");
    const auto changed = set_value(message, path, value);
    if (!changed) return;
    const auto again = parse(Payload(*changed));
    if (!again || message.delimiters().escape == '\0') return;
    require((*again)->index().segments().size() <= message.index().segments().size() + 1);
    if (is_ascii(value) && value.find_first_of("\r\n") == std::string::npos) require((*again)->get(path) == value);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto batch = split_batch(bytes);
    require(!batch.pieces.empty());
    std::size_t at = 0;
    for (const auto& piece : batch.pieces) {
        require(piece.offset >= at && piece.offset + piece.text.size() <= bytes.size());
        at = piece.offset + piece.text.size();
        std::ostringstream out;
        if (is_envelope(piece)) write_json(piece, out);
        ParseOptions options;
        options.undecodable = Undecodable::keep;
        const auto message = parse(Payload(std::string(piece.text)), options);
        if (!message) {
            const auto refusal = locate(message.error(), piece.text, piece.line, piece.offset);
            require(refusal.offset <= bytes.size());
            continue;
        }
        read(**message);
        change(**message, bytes.substr(0, 20));
    }
    return 0;
}
