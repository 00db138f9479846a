#pragma once
/// What the HL7 v2 benchmark reads, all invented but for the published messages of the corpus.

#include <filesystem>
#include <string>
#include <vector>

namespace causeway::bench {

/// An ADT^A28 of 668 bytes.
const std::string& a28_sample();
/// An ORU^R01 of about 10 kB: one OBR with 30 numeric results, each with a range and a note.
std::string laboratory_report();
/// An ORU^R01 with one OBX-5 of 820 kB of base64.
std::string scanned_letter();
/// Messages of the corpus that are HL7 v2 and not JSON, XML ...; empty where the corpus is not there.
std::vector<std::string> corpus_messages();

/// Writes what the peers read, one message a file: a28.hl7, letter.hl7, and the corpus as corpus.bin with a line feed
/// and its length before each message.
void write_for_peers(const std::filesystem::path& folder);

}  // namespace causeway::bench
