#pragma once
/// Lines of text between two processes of one machine, each of which may carry a file descriptor (SCM_RIGHTS, unix(7)).

#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/time.hpp"
#include "net/descriptor.hpp"

namespace causeway::net {

/// One end of a connected Unix stream socket. Every call blocks; for a thread of its own. Threads: one at a time.
class DescriptorChannel {
public:
    explicit DescriptorChannel(Descriptor socket);

    /// Error not_found where nobody listens.
    static Result<DescriptorChannel> connect(const std::string& path);

    struct Line {
        std::string text;       ///< Without its line end.
        Descriptor descriptor;  ///< Empty where none came.
    };
    /// Issue::transient where the other end has closed, or reads nothing for ten seconds.
    Result<void> send(std::string_view text, int descriptor = -1);
    /// Issue::transient where the other end has closed, Issue::timeout after `limit`.
    Result<Line> receive(Duration limit);

    struct Peer {
        long uid = -1;
        long pid = -1;
    };
    Peer peer() const;

private:
    Descriptor socket_;
};

}  // namespace causeway::net
