#include "hl7v2/view.hpp"

#include <sstream>

#include "hl7v2/naming.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

namespace {

std::string view(std::string_view segments, std::size_t longest = 2000) {
    std::ostringstream out;
    write_view(*parsed(with(segments)), out, longest);
    const auto text = out.str();
    return text.substr(text.find('\n' + std::string(segments.substr(0, 3))) + 1);
}

}  // namespace

TEST_CASE("a message is shown with the names of its parts, and what codes and times mean") {
    CHECK(view("PID|1||A^^^NHS&x||||19750131|F\r") ==
          "PID  Patient Identification\n"
          "  PID-1         Set ID - PID                            1\n"
          "  PID-3         Patient Identifier List\n"
          "    .1          ID Number                               A\n"
          "    .4.1        Assigning Authority, Namespace ID       NHS\n"
          "    .4.2        Assigning Authority, Universal ID       x\n"
          "  PID-7         Date/Time of Birth                      19750131  (1975-01-31)\n"
          "  PID-8         Administrative Sex                      F  (Female)\n");
}

TEST_CASE("lines of a value are indented, long ones cut, and control characters shown harmlessly") {
    const auto text = view("OBX|1|TX|x||one\\.br\\two\\X1B\\~\"\"\r");
    CHECK(text.find("one\n" + std::string(56, ' ') + "two?\n") != std::string::npos);
    CHECK(text.find("\"\"  (deleted)") != std::string::npos);
    CHECK(view("NTE|1||" + std::string(500, 'x') + "\r", 100).find("... (500 bytes)") != std::string::npos);
}

TEST_CASE("repeated segments and fields are counted; what is not known has no name") {
    const auto text = view("ZAB|~x\rZAB|y^z\r");
    CHECK(text.find("ZAB[1]  \n  ZAB[1]-1[2]") != std::string::npos);
    CHECK(text.find("ZAB[2]-1") != std::string::npos);
}

TEST_CASE("times are written to be read, where they are times") {
    CHECK(readable_time("DTM", "20260228143005.25+0100") == "2026-02-28 14:30:05.25 +0100");
    CHECK(readable_time("TS", "202602281430") == "2026-02-28 14:30");
    CHECK(readable_time("DT", "2026") == "2026");
    CHECK(readable_time("TM", "0930-0500") == "09:30 -0500");
    for (const auto* none : {"", "20261301", "20260132", "2026022825", "20260228-0", "soon", "202602281", "2026-02-28"})
        CHECK(readable_time("DTM", none) == "");
}
