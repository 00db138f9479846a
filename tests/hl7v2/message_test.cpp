#include "hl7v2/message.hpp"

#include "hl7v2/support.hpp"

using namespace causeway;
using namespace causeway::hl7v2;
using namespace causeway::hl7v2::testing;

TEST_CASE("fields, components and sub-components are read by path") {
    const auto message = parsed(with("PID|1||9990000018^^^NHS&2.16.840&ISO^NH~A12^^^RX1^MR||SMITH^ANN||19800229|2\r"));
    CHECK(message->get("MSH-1") == "|");
    CHECK(message->get("MSH-2") == "^~\\&");
    CHECK(message->get("MSH-9.1") == "ADT");
    CHECK(message->get("MSH-9") == "ADT^A28^ADT_A05");
    CHECK(message->get("MSH-10") == "M1");
    CHECK(message->get("PID-3[1].1") == "9990000018");
    CHECK(message->get("PID-3.4.2") == "2.16.840");
    CHECK(message->get("PID-3[2].5") == "MR");
    CHECK(message->get("PID-8") == "2");
    CHECK(message->get("PID-9") == "");
    CHECK(message->get("PV1-2") == "");
    CHECK(message->warnings().empty());
}

TEST_CASE("a wrong path in code throws") {
    const auto message = parsed(with(""));
    CHECK_THROWS_AS(message->get("PID-"), std::invalid_argument);
}

TEST_CASE("a field without components is its own first component, and a component its own first sub-component") {
    const auto message = parsed(with("PID|1||123~4&5\r"));
    CHECK(message->get("PID-3[1].1") == "123");
    CHECK(message->get("PID-3[1].1.1") == "123");
    CHECK(message->get("PID-3[1].2") == "");
    CHECK(message->get("PID-3[2].1.2") == "5");
    CHECK(message->get("PID-3[2].1") == "4&5");
    CHECK(message->get("MSH-2.1") == "^~\\&");
}

TEST_CASE("a value is read alike however long it is") {
    for (const std::size_t length : {1U, 127U, 128U, 129U, 5000U}) {
        const std::string a(length, 'A'), b(length, 'B');
        const auto message =
            parsed(with("PID|1||" + a + "^" + b + "&1~" + b + "^\\T\\" + a + "|" + a + "&2|" + b + "\r"));
        CHECK(message->get("PID-3[1].1") == a);
        CHECK(message->get("PID-3[1].2.1") == b);
        CHECK(message->get("PID-3[1].2.2") == "1");
        CHECK(message->get("PID-3[2].1") == b);
        CHECK(message->get("PID-3[2].2") == "&" + a);
        CHECK(message->get("PID-4.1.1") == a);
        CHECK(message->get("PID-5") == b);
        std::vector<tree::Node> fields;
        message->root().child("PID").children("3", fields);
        REQUIRE(fields.size() == 2);
        CHECK(fields[0].kind() == tree::Kind::object);
        CHECK(fields[0].text() == a + "^" + b + "&1");
        CHECK(fields[0].child("1").kind() == tree::Kind::text);
        CHECK(fields[0].child("2").kind() == tree::Kind::object);
        CHECK(message->root().child("PID").child("5").text() == b);
        CHECK(message->root().child("PID").child("4").kind() == tree::Kind::object);
    }
}

TEST_CASE("empty places are not there, and null stays two quotes") {
    const auto message = parsed(with("PID|1||~B|\"\"|^X\r"));
    CHECK(all(*message, "PID-3") == Texts{"B"});
    CHECK(all(*message, "PID-3[1]").empty());
    CHECK(all(*message, "PID-3[2]") == Texts{"B"});
    CHECK(message->get("PID-4") == "\"\"");
    CHECK(all(*message, "PID-5.1").empty());
    CHECK(message->get("PID-5.2") == "X");
}

