/// Any bytes either are refused with a place, or give a tree that can be walked and written and read again.
#include <cstdint>
#include <cstdlib>

#include "fhir/bundle.hpp"
#include "fhir/json.hpp"

using namespace causeway;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void walk(const tree::Node& node, std::size_t& left) {
    if (left == 0) return;
    --left;
    require(node.position().line > 0);
    (void)node.path();
    (void)node.text();
    std::vector<tree::Node> children;
    node.children(children);
    for (const auto& child : children) {
        require(static_cast<bool>(node.child(child.name())));
        walk(child, left);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto first = fhir::parse_json(Payload({reinterpret_cast<const char*>(data), size}), {64, 10'000});
    if (!first) {
        require(!first.error().where.empty() && !first.error().what.empty());
        return 0;
    }
    std::size_t nodes = 500;
    walk(first.value()->root(), nodes);
    const fhir::Bundle bundle(first.value()->root());
    (void)bundle.resolve("Patient/1");
    const auto text = fhir::to_json(first.value()->root());
    const auto second = fhir::parse_json(Payload(text), {80, 20'000});
    require(second.has_value() && fhir::to_json(second.value()->root()) == text);
    return 0;
}
