#pragma once
/// The text of letters: lines of OBX-5, headings, and safe narrative.

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace causeway::mapping {

/// One TX or FT value as lines: formatting codes (\.br\, \.sp n\, \.in n\ ...; chapter 2.7.6) become line ends and
/// blanks, highlighting is dropped.
std::vector<std::string> text_lines(std::string_view value);

/// Lines with a heading each belong to its section; lines before any heading belong to "other". `headings` maps a
/// heading in lower case to its section. The order within a section is kept and no line is lost; only a heading that
/// says no more than its section's name ("GP actions:") is dropped.
using Headings = std::map<std::string, std::string, std::less<>>;
std::vector<std::string> section_lines(const std::vector<std::string>& lines, const Headings& headings,
                                       std::string_view section);

/// Is it a heading and nothing else ("GP actions:")?
bool is_heading(std::string_view line, const Headings& headings);

/// Lines joined with "\n", blank ones at both ends dropped; empty where there is no text.
std::string joined(const std::vector<std::string>& lines);

/// XHTML of a FHIR Narrative.div: paragraphs and line breaks, the text escaped.
std::string narrative_div(std::string_view text);
/// The text of a div, for the way back.
std::string text_of_div(std::string_view xhtml);

}  // namespace causeway::mapping
