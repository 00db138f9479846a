#pragma once
#include "contract/rigs/mllp.hpp"

namespace causeway::contract {

class HttpClient final : public TcpSender {
public:
    using TcpSender::TcpSender;
    Answer answer(test::Millis limit) override {
        if (!socket_.is_readable(limit)) return Answer::none;
        const auto response = test::read_http(socket_).value_or("");
        if (response.size() < 12) return Answer::none;
        return response[9] == '2' ? Answer::positive : Answer::negative;
    }
};

class FhirListenerRig final : public InboundRig {
public:
    std::string_view adapter() const override { return "fhir_listener"; }
    std::string options() const override {
        return "port: 0\nmax_body: 65536B\nheader_limit: 300ms\nbody_limit: 300ms\n";
    }
    std::string message(std::string_view id) const override {
        return R"({"resourceType":"Bundle","type":"message","id":")" + std::string(id) +
               R"(","entry":[{"resource":{"resourceType":"Patient","name":[{"family":")" + std::string(kCanary) +
               R"("}]}}]})";
    }
    std::string wire(std::string_view message) const override {
        return "POST /fhir/$process-message HTTP/1.1\r\nHost: x\r\nContent-Type: "
               "application/fhir+json\r\nContent-Length: " +
               std::to_string(message.size()) + "\r\n\r\n" + std::string(message);
    }
    std::vector<std::string> garbage() const override {
        const std::string name(kCanary);
        return {"\x0bMSH|" + name + "\x1c\r",
                "\x16\x03\x01" + name,
                wire("{\"" + name),
                wire(std::string(100, '[')),
                "POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}\n",
                "POST /fhir HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}",
                "GET /" + name + " HTTP/1.1\r\nHost: x\r\n\r\n",
                "POST /fhir/" + name + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"};
    }
    std::unique_ptr<Sender> connect(const test::Inbound& channel) const override {
        return std::make_unique<HttpClient>(channel.port());
    }
};

class FhirSenderRig final : public OutboundRig {
public:
    std::string_view adapter() const override { return "fhir_sender"; }
    test::Peer::Read read() const override { return test::read_http; }
    std::string options(std::uint16_t port) const override {
        return "url: http://127.0.0.1:" + std::to_string(port) + "/fhir\nconnections: 2\nanswer_limit: 300ms\n";
    }
    Delivery delivery(std::string_view id) const override {
        Delivery made;
        made.obligation = id;
        made.message = id;
        made.media_type = kFhirJson;
        made.payload = Payload(FhirListenerRig().message(id));
        return made;
    }
    test::Reply positive(const std::string&) const override { return {test::http_response(200, "{}")}; }
    test::Reply negative(const std::string&) const override {
        return {test::http_response(422,
                                    R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"value",)"
                                    R"("diagnostics":")" +
                                        std::string(kCanary) + R"("}]})")};
    }
    /// HTTP answers carry no id: what can be told is that no request was open.
    test::Reply foreign(const std::string&) const override { return {}; }
};

}  // namespace causeway::contract
