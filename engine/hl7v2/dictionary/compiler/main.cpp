// Writes the dictionary of HL7 v2 as C++ tables: the package hl7-dictionary, FHIR's tables of HL7 v2, and what
// dictionary/data adds to them.
#include <fstream>
#include <iostream>

#include "hl7v2/dictionary/compiler/model.hpp"

using namespace causeway::hl7v2::compiler;

namespace {

int failed(const std::string& problem) {
    std::cerr << "dictionary: " << problem << '\n';
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4)
        return failed(
            "give OUTPUT LIB TABLES [ADDITIONS...]: the file to write, lib/ of hl7-dictionary, a folder of "
            "CodeSystems, "
            "own files");
    Model model;
    if (auto problem = read_package(argv[2], model)) return failed(*problem);
    if (auto problem = read_terminology(argv[3], model)) return failed(*problem);
    for (int i = 4; i < argc; ++i)
        if (auto problem = read_additions(argv[i], model)) return failed(*problem);
    std::ofstream out(argv[1], std::ios::binary);
    out << write_tables(model);
    return out.flush() ? 0 : failed(std::string(argv[1]) + ": cannot be written");
}
