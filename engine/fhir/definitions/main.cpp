/// causeway_pack OUT FOLDER|ARCHIVE...: makes the pack of core definitions; part of the build.
#include <cstdio>

#include "fhir/definitions/compile.hpp"

namespace {

using namespace causeway;

Result<void> run(int count, char** arguments) {
    fhir::Documents documents;
    for (int i = 2; i < count; ++i)
        if (const auto added = documents.add(arguments[i]); !added) return added.error();
    const auto compiled = fhir::compile(documents);
    if (!compiled) return compiled.error();
    return fhir::write_pack(*compiled->definitions, arguments[1]);
}

}  // namespace

int main(int count, char** arguments) {
    if (count < 3) {
        std::fputs("usage: causeway_pack OUT FOLDER|ARCHIVE...\n", stderr);
        return 2;
    }
    const auto done = run(count, arguments);
    if (done) return 0;
    std::fprintf(stderr, "%s\n", causeway::to_string(done.error()).c_str());
    return 1;
}