TEST_CASE("segments and repetitions are chosen by number and by filter") {
    const auto message = parsed(
        with("PID|||1^^^NHS~2^^^X^NH~3^^^Y^MR\rOBX|1|TX|a||one\rOBX|2|ED|b^c||^two\rOBX|3|TX|a||\rOBX|4|TX|d||four\r"));
    CHECK(all(*message, "PID-3[4.1=\"NHS\" or 5=\"NH\"].1") == Texts{"1", "2"});
    CHECK(all(*message, "PID-3[4='NHS' or 5='NH'][2].1") == Texts{"2"});
    CHECK(all(*message, "PID-3[5=\"ZZ\"]").empty());
    CHECK(all(*message, "OBX[2]-1") == Texts{"2"});
    CHECK(all(*message, "OBX[2=\"TX\"]-5") == Texts{"one", "four"});
    CHECK(all(*message, "OBX[2=\"TX\"][3]-1") == Texts{"4"});
    CHECK(all(*message, "OBX[3.2=\"c\"]-5.2") == Texts{"two"});
    CHECK(all(*message, "OBX[*]-1") == Texts{"1", "2", "3", "4"});
    CHECK(all(*message, "OBX").size() == 4);
    CHECK(all(*message, "OBX[9]-1").empty());
}

TEST_CASE("a filter compares decoded text") {
    const auto message = parsed(with("PID|||1^^^A\\T\\E~2^^^B\r"));
    CHECK(all(*message, "PID-3[4=\"A&E\"].1") == Texts{"1"});
}

TEST_CASE("the tree has segments, field repetitions, components and sub-components") {
    const auto message = parsed(with("PID|1||A^B&C~D\rZZ1|x\r"));
    std::vector<tree::Node> segments;
    message->root().children(segments);
    REQUIRE(segments.size() == 3);
    CHECK(segments[1].name() == "PID");
    CHECK(segments[2].name() == "ZZ1");
    CHECK(segments[1].kind() == tree::Kind::object);
    std::vector<tree::Node> fields;
    segments[1].children(fields);
    REQUIRE(fields.size() == 3);
    CHECK(fields[1].name() == "3");
    CHECK(fields[1].kind() == tree::Kind::object);
    CHECK(fields[1].path() == "PID-3[1]");
    CHECK(fields[2].text() == "D");
    CHECK(fields[2].kind() == tree::Kind::text);
    CHECK(fields[2].path() == "PID-3[2]");
    CHECK(fields[1].child("2").child("2").path() == "PID-3[1].2.2");
    CHECK(fields[1].child("2").child("2").text() == "C");
    CHECK(fields[2].child("1").text() == "D");
    CHECK_FALSE(fields[2].child("2"));
    CHECK_FALSE(fields[2].child("x"));
    CHECK_FALSE(fields[2].child("1").child("1").child("1"));
    std::vector<tree::Node> none;
    fields[2].children(none);
    CHECK(none.empty());
}

TEST_CASE("positions name the segment and the byte in it") {
    const auto message = parsed(with("PID|1||A^B\r"));
    const auto b = message->root().child("PID").child("3").child("2");
    CHECK(b.text() == "B");
    CHECK(b.position().line == 2);
    CHECK(b.position().column == 10);
    CHECK(message->root().child("PID").position().column == 1);
}

namespace {

void check_paths_below(const Message& message, const tree::Node& node) {
    std::vector<tree::Node> children;
    node.children(children);
    for (const auto& child : children) {
        INFO(child.path());
        std::vector<tree::Node> selected;
        message.select(*Path::parse(child.path()), selected);
        REQUIRE(selected.size() == 1);
        CHECK(selected.front() == child);
        check_paths_below(message, child);
    }
}

}  // namespace

TEST_CASE("the path of a node leads back to it") {
    const auto message = parsed(with("PID|1||A^B&C~~D^^E|&F\rOBX|1||x\rOBX|2||y~z^\\S\\\r"));
    check_paths_below(*message, message->root());
}

