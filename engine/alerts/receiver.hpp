#pragma once
/// How one message reaches a receiver: webhook, e-mail or command.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include "alerts/message.hpp"
#include "core/async.hpp"
#include "pipeline/alert_settings.hpp"

namespace causeway::alerts {

/// One attempt, within the receiver's limit. Without an Error the other side has it: HTTP 2xx, the mail server's 250,
/// or the program's exit status 0. A repeated one has the same Alert::id (Idempotency-Key, Message-ID).
Async<void> tell(boost::asio::any_io_executor executor, pipeline::AlertReceiver receiver, Alert alert);

/// Runs a program with `input` on its standard input, without a shell, in a process group of its own, and waits for it;
/// after `limit` the group is killed. An Error where it cannot be started, is killed, or ends with another status
/// than 0.
Async<void> run_program(std::vector<std::string> argv, std::string input, Duration limit);

}  // namespace causeway::alerts
