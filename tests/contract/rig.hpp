#pragma once
/// How the outside world meets one kind of adapter. The suite runs over every registered adapter; one without a rig
/// fails it.

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/adapters.hpp"
#include "support/peers.hpp"

namespace causeway::contract {

/// A patient's name that must turn up nowhere but in the message.
inline constexpr std::string_view kCanary = "Zapperlottowski";

enum class Answer { positive, negative, none };

/// One sender outside.
class Sender {
public:
    virtual ~Sender() = default;
    /// Some bytes of what it has to say.
    virtual void send(std::string_view bytes) = 0;
    /// What it hears about the first message that it has not heard about.
    virtual Answer answer(test::Millis limit) = 0;
    /// Does the adapter end the conversation within the limit?
    virtual bool is_closed(test::Millis limit) = 0;
    /// It goes away without another word.
    virtual void leave() = 0;
    /// Sends as much as the adapter takes, at most `limit`; the bytes that it took.
    virtual std::size_t flood(std::string_view unit, std::size_t limit) = 0;
};

class InboundRig {
public:
    virtual ~InboundRig() = default;
    virtual std::string_view adapter() const = 0;
    /// A free port, at most 64 KB a message, and a time limit of 300 ms for a message that has begun.
    virtual std::string options() const = 0;
    /// One message with the canary in it, and the bytes in which it travels.
    virtual std::string message(std::string_view id) const = 0;
    virtual std::string wire(std::string_view message) const = 0;
    /// What is no message at all, and must not be taken for one.
    virtual std::vector<std::string> garbage() const = 0;
    /// Does the protocol show where a message ends (a file does not)?
    virtual bool is_framed() const { return true; }
    virtual std::unique_ptr<Sender> connect(const test::Inbound& channel) const = 0;
};

class OutboundRig {
public:
    virtual ~OutboundRig() = default;
    virtual std::string_view adapter() const = 0;
    /// The test's Peer::Read of the protocol; null where there is no peer that answers.
    virtual test::Peer::Read read() const { return nullptr; }
    /// With a time limit of 300 ms for the answer; `port` is the peer's.
    virtual std::string options(std::uint16_t port) const = 0;
    virtual Delivery delivery(std::string_view id) const = 0;
    virtual test::Reply positive(const std::string&) const { return {}; }
    virtual test::Reply negative(const std::string&) const { return {}; }
    /// A positive answer that belongs to something else, as far as the protocol can tell.
    virtual test::Reply foreign(const std::string&) const { return {}; }
};

const std::vector<const InboundRig*>& inbound_rigs();
const std::vector<const OutboundRig*>& outbound_rigs();

}  // namespace causeway::contract
