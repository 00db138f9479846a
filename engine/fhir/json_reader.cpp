#include "fhir/json_reader.hpp"

#include <algorithm>

#include "fhir/json_number.hpp"
#include "fhir/scan.hpp"
#include "fhir/utf8.hpp"

namespace causeway::fhir {
namespace {

constexpr std::string_view kResourceTypeName = "resourceType";
constexpr std::string_view kObjectWanted = "Send a FHIR resource: the document must be a JSON object.";

bool is_plain(char c) noexcept {
    return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
}

}  // namespace

JsonReader::JsonReader(TapeBuilder& builder)
    : builder_(builder),
      records_(builder.records()),
      names_(builder.names()),
      begin_(builder.tape().source().data()),
      end_(begin_ + builder.tape().source().size()),
      at_(begin_),
      resource_type_(names_.use(kResourceTypeName)) {
}

void JsonReader::skip() noexcept {
    at_ = skip_spaces(at_, end_);
}

bool JsonReader::read() {
    at_ += byte_order_mark(builder_.tape().source());
    skip();
    if (at_ == end_) return refuse(at_, "Send a FHIR resource; the document is empty.");
    if (*at_ != '{') return refuse(at_, std::string(kObjectWanted));
    if (!builder_.add(tree::Kind::object, offset(at_), 0) || !object(0, 1)) return false;
    skip();
    return at_ == end_ || refuse(at_, "End the document after the first JSON value.");
}

bool JsonReader::object(std::uint32_t record, std::size_t depth) {
    if (depth > builder_.options().limits.max_depth) return refuse(at_, "Nest objects and arrays less deeply.");
    const char* const open = at_++;
    skip();
    if (*at_ == '}') {
        ++at_;
        records_[record].flags |= Record::kEmpty;
        return report(record, {}, open, "json-empty-object", "Leave the property out instead of an empty object.");
    }
    Object object{{record, 0}, depth, members_.size(), false, false};
    for (;;) {
        if (!member(object)) return false;
        skip();
        if (*at_ == '}') break;
        if (*at_ != ',') return refuse(at_, "Put a comma or a closing } after the property.");
        ++at_;
        skip();
    }
    ++at_;
    return close(object);
}

bool JsonReader::member(Object& object) {
    Property property;
    if (!key(property)) return false;
    skip();
    if (*at_ != ':') return refuse(at_, "Put a colon after the property name.");
    ++at_;
    skip();
    const auto first = static_cast<std::uint32_t>(records_.size());
    const auto begin = static_cast<std::uint32_t>(offset(at_));
    if (*at_ == '[') {
        property.depth = object.depth + 1;
        if (!array(object, property)) return false;
    } else if (!value(object, property, 0)) {
        return false;
    }
    members_.push_back({property.name, first, static_cast<std::uint32_t>(records_.size()), begin, property.is_extra});
    object.has_extras |= property.is_extra;
    return true;
}

bool JsonReader::key(Property& property) {
    if (*at_ != '"') return refuse(at_, "Put a property name in double quotes here.");
    const char* const quote = at_;
    std::string_view name;
    if (!string(name)) return false;
    if (name.empty()) return refuse(quote, "Give the property a name.");
    property.is_extra = name.size() > 1 && name.front() == '_';
    property.name = names_.use(property.is_extra ? name.substr(1) : name);
    return true;
}

bool JsonReader::value(Object& object, const Property& property, std::uint32_t item) {
    switch (*at_) {
        case '"':
            return text(object, property, item);
        case '{':
            return nested(object, property, item);
        case '[':
            if (!report(object.chain.record, names_.used(property.name).text, at_, "json-array-in-array",
                        "Take the inner array away: FHIR has no arrays of arrays."))
                return false;
            return array(object, property);
        case 't':
            return literal(object, property, item, "true");
        case 'f':
            return literal(object, property, item, "false");
        case 'n':
            return null(object, property, item);
        default:
            if (*at_ == '-' || is_digit(*at_)) return number(object, property, item);
            return refuse(at_, "Put a JSON value here: an object, array, string, number, true or false.");
    }
}

bool JsonReader::array(Object& object, const Property& property) {
    if (property.depth > builder_.options().limits.max_depth)
        return refuse(at_, "Nest objects and arrays less deeply.");
    const char* const open = at_++;
    skip();
    if (*at_ == ']') {
        ++at_;
        return report(object.chain.record, names_.used(property.name).text, open, "json-empty-array",
                      "Leave the property out instead of an empty array.");
    }
    return items(object, property);
}

bool JsonReader::items(Object& object, const Property& property) {
    Property inner = property;
    ++inner.depth;
    for (std::uint32_t item = 1;; ++item) {
        if (!value(object, inner, item)) return false;
        skip();
        if (*at_ == ']') break;
        if (*at_ != ',') return refuse(at_, "Put a comma or a closing ] after the array item.");
        ++at_;
        skip();
    }
    ++at_;
    return true;
}

bool JsonReader::add(Object& object, const Property& property, std::uint32_t item, tree::Kind kind, const char* begin,
                     const char* end) {
    const auto& used = names_.used(property.name);
    const auto length = kind == tree::Kind::object ? 0 : static_cast<std::size_t>(end - begin);
    if (!builder_.add(kind, offset(begin), length, &object.chain, used.id, item)) return false;
    auto& record = records_.back();
    if (property.is_extra) record.flags |= Record::kExtra;
    const bool is_primitive = kind != tree::Kind::object || property.is_extra;
    if (used.choice_base == 0 || used.choice_primitive != is_primitive) return true;
    record.flags |= Record::kChoice;
    record.name = used.choice_base;
    record.type = used.choice_type;
    return true;
}

bool JsonReader::text(Object& object, const Property& property, std::uint32_t item) {
    const char* const begin = at_ + 1;
    std::string_view text;
    if (!string(text) || !add(object, property, item, tree::Kind::text, begin, begin + text.size())) return false;
    if (property.name != resource_type_ || property.is_extra || item != 0) return true;
    records_.back().flags |= Record::kResourceType;
    auto& resource = records_[object.chain.record];
    resource.flags |= Record::kResource;
    resource.type = text.empty() ? 0 : names_.intern(text);
    return true;
}

bool JsonReader::nested(Object& object, const Property& property, std::uint32_t item) {
    const auto record = static_cast<std::uint32_t>(records_.size());
    return add(object, property, item, tree::Kind::object, at_, at_) &&
           this->object(record, item == 0 ? object.depth + 1 : property.depth);
}

bool JsonReader::literal(Object& object, const Property& property, std::uint32_t item, std::string_view word) {
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, word.size()) != word)
        return refuse(at_, "Put a JSON value here: an object, array, string, number, true or false.");
    const char* const begin = at_;
    at_ += word.size();
    return add(object, property, item, tree::Kind::boolean, begin, at_);
}

