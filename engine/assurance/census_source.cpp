#include "assurance/census_source.hpp"

#include <array>
#include <memory>
#include <span>

#include "assurance/csv.hpp"
#include "assurance/fetch.hpp"
#include "core/text.hpp"
#include "fhir/json.hpp"

namespace causeway::assurance {
namespace {

using pipeline::IdList;
using Take = std::function<void(std::string_view id)>;

constexpr std::size_t kLongestFhir = 64u << 20;
constexpr int kMostPages = 10'000;

fhirpath::Expression compiled(std::string_view text) {
    return std::get<fhirpath::Expression>(fhirpath::Expression::compile(text));
}

/// Where ids usually stand: a document's master identifier (else its identifiers), a request's, a List's items'. One
/// after the other: `|` compares each id with each.
std::span<const fhirpath::Expression> usual_ids() {
    static const std::array all{
        compiled("Bundle.entry.resource.ofType(DocumentReference).masterIdentifier.value"),
        compiled("Bundle.entry.resource.ofType(DocumentReference).where(masterIdentifier.empty()).identifier.value"),
        compiled("Bundle.entry.resource.ofType(ServiceRequest).identifier.value"),
        compiled("List.entry.item.identifier.value")};
    return all;
}

const fhirpath::Expression& next_page_of() {
    static const auto path = compiled("Bundle.link.where(relation = 'next').url");
    return path;
}

/// One configured list of one day.
class IdListReader {
public:
    IdListReader(IdList list, const Day& day, GoOn go_on)
        : list_(std::move(list)), day_(day), go_on_(std::move(go_on)) {}

    Result<void> read(const Take& take) {
        if (ids_) return read_again(take);
        if (list_.format == IdList::Format::fhir) return read_and_keep(take);
        auto file = open_csv();
        if (!file) return file.error();
        CsvColumn column(list_.column, take);
        std::array<char, 65'536> buffer;
        for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), *file)) > 0;)
            if (auto fed = column.feed({buffer.data(), size}); !fed) return fed;
        if (std::ferror(*file) != 0) return unreadable();
        return column.finish();
    }

private:
    static Error unreadable() {
        return fail(Issue::not_found, "census",
                    "The list of this day cannot be read: see that it was written, and its rights.");
    }

    Result<std::FILE*> open_csv() {
        if (!list_.file.empty()) {
            file_.reset(std::fopen(fill_day(list_.file, day_).c_str(), "re"));
            if (!file_) return unreadable();
            return file_.get();
        }
        if (!file_) {
            auto fetched = list_.command.empty() ? fetch() : run_command(fill_day(list_.command, day_), go_on_);
            if (!fetched) return fetched.error();
            file_ = std::move(*fetched);
        }
        std::rewind(file_.get());
        return file_.get();
    }

    Result<FilePtr> fetch() const {
        auto body = get(fill_day(list_.url, day_), "text/csv");
        if (!body) return body.error();
        FilePtr file(std::tmpfile());
        if (!file || std::fwrite(body->data(), 1, body->size(), file.get()) != body->size()) return unreadable();
        return file;
    }

    Result<std::string> get(const std::string& url, const std::string& accept) const {
        auto tls = net::make_tls_client(list_.settings.object("tls"));
        if (!tls) return tls.error();
        return http_get(url, *tls, accept);
    }

    /// FHIR is fetched and parsed once; what it said is kept as one id a line.
    Result<void> read_and_keep(const Take& take) {
        FilePtr kept(std::tmpfile());
        if (!kept) return unreadable();
        auto read = read_fhir([&](std::string_view id) {
            std::fwrite(id.data(), 1, id.size(), kept.get());
            std::fputc('\n', kept.get());
            take(id);
        });
        if (!read) return read;
        if (std::fflush(kept.get()) != 0) return unreadable();
        ids_ = std::move(kept);
        return {};
    }

    Result<void> read_again(const Take& take) {
        std::rewind(ids_.get());
        std::string line;
        for (int byte; (byte = std::fgetc(ids_.get())) != EOF;) {
            if (byte != '\n') {
                line += static_cast<char>(byte);
                continue;
            }
            take(line);
            line.clear();
        }
        return {};
    }

    Result<void> read_fhir(const Take& take) {
        if (list_.url.empty()) return read_fhir_file(take);
        std::string next = fill_day(list_.url, day_);
        for (int page = 0; !next.empty(); ++page) {
            if (page == kMostPages)
                return fail(Issue::too_long, "census", "The list has more than 10,000 pages: make them longer.");
            if (go_on_ && !go_on_()) return fail(Issue::conflict, "census", "This was cancelled; start it again.");
            auto body = get(next, std::string(kFhirJson));
            if (!body) return body.error();
            if (auto read = read_fhir_ids(std::move(*body), list_.id, take, next); !read) return read;
        }
        return {};
    }

    Result<void> read_fhir_file(const Take& take) {
        auto file = open_csv();
        if (!file) return file.error();
        std::string body;
        std::array<char, 65'536> buffer;
        for (std::size_t size; (size = std::fread(buffer.data(), 1, buffer.size(), *file)) > 0;) {
            body.append(buffer.data(), size);
            if (body.size() > kLongestFhir)
                return fail(Issue::too_long, "census", "The list is longer than 64 MB: give CSV, or pages.");
        }
        std::string ignored;
        return read_fhir_ids(std::move(body), list_.id, take, ignored);
    }

    const IdList list_;
    const Day day_;
    const GoOn go_on_;
    FilePtr file_, ids_;
};

