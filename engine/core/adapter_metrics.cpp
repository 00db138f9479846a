#include "core/adapter_metrics.hpp"

namespace causeway::metrics {
namespace {

/// Makes the metrics of one adapter: `{kind="name"}`.
struct Maker {
    Registry& registry;
    const char* kind;
    const std::string& name;

    Counter& messages(const char* result) const {
        return registry.counter("causeway_adapter_messages_total", "Messages that an adapter handled, by result.",
                                {{kind, name}, {"result", result}});
    }
    Counter& counter(const char* metric, const char* help) const {
        return registry.counter(metric, help, {{kind, name}});
    }
    Counter& bytes() const {
        return counter("causeway_adapter_bytes_total", "Bytes that an adapter received or sent.");
    }
    Gauge& connections() const {
        return registry.gauge("causeway_adapter_connections", "Connections in use.", {{kind, name}});
    }
};

}  // namespace

InboundMetrics::InboundMetrics(Registry& registry, const std::string& channel)
    : accepted(Maker{registry, "channel", channel}.messages("accepted")),
      duplicate(Maker{registry, "channel", channel}.messages("duplicate")),
      conflict(Maker{registry, "channel", channel}.messages("conflict")),
      refused(Maker{registry, "channel", channel}.messages("refused")),
      rejected(Maker{registry, "channel", channel}.messages("rejected")),
      failed(Maker{registry, "channel", channel}.messages("failed")),
      warnings(Maker{registry, "channel", channel}.counter("causeway_adapter_warnings_total",
                                                           "Framing that broke the rules and was taken all the same.")),
      bytes(Maker{registry, "channel", channel}.bytes()),
      connections(Maker{registry, "channel", channel}.connections()) {
}

OutboundMetrics::OutboundMetrics(Registry& registry, const std::string& destination)
    : confirmed(Maker{registry, "destination", destination}.messages("confirmed")),
      refused(Maker{registry, "destination", destination}.messages("refused")),
      unknown(Maker{registry, "destination", destination}.messages("unknown")),
      failed(Maker{registry, "destination", destination}.messages("failed")),
      foreign(Maker{registry, "destination", destination}.counter("causeway_adapter_foreign_answers_total",
                                                                  "Answers that match nothing that was sent.")),
      bytes(Maker{registry, "destination", destination}.bytes()),
      connections(Maker{registry, "destination", destination}.connections()),
      seconds(registry.histogram("causeway_delivery_seconds", "Time of one delivery attempt.",
                                 {{"destination", destination}})) {
}

}  // namespace causeway::metrics