TEST_CASE("names of high numbers are right") {
    const auto message = parsed(with("ZZZ" + std::string(1000, '|') + "x" + std::string(400, '^') + "y\r"));
    std::vector<tree::Node> fields;
    message->root().child("ZZZ").children(fields);
    REQUIRE(fields.size() == 1);
    CHECK(fields.front().name() == "1000");
    CHECK(fields.front().child("401").text() == "y");
    CHECK(fields.front().child("401").path() == "ZZZ-1000[1].401");
}

TEST_CASE("any delimiters may be declared") {
    SUBCASE("all others") {
        const auto message = parsed("MSH#@%*!#GP####20260101##ADT@A28#M1#P#2.5\rPID#1##A@B!C%D*F*E\r");
        CHECK(message->get("PID-3[1].2.2") == "C");
        CHECK(message->get("PID-3[2]") == "D#E");
    }
    SUBCASE("without the escape character") {
        const auto message = parsed("MSH|^~&|GP|||||| ADT^A28|M1|P|2.5\rPID|1||A^B&C~D\\F\\\r");
        CHECK(message->delimiters().escape == '\0');
        CHECK(message->get("PID-3[1].2.2") == "C");
        CHECK(message->get("PID-3[2]") == "D\\F\\");
        CHECK(warned(*message, "odd-encoding-characters"));
    }
    SUBCASE("without the sub-component separator") {
        const auto message = parsed("MSH|^~\\|GP||||||ADT^A28|M1|P|2.5\rPID|1||A&B\\F\\\r");
        CHECK(message->get("PID-3") == "A&B|");
    }
    SUBCASE("without repetition") {
        const auto message = parsed("MSH|^\\&|GP||||||ADT^A28|M1|P|2.5\rPID|1||A~B^C\\F\\\r");
        CHECK(message->get("PID-3.1") == "A~B");
    }
    SUBCASE("of two characters, where neither escape nor sub-component is used") {
        const auto two = parsed("MSH|^~|GP||||||ADT^A28|M1|P|2.5\rPID|1||A&B^C~D\\T\\\r");
        CHECK(two->get("PID-3[1].1") == "A&B");
        CHECK(two->get("PID-3[2]") == "D\\T\\");
        CHECK(warned(*two, "odd-encoding-characters"));
        CHECK(refusal("MSH|^|GP||||||ADT^A28|M1|P|2.5\r") == 100);
    }
    SUBCASE("in another order") {
        const auto message = parsed("MSH|^&~\\|GP||||||ADT^A28|M1|P|2.5\rPID|1||A&B~F~\r");
        CHECK(message->get("PID-3[2]") == "B|");
        CHECK(message->warnings().empty());
    }
    SUBCASE("truncation character of 2.7") {
        CHECK(codes(*parsed("MSH|^~\\&#|GP||||||ADT^A28|M1|P|2.7\r")) == "");
        CHECK(codes(*parsed("MSH|^~\\&#|GP||||||ADT^A28|M1|P|2.5\r")) == "odd-encoding-characters");
    }
    SUBCASE("more characters") {
        CHECK(codes(*parsed("MSH|^~\\&#!|GP||||||ADT^A28|M1|P|2.7\r")) == "odd-encoding-characters");
    }
    SUBCASE("a doubled backslash") {
        const auto message = parsed("MSH|^~\\\\&|GP||||||ADT^A28|M1|P|2.5\rPID|1||A^B&C\r");
        CHECK(message->get("PID-3.2.2") == "C");
        CHECK(warned(*message, "odd-encoding-characters"));
    }
}

TEST_CASE("the yen sign may be the escape character") {
    const std::string utf8 = "\xC2\xA5", latin = "\xA5";
    for (const auto& yen : {utf8, latin}) {
        const auto message = parsed("MSH|^~" + yen + "&|GP||||||ADT^A28|M1|P|2.5\rPID|1||A" + yen + "F" + yen + "B" +
                                    yen + "E" + yen + "^\xC3\xA5\r");
        CHECK(message->get("PID-3.1") == "A|B\xC2\xA5");
        CHECK(message->get("MSH-2") == "^~\xC2\xA5&");
    }
}