ReadIds reader_of(const IdList& list, const Day& day, const GoOn& go_on) {
    auto reader = std::make_shared<IdListReader>(list, day, go_on);
    return [reader](const Take& take) { return reader->read(take); };
}

std::string replace_all(std::string text, std::string_view what, const std::string& by) {
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

}  // namespace

std::string fill_day(std::string pattern, const Day& day) {
    const auto text = day.text();
    const auto compact = text.substr(0, 4) + text.substr(5, 2) + text.substr(8, 2);
    return replace_all(replace_all(std::move(pattern), "{day}", text), "{compact_day}", compact);
}

Result<void> read_fhir_ids(std::string json, const fhirpath::Expression& id, const Take& take, std::string& next_page) {
    next_page.clear();
    const auto document = fhir::parse_json(Payload(std::move(json)));
    if (!document) return document.error();
    const auto root = (*document)->root();
    for (const auto& path : id.empty() ? usual_ids() : std::span(&id, 1)) {
        const auto found = path.evaluate(root, {});
        if (!found) return found.error();
        for (const auto& value : *found)
            if (const auto text = fhirpath::to_text(value); !trim(text).empty()) take(trim(text));
    }
    const auto next = next_page_of().text_of(root, {});
    if (!next) return next.error();
    next_page = *next;
    return {};
}

std::optional<CensusLists> census_lists(const pipeline::Channel& channel, const Day& day, const GivenCensus* given,
                                        const GoOn& go_on) {
    if (!channel.census && !given) return std::nullopt;
    CensusLists lists;
    IdList source;
    lists.key = "control-id";
    if (channel.census) {
        lists.key = channel.census->key;
        source = channel.census->source;
        if (channel.census->confirmed) lists.confirmed = reader_of(*channel.census->confirmed, day, go_on);
    }
    if (given) {
        source.file = given->file;
        source.url.clear();
        source.command.clear();
        if (source.file.ends_with(".json")) source.format = IdList::Format::fhir;
        if (source.file.ends_with(".csv")) source.format = IdList::Format::csv;
        if (!given->key.empty()) lists.key = given->key;
        if (!given->column.empty()) source.column = given->column;
    }
    lists.source = reader_of(source, day, go_on);
    return lists;
}

}  // namespace causeway::assurance
