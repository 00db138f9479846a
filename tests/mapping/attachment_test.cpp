#include "mapping/attachment.hpp"

#include <doctest/doctest.h>

using namespace causeway::mapping;

TEST_CASE("the type of a file comes from ED-3, else from its bytes") {
    CHECK(mime_type("AP", "PDF", "") == "application/pdf");
    CHECK(mime_type("application", "pdf", "") == "application/pdf");
    CHECK(mime_type("IM", "JPEG", "") == "image/jpeg");
    CHECK(mime_type("AP", "", "%PDF-1.4") == "application/pdf");
    CHECK(mime_type("TEXT", "", "hello") == "text/plain");
    CHECK(mime_type("AP", "strange", "?") == "application/octet-stream");
}

TEST_CASE("a MIME type goes back to ED-2 and ED-3") {
    CHECK(ed_type("application/pdf").type == "AP");
    CHECK(ed_type("application/pdf").subtype == "PDF");
    CHECK(ed_type("image/jpeg; q=1").type == "IM");
    CHECK(ed_type("text/plain").subtype == "PLAIN");
}

TEST_CASE("pieces are one file, whether they were cut before or after encoding") {
    CHECK(join_pieces({"JVBERi0x", "LjQK"}, "Base64") == "%PDF-1.4\n");
    CHECK(join_pieces({"JVBERi0=", "MS40Cg=="}, "Base64") == "%PDF-1.4\n");
    CHECK(join_pieces({"JVBE Ri0x\r\nLj\\.br\\QK"}, "Base64") == "%PDF-1.4\n");
    CHECK(join_pieces({"25504446"}, "Hex") == "%PDF");
    CHECK(join_pieces({"plain text"}, "A") == "plain text");
}

TEST_CASE("what may have been cut is no file") {
    CHECK_FALSE(join_pieces({"JVBERi0*"}, "Base64"));
    CHECK_FALSE(join_pieces({"JVBERi0xLjQ"}, "Base64"));
    CHECK_FALSE(join_pieces({"2550444"}, "Hex"));
    // Without padding, but the file ends as a PDF does.
    CHECK(join_pieces({"JVBERi0KJSVFT0YK"}, "Base64"));
    CHECK(join_pieces({"JVBERi0KJSVFT0Y"}, "Base64") == "%PDF-\n%%EOF");
}