TEST_CASE("unusual line ends, blanks and names are accepted with a warning") {
    const auto lf = [](std::string text) {
        std::replace(text.begin(), text.end(), '\r', '\n');
        return text;
    };
    const auto seen = [](const std::string& bytes) {
        const auto message = parsed(bytes);
        CHECK(message->get("PID-3") == "X");
        return codes(*message);
    };
    const auto good = with("PID|1||X\rPV1|1\r");
    CHECK(seen(good) == "");
    CHECK(seen(lf(good)) == "lf-segment-end");
    CHECK(seen("MSH|^~\\&|GP||||||ADT^A28|M1|P|2.5\r\nPID|1||X\r\n") == "crlf-segment-end");
    CHECK(seen("MSH|^~\\&|GP||||||ADT^A28|M1|P|2.5\rPID|1||X\n") == "mixed-segment-ends");
    CHECK(seen(with("PID|1||X")) == "missing-last-end");
    CHECK(seen(with("\rPID|1||X\r")) == "blank-line");
    CHECK(seen(with("PID|1||X\r\r\r")) == "blank-line");
    CHECK(seen("\xEF\xBB\xBF" + good) == "bom");
    CHECK(seen("\r\n" + good) == "leading-blank");
    CHECK(seen("\v" + good + "\x1c\r") == "mllp-framing");
    CHECK(seen(good + std::string(3, '\0')) == "trailing-nul");
    CHECK(seen(good + "   ") == "trailing-blank");
    CHECK(seen(with("PID|1||X\rPV1\r")) == "no-field-separator");
    CHECK(seen(with("pid|1||X\rPV1|1\r")) == "lower-case-segment");
    CHECK(seen(with("  PID|1||X\r")) == "indented-segment");
    CHECK(seen("msh" + good.substr(3)) == "lower-case-segment");
    CHECK(seen(with("ZXY|1\rQQQ|1\rPID|1||X\r")) == "");
}

TEST_CASE("a warning counts its places and names the first") {
    const auto message = parsed(with("\rPID|1\r\r\rPV1|1\r"));
    REQUIRE(message->warnings().size() == 1);
    CHECK(message->warnings().front().count == 3);
    CHECK(message->warnings().front().where == "segment 1");
}

TEST_CASE("blanks at the end of a value belong to it") {
    CHECK(parsed(with("PID|1||X  "))->get("PID-3") == "X  ");
    CHECK(parsed(with("PID|1||X  \r"))->get("PID-3") == "X  ");
}

TEST_CASE("base64 that was broken over lines is joined again") {
    const auto message = parsed(with("OBX|1|ED|a||^AP^PDF^Base64^QUJD\r\nREVG\r\nRw==||||||F\r\nNTE|1\r\n"));
    CHECK(message->get("OBX-5.5") == "QUJDREVGRw==");
    CHECK(message->get("OBX-11") == "F");
    CHECK(message->get("NTE-1") == "1");
    CHECK(warned(*message, "rejoined-line"));
    const std::string line(76, 'A');
    CHECK(parsed(with("OBX|1|ST|a||" + line + "\n" + line + "\nAAA=\r"))->get("OBX-5") == line + line + "AAA=");
}

TEST_CASE("line breaks inside a text stay, blank lines too") {
    const auto message = parsed(with("OBX|1|TX|a||Dear doctor,\n\nPID please\rthe end|||N\rNTE|1\r"));
    CHECK(message->get("OBX-5") == "Dear doctor,\n\nPID please\rthe end");
    CHECK(message->get("OBX-8") == "N");
    CHECK(message->get("NTE-1") == "1");
}

TEST_CASE("a line with an impossible segment name is ignored and does not spoil its neighbours") {
    const auto message = parsed(with("MSAX|CA|1\rPID|1||X\rZABCD|1|2\rPV1|1\r"));
    CHECK(message->get("MSH-12") == "2.5.1");
    CHECK(message->get("PID-3") == "X");
    CHECK(message->get("PID-4") == "");
    CHECK(message->get("PV1-1") == "1");
    CHECK(codes(*message) == "ignored-line");
    CHECK(message->warnings().front().count == 2);
}

