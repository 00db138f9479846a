#include "assurance/csv.hpp"

#include <doctest/doctest.h>

using namespace causeway;
using causeway::assurance::CsvColumn;

namespace {

struct Read {
    std::vector<std::string> values;
    std::string error;
};

Read read(const std::string& text, const std::string& column = {}, std::size_t piece = std::string::npos) {
    Read made;
    CsvColumn csv(column, [&](std::string_view value) { made.values.emplace_back(value); });
    for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at))
        if (auto fed = csv.feed(std::string_view(text).substr(at, piece)); !fed) {
            made.error = to_string(fed.error());
            return made;
        }
    if (auto finished = csv.finish(); !finished) made.error = to_string(finished.error());
    return made;
}

using Values = std::vector<std::string>;

}  // namespace

TEST_CASE("the named column is read, whatever the case of its heading") {
    CHECK(read("date,Document_ID\n1,A\n2,B\n", "document_id").values == Values{"A", "B"});
    CHECK(read("id\nA\nB").values == Values{"A", "B"});
}

TEST_CASE("separators, quotes, line ends and a byte-order mark are those of the file") {
    CHECK(read("\xEF\xBB\xBFid;x\r\nA;1\r\nB;2\r\n", "id").values == Values{"A", "B"});
    CHECK(read("x\tid\n1\tA\n", "id").values == Values{"A"});
    CHECK(read("x,\"id\"\n\"1,5\",\"A\"\"B\"\n\"two\nlines\",C\n", "id").values == Values{"A\"B", "C"});
    CHECK(read("id\n  A  \n\n   \nB\n").values == Values{"A", "B"});
}

TEST_CASE("pieces of any size give the same") {
    const std::string text = "x,id\n\"1,5\",\"A\"\"B\"\n\"two\r\nlines\",C\n";
    for (std::size_t piece = 1; piece < text.size(); ++piece)
        CHECK(read(text, "id", piece).values == Values{"A\"B", "C"});
}

TEST_CASE("what is wrong is named with its line") {
    CHECK(read("a,b\n1,2\n", "c").error.find("line 1") != std::string::npos);
    CHECK(read("document,b\n1,2\n", "documnt").error.find("Did you mean \"document\"?") != std::string::npos);
    CHECK(read("a,id\n1,A\n2\n", "id").error.find("line 3") != std::string::npos);
    CHECK(read("").error.find("empty") != std::string::npos);
    CHECK(read("id\n\"A\n").error.find("does not end") != std::string::npos);
    CHECK(read("id\n" + std::string(CsvColumn::kLongest + 1, 'x')).error.find("longer") != std::string::npos);
}

TEST_CASE("a list with headings only is a list of nothing") {
    const auto made = read("id\n");
    CHECK(made.values.empty());
    CHECK(made.error.empty());
}
