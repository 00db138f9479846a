#include "fhir/json_reader.hpp"

#include <rapidjson/error/error.h>
#include <rapidjson/reader.h>

#include "core/text.hpp"

namespace causeway::fhir {
namespace {

constexpr unsigned kParseFlags =
    rapidjson::kParseInsituFlag | rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;

std::string advice(rapidjson::ParseErrorCode code) {
    switch (code) {
        case rapidjson::kParseErrorDocumentEmpty:
            return "Send a FHIR resource; the document is empty.";
        case rapidjson::kParseErrorDocumentRootNotSingular:
            return "End the document after the first JSON value.";
        case rapidjson::kParseErrorValueInvalid:
            return "Put a JSON value here: an object, array, string, number, true or false.";
        case rapidjson::kParseErrorObjectMissName:
            return "Put a property name in double quotes here.";
        case rapidjson::kParseErrorObjectMissColon:
            return "Put a colon after the property name.";
        case rapidjson::kParseErrorObjectMissCommaOrCurlyBracket:
            return "Put a comma or a closing } after the property.";
        case rapidjson::kParseErrorArrayMissCommaOrSquareBracket:
            return "Put a comma or a closing ] after the array item.";
        case rapidjson::kParseErrorStringUnicodeEscapeInvalidHex:
            return "Write four hexadecimal digits after \\u.";
        case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
            return "Write both halves of the \\u surrogate pair.";
        case rapidjson::kParseErrorStringEscapeInvalid:
            return "Use a JSON escape such as \\n or \\u0041 for this character.";
        case rapidjson::kParseErrorStringMissQuotationMark:
            return "Close the string with a double quote.";
        case rapidjson::kParseErrorStringInvalidEncoding:
            return "Encode the document as UTF-8.";
        case rapidjson::kParseErrorNumberTooBig:
            return "Write a smaller number.";
        case rapidjson::kParseErrorNumberMissFraction:
            return "Write a digit after the decimal point.";
        case rapidjson::kParseErrorNumberMissExponent:
            return "Write a digit in the exponent.";
        default:
            return "Correct the JSON here.";
    }
}

}  // namespace

std::optional<JsonReader::Problem> JsonReader::read(std::size_t start) {
    start_ = start;
    resource_type_ = tape_.names_.intern("resourceType");
    rapidjson::InsituStringStream stream(tape_.buffer_.data() + start);
    stream_ = &stream;
    rapidjson::Reader reader;
    const auto result = reader.Parse<kParseFlags>(stream, *this);
    if (problem_) return problem_;
    if (result.IsError()) return Problem{start + result.Offset(), Issue::structure, advice(result.Code())};
    return std::nullopt;
}

bool JsonReader::refuse(std::size_t offset, std::string what, Issue issue) {
    problem_ = Problem{offset, issue, std::move(what)};
    return false;
}

bool JsonReader::refuse(const Record& record, std::string what) {
    return refuse(record.kind == tree::Kind::text ? record.offset - 1 : record.offset, std::move(what));
}

std::size_t JsonReader::here() const noexcept {
    const auto& stream = *static_cast<const rapidjson::InsituStringStream*>(stream_);
    return start_ + static_cast<std::size_t>(stream.src_ - stream.head_);
}

// A text without escapes ends at its closing quote; one with escapes is shorter decoded, so that a quote found there
// stands behind a backslash.
bool JsonReader::is_unescaped_text(std::size_t offset, std::size_t length) const noexcept {
    const auto source = tape_.payload_.reveal();
    return source[offset + length] == '"' && source[offset + length - 1] != '\\';
}

bool JsonReader::check_escapes(const char* text, unsigned length) {
    const auto offset = static_cast<std::size_t>(text - tape_.buffer_.data());
    if (is_unescaped_text(offset, length) || is_valid_utf8({text, length})) return true;
    return refuse(offset - 1, "Write both halves of the \\u surrogate pair in this string.");
}

bool JsonReader::Null() {
    auto& frame = frames_.empty() ? frames_.emplace_back() : frames_.back();
    if (!frame.is_array) return refuse(here() - 4, "Leave the property out instead of null.");
    if (!add(tree::Kind::none, here() - 4, 0)) return false;
    tape_.records_.back().flags |= Record::kNull;
    enclosing_object().has_nulls = true;
    return true;
}

bool JsonReader::Bool(bool value) {
    const std::size_t length = value ? 4 : 5;
    return add(tree::Kind::boolean, here() - length, length);
}

bool JsonReader::RawNumber(const char* text, unsigned length, bool) {
    return add(tree::Kind::number, static_cast<std::size_t>(text - tape_.buffer_.data()), length);
}

bool JsonReader::String(const char* text, unsigned length, bool) {
    const auto offset = static_cast<std::size_t>(text - tape_.buffer_.data());
    return check_escapes(text, length) && add(tree::Kind::text, offset, length);
}

bool JsonReader::Key(const char* text, unsigned length, bool) {
    const auto offset = static_cast<std::size_t>(text - tape_.buffer_.data());
    if (length == 0) return refuse(offset - 1, "Give the property a name.");
    if (!check_escapes(text, length)) return false;
    auto& frame = frames_.back();
    frame.name = tape_.names_.intern({text, length});
    if (tape_.names_[frame.name].element != 0) frame.has_extras = true;
    return true;
}

JsonReader::Frame& JsonReader::enclosing_object() noexcept {
    return frames_.back().is_array ? frames_[frames_.size() - 2] : frames_.back();
}

void JsonReader::append_child(Frame& object, std::uint32_t index) {
    if (object.last != 0) tape_.records_[object.last].next = index;
    object.last = index;
}

bool JsonReader::add(tree::Kind kind, std::size_t offset, std::size_t length) {
    if (tape_.records_.size() >= limits_.max_nodes)
        return refuse(offset, "Split the document: it has more elements than the limit.", Issue::too_costly);
    Record record;
    record.kind = kind;
    record.offset = static_cast<std::uint32_t>(offset);
    record.length = static_cast<std::uint32_t>(length);
    const auto index = static_cast<std::uint32_t>(tape_.records_.size());
    if (index == 0) {
        if (kind != tree::Kind::object)
            return refuse(record, "Send a FHIR resource: the document must be a JSON object.");
    } else {
        auto& frame = frames_.back();
        record.name = frame.name;
        record.parent = frame.record;
        record.item = frame.is_array ? ++frame.items : 0;
        append_child(enclosing_object(), index);
    }
    tape_.records_.push_back(record);
    return true;
}

bool JsonReader::open(bool is_array, std::size_t offset) {
    if (frames_.size() >= limits_.max_depth) return refuse(offset, "Nest objects and arrays less deeply.");
    Frame frame;
    frame.is_array = is_array;
    frame.offset = offset;
    if (is_array) {
        frame.record = frames_.back().record;
        frame.name = frames_.back().name;
    } else {
        frame.record = static_cast<std::uint32_t>(tape_.records_.size() - 1);
    }
    frames_.push_back(frame);
    return true;
}

bool JsonReader::StartObject() {
    const auto offset = here();
    return add(tree::Kind::object, offset, 0) && open(false, offset);
}

bool JsonReader::StartArray() {
    const auto offset = here();
    if (frames_.empty()) return refuse(offset, "Send a FHIR resource: the document must be a JSON object.");
    if (frames_.back().is_array) return refuse(offset, "Take the inner array away: FHIR has no arrays of arrays.");
    return open(true, offset);
}

bool JsonReader::EndArray(unsigned items) {
    const auto offset = frames_.back().offset;
    frames_.pop_back();
    return items != 0 || refuse(offset, "Leave the property out instead of an empty array.");
}

bool JsonReader::EndObject(unsigned members) {
    const Frame frame = frames_.back();
    frames_.pop_back();
    if (members == 0) return refuse(frame.offset, "Leave the property out instead of an empty object.");
    return close_properties(frame);
}

bool JsonReader::close_properties(const Frame& object) {
    seen_.resize(tape_.names_.size());
    for (auto child = object.record + 1; child != 0; child = tape_.records_[child].next)
        if (tape_.records_[child].item <= 1 && !note_property(object.record, child)) return false;
    if (object.has_extras && !merge_extras(object.record)) return false;
    if (object.has_nulls && !check_nulls(object.record)) return false;
    set_types(object.record);
    return true;
}

bool JsonReader::note_property(std::uint32_t object, std::uint32_t child) {
    auto& seen = seen_[tape_.records_[child].name];
    if (seen.object == object + 1)
        return refuse(tape_.records_[child], "Give each property once: this one repeats an earlier name.");
    seen = {object + 1, child};
    return true;
}

bool JsonReader::merge_extras(std::uint32_t object) {
    for (auto child = object + 1; child != 0; child = tape_.records_[child].next) {
        const auto& record = tape_.records_[child];
        const auto element = tape_.names_[record.name].element;
        if (element == 0 || record.item > 1) continue;
        const auto& seen = seen_[element];
        if (!pair_extras(seen.object == object + 1 ? seen.first : 0, child)) return false;
    }
    return true;
}

// Walks a primitive's items and those of its `_name` side by side; either may be 0, and a single item is a list of one.
bool JsonReader::pair_extras(std::uint32_t primitive, std::uint32_t extra) {
    auto& records = tape_.records_;
    const auto extra_name = records[extra].name;
    const auto primitive_name = primitive != 0 ? records[primitive].name : 0;
    const auto next = [&](std::uint32_t index, std::uint32_t name) {
        const auto following = records[index].next;
        return following != 0 && records[following].name == name ? following : 0;
    };
    if (primitive != 0 && (records[primitive].item == 0) != (records[extra].item == 0))
        return refuse(records[extra], "Give the property with _ the same form as the one without: array or not.");
    while (extra != 0) {
        const auto following = next(extra, extra_name);
        const auto primitive_following = primitive != 0 ? next(primitive, primitive_name) : 0;
        if (!(primitive != 0 ? adopt(primitive, extra) : keep_extra(extra))) return false;
        if (primitive != 0 && primitive_following == 0 && following != 0)
            return refuse(records[following], "Pad the property without _ with null to the length of this array.");
        extra = following;
        primitive = primitive_following;
    }
    return true;
}

bool JsonReader::adopt(std::uint32_t primitive, std::uint32_t extra) {
    auto& with = tape_.records_[extra];
    auto& owner = tape_.records_[primitive];
    const auto extra_kind = with.kind;
    with.flags |= Record::kHidden | Record::kExtra;
    with.extra = primitive;
    if (with.is(Record::kNull)) return true;
    if (extra_kind != tree::Kind::object)
        return refuse(with, "Put an object with id or extension into the property with _.");
    if (owner.kind == tree::Kind::object)
        return refuse(with, "Only a primitive has a property with _: put id and extension into the object itself.");
    owner.extra = extra;
    owner.flags = static_cast<std::uint16_t>(owner.flags & ~Record::kNull);
    return true;
}

// The element has no value of its own: the `_name` record stands for it.
bool JsonReader::keep_extra(std::uint32_t extra) {
    auto& record = tape_.records_[extra];
    if (record.kind != tree::Kind::object)
        return refuse(record, "Put an object with id or extension into the property with _.");
    record.flags |= Record::kExtra;
    record.name = tape_.names_[record.name].element;
    return true;
}

bool JsonReader::check_nulls(std::uint32_t object) {
    for (auto child = object + 1; child != 0; child = tape_.records_[child].next) {
        const auto& record = tape_.records_[child];
        if (record.is(Record::kNull) && !record.is(Record::kHidden))
            return refuse(record, "Leave null out: it only pads an array whose property with _ has an object there.");
    }
    return true;
}

void JsonReader::set_types(std::uint32_t object) {
    for (auto child = object + 1; child != 0; child = tape_.records_[child].next) {
        auto& record = tape_.records_[child];
        const auto& name = tape_.names_[record.name];
        if (record.name == resource_type_ && record.kind == tree::Kind::text) {
            const auto type = std::string_view(tape_.buffer_).substr(record.offset, record.length);
            tape_.records_[object].type = tape_.names_.intern(type);
            continue;  // A new name may have moved the others.
        }
        const bool is_primitive = record.kind != tree::Kind::object || record.is(Record::kExtra);
        if (name.choice_base == 0 || name.choice_primitive != is_primitive) continue;
        record.flags |= Record::kChoice;
        record.type = name.choice_type;
    }
}

}  // namespace causeway::fhir
