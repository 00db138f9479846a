#include "hl7v2/batch_acknowledgement.hpp"

#include "hl7v2/escape.hpp"
#include "hl7v2/parts.hpp"

namespace causeway::hl7v2 {
namespace {

std::string header(std::string_view name, const BatchHeader& to, std::string_view control_id, Instant at) {
    const auto& d = to.delimiters;
    std::string out(name);
    const auto field = [&](std::string_view value) {
        out += d.field;
        out += value;
    };
    field(d.msh2());
    field(to.receiving_application);
    field(to.receiving_facility);
    field(to.sending_application);
    field(to.sending_facility);
    field(to_hl7_dtm(at));
    field("");  // 8: security
    field("");  // 9: name, id, type
    field("");  // 10: comment
    field(escape(control_id, d));
    if (!to.control_id.empty()) field(to.control_id);
    return out + '\r';
}

std::string enclosed(std::string_view header_name, std::string_view trailer_name, const BatchHeader& to,
                     const std::vector<std::string>& parts, std::string_view control_id, Instant at) {
    std::string out = header(header_name, to, control_id, at);
    for (const auto& part : parts) out += part;
    return out + std::string(trailer_name) + to.delimiters.field + std::to_string(parts.size()) + '\r';
}

}  // namespace

BatchHeader read_batch_header(std::string_view segment) {
    BatchHeader out;
    segment = segment.substr(0, segment.find_first_of("\r\n"));
    if (segment.size() < 4 || !is_field_separator(segment[3])) return out;
    Parts fields(segment, {0, static_cast<std::uint32_t>(segment.size())}, segment[3]);
    while (fields.next()) {
        const auto value = slice(segment, fields.part);
        if (fields.number == 2 && read_delimiters(segment[3], value, out.delimiters) == DelimiterState::malformed)
            out.delimiters.field = segment[3];
        if (fields.number == 3) out.sending_application = value;
        if (fields.number == 4) out.sending_facility = value;
        if (fields.number == 5) out.receiving_application = value;
        if (fields.number == 6) out.receiving_facility = value;
        if (fields.number == 11) out.control_id = value;
    }
    return out;
}

std::string write_batch_acknowledgement(const BatchHeader& batch, const std::vector<std::string>& acknowledgements,
                                        std::string_view control_id, Instant at) {
    return enclosed("BHS", "BTS", batch, acknowledgements, control_id, at);
}

std::string write_file_acknowledgement(const BatchHeader& file, const std::vector<std::string>& batches,
                                       std::string_view control_id, Instant at) {
    return enclosed("FHS", "FTS", file, batches, control_id, at);
}

}  // namespace causeway::hl7v2
