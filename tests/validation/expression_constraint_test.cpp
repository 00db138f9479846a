#include "validation/resources/expression_constraint.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace causeway::validation;

TEST_CASE("expression constraints: operators, terms, members, refinements and filters") {
    for (const auto* right :
         {"404684003", "404684003 |Clinical finding|", "<< 404684003", "<404684003 |Clinical finding|", "*",
          "^ 700043003 |Example problem list|", "<! 404684003", ">> 404684003", "< 19829001 AND < 301867009",
          "(< 19829001 OR < 301867009) MINUS < 404684003", "< 19829001 : 116676008 = << 79654002",
          "< 404684003 : { 363698007 = << 39057004, 116676008 = << 415582006 }",
          "< 27658006 : 411116001 = << 385268001, { [1..3] 127489000 = *, 732943007 >= #250 }",
          "<< 125605004 . 363698007", "< 64572001 {{ term = \"heart\" }}", "<< (404684003 OR 71388002)",
          "< 404684003 /* comment */"}) {
        CAPTURE(right);
        CHECK(is_expression_constraint(right));
    }
    for (const auto* wrong :
         {"", "234234 << 234234", "<<", "404684003 |Clinical finding", "< 404684003 AND", "(< 404684003",
          "< 404684003)", "404684003 :", "404684003 : 363698007", "404684003 : 363698007 =", "12345", "diabetes",
          "< 404684003 {{ term", "404684003 AND OR 404684003"}) {
        CAPTURE(wrong);
        CHECK_FALSE(is_expression_constraint(wrong));
    }
    CHECK_FALSE(is_expression_constraint(std::string(100000, '(')));
}
