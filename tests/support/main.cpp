#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdlib>

int main(int count, char** arguments) {
    // Test programs do not lie beside the pack of definitions.
    ::setenv("CAUSEWAY_DEFINITIONS", CAUSEWAY_BINARY_DIR "/definitions/r4.pack", 0);
    return doctest::Context(count, arguments).run();
}

#if defined(__SANITIZE_THREAD__)
// Asio drops its last reference with an atomic fence, which ThreadSanitizer does not understand.
extern "C" const char* __tsan_default_suppressions() {
    return "race:boost::asio::detail::ref_count_down\n";
}
#endif
