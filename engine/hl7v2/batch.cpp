#include "hl7v2/batch.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "hl7v2/batch_acknowledgement.hpp"
#include "hl7v2/delimiters.hpp"
#include "hl7v2/segment_names.hpp"

namespace causeway::hl7v2 {
namespace {

constexpr auto npos = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

/// What a line is, by the segment that it begins with.
enum class LineKind { header, envelope, segment, other };

struct Line {
    LineKind kind = LineKind::other;
    Piece::Kind piece = Piece::Kind::message;
};

/// Inside of a message a line of wrapped base64 may begin like a header ("MSH+", "BHS/"): there only what declares
/// delimiters as headers do is one, or what has the field separator of the message.
bool is_header(std::string_view line, bool is_inside, char separator) {
    if (!is_inside || line[3] == separator) return true;
    if (line[3] == '+' || line[3] == '/' || line[3] == '=') return false;
    Delimiters delimiters;
    const auto end = std::min(line.find(line[3], 4), line.size());
    return read_delimiters(line[3], line.substr(4, end - 4), delimiters) != DelimiterState::malformed;
}

/// The field separators of what is open; NUL where none is. A trailer has that of its header (2.10.3), which need not
/// be that of the messages between them.
struct Separators {
    char message = '\0', batch = '\0', file = '\0';

    bool contain(char c) const noexcept { return c == message || c == batch || c == file; }
};

Line classify(std::string_view line, bool is_inside, const Separators& separators) {
    if (line.size() < 3) return {};
    const std::string name{upper(line[0]), upper(line[1]), upper(line[2])};
    const bool separated = line.size() > 3 && is_field_separator(line[3]);
    const bool heads = separated && is_header(line, is_inside, separators.message);
    if (name == "MSH" && heads) return {LineKind::header, Piece::Kind::message};
    if (name == "FHS" && heads) return {LineKind::envelope, Piece::Kind::file_header};
    if (name == "BHS" && heads) return {LineKind::envelope, Piece::Kind::batch_header};
    const bool alone = line.find_first_not_of(" \t", 3) == npos;
    const bool ends = alone || (separated && (!is_inside || separators.contain(line[3])));
    if (ends && name == "BTS") return {LineKind::envelope, Piece::Kind::batch_trailer};
    if (ends && name == "FTS") return {LineKind::envelope, Piece::Kind::file_trailer};
    return {separated && is_segment_name(name) ? LineKind::segment : LineKind::other, Piece::Kind::fragment};
}

/// The first field of a trailer as a count; nothing where it is not a number.
std::optional<std::size_t> count_of(std::string_view trailer) {
    if (trailer.size() < 5) return std::nullopt;
    std::size_t value = 0;
    const char* const begin = trailer.data() + 4;
    const auto [end, error] = std::from_chars(begin, trailer.data() + trailer.size(), value);
    return error == std::errc() && end != begin ? std::optional(value) : std::nullopt;
}

/// The next place of one character, searched for once only.
class Next {
public:
    Next(std::string_view bytes, char c) : bytes_(bytes), c_(c), at_(find(0)) {}
    std::size_t from(std::size_t at) noexcept {
        if (at_ < at) at_ = find(at);
        return at_;
    }

private:
    std::size_t find(std::size_t at) const noexcept { return std::min(bytes_.find(c_, at), bytes_.size()); }
    std::string_view bytes_;
    char c_;
    std::size_t at_;
};

class Splitter {
public:
    explicit Splitter(std::string_view bytes) : bytes_(bytes), cr_(bytes, '\r'), lf_(bytes, '\n'), fs_(bytes, '\x1c') {}

