// Published messages, good and broken: each parses or is refused with a code of table 0357.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>

#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/anonymise.hpp"
#include "hl7v2/batch.hpp"
#include "hl7v2/diff.hpp"
#include "hl7v2/json.hpp"
#include "hl7v2/support.hpp"
#include "hl7v2/view.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
namespace fs = std::filesystem;

namespace {

fs::path corpus() {
    const char* set = std::getenv("CAUSEWAY_CORPUS");
    return set != nullptr ? fs::path(set) : fs::path(CAUSEWAY_SOURCE_DIR) / "../shared/corpus";
}

bool is_other_format(const fs::path& file) {
    static const std::set<std::string> others{".json", ".fhir", ".xml", ".tsv", ".pdf", ".edn", ".bin"};
    return others.contains(file.extension().string());
}

std::string bytes_of(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Every path leads back to its node.
void walk(const Message& message, const tree::Node& node, std::size_t& left) {
    std::vector<tree::Node> children;
    node.children(children);
    for (const auto& child : children) {
        if (left == 0) return;
        --left;
        child.text();
        const auto path = Path::parse(child.path());
        if (!path.has_value() || message.first(*path) != child) FAIL("a path does not lead back to its node");
        walk(message, child, left);
    }
}

/// What a user does with a message: JSON, a view, a comparison, invented people.
void use(const Message& message) {
    std::ostringstream out;
    write_json(message, {}, out);
    write_view(message, out);
    CHECK(compare(message, message).empty());
    const auto anonymous = Anonymiser("a key of the corpus test")(message);
    if (anonymous) CHECK(parse(Payload(*anonymous)).has_value());
}

std::string outcome(const std::string& bytes) {
    const auto header = read_header(bytes);
    write_acknowledgement(header, {"AE", "A1", Instant{}, {}});
    const auto message = parse(Payload(bytes));
    if (!message.has_value()) {
        const auto code = message.error().hl7_code;
        CHECK(code >= 100);
        CHECK(code <= 207);
        return std::to_string(code);
    }
    CHECK(header.has_value());
    std::size_t left = 3000;
    walk(**message, (*message)->root(), left);
    use(**message);
    return (*message)->warnings().empty() ? "clean" : "with warnings";
}

}  // namespace

TEST_CASE("every published message parses or is refused with a code") {
    std::map<std::string, int> counts;
    int files = 0;
    for (const auto* folder : {"hl7v2", "nhs/hl7v2"}) {
        const auto root = corpus() / folder;
        if (!fs::exists(root)) {
            MESSAGE("skipped: no corpus (set CAUSEWAY_CORPUS)");
            return;
        }
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            if (!entry.is_regular_file() || is_other_format(entry.path())) continue;
            INFO(entry.path().string());
            ++files;
            const auto bytes = bytes_of(entry.path());
            const auto wide = wide_to_utf8(bytes);
            for (const auto& piece : split_batch(wide ? *wide : bytes).pieces)
                if (!is_envelope(piece)) ++counts[outcome(std::string(piece.text))];
        }
    }
    std::string line = std::to_string(files) + " files  ";
    for (const auto& [result, count] : counts) line += result + ": " + std::to_string(count) + "  ";
    MESSAGE(line);
    CHECK(counts["clean"] + counts["with warnings"] > counts["100"]);
}
