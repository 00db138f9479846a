#pragma once
#include "contract/rig.hpp"
#include "net/mllp.hpp"

namespace causeway::contract {

/// A TCP connection; the rigs add how an answer looks.
class TcpSender : public Sender {
public:
    explicit TcpSender(std::uint16_t port) : socket_(test::Tcp::connect(port)) {}

    void send(std::string_view bytes) override { socket_.send(bytes); }
    bool is_closed(test::Millis limit) override {
        const auto until = std::chrono::steady_clock::now() + limit;
        while (std::chrono::steady_clock::now() < until)
            if (socket_.is_closed(test::Millis(50))) return true;
        return false;
    }
    void leave() override { socket_.close(); }
    std::size_t flood(std::string_view unit, std::size_t limit) override {
        return socket_.flood(unit, limit, test::Millis(300));
    }

protected:
    test::Tcp socket_;
};

class MllpPeer final : public TcpSender {
public:
    using TcpSender::TcpSender;
    Answer answer(test::Millis limit) override {
        const auto code = test::hl7_field(socket_.receive_until("\x1c\r", limit), "MSA", 1);
        if (code.empty()) return Answer::none;
        return code == "AA" || code == "CA" ? Answer::positive : Answer::negative;
    }
};

class MllpListenerRig final : public InboundRig {
public:
    std::string_view adapter() const override { return "mllp_listener"; }
    std::string options() const override { return "port: 0\nmax_frame: 65536B\nframe_limit: 300ms\n"; }
    std::string message(std::string_view id) const override {
        return "MSH|^~\\&|PAS|RXX|CW|RYY|20260101120000||ADT^A01|" + std::string(id) + "|P|2.5\rPID|1||7||" +
               std::string(kCanary) + "\r";
    }
    std::string wire(std::string_view message) const override { return net::mllp_frame(message); }
    std::vector<std::string> garbage() const override {
        const std::string name(kCanary);
        return {"GET /" + name + " HTTP/1.1\r\n\r\n",
                "\x16\x03\x01" + name,
                net::mllp_frame(name),
                net::mllp_frame(""),
                net::mllp_frame("MSH|" + name),
                "\x1c\r\x1c\r",
                std::string(3000, '\xff'),
                name + "\x1c\r",
                net::mllp_frame(message("G1") + message("G2"))};
    }
    std::unique_ptr<Sender> connect(const test::Inbound& channel) const override {
        return std::make_unique<MllpPeer>(channel.port());
    }
};

class MllpSenderRig final : public OutboundRig {
public:
    std::string_view adapter() const override { return "mllp_sender"; }
    test::Peer::Read read() const override { return test::read_frame; }
    std::string options(std::uint16_t port) const override {
        return "host: 127.0.0.1\nport: " + std::to_string(port) + "\nconnections: 2\nacknowledgement_limit: 300ms\n";
    }
    Delivery delivery(std::string_view id) const override {
        Delivery made;
        made.obligation = id;
        made.message = id;
        made.media_type = kHl7v2;
        made.payload = Payload(MllpListenerRig().message(id));
        return made;
    }
    test::Reply positive(const std::string& request) const override { return {test::mllp_ack("AA", id_of(request))}; }
    test::Reply negative(const std::string& request) const override {
        return {test::mllp_ack("AE", id_of(request), "ERR||PID^1^5|102|E|||" + std::string(kCanary) + "\r")};
    }
    test::Reply foreign(const std::string& request) const override {
        return {test::mllp_ack("AA", id_of(request) + "X")};
    }

private:
    static std::string id_of(const std::string& request) { return test::hl7_field(request, "MSH", 10); }
};

}  // namespace causeway::contract
