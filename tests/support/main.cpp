// Both, because the precompiled header has doctest already.
#define DOCTEST_CONFIG_IMPLEMENT
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>

#if defined(__SANITIZE_THREAD__)
// Asio drops its last reference with an atomic fence, which ThreadSanitizer does not understand.
extern "C" const char* __tsan_default_suppressions() {
    return "race:boost::asio::detail::ref_count_down\n";
}
#endif