    Batch run() {
        if (bytes_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
        while (at_ < bytes_.size()) line();
        close(bytes_.size());
        if (in_frame_) warn("unfinished-frame", "The last MLLP frame has no end.");
        if (open_batch_) warn("missing-batch-trailer", "A batch has no BTS.");
        if (open_file_) warn("missing-file-trailer", "A file has no FTS.");
        if (out_.pieces.empty()) out_.pieces.push_back({Piece::Kind::message, bytes_, 0, 1, 0});
        return std::move(out_);
    }

private:
    void line() {
        const auto first = std::min(bytes_.find_first_not_of(" \t", at_), bytes_.size());
        if (first < bytes_.size() && bytes_[first] == '\v') return begin_frame(first);
        const auto end = std::min({cr_.from(first), lf_.from(first), fs_.from(first)});
        const auto text = bytes_.substr(first, end - first);
        const auto found = classify(text, is_open_, separators_);
        if (found.kind == LineKind::header) open(Piece::Kind::message, first);
        if (found.kind == LineKind::envelope) envelope(found.piece, first, end);
        if (found.kind == LineKind::segment && !is_open_) open(Piece::Kind::fragment, first);
        if (found.kind == LineKind::other && !is_open_ && text.find_first_not_of('\0') != npos)
            warn("text-ignored", "Text outside of any message was ignored.");
        end_line(end);
    }

    void begin_frame(std::size_t at) {
        if (in_frame_) warn("unfinished-frame", "An MLLP frame begins before the last one has ended.");
        close(at_);
        in_frame_ = true;
        at_ = at + 1;
    }

    void end_line(std::size_t end) {
        at_ = end;
        if (end == bytes_.size()) return;
        if (bytes_[end] == '\x1c') return end_frame(end);
        at_ += bytes_.substr(end).starts_with("\r\n") ? 2 : 1;
        ++line_number_;
    }

    /// A lone FS may be data; before a line end, another frame or the end of the input it ends a frame.
    void end_frame(std::size_t end) {
        at_ = end + 1;
        if (at_ < bytes_.size() && std::string_view("\r\n\v").find(bytes_[at_]) == npos) return;
        close(end);
        in_frame_ = false;
    }

    void open(Piece::Kind kind, std::size_t first) {
        close(at_);
        is_open_ = true;
        current_ = {kind, {}, first, line_number_, open_batch_ ? batches_ : 0};
        separators_.message = separator_at(first);
    }

    void close(std::size_t end) {
        if (!is_open_) return;
        is_open_ = false;
        current_.text = bytes_.substr(current_.offset, end - current_.offset);
        if (current_.kind == Piece::Kind::message) ++messages_in_batch_;
        out_.pieces.push_back(current_);
    }

    void envelope(Piece::Kind kind, std::size_t first, std::size_t end) {
        const auto text = bytes_.substr(first, end - first);
        open(kind, first);
        if (kind == Piece::Kind::file_header) separators_.file = separator_at(first);
        if (kind == Piece::Kind::batch_header) separators_.batch = separator_at(first);
        if (kind == Piece::Kind::batch_trailer) separators_.batch = '\0';
        if (kind == Piece::Kind::file_trailer) separators_.file = '\0';
        out_.has_envelope = true;
        if (kind == Piece::Kind::file_header || kind == Piece::Kind::file_trailer)
            open_file_ = kind == Piece::Kind::file_header;
        if (kind == Piece::Kind::batch_header) begin_batch();
        if (kind == Piece::Kind::batch_trailer) end_batch(text);
        if (kind == Piece::Kind::file_trailer) check_count("file-count", text, batches_, "FTS-1 counts other batches.");
        if (kind == Piece::Kind::batch_header) current_.batch = batches_;
        close(end);
    }

    char separator_at(std::size_t first) const noexcept { return first + 3 < bytes_.size() ? bytes_[first + 3] : '\0'; }

    void begin_batch() {
        if (open_batch_) warn("missing-batch-trailer", "A batch has no BTS.");
        open_batch_ = true;
        ++batches_;
        messages_in_batch_ = 0;
    }

    void end_batch(std::string_view text) {
        if (!open_batch_) warn("missing-batch-header", "A BTS has no BHS before it.");
        open_batch_ = false;
        check_count("batch-count", text, messages_in_batch_, "BTS-1 counts other messages than the batch holds.");
    }

    void check_count(std::string_view code, std::string_view trailer, std::size_t found, std::string_view text) {
        if (const auto stated = count_of(trailer); stated && *stated != found) warn(code, text);
    }

    void warn(std::string_view code, std::string_view text) {
        for (auto& warning : out_.warnings)
            if (warning.code == code) {
                ++warning.count;
                return;
            }
        out_.warnings.push_back({std::string(code), "line " + std::to_string(line_number_), std::string(text), 1});
    }

    std::string_view bytes_;
    Next cr_, lf_, fs_;
    Batch out_;
    std::size_t at_ = 0;
    std::uint32_t line_number_ = 1, batches_ = 0;
    std::size_t messages_in_batch_ = 0;
    Separators separators_;
    bool is_open_ = false, open_batch_ = false, open_file_ = false, in_frame_ = false;
    Piece current_;
};

}  // namespace

bool is_envelope(const Piece& piece) noexcept {
    return piece.kind != Piece::Kind::message && piece.kind != Piece::Kind::fragment;
}

std::size_t Batch::messages() const noexcept {
    return static_cast<std::size_t>(
        std::count_if(pieces.begin(), pieces.end(), [](const Piece& p) { return p.kind == Piece::Kind::message; }));
}

Batch split_batch(std::string_view bytes) {
    return Splitter(bytes).run();
}

bool begins_batch(std::string_view bytes) noexcept {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
    const auto found = classify(bytes.substr(0, bytes.find_first_of("\r\n")), false, {});
    return found.kind == LineKind::envelope;
}

bool is_several(const Batch& batch) noexcept {
    return batch.has_envelope || batch.pieces.size() > 1;
}

std::optional<Error> fault_of(const Batch& batch) {
    if (batch.warnings.empty()) return std::nullopt;
    const auto& first = batch.warnings.front();
    const std::string_view code = first.code;
    const auto* where = code.starts_with("file-") || code == "missing-file-trailer" ? "FTS"
                        : code.find("batch-header") != npos                         ? "BHS"
                        : code.find("batch") != npos                                ? "BTS"
                                                                                    : "";
    return fail(Issue::structure, where,
                first.text + " (" + first.where + ") The batch may not be whole: send it again, complete.",
                Retry::never, 100);
}

void BatchId::see(const Piece& piece) {
    if (piece.kind == Piece::Kind::file_header) file_ = read_batch_header(piece.text).control_id;
    if (piece.kind == Piece::Kind::batch_header) batch_ = read_batch_header(piece.text).control_id;
    if (piece.kind == Piece::Kind::batch_trailer) batch_.clear();
}

}  // namespace causeway::hl7v2
