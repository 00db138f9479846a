// Any bytes as replies of a mail server: cut anywhere they give the same replies, in bounded memory.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include "net/smtp.hpp"

using causeway::net::SmtpReplies;

namespace {

/// Codes of the replies; the last is -1 where the bytes are no SMTP.
std::vector<int> codes_of(std::string_view first, std::string_view second) {
    std::vector<int> codes;
    SmtpReplies replies;
    for (const auto part : {first, second}) {
        replies.feed(part);
        for (;;) {
            const auto next = replies.next();
            if (!next) {
                codes.push_back(-1);
                return codes;
            }
            if (!*next) break;
            if ((*next)->lines.empty() || (*next)->lines.size() > 200) std::abort();
            codes.push_back((*next)->code);
        }
    }
    return codes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = codes_of(text, {});
    const auto at = size / 2;
    if (codes_of(text.substr(0, at), text.substr(at)) != whole) std::abort();
    return 0;
}
