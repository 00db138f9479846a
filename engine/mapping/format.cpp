#include "mapping/format.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "mapping/keywords.hpp"
#include "mapping/scanner.hpp"

namespace causeway::mapping {
namespace {

/// A line on its way out. Rows and definitions are cut into cells, which stand in columns.
struct Entry {
    std::size_t indent = 0;
    std::vector<std::string> cells;
    std::string comment;

    bool is_comment() const { return cells.empty(); }
};

constexpr std::size_t kMostIndent = 80;  ///< Deeper than blocks may stand in each other.
constexpr std::size_t kStep = 2;
constexpr std::size_t kTestStep = 4;
/// A wider cell stands out of its column instead of pushing the others away.
constexpr std::size_t kWidest[] = {28, 3, 44};

using Words = std::initializer_list<std::string_view>;

bool is_one_of(std::string_view word, Words words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string first_word(std::string_view text) {
    return std::string(text.substr(0, text.find_first_of(" \t")));
}

std::string words_of(const Chunk& chunk) {
    return chunk.keyword + (chunk.keyword.empty() || chunk.text.empty() ? "" : " ") + chunk.text;
}

/// The target with type and constant, or what follows them.
std::string row_cell(const std::vector<Chunk>& chunks, bool is_rest) {
    std::string text;
    for (const auto& chunk : chunks) {
        const bool of_target = is_one_of(chunk.keyword, {"", ":", "="});
        if (of_target == is_rest || words_of(chunk).empty()) continue;
        text += (text.empty() ? "" : is_rest ? "  " : " ") + words_of(chunk);
    }
    return text;
}

std::vector<std::string> row_cells(std::string_view text, const ArrowPlace& arrow) {
    const auto chunks = split_options(text.substr(arrow.at + arrow.size), row_keywords(), 1);
    return {std::string(trim(text.substr(0, arrow.at))), std::string(text.substr(arrow.at, arrow.size)),
            row_cell(chunks, false), row_cell(chunks, true)};
}

/// "resource Patient as patient   id from PID-3 else PID-2   when ...": some options stand apart.
std::string with_options(std::string_view text, const std::vector<std::string_view>& keywords, Words apart) {
    std::string made;
    for (const auto& chunk : split_options(text, keywords, 1))
        made += (made.empty() ? "" : is_one_of(chunk.keyword, apart) ? "   " : " ") + words_of(chunk);
    return made;
}

std::string listed(std::string_view text) {
    std::string made;
    for (const auto& part : split_list(text, 1)) made += (made.empty() ? "" : ", ") + part.text;
    return made;
}

std::string header(std::string_view text) {
    std::string made;
    for (const auto& part : words(text, 1)) {
        const bool apart = is_one_of(part.text, {"v2", "fhir", "->", "<-", "<->", "version"}) || made.ends_with("->") ||
                           made.ends_with("<-");
        made += (made.empty() ? "" : apart ? "   " : " ") + part.text;
    }
    return made;
}

std::string statement_text(std::string_view word, std::string_view rest) {
    if (word == "map") return header(rest);
    if (word == "resource")
        return with_options(rest, {"as", "id", "each", "when", "else", "found"}, {"id", "when", "found"});
    if (word == "segment") return with_options(rest, {"when", "required"}, {"when"});
    if (word == "require") return with_options(rest, {"else"}, {"else"});
    if (word == "for") return with_options(rest, {"with", "joined", "as", "when"}, {});
    if (is_one_of(word, {"ignore", "copy", "omit"})) return listed(rest);
    return std::string(rest);
}

std::vector<std::string> statement_cells(const std::string& word, std::string_view text) {
    const auto rest = trim(text.substr(word.size()));
    const auto equals = rest.find('=');
    if (is_one_of(word, {"let", "table", "null", "zone"}) && equals != std::string_view::npos)
        return {std::string(trim(word + " " + std::string(trim(rest.substr(0, equals))))),
                "= " + std::string(trim(rest.substr(equals + 1)))};
    return {rest.empty() ? word : word + " " + statement_text(word, rest)};
}

class Formatter {
public:
    explicit Formatter(std::string_view text) {
        for (auto line : split(text, '\n')) {
            if (line.ends_with('\r')) line.remove_suffix(1);
            lines_.push_back(line);
        }
    }

    std::string run() {
        while (at_ < lines_.size()) line(lines_[at_++]);
        flush();
        while (out_.ends_with("\n\n")) out_.pop_back();
        return std::move(out_);
    }

private:
    struct Block {
        std::size_t indent = 0;  ///< Of its lines.
        bool has_head = false;   ///< A resource or segment line, below which rows stand deeper.
        bool is_test = false;
    };

    void line(std::string_view whole) {
        const auto bare = without_comment(whole);
        const auto text = trim(bare);
        auto comment = std::string(trim(whole.substr(bare.size())));
        if (!text.empty()) return statement(text, std::move(comment));
        if (!comment.empty()) return entries_.push_back({0, {}, std::move(comment)});
        flush();
        if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
    }

    void statement(std::string_view text, std::string comment) {
        const auto word = first_word(text);
        if (text == "}") return close(std::move(comment));
        if (blocks_.back().is_test) return test_line(text, std::move(comment));
        const auto arrow = find_arrow(text);
        const bool is_row = arrow.size != 0 && !is_one_of(word, {"map", "for", "remove"});
        const bool is_below = is_row || is_one_of(word, {"in", "remove", "omit"});
        const auto indent = blocks_.back().indent + (is_below && blocks_.back().has_head ? kStep : 0);
        add(is_row ? "row" : word, {indent, is_row ? row_cells(text, arrow) : statement_cells(word, text), {}},
            std::move(comment));
        if (is_one_of(word, {"resource", "segment"})) blocks_.back().has_head = true;
        if (!text.ends_with("{")) return;
        if (is_one_of(word, {"for", "in"})) blocks_.push_back({indent + kStep, false, false});
        if (word == "test") blocks_.push_back({indent + kTestStep, false, true});
    }

    void close(std::string comment) {
        const auto& block = blocks_.back();
        const auto outside = block.indent - (block.is_test ? kTestStep : blocks_.size() > 1 ? kStep : 0);
        add("}", {outside, {"}"}, {}}, std::move(comment));
        if (blocks_.size() > 1) blocks_.pop_back();
    }

    /// given, expect, roundtrip: one blank behind the first words; what follows stays as it is.
    void test_line(std::string_view text, std::string comment) {
        std::string made;
        while (!text.empty()) {
            const auto word = first_word(text);
            if (!made.empty() && (made != "given" || !is_one_of(word, {"v2", "fhir"}))) break;
            made += (made.empty() ? "" : " ") + word;
            text = trim(text.substr(word.size()));
        }
        if (!text.empty()) made += " " + std::string(text);
        const bool is_document = made == "given v2" || made.starts_with("given fhir {") || made == "given fhir";
        // What looks like a comment in JSON belongs to it.
        if (made.starts_with("given fhir {") && !comment.empty()) made += " " + std::exchange(comment, {});
        add("test", {blocks_.back().indent, {made}, {}}, std::move(comment));
        if (is_document) document(made);
    }

    /// The document of a test: segments are indented, JSON stays as it stands.
    void document(std::string_view head) {
        flush();
        if (head == "given v2") {
            for (; at_ < lines_.size() && is_segment_line(trim(lines_[at_])); ++at_)
                out_ += std::string(std::min(blocks_.back().indent + kTestStep, kMostIndent), ' ') +
                        std::string(trim(lines_[at_])) + '\n';
            return;
        }
        auto depth = brackets_after(head, 0);
        while (depth > 0 && at_ < lines_.size()) {
            depth = brackets_after(lines_[at_], depth);
            out_ += std::string(lines_[at_++]) + '\n';
        }
    }

    /// Lines of one kind that follow each other share their columns.
    void add(const std::string& kind, Entry entry, std::string comment) {
        if (kind != kind_) flush_above();
        kind_ = kind;
        entry.comment = std::move(comment);
        entries_.push_back(std::move(entry));
        if (entries_.back().cells.size() == 1) flush();
    }

    /// Comments right above the next line stay with it.
    void flush_above() {
        auto first = entries_.end();
        while (first != entries_.begin() && std::prev(first)->is_comment()) --first;
        std::vector<Entry> comments(first, entries_.end());
        entries_.erase(first, entries_.end());
        flush();
        entries_ = std::move(comments);
    }

    void flush() {
        // A comment is indented as the line below it.
        for (auto i = entries_.size(); i-- > 0;)
            if (entries_[i].is_comment())
                entries_[i].indent = i + 1 < entries_.size() ? entries_[i + 1].indent : blocks_.back().indent;
        std::vector<std::size_t> widths(4, 0);
        for (const auto& entry : entries_)
            for (std::size_t i = 0; i + 1 < entry.cells.size(); ++i)
                if (const auto size = entry.cells[i].size(); size <= kWidest[std::min<std::size_t>(i, 2)])
                    widths[i] = std::max(widths[i], size);
        for (const auto& entry : entries_) write(entry, widths);
        entries_.clear();
    }

    void write(const Entry& entry, const std::vector<std::size_t>& widths) {
        std::string text(std::min(entry.indent, kMostIndent), ' ');
        for (std::size_t i = 0; i < entry.cells.size(); ++i) {
            const auto& cell = entry.cells[i];
            text += cell;
            if (i + 1 == entry.cells.size()) break;
            if (cell.size() < widths[i]) text.append(widths[i] - cell.size(), ' ');
            text += entry.cells.size() == 2 ? " " : i == 1 ? " " : "  ";
        }
        while (!entry.is_comment() && text.ends_with(' ')) text.pop_back();
        if (!entry.comment.empty()) text += (entry.is_comment() ? "" : "   ") + entry.comment;
        out_ += text + '\n';
    }

    std::vector<std::string_view> lines_;
    std::size_t at_ = 0;
    std::vector<Block> blocks_ = {{}};
    std::vector<Entry> entries_;
    std::string kind_, out_;
};

}  // namespace

std::string format_map(std::string_view text) {
    return Formatter(text).run();
}

}  // namespace causeway::mapping
