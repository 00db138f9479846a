/// A simulated patient administration system: speaks MLLP, takes every message and answers it; a referral (REF) with
/// RRI.
///
///   pas --port 2580 [--name PAS] [--keep FOLDER] [--answer AA|AE|AR|none]
#include <boost/asio/awaitable.hpp>
#include <iostream>
#include <vector>

#include "core/time.hpp"
#include "hl7v2/acknowledgement.hpp"
#include "hl7v2/message.hpp"
#include "hl7v2/writer.hpp"
#include "net/mllp.hpp"
#include "samples/peers/peer.hpp"

namespace causeway::samples {
namespace {

constexpr std::size_t kLongestMessage = 64u << 20;

class Pas {
public:
    explicit Pas(Options options)
        : name_(options.contains("--name") ? options["--name"] : "PAS"),
          code_(options.contains("--answer") ? options["--answer"] : "AA"),
          keeper_(options["--keep"]) {}

    const std::string& name() const { return name_; }

    boost::asio::awaitable<void> serve(net::StreamPtr stream) {
        net::MllpReader reader(kLongestMessage);
        std::vector<char> buffer(65536);
        for (;;) {
            const auto event = reader.next();
            if (event == net::MllpReader::Event::frame) {
                const auto answered = answer(reader.take());
                if (answered.empty()) continue;
                if (auto written = co_await stream->write(net::mllp_frame(answered), std::chrono::seconds(10));
                    !written)
                    co_return;
                continue;
            }
            if (event != net::MllpReader::Event::need_more) co_return;
            const auto count = co_await stream->read_some(buffer, Duration{});
            if (!count || *count == 0) co_return;
            reader.feed({buffer.data(), *count});
        }
    }

private:
    std::string answer(const std::string& message) {
        const auto header = hl7v2::read_header(message);
        if (!header) return {};
        keeper_.keep(header->message_code + '-' + header->message_control_id, ".hl7", message);
        std::cout << name_ << " received " << header->message_code << '^' << header->trigger_event << ' '
                  << header->message_control_id << ", answers " << code_ << std::endl;
        if (code_ == "none") return {};
        if (header->message_code == "REF" && code_ == "AA") return referral_response(*header);
        hl7v2::Acknowledgement acknowledgement;
        acknowledgement.code = code_;
        acknowledgement.at = SystemClock().now();
        acknowledgement.control_id = name_ + std::to_string(++count_);
        return hl7v2::write_acknowledgement(header, acknowledgement);
    }

    /// RRI^I12: the referral is taken (HL7 v2.5.1, 11.3.1).
    std::string referral_response(const hl7v2::Header& header) {
        hl7v2::Writer writer;
        writer.segment("MSH");
        writer.set(3, header.receiving_application);
        writer.set(4, header.receiving_facility);
        writer.set(5, header.sending_application);
        writer.set(6, header.sending_facility);
        writer.set(7, to_hl7_dtm(SystemClock().now()));
        writer.set(9, 1, 1, 1, "RRI");
        writer.set(9, 1, 2, 1, header.trigger_event);
        writer.set(9, 1, 3, 1, "RRI_I12");
        writer.set(10, name_ + std::to_string(++count_));
        writer.set(11, header.processing_id);
        writer.set(12, header.version);
        writer.segment("MSA");
        writer.set(1, "AA");
        writer.set(2, header.message_control_id);
        writer.segment("RF1");
        writer.set(1, 1, 1, 1, "A");
        writer.set(1, 1, 2, 1, "Accepted");
        writer.set(1, 1, 3, 1, "HL70283");
        return writer.text();
    }

    const std::string name_, code_;
    Keeper keeper_;
    int count_ = 0;
};

}  // namespace
}  // namespace causeway::samples

int main(int argc, char** argv) {
    using namespace causeway::samples;
    auto options = read_options(argc, argv);
    const auto port = static_cast<std::uint16_t>(std::stoi(options.contains("--port") ? options["--port"] : "2580"));
    Pas pas(options);
    return serve(pas.name(), port, [&pas](causeway::net::StreamPtr stream, const std::atomic<bool>&) {
        return pas.serve(std::move(stream));
    });
}
