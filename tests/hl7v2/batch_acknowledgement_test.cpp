#include "hl7v2/batch_acknowledgement.hpp"

#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/batch.hpp"
#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

TEST_CASE("a batch is answered by a batch of acknowledgements that names it") {
    const auto batch = read_batch_header("BHS|^~\\&|GP|A81001|PAS|RX1|20260101||||B7|\r");
    CHECK(batch.control_id == "B7");
    const auto ack = write_acknowledgement(read_header(with("")), {"AA", "A1", Instant{}, {}});
    const auto answer = write_batch_acknowledgement(batch, {ack, ack}, "R1", Instant{});
    CHECK(answer == "BHS|^~\\&|PAS|RX1|GP|A81001|19700101000000.000+0000||||R1|B7\r" + ack + ack + "BTS|2\r");
    const auto pieces = split_batch(answer);
    CHECK(pieces.messages() == 2);
    CHECK(pieces.warnings.empty());
    const auto file = write_file_acknowledgement(read_batch_header("FHS|^~\\&|GP\r"), {answer}, "F1", Instant{});
    CHECK(file.starts_with("FHS|^~\\&|||GP|"));
    CHECK(file.ends_with("BTS|2\rFTS|1\r"));
    CHECK(split_batch(file).warnings.empty());
}

TEST_CASE("the answer has the batch's delimiters, and a broken header is read as far as it goes") {
    const auto odd = read_batch_header("BHS#*~@!#GP");
    CHECK(write_batch_acknowledgement(odd, {}, "a#b", Instant{}) ==
          "BHS#*~@!###GP##19700101000000.000+0000####a@F@b\rBTS#0\r");
    CHECK(read_batch_header("").sending_application.empty());
    CHECK(read_batch_header("BHS|xx|GP").delimiters.component == '^');
}