TEST_CASE("what cannot be taken is refused with its code") {
    CHECK(refusal("") == 100);
    CHECK(refusal("\r\n") == 100);
    CHECK(refusal("PID|1\r") == 100);
    CHECK(refusal("MSH") == 100);
    CHECK(refusal("MSHA^~\\&|") == 100);
    CHECK(refusal("MSH||GP||||||ADT^A28|M1|P|2.5\r") == 100);
    CHECK(refusal("MSH|^^\\&|GP||||||ADT^A28|M1|P|2.5\r") == 100);
    CHECK(refusal("MSH|abcd|GP||||||ADTaA28|M1|P|2.5\r") == 100);
    CHECK(refusal(with("PID|1\r") + with("")) == 100);
    CHECK(refusal("FHS|^~\\&\rBHS|^~\\&\r" + with("")) == 100);
    CHECK(refusal(with("BHS|^~\\&\r")) == 100);
    CHECK(refusal("MSH|^~\\&|GP||||||ADT^A28||P|2.5\r") == 101);
    CHECK(refusal("MSH|^~\\&|GP||||||ADT^A28| |P|2.5\r") == 101);
    CHECK(refusal("MSH|^~\\&|GP||||||ADT^A28\r") == 101);
    CHECK(refusal("MSH|^~\\&|GP|||||||M1|P|2.5\r") == 200);
    CHECK(refusal("MSH|^~\\&|GP||||||adt^A28|M1|P|2.5\r") == 200);
    CHECK(refusal("MSH|^~\\&|GP||||||ADT_A28|M1|P|2.5\r") == 200);
    CHECK(refusal("MSH|^~\\&|GP||||||ADT^28|M1|P|2.5\r") == 201);
    for (const auto* version : {"9.9", "FOO", "2", "2.", "2.x", "2.3.z", "2..3", "3.0"})
        CHECK(refusal(std::string("MSH|^~\\&|GP||||||ADT^A28|M1|P|") + version + "\r") == 203);
    CHECK(refusal(with("PID|1\rPV1|1\r"), {.charset = "", .max_segments = 2}) == 207);
}

TEST_CASE("an odd version or a missing event is accepted with a warning") {
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ADT^A28|M1|P|2.6.1\r")) == "unlisted-version");
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ADT^A28|M1|P\r")) == "missing-version");
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ORU|M1|P|2.2\r")) == "missing-event");
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ORU|M1|P|2.1\r")).empty());
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ACK|M1|P|2.2\r")) == "");
    CHECK(codes(*parsed("MSH|^~\\&|GP||||||ADT^A28|M1|P|2.5^GBR\r")) == "");
}

TEST_CASE("an error tells no value") {
    const auto message = parse(Payload("MSH|^~\\&|GP||||||SECRET^A28|M1|P|2.5\r"));
    REQUIRE_FALSE(message.has_value());
    CHECK(to_string(message.error()).find("SECRET") == std::string::npos);
    CHECK(message.error().where == "MSH-9.1");
}

TEST_CASE("the document outlives the caller's payload") {
    std::shared_ptr<const Message> message;
    {
        Payload payload(with("PID|1||kept\r"));
        message = *parse(payload);
    }
    CHECK(message->get("PID-3") == "kept");
    CHECK(message->payload().reveal().starts_with("MSH|"));
}

TEST_CASE("the header is read from messages that cannot be taken") {
    const auto header = read_header("MSH|^~\\&|GP|A81001|PAS|RX1|2026||ADT^A28|M\\T\\1|T|9.9|||AL|NE||8859/1\r");
    REQUIRE(header);
    CHECK(header->sending_application == "GP");
    CHECK(header->receiving_facility == "RX1");
    CHECK(header->message_code == "ADT");
    CHECK(header->trigger_event == "A28");
    CHECK(header->message_control_id == "M\\T\\1");
    CHECK(header->processing_id == "T");
    CHECK(header->version == "9.9");
    CHECK(header->accept_acknowledgement == "AL");
    CHECK(header->application_acknowledgement == "NE");
    CHECK(header->character_set == "8859/1");
    CHECK(read_header("MSH|0000|a||||||ADT^A28|M9|P|2.5\r")->message_control_id == "M9");
    CHECK_FALSE(read_header(""));
    CHECK_FALSE(read_header("PID|1"));
    CHECK_FALSE(read_header("MSH^^^"));
    CHECK_FALSE(read_header("GET / HTTP/1.1\r\n"));
}