bool JsonReader::null(Object& object, const Property& property, std::uint32_t item) {
    const char* const begin = at_;
    if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).substr(0, 4) != "null")
        return refuse(at_, "Put a JSON value here: an object, array, string, number, true or false.");
    at_ += 4;
    if (item == 0)
        return report(object.chain.record, names_.used(property.name).text, begin, "json-null",
                      "Leave the property out instead of null.");
    if (!add(object, property, item, tree::Kind::none, begin, begin)) return false;
    records_.back().flags |= Record::kNull;
    object.has_nulls = true;
    return true;
}

bool JsonReader::number(Object& object, const Property& property, std::uint32_t item) {
    const char* const begin = at_;
    const char* what = nullptr;
    at_ = skip_number(begin, what);
    return what == nullptr ? add(object, property, item, tree::Kind::number, begin, at_) : refuse(at_, what);
}

bool JsonReader::close(Object& object) {
    if (!note_members(object)) return false;
    for (auto i = object.members; object.has_extras && i < members_.size(); ++i) {
        const auto& member = members_[i];
        if (!member.is_extra || member.first == member.end || records_[member.first].is(Record::kDropped)) continue;
        const auto primitive = seen_[member.name];
        if (!pair_extras(primitive.object == object.chain.record + 1 ? primitive.first : 0, member.first)) return false;
    }
    members_.resize(object.members);
    if (object.chain.last == 0) records_[object.chain.record].flags |= Record::kEmpty;
    return !object.has_nulls || check_nulls(object.chain.record);
}

