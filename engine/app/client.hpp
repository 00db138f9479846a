#pragma once
/// Talks to a running engine over its management socket.

#include <string>

#include "app/command.hpp"
#include "core/error.hpp"

namespace causeway::app {

struct Reply {
    int status = 0;
    std::string body;
};

/// One request on the management socket of the configuration that the call names. An Error means that no engine
/// answers.
class Client {
public:
    explicit Client(const Arguments& arguments);
    Result<Reply> get(const std::string& target) const;
    Result<Reply> post(const std::string& target, const std::string& body) const;
    /// The same, always as JSON.
    Result<Reply> get_json(const std::string& target) const;
    Result<Reply> post_json(const std::string& target, const std::string& body) const;

private:
    Result<Reply> exchange(std::string method, std::string target, std::string body, bool as_json) const;
    std::string socket_;
    bool json_;
};

/// Prints the reply (text or JSON, as asked) and gives the exit status.
int print(const Result<Reply>& reply);

}  // namespace causeway::app