TEST_CASE("bytes that are not in the character set refuse the message, or are kept as the channel says") {
    const auto bytes = "MSH|^~\\&|GP|A|P|R|2026||ADT^A28|M1|P|2.4||||||UNICODE UTF-8\rPID|1||||M\xFCller^\xC3\xA9\r";
    CHECK(refusal(bytes) == 102);
    ParseOptions options;
    options.undecodable = Undecodable::keep;
    const auto message = parsed(bytes, options);
    CHECK(message->get("PID-5.1") == "M\\XFC\\ller");
    CHECK(message->get("PID-5.2") == "\xC3\xA9");
    CHECK(codes(*message) == "undecodable-bytes");
    CHECK(message->payload().reveal() == bytes);
}

TEST_CASE("a message in UTF-16 is read as any other") {
    std::string wide("\xFF\xFE");
    for (const char c : with("PID|1||A\r")) wide += {c, '\0'};
    const auto message = parsed(wide);
    CHECK(message->get("PID-3") == "A");
    CHECK(codes(*message) == "utf16");
    CHECK(read_header(wide)->message_control_id == "M1");
}

namespace {

const std::string kReferral =
    "MSH|^~\\&|GP|A81001|PAS|RX1|2026||REF^I12^REF_I12|M1|P|2.4\rRF1||||||U1\rPRD|RP|Green\rCTD|1\rPRD|RT|Brown\rCTD|"
    "2\r"
    "CTD|3\rPID|1\rOBR|1\rOBX|1||A\rOBX|2||B\rOBR|2\rOBX|3||C\r";

}  // namespace

TEST_CASE("groups narrow a path to the segments in them") {
    const auto message = parsed(kReferral);
    CHECK(all(*message, "PROVIDER_CONTACT[2].PRD-2") == Texts{"Brown"});
    CHECK(all(*message, "PROVIDER_CONTACT[2].CTD-1") == Texts{"2", "3"});
    CHECK(all(*message, "PROVIDER_CONTACT.CTD[1]-1") == Texts{"1", "2"});
    CHECK(all(*message, "PROVIDER_CONTACT[*].CTD[2]-1") == Texts{"3"});
    CHECK(all(*message, "OBSERVATION[1].OBX-3") == Texts{"A", "B"});
    CHECK(all(*message, "OBSERVATION[2].RESULTS_NOTES[1].OBX-3") == Texts{"C"});
    CHECK(all(*message, "RESULTS_NOTES[3].OBX-3") == Texts{"C"});
    CHECK(message->get("PROVIDER_CONTACT[1].PRD-2") == "Green");
    CHECK(all(*message, "PROVIDER_CONTACT[3].PRD-2").empty());
    CHECK(all(*message, "NOWHERE.PRD-2").empty());
    CHECK(all(*message, "INSURANCE.IN1-1").empty());
}

TEST_CASE("a group has the name of its own version or that of another") {
    auto old = kReferral;
    old.replace(old.find("|2.4"), 4, "|2.3");
    const auto message = parsed(old);
    CHECK(all(*message, "PROVIDER[2].PRD-2") == Texts{"Brown"});
    CHECK(all(*message, "PROVIDER_CONTACT[2].PRD-2") == Texts{"Brown"});
}

TEST_CASE("a message type that is not known has no groups") {
    CHECK(all(*parsed("MSH|^~\\&|A|B|C|D|2026||ZZZ^Z01|M1|P|2.4\rPRD|RP\r"), "PROVIDER_CONTACT.PRD-1").empty());
}