// Done when the object is closed, as objects inside it may have the same names.
bool JsonReader::note_members(const Object& object) {
    if (seen_.size() < names_.used_count()) seen_.resize(names_.used_count() + 32);
    if (seen_extra_.size() < seen_.size()) seen_extra_.resize(seen_.size());
    const auto stamp = object.chain.record + 1;
    for (auto i = object.members; i < members_.size(); ++i) {
        const auto& member = members_[i];
        auto& seen = (member.is_extra ? seen_extra_ : seen_)[member.name];
        if (seen.object == stamp && !repeated(object, member)) return false;
        if (seen.object != stamp) seen = {stamp, member.first == member.end ? 0 : member.first};
    }
    return true;
}

bool JsonReader::repeated(const Object& object, const Member& member) {
    for (auto record = member.first; record != 0 && record < member.end; record = records_[record].next)
        records_[record].flags |= Record::kDropped;
    return report(object.chain.record, names_.used(member.name).text, begin_ + member.offset, "json-duplicate-property",
                  "Give each property once: this one repeats an earlier name.");
}

// The next item of the property to which a record belongs.
std::uint32_t JsonReader::next_item(std::uint32_t record) const noexcept {
    constexpr auto kSame = Record::kExtra | Record::kDropped;
    const auto next = records_[record].next;
    if (next == 0 || records_[next].item <= 1) return 0;
    return records_[next].name == records_[record].name &&
                   (records_[next].flags & kSame) == (records_[record].flags & kSame)
               ? next
               : 0;
}

// Walks a primitive's items and those of its `_name` side by side; either may be 0, and a single item is a list of one.
bool JsonReader::pair_extras(std::uint32_t primitive, std::uint32_t extra) {
    bool is_paired = primitive != 0;
    const bool is_other_form = is_paired && (records_[primitive].item == 0) != (records_[extra].item == 0);
    while (extra != 0) {
        const auto following = next_item(extra);
        const auto primitive_following = primitive != 0 ? next_item(primitive) : 0;
        bool goes_on = false;
        if (is_other_form)
            goes_on = drop(extra, "json-extra-form",
                           "Give the property with _ the same form as the one without: array or not.");
        else if (primitive != 0)
            goes_on = adopt(primitive, extra);
        else if (is_paired)
            goes_on =
                drop(extra, "json-extra-padding", "Pad the property without _ with null to the length of this array.");
        else
            goes_on = keep_extra(extra);
        if (!goes_on) return false;
        extra = following;
        primitive = primitive_following;
    }
    return true;
}

bool JsonReader::drop(std::uint32_t record, std::string_view id, std::string_view what) {
    const auto at = value_begin(records_[record]);
    records_[record].flags |= Record::kDropped;
    return report(record, {}, at, id, what);
}

bool JsonReader::adopt(std::uint32_t primitive, std::uint32_t extra) {
    auto& with = records_[extra];
    auto& owner = records_[primitive];
    if (!with.is(Record::kNull) && with.kind != tree::Kind::object)
        return drop(extra, "json-extra-form", "Put an object with id or extension into the property with _.");
    if (!with.is(Record::kNull) && owner.kind == tree::Kind::object)
        return drop(extra, "json-extra-complex",
                    "Only a primitive has a property with _: put id and extension into the object itself.");
    with.flags |= Record::kHidden;
    with.extra = primitive;
    if (with.is(Record::kNull)) return true;
    owner.extra = extra;
    owner.flags = static_cast<std::uint16_t>(owner.flags & ~Record::kNull);
    return true;
}

// The element has no value of its own: the `_name` record stands for it.
bool JsonReader::keep_extra(std::uint32_t extra) {
    return records_[extra].kind == tree::Kind::object ||
           drop(extra, "json-extra-form", "Put an object with id or extension into the property with _.");
}

bool JsonReader::check_nulls(std::uint32_t object) {
    for (auto child = object + 1; child != 0; child = records_[child].next) {
        const auto& record = records_[child];
        if (!record.is(Record::kNull) || !record.is_shown()) continue;
        if (!drop(child, "json-null",
                  "Leave null out: it only pads an array whose property with _ has an object there."))
            return false;
    }
    return true;
}

bool JsonReader::string(std::string_view& out) {
    const char* const begin = at_ + 1;
    const char* at = begin;
    std::uint32_t high = 0;
    while (end_ - at >= kBlock) {
        const auto block = load_block(at);
        const auto special = equal_mask(block, '"') | equal_mask(block, '\\') | control_mask(block);
        if (special != 0) {
            const auto clean = std::countr_zero(special);
            high |= high_mask(block) & ((1u << clean) - 1);
            at += clean;
            break;
        }
        high |= high_mask(block);
        at += kBlock;
    }
    while (is_plain(*at)) high |= static_cast<unsigned char>(*at++) & 0x80u;
    if (*at == '\\') return escaped_string(begin, out);
    if (*at != '"' || high != 0) {
        if (!check_text(begin, at)) return false;
    }
    out = {begin, static_cast<std::size_t>(at - begin)};
    at_ = at + 1;
    return true;
}

// A string from the quote on, that ends at `end`: closed, and UTF-8?
bool JsonReader::check_text(const char* begin, const char* end) {
    if (end == end_) return refuse(begin - 1, "Close the string with a double quote.");
    if (*end != '"') return refuse(end, "Take the control character out, or write it as \\u escape inside a string.");
    const auto bad = first_non_text({begin, static_cast<std::size_t>(end - begin)});
    return bad == kAllText || refuse(begin + bad, "Encode the document as UTF-8.");
}

// Decodes into the buffer, where the text keeps its place. Whole blocks are copied: what they overwrite lies inside the
// string or in the block behind it, which is copied again at the end.
bool JsonReader::escaped_string(const char* begin, std::string_view& out) {
    char* const text = builder_.buffer() + offset(begin);
    char* to = text;
    at_ = begin;
    for (;;) {
        while (end_ - at_ >= kBlock) {
            const auto block = load_block(at_);
            store_block(to, block);
            const auto special = equal_mask(block, '"') | equal_mask(block, '\\') | control_mask(block);
            const auto clean = special != 0 ? std::countr_zero(special) : static_cast<int>(kBlock);
            at_ += clean;
            to += clean;
            if (special != 0) break;
        }
        while (is_plain(*at_)) *to++ = *at_++;
        if (*at_ != '\\') break;
        if (!escape(to)) return false;
    }
    if (!check_text(begin, at_)) return false;
    out = {text, static_cast<std::size_t>(to - text)};
    std::copy_n(at_, std::min<std::ptrdiff_t>(kBlock, end_ - at_), text + (at_ - begin));
    ++at_;
    return true;
}

// At a backslash.
bool JsonReader::escape(char*& to) {
    constexpr std::string_view kFrom = "\"\\/bfnrt";
    constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
    const char c = at_[1];
    if (c == 'u') return unicode_escape(to);
    const auto which = c == '\0' ? std::string_view::npos : kFrom.find(c);
    if (which == std::string_view::npos)
        return refuse(at_, "Use a JSON escape such as \\n or \\u0041 for this character.");
    *to++ = kTo[which];
    at_ += 2;
    return true;
}

bool JsonReader::unicode_escape(char*& to) {
    constexpr const char* kBothHalves = "Write both halves of the \\u surrogate pair in this string.";
    const char* const begin = at_;
    std::uint32_t code = 0;
    if (!hex(code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return refuse(begin, kBothHalves);
    if (code >= 0xD800 && code <= 0xDBFF) {
        std::uint32_t low = 0;
        if (at_[0] != '\\' || at_[1] != 'u') return refuse(begin, kBothHalves);
        if (!hex(low)) return false;
        if (low < 0xDC00 || low > 0xDFFF) return refuse(begin, kBothHalves);
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    to = append_utf8(to, code);
    return true;
}

// Reads \uXXXX.
bool JsonReader::hex(std::uint32_t& code) {
    for (int i = 2; i < 6; ++i) {
        const int digit = hex_digit(at_[i]);
        if (digit < 0) return refuse(at_, "Write four hexadecimal digits after \\u.");
        code = code << 4 | static_cast<std::uint32_t>(digit);
    }
    at_ += 6;
    return true;
}

}  // namespace causeway::fhir
